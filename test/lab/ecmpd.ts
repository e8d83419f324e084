import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DemoChild, Exit } from '../../src/demo/child.js'
import type { Lab, Result } from '../../src/demo/lab.js'
import { getJson } from '../../src/demo/socket.js'
import { SWITCH } from '../../src/demo/topology.js'
import type { NeighborView } from '../../src/views/model/neighbor.js'
import type { RouteView } from '../../src/views/model/route.js'
import { until } from './wait.js'

const MAIN = resolve('dist/cli/main.js')

export interface EcmpdOptions {
  /** Text of the configuration, in either dialect. */
  readonly config: string
  /** Install routes into the kernel. Default true. */
  readonly fib?: boolean
  /** Short name of the namespace, null: none. Default: the switch's. */
  readonly namespace?: string | null
  /** Tells the files of several daemons of one lab apart. Default 'ecmpd'. */
  readonly name?: string
  /** More arguments of `ecmpd run`. */
  readonly args?: readonly string[]
}

/** ecmpd as a user runs it: the built program with a configuration file, asked through its UNIX socket. */
export class Ecmpd {
  readonly lab: Lab
  readonly file: string
  readonly socket: string
  readonly #options: EcmpdOptions
  #child?: DemoChild

  constructor(lab: Lab, options: EcmpdOptions) {
    this.lab = lab
    this.#options = options
    const { name = 'ecmpd' } = options
    this.file = lab.path(`${name}.conf`)
    this.socket = lab.path(`${name}.sock`)
    this.write(options.config)
  }

  get namespace(): string | undefined {
    const { namespace = SWITCH } = this.#options
    return namespace ?? undefined
  }

  get child(): DemoChild {
    if (!this.#child) throw new Error('ecmpd was not started')
    return this.#child
  }

  /** Changes the configuration file; `reload` or `hup` applies it. */
  write(config: string) {
    writeFileSync(this.file, config)
  }

  /** Starts the daemon and waits until its API answers. */
  async start(): Promise<void> {
    const { fib = true, args = [] } = this.#options
    this.#child = this.lab.start(this.namespace, 'ecmpd', [
      ...[process.execPath, MAIN, 'run', '-c', this.file, '--socket', this.socket, '--api', 'off'],
      ...['--log-format', 'json'],
      ...(fib ? ['--fib'] : []),
      ...args,
    ])
    await until('ecmpd answers on its socket', async () => {
      if (!this.child.running) return 'ended'
      await this.neighbors()
      return 'up'
    })
    if (!this.child.running) throw new Error(`ecmpd ended at once:\n${this.child.output}`)
  }

  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<Exit> {
    return this.child.stop(30_000)
  }

  /** Runs a command of ecmpd's. */
  cli(...words: string[]): Promise<Result> {
    return this.lab.run(this.namespace, [process.execPath, MAIN, ...words])
  }

  /** Text of a show command that must succeed: `show('ip', 'bgp', 'summary')`. */
  show(...words: string[]): Promise<string> {
    const argv = [process.execPath, MAIN, 'show', ...words, '--socket', this.socket]
    return this.lab.must(this.namespace, argv)
  }

  /** A show command's JSON. */
  async json<T>(...words: string[]): Promise<T> {
    return JSON.parse(await this.show(...words, '--json')) as T
  }

  /** Applies the file through `ecmpd reload`. */
  reload(): Promise<Result> {
    return this.cli('reload', '--socket', this.socket)
  }

  /** Asks for the file to be applied with SIGHUP. */
  hup() {
    this.child.signal('SIGHUP')
  }

  /** GET on the UNIX socket. @throws Error when the answer is not 200 */
  get<T>(path: string): Promise<T> {
    return getJson<T>(this.socket, path)
  }

  async neighbors(): Promise<NeighborView[]> {
    return (await this.get<{ neighbors: NeighborView[] }>('/api/v1/neighbors')).neighbors
  }

  async neighbor(address: string): Promise<NeighborView> {
    const neighbor = (await this.neighbors()).find((view) => view.address === address)
    if (!neighbor) throw new Error(`ecmpd has no neighbor ${address}`)
    return neighbor
  }

  /** The route of exactly this prefix, if there is one. */
  async route(prefix: string): Promise<RouteView | undefined> {
    const family = prefix.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast'
    const query = `family=${family}&prefix=${encodeURIComponent(prefix)}`
    return (await this.get<{ routes: RouteView[] }>(`/api/v1/routes?${query}`)).routes[0]
  }

  /** Waits until all of these neighbors are Established. @returns them, in the order given */
  async established(addresses: readonly string[], within = 60_000): Promise<NeighborView[]> {
    return until(
      `${addresses.join(', ')} Established`,
      async () => {
        const views = await Promise.all(addresses.map((address) => this.neighbor(address)))
        const missing = views.filter(({ state }) => state !== 'Established')
        if (missing.length) throw new Error(missing.map((view) => `${view.address} ${view.state}`).join(', '))
        return views
      },
      within,
    )
  }
}
