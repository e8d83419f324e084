/** Answers `maintenance …` through the daemon's API. */

import type { RequestOf } from '../command/request.js'
import type { ApiClient } from './client.js'
import { userName } from './operate.js'

/** @throws ApiFault when the configuration has it on */
export async function answerMaintenance({ on }: RequestOf<'maintenance'>, client: ApiClient): Promise<void> {
  const { text } = await client.send<{ readonly text: string }>('POST', '/api/v1/maintenance', {
    on,
    by: userName(),
  })
  process.stdout.write(`${text}\n`)
}
