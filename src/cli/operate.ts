import { userInfo } from 'node:os'
import type { NeighborOperation } from '../speaker/model/operation.js'
import type { ApiClient } from './client.js'
import { ApiFault } from './client.js'

/** What the API answers to an operation. */
interface Answer {
  readonly text: string
}

/** Who runs this program: the user before `sudo`, for the daemon's log. */
export function userName(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const before = environment.SUDO_USER
  if (before !== undefined && before !== '') return before
  try {
    return userInfo().username
  } catch {
    // A user id without an entry, as in a container.
    return `uid ${process.getuid?.() ?? '?'}`
  }
}

/**
 * Asks the daemon for an operation on one neighbor.
 * @returns what was done, one sentence
 * @throws ApiFault in the API's words, CommandError when no daemon answers
 */
export async function operate(
  client: ApiClient,
  address: string,
  operation: NeighborOperation,
): Promise<string> {
  const { type, ...parameters } = operation
  const body = { ...parameters, by: userName() }
  const path = `/api/v1/neighbors/${encodeURIComponent(address)}/${type}`
  return (await client.send<Answer>('POST', path, body)).text
}

/**
 * The same on several neighbors, one after the other; one that refuses does not keep the others from it.
 * @returns lines of what was done, and of what was refused
 */
export async function operateAll(
  client: ApiClient,
  addresses: readonly string[],
  operation: NeighborOperation,
): Promise<{ readonly done: readonly string[]; readonly refused: readonly string[] }> {
  const done: string[] = []
  const refused: string[] = []
  for (const address of addresses) {
    try {
      done.push(await operate(client, address, operation))
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error
      refused.push(error.message)
    }
  }
  return { done, refused }
}
