import { type SocketEnvironment, socketPaths } from '../api/http/socket-path.js'
import type { Explanation } from '../diagnose/model/explanation.js'
import type { Finding } from '../diagnose/model/finding.js'
import type { ShowSource } from '../show/source.js'
import type { SpeakerEvent } from '../views/model/event.js'
import type { FibView } from '../views/model/kernel.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { RouteDetailPage, RouteQuery } from '../views/model/route.js'
import type { StatusView } from '../views/model/status.js'
import { type ClientWaiting, call, longestSilence, type RawAnswer } from './call.js'
import { CommandError } from './exit.js'

/** An answer other than 2xx, in the API's words. */
export class ApiFault extends CommandError {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function fault(status: number, text: string): ApiFault {
  try {
    const { error } = JSON.parse(text) as {
      error: { message: string; hint: string; details?: readonly string[] }
    }
    const details = error.details === undefined ? '' : `${error.details.join('\n')}\n`
    return new ApiFault(status, `${details}ecmpd: ${error.message} (${error.hint})`)
  } catch {
    return new ApiFault(status, `ecmpd: the daemon answered ${status}`)
  }
}

/** The daemon's API over its UNIX socket. */
export class ApiClient {
  readonly #paths: readonly string[]
  readonly #waiting: ClientWaiting
  #path: string | undefined

  /** @param paths sockets to try, best first */
  constructor(paths: readonly string[], waiting: ClientWaiting) {
    this.#paths = paths
    let said = false
    const say = (line: string) => {
      // Of several questions at a time, one is enough.
      if (!said) waiting.say(line)
      said = true
    }
    this.#waiting = { ...waiting, say }
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<RawAnswer> {
    if (this.#path !== undefined) return call(this.#path, { method, path, body }, this.#waiting)
    let denied: string | undefined
    for (const candidate of this.#paths) {
      try {
        const answer = await call(candidate, { method, path, body }, this.#waiting)
        this.#path = candidate
        return answer
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'EACCES' || code === 'EPERM') denied ??= candidate
        else if (code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== 'ENOTDIR') throw error
      }
    }
    if (denied !== undefined) {
      throw new CommandError(
        `ecmpd: no permission to use ${denied}: use sudo, or join the group that owns the socket`,
      )
    }
    const where = this.#paths.length === 1 ? this.#paths[0] : `any of ${this.#paths.join(', ')}`
    throw new CommandError(
      `ecmpd: no daemon answers on ${where}: is \`ecmpd run\` up? With its own socket, say --socket PATH`,
    )
  }

  /**
   * @param body sent as JSON
   * @throws ApiFault for an answer other than 2xx, CommandError when no daemon answers, or not in time
   */
  async send<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const json = body === undefined ? undefined : JSON.stringify(body)
    const { status, text } = await this.#ask(method, path, json)
    if (status < 200 || status > 299) throw fault(status, text)
    return JSON.parse(text) as T
  }

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path)
  }
}

function queryText(query: RouteQuery): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined)
  return new URLSearchParams(entries.map(([key, value]): [string, string] => [key, String(value)])).toString()
}

/** The read models that the views need, from the API; those of one command are asked for once. */
export function apiSource(client: ApiClient): ShowSource {
  const kept = new Map<string, Promise<unknown>>()
  const once = <T>(path: string): Promise<T> => {
    let answer = kept.get(path)
    if (answer === undefined) {
      answer = client.get<T>(path)
      kept.set(path, answer)
    }
    return answer as Promise<T>
  }
  return {
    status: () => once<StatusView>('/api/v1/status'),
    neighbors: async () =>
      (await once<{ neighbors: readonly NeighborView[] }>('/api/v1/neighbors')).neighbors,
    neighbor: async (address) => {
      try {
        return await client.get<NeighborView>(`/api/v1/neighbors/${encodeURIComponent(address)}`)
      } catch (error) {
        if (error instanceof ApiFault && error.status === 404) return undefined
        throw error
      }
    },
    routes: (query) => client.get<RouteDetailPage>(`/api/v1/routes?${queryText(query)}`),
    advertised: (address, query) =>
      client.get<RouteDetailPage>(
        `/api/v1/neighbors/${encodeURIComponent(address)}/advertised?${queryText(query)}`,
      ),
    fib: () => once<FibView>('/api/v1/fib'),
    config: () => once('/api/v1/config'),
    findings: async () => (await once<{ findings: readonly Finding[] }>('/api/v1/findings')).findings,
    explain: async (subject) => {
      try {
        return await client.get<Explanation>(`/api/v1/explain?subject=${encodeURIComponent(subject)}`)
      } catch (error) {
        if (error instanceof ApiFault && error.status === 404) return undefined
        throw error
      }
    },
    events: async () =>
      (await client.get<{ events: readonly SpeakerEvent[] }>('/api/v1/events?format=json')).events,
  }
}

/** What the options say that all commands about a running daemon share. */
export interface ClientArguments {
  readonly socket?: string
  readonly timeout?: number
}

/** Variables that stand for those options, and what the usual places depend on. */
interface ClientEnvironment extends SocketEnvironment {
  readonly ECMPD_SOCKET?: string
  readonly ECMPD_TIMEOUT?: string
}

/**
 * The client for a command's options: `--socket`, else `ECMPD_SOCKET`, else the usual places; `--timeout`, else
 * `ECMPD_TIMEOUT`.
 * @throws CommandError for a timeout that is none
 */
export function clientFor(
  { socket, timeout }: ClientArguments,
  environment: ClientEnvironment = process.env,
): ApiClient {
  const named = socket ?? environment.ECMPD_SOCKET
  const paths = named === undefined || named === '' ? socketPaths(environment) : [named]
  return new ApiClient(paths, {
    seconds: longestSilence(timeout, environment.ECMPD_TIMEOUT),
    say: (line) => process.stderr.write(`${line}\n`),
  })
}

/** Those options in the form of yargs. */
export const CLIENT_OPTIONS = {
  socket: {
    type: 'string',
    requiresArg: true,
    describe: "UNIX socket of the daemon's API (default: $ECMPD_SOCKET, else the usual places)",
  },
  timeout: {
    type: 'number',
    requiresArg: true,
    describe: 'seconds to wait for a daemon that says nothing (default: $ECMPD_TIMEOUT, else 5)',
  },
} as const
