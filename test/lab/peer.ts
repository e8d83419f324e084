import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'
import { type Host, NODE_AS, SWITCH_AS, SWITCH_HOST } from '../../src/demo/topology.js'
import { until } from './wait.js'

export type IpVersion = 4 | 6

/** How a daemon on a node is configured. Times are seconds. */
export interface PeerOptions {
  readonly as: number
  /** AS of the neighbor. */
  readonly neighborAs: number
  /** Where the neighbor is. */
  readonly neighbor: Host
  /** One session for each, carrying that version's unicast family. */
  readonly versions: readonly IpVersion[]
  readonly holdTime: number
  readonly keepalive: number
  /** Restart time announced; 0: no graceful restart. */
  readonly restartTime: number
  /** Never dials. */
  readonly passive: boolean
  /** TCP-MD5 password. */
  readonly password?: string
  /** GTSM: it sends with TTL 255 and takes nothing else. */
  readonly ttlSecurity?: boolean
  /** TTL that it sends with (BIRD alone). */
  readonly ttl?: number
}

/** The node as Cilium has it, but for the times that tests wait for. */
const NODE_OPTIONS: PeerOptions = {
  as: NODE_AS,
  neighborAs: SWITCH_AS,
  neighbor: SWITCH_HOST,
  versions: [4],
  holdTime: 90,
  keepalive: 30,
  restartTime: 120,
  passive: false,
}

/** A session as the daemon reports it. */
export interface PeerSession {
  /** Address of the neighbor. */
  readonly address: string
  readonly established: boolean
}

/**
 * A BGP daemon in a host's namespace, with its announcements. Every daemon of the lab is driven through this.
 */
export abstract class Peer {
  readonly lab: Lab
  readonly host: Host
  /** Of the running daemon, or of the next start. */
  options: PeerOptions
  /** Prefixes that it announces, also after a restart. */
  readonly announced = new Set<string>()
  protected child?: DemoChild
  #starts = 0

  constructor(lab: Lab, host: Host, options: Partial<PeerOptions> = {}) {
    this.lab = lab
    this.host = host
    this.options = { ...NODE_OPTIONS, ...options }
  }

  /** Name of the program, for messages. */
  abstract readonly kind: string
  /** Writes the configuration and returns the command. @param again whether it restarts */
  protected abstract command(again: boolean): readonly string[] | Promise<readonly string[]>
  /** Resolves once the daemon takes commands; throws while it does not. */
  protected abstract ready(): Promise<unknown>
  protected abstract add(prefix: string): Promise<void>
  protected abstract remove(prefix: string): Promise<void>
  abstract sessions(): Promise<PeerSession[]>
  /** Prefixes in its RIB that came from the neighbor. */
  abstract received(): Promise<string[]>

  /** Addresses of the neighbor, by the versions configured. */
  get neighbors(): readonly { version: IpVersion; address: string; own: string }[] {
    const { neighbor, versions } = this.options
    return versions.map((version) =>
      version === 4
        ? { version, address: neighbor.address, own: this.host.address }
        : { version, address: neighbor.address6, own: this.host.address6 },
    )
  }

  /** File of this peer in the lab's directory. */
  protected file(suffix: string): string {
    return this.lab.path(`${this.host.namespace}-${this.kind}${suffix}`)
  }

  /** Starts the daemon, at a later call as a restarting speaker, and waits until it takes commands. */
  async start(): Promise<void> {
    const again = this.#starts++ > 0
    this.child = this.lab.start(
      this.host.namespace,
      `${this.kind} on ${this.host.name}`,
      await this.command(again),
    )
    await until(`${this.kind} on ${this.host.name} takes commands`, async () => {
      if (!this.child!.running) return 'ended'
      await this.ready()
      return 'ready'
    })
    if (!this.child.running) throw new Error(`${this.child.name} ended at once:\n${this.child.output}`)
  }

  /** Changes how it is configured from its next start on. */
  reconfigure(options: Partial<PeerOptions>) {
    this.options = { ...this.options, ...options }
  }

  get running(): boolean {
    return this.child?.running ?? false
  }

  /** Announces a prefix, now and after each restart; before the start: from the start on. */
  async announce(prefix: string): Promise<void> {
    this.announced.add(prefix)
    if (this.running) await this.add(prefix)
  }

  async withdraw(prefix: string): Promise<void> {
    this.announced.delete(prefix)
    if (this.running) await this.remove(prefix)
  }

  /** Ends the daemon in order: it sends a NOTIFICATION first. */
  async stop(): Promise<void> {
    await this.child?.stop()
  }

  /** Kills the daemon: its connections close without a NOTIFICATION. */
  async kill(): Promise<void> {
    await this.child?.kill()
  }

  /** Stops and continues the daemon's processes; TCP itself goes on acknowledging. */
  freeze() {
    this.child?.signalGroup('SIGSTOP')
  }

  thaw() {
    this.child?.signalGroup('SIGCONT')
  }

  /** What the daemon printed, for messages about failures. */
  get output(): string {
    return this.child?.output ?? ''
  }

  /** Runs a control command in the host's namespace. @returns standard output @throws Error when it fails */
  protected control(...argv: string[]): Promise<string> {
    return this.lab.must(this.host.namespace, argv)
  }
}

/** Version of a prefix's family. */
export const versionOf = (prefix: string): IpVersion => (prefix.includes(':') ? 6 : 4)
