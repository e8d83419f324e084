import { get } from 'node:http'
import { script } from './script.js'

/** One request on a connection of its own. Times are milliseconds of the machine's monotonic clock. */
export interface Answer {
  /** When the connection was begun. */
  readonly began: number
  /** When the answer was complete, or the attempt failed. */
  readonly ended: number
  /** The name that answered. */
  readonly name?: string
  /** Why there was no answer. */
  readonly error?: string
}

/** Milliseconds of the machine's monotonic clock: comparable between processes. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6

/** Requests `http://address:port/` on a new connection and gives up after `timeout` milliseconds. */
export function ask(address: string, port: number, timeout: number): Promise<Answer> {
  const began = monotonic()
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ began, ended: monotonic(), error: error.message })
    const request = get({ host: address, port, agent: false, timeout }, (response) => {
      let name = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        name += text
      })
      response.on('end', () => resolve({ began, ended: monotonic(), name: name.trim() }))
      response.on('error', fail)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeout} ms`)))
    request.on('error', fail)
  })
}

/** Number of answers by name; failures count as 'no answer'. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { name = 'no answer' } of answers) counts[name] = (counts[name] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * The command of a client that opens a connection every `interval` milliseconds, prints each answer as a line
 * of JSON and ends after `count` of them (0: goes on).
 */
export function clientCommand(
  address: string,
  port: number,
  options: { count: number; interval: number; timeout: number },
): readonly string[] {
  const { count, interval, timeout } = options
  return [
    process.execPath,
    script('./client-main.js'),
    address,
    String(port),
    ...[count, interval, timeout].map(String),
  ]
}

/** Reads what such a client printed. */
export function readAnswers(output: string): Answer[] {
  const lines = output.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Answer)
}
