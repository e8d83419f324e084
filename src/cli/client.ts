import { type IncomingMessage, request } from 'node:http'
import { type SocketEnvironment, socketPaths } from '../api/http/socket-path.js'
import type { ShowSource } from '../show/source.js'
import type { SpeakerEvent } from '../views/model/event.js'
import type { FibView } from '../views/model/kernel.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { RouteDetailPage, RouteQuery } from '../views/model/route.js'
import type { StatusView } from '../views/model/status.js'
import { CommandError } from './exit.js'

/** An answer other than 2xx, in the API's words. */
export class ApiFault extends CommandError {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Milliseconds without an octet after which the daemon counts as stuck. */
const LONGEST_WAIT = 30_000

function readBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
    })
    response.on('end', () => resolve(text))
    response.on('error', reject)
  })
}

function call(
  socketPath: string,
  method: string,
  path: string,
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'localhost',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const asked = request({ socketPath, method, path, timeout: LONGEST_WAIT, headers }, resolve)
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end(body)
  })
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
  #path: string | undefined

  /** @param paths sockets to try, best first */
  constructor(paths: readonly string[]) {
    this.#paths = paths
  }

  async #connect(method: string, path: string, body?: string): Promise<IncomingMessage> {
    if (this.#path !== undefined) return call(this.#path, method, path, body)
    let denied: string | undefined
    for (const candidate of this.#paths) {
      try {
        const response = await call(candidate, method, path, body)
        this.#path = candidate
        return response
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
   * @throws ApiFault for an answer other than 2xx, CommandError when no daemon answers
   */
  async send<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const json = body === undefined ? undefined : JSON.stringify(body)
    const response = await this.#connect(method, path, json)
    const text = await readBody(response)
    const status = response.statusCode ?? 0
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
    events: async () =>
      (await client.get<{ events: readonly SpeakerEvent[] }>('/api/v1/events?format=json')).events,
  }
}

/**
 * The client for a command's options.
 * @param socket `--socket`; else `ECMPD_SOCKET`, else the usual places
 */
export function clientFor(
  socket: string | undefined,
  environment: SocketEnvironment & { readonly ECMPD_SOCKET?: string } = process.env,
): ApiClient {
  const named = socket ?? environment.ECMPD_SOCKET
  return new ApiClient(named === undefined || named === '' ? socketPaths(environment) : [named])
}

/** The option that all commands about a running daemon share. */
export const SOCKET_OPTION = {
  socket: {
    type: 'string',
    requiresArg: true,
    describe: "UNIX socket of the daemon's API (default: $ECMPD_SOCKET, else the usual places)",
  },
} as const
