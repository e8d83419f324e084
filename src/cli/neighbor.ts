/** Answers `neighbor …` through the daemon's API. */

import type { RequestOf } from '../command/request.js'
import type { ApiClient } from './client.js'
import { CommandError, USAGE } from './exit.js'
import { operate } from './operate.js'

/**
 * @param message `--message`: as the words `message …`
 * @throws CommandError for a message where there can be none, ApiFault when the neighbor refuses
 */
export async function answerNeighbor(
  { neighbor, operation }: RequestOf<'neighbor'>,
  message: string | undefined,
  client: ApiClient,
): Promise<void> {
  if (message !== undefined && operation.type !== 'shutdown' && operation.type !== 'reset') {
    const text = `ecmpd: --message goes with shutdown and reset, not with ${operation.type}`
    throw new CommandError(text, USAGE)
  }
  const said = message === undefined ? operation : { ...operation, message }
  process.stdout.write(`${await operate(client, neighbor, said)}\n`)
}
