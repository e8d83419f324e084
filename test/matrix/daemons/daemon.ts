import type { DemoChild } from '../../../src/demo/child.js'
import type { Lab } from '../../../src/demo/lab.js'
import type { Host } from '../../../src/demo/topology.js'
import { until } from '../../lab/wait.js'
import {
  addressOf,
  type DaemonModel,
  familiesOf,
  type RouteModel,
  type SeenPath,
  versionOf,
} from '../model.js'
import type { RowId } from '../rows.js'

/** How it is shown that a daemon has no such feature. */
export type Proof =
  /** No OPEN of the daemon's holds this capability, with everything turned on that it has. */
  | { readonly noCapability: string }
  /** Its capability 64 lists no family: nobody keeps its paths. */
  | { readonly noRestartFamilies: true }
  /** Every OPEN of it has this capability, and its configuration has no word against it. */
  | { readonly always: string }
  /** Asked to refresh, it sends no ROUTE-REFRESH. */
  | { readonly neverAsks: true }
  /** It has a route from one neighbor and does not tell the other. */
  | { readonly handsOnNothing: true }
  /** It still has the routes of a killed neighbor that never agreed on graceful restart. */
  | { readonly keepsAnyway: true }
  /** It refuses these lines in its configuration, as a neighbor's setting, and takes the rest. */
  | { readonly refuses: string }

/** A feature that a daemon does not have. */
export interface Lack {
  /** Why the cell is n/a, for the page. */
  readonly why: string
  readonly proof: Proof
}

/** A fault of the daemon's own that makes a cell fail. */
export interface Fault {
  /** What it does wrong and what is written, for the page. */
  readonly why: string
  /** What the daemon or ecmpd prints when it happens. */
  readonly seen: RegExp
}

/** Seconds. */
export const HOLD = 30
export const KEEPALIVE = 10

/** Milliseconds that a daemon may take on a busy machine. */
export const PATIENCE = 60_000

/** A BGP daemon in a host's namespace, told and asked in its own words. */
export abstract class Daemon {
  readonly lab: Lab
  readonly host: Host
  model: DaemonModel
  /** Routes that it announces, also after a restart; those of the model at first. */
  routes: readonly RouteModel[]
  protected child?: DemoChild
  #starts = 0

  constructor(lab: Lab, host: Host, model: DaemonModel) {
    this.lab = lab
    this.host = host
    this.model = model
    this.routes = model.routes ?? []
  }

  /** Name for people, as the page has it. */
  abstract readonly title: string
  /** It hands on what it has learned; ExaBGP does not. */
  readonly transit: boolean = true
  /** What it does not have. */
  readonly lacks: Partial<Record<RowId, Lack>> = {}
  /** What it does wrong. */
  readonly faults: Partial<Record<RowId, Fault>> = {}

  /** Version as the program tells it. */
  abstract version(): Promise<string>
  /** Writes the configuration of `model` and `routes`. @param extra lines in the first neighbor's section */
  protected abstract write(extra?: string): void
  /** @param again whether it restarts */
  protected abstract argv(again: boolean): readonly string[]
  /** Throws while the daemon takes no commands. */
  protected abstract ready(): Promise<unknown>
  /** Makes the running daemon announce and withdraw. */
  protected abstract change(added: readonly RouteModel[], removed: readonly RouteModel[]): Promise<unknown>
  /** The command that only checks the configuration; undefined: it has none. */
  protected abstract check(): readonly string[]
  /** Paths of a prefix that came from neighbors. */
  abstract paths(prefix: string): Promise<SeenPath[]>
  /** Whether its own table has a path of this prefix. */
  async holds(prefix: string): Promise<boolean> {
    return (await this.paths(prefix)).length > 0
  }
  /** Asks a neighbor for all of its routes again (ROUTE-REFRESH). */
  abstract refresh(neighbor: string): Promise<unknown>

  /** Address of a session's neighbor, and the own one. */
  protected ends(index: number): { readonly address: string; readonly own: string } {
    const { to, version } = this.model.sessions[index]
    return { address: addressOf(to, version), own: addressOf(this.host, version) }
  }

  /** File of this daemon in the lab's directory. */
  protected file(suffix: string): string {
    return this.lab.path(`${this.host.namespace}-${this.title.toLowerCase()}${suffix}`)
  }

  /** Own routes of a family. */
  protected routesOf(version: 4 | 6): readonly RouteModel[] {
    return this.routes.filter(({ prefix }) => versionOf(prefix) === version)
  }

  /** Whether any session carries this family. */
  protected carries(version: 4 | 6): boolean {
    return this.model.sessions.some((session) => familiesOf(session).includes(version))
  }

  /** Starts the daemon, at a later call as a restarting speaker, and waits until it takes commands. */
  async start(): Promise<void> {
    const again = this.#starts++ > 0
    this.write()
    const name = `${this.title} on ${this.host.name}`
    this.child = this.lab.start(this.host.namespace, name, this.argv(again))
    await until(
      `${name} takes commands`,
      async () => {
        if (!this.child!.running) return 'ended'
        await this.ready()
        return 'ready'
      },
      PATIENCE,
    )
    if (!this.child.running) throw new Error(`${name} ended at once:\n${this.child.output.slice(-2000)}`)
  }

  get running(): boolean {
    return this.child?.running ?? false
  }

  /** Announces exactly these routes from now on. */
  async announce(routes: readonly RouteModel[]): Promise<void> {
    const before = this.routes
    this.routes = routes
    if (!this.running) return
    const added = routes.filter((route) => !before.includes(route))
    const removed = before.filter((route) => !routes.includes(route))
    await this.change(added, removed)
  }

  /** Ends it without a word to its neighbors. */
  async kill(): Promise<void> {
    await this.child?.kill()
  }

  /** Stops it in order. */
  async stop(): Promise<void> {
    await this.child?.stop()
  }

  /** Whether its configuration with these lines in the first neighbor's section is refused. */
  async refuses(lines: string): Promise<boolean> {
    this.write()
    const plain = await this.lab.run(this.host.namespace, this.check())
    if (plain.code !== 0) throw new Error(`refuses its plain configuration: ${plain.stderr || plain.stdout}`)
    this.write(lines)
    const { code } = await this.lab.run(this.host.namespace, this.check())
    this.write()
    return code !== 0
  }

  /** What the daemon printed last, for messages about failures. */
  get output(): string {
    return this.child?.output ?? ''
  }

  /** Runs a control command in the host's namespace. @returns standard output @throws Error when it fails */
  protected control(...argv: string[]): Promise<string> {
    return this.lab.must(this.host.namespace, argv)
  }
}

export type DaemonClass = new (lab: Lab, host: Host, model: DaemonModel) => Daemon

export { until }
