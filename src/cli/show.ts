/** Answers `show …` with the read models that the daemon's API gives. */

import { once } from 'node:events'
import type { Output } from '../command/output.js'
import type { RequestOf } from '../command/request.js'
import { type ApiClient, apiSource } from './client.js'
import { CommandError } from './exit.js'

async function print(chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
  }
}

/** @throws CommandError when what was asked for is not there */
export async function answerShow(
  { show }: RequestOf<'show'>,
  { json }: Output,
  dialect: 'ruijie' | 'ios',
  client: ApiClient,
): Promise<void> {
  const { errorJson, NotThere, render } = await import('../show/render.js')
  try {
    await print(render(show, apiSource(client), { json, dialect }))
  } catch (error) {
    if (!(error instanceof NotThere)) throw error
    // A script that asked for JSON gets JSON, people read the line.
    if (json) process.stdout.write(errorJson(error.message, error.keys))
    throw new CommandError(error.message.trimEnd())
  }
}
