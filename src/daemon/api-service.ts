import type { ApiApplication } from '../api/app.js'
import type { ApiContext } from '../api/http/context.js'
import { AddressTaken, ApiListeners, isLoopback } from '../api/http/listeners.js'
import { socketPaths } from '../api/http/socket-path.js'
import type { ApiOptions } from '../config/model/model.js'
import type { Log } from '../ports/log.js'

/** Milliseconds after the start of BGP at which the HTTP application is loaded, unless a request comes first. */
const LOAD_AFTER = 300

/** Opens the usual socket that can be had; without one the daemon goes on. */
async function openUsual(listeners: ApiListeners, log: Log): Promise<string | undefined> {
  const troubles: string[] = []
  for (const path of socketPaths(process.env)) {
    try {
      await listeners.openSocket(path)
      return path
    } catch (error) {
      if (error instanceof AddressTaken) throw error
      troubles.push(`${path}: ${(error as Error).message}`)
    }
  }
  log.warn({ troubles }, 'no place for the API socket: `ecmpd show` needs one, give it with --socket PATH')
  return undefined
}

/** @returns whether it listens */
async function openTcp(listeners: ApiListeners, { tcp, token }: ApiOptions, log: Log): Promise<boolean> {
  if (tcp === 'off') return false
  try {
    await listeners.openTcp(tcp.address, tcp.port)
    if (token === undefined && !isLoopback(tcp.address)) {
      log.warn(
        {},
        `the API on ${tcp.address} has no token: from elsewhere only /metrics, /healthz and /readyz answer; set api.token, api.tokenFile or api.tokenVariable`,
      )
    }
    return true
  } catch (error) {
    log.warn({}, `the API does not listen on TCP: ${(error as Error).message}`)
    return false
  }
}

/**
 * The API's listeners, open from the start on, and the application behind them, loaded when BGP runs: the HTTP
 * library takes longer to load than sessions need to come up.
 */
export class ApiService {
  readonly #log: Log
  readonly #listeners: ApiListeners
  #start: ((context: ApiContext) => void) | undefined
  readonly #running: Promise<ApiContext>
  #application: Promise<ApiApplication> | undefined
  #timer: NodeJS.Timeout | undefined
  #open = false
  /** Path of the UNIX socket, once open. */
  socket: string | undefined

  constructor(log: Log) {
    this.#log = log
    this.#running = new Promise((resolve) => {
      this.#start = resolve
    })
    this.#listeners = new ApiListeners(async () => (await this.#load()).handle)
  }

  #load(): Promise<ApiApplication> {
    this.#application ??= this.#running.then(async (context) => {
      const { createApplication } = await import('../api/app.js')
      return createApplication(context)
    })
    this.#application.catch((error: unknown) =>
      this.#log.error({ err: error }, 'the API could not be loaded'),
    )
    return this.#application
  }

  /**
   * Opens the listeners; requests wait for `serve`.
   * @throws AddressTaken when another daemon answers on the socket, Error when a socket that was named can't
   * be had
   */
  async open(options: ApiOptions): Promise<void> {
    if (options.socket === undefined) {
      this.socket = await openUsual(this.#listeners, this.#log)
    } else if (options.socket !== 'off') {
      try {
        await this.#listeners.openSocket(options.socket)
      } catch (error) {
        if (error instanceof AddressTaken) throw error
        throw new Error(`can't open the API socket ${options.socket}: ${(error as Error).message}`)
      }
      this.socket = options.socket
    }
    const tcp = await openTcp(this.#listeners, options, this.#log)
    this.#open = tcp || this.socket !== undefined
  }

  /** From now on requests are answered. */
  serve(context: ApiContext): void {
    this.#start?.(context)
    this.#start = undefined
    if (this.#open) this.#timer = setTimeout(() => void this.#load().catch(() => {}), LOAD_AFTER)
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    // Before `serve` there is no application, and there will be none.
    const application =
      this.#start === undefined ? await this.#application?.catch(() => undefined) : undefined
    application?.close()
    await this.#listeners.close()
  }
}
