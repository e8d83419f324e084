/** Answers `clear …` through the daemon's API. */

import type { RequestOf } from '../command/request.js'
import { type ApiClient, apiSource } from './client.js'
import { CommandError } from './exit.js'
import { operateAll } from './operate.js'

/** @throws CommandError when no neighbor is meant, or one refuses; the others are done all the same */
export async function answerClear(
  { target, operation }: RequestOf<'clear'>,
  client: ApiClient,
): Promise<void> {
  let keys: readonly string[]
  if (target !== 'all' && 'neighbor' in target) keys = [target.neighbor]
  else {
    // One that is shut down, or has nothing to refresh, is not what `*` means.
    const reset = operation.type === 'reset'
    const all = (await apiSource(client).neighbors()).filter(
      ({ adminDown, state, departed }) =>
        !adminDown && departed === undefined && (reset || state === 'Established'),
    )
    keys = all.filter(({ remoteAs }) => target === 'all' || remoteAs === target.as).map(({ key }) => key)
    if (keys.length === 0) {
      const which = target === 'all' ? '' : ` in AS ${target.as}`
      const what = reset ? 'that is not shut down' : 'with a session'
      throw new CommandError(`ecmpd: no neighbor${which} ${what} (\`ecmpd show ip bgp summary\` lists all)`)
    }
  }
  const { done, refused } = await operateAll(client, keys, operation)
  process.stdout.write(done.map((line) => `${line}\n`).join(''))
  if (refused.length > 0) throw new CommandError(refused.join('\n'))
}
