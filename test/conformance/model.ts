/** The configuration of a device under test, in words that every BGP daemon has an equivalent for. */

export const DUT_AS = 65000
export const DUT_ID = '192.0.2.1'

/** Where the device under test is; testers have other addresses of the same subnets. */
export const DUT_ADDRESS = '10.99.0.1'
export const DUT_ADDRESS6 = '2001:db8:99::1'
export const DUT_HOST_NAME = 'dut'

/** Times are seconds. */
export interface NeighborModel {
  readonly address: string
  /** Its AS number. */
  readonly as: number
  /** Never dialled. */
  readonly passive: boolean
  /** Unicast families that the device under test announces. */
  readonly families: readonly ('ipv4' | 'ipv6')[]
  readonly hold: number
  readonly options: NeighborOptions
}

/** What a neighbor may have beyond the plain; what a daemon lacks of these makes a case "n/a" for it. */
export interface NeighborOptions {
  /** Hold time before the peer's OPEN is here; RFC 4271 suggests 240 s. */
  readonly openHold?: number
  /** RFC 9687 SendHoldTime. */
  readonly sendHold?: number
  /** Longest time between two dials. */
  readonly connectRetry?: number
  /** The session is refused unless the peer announces the families and capabilities that are announced to it. */
  readonly strictCapabilities?: boolean
  readonly nextHopSelf?: boolean
  readonly reflectorClient?: boolean
  /** ADD-PATH in both families. */
  readonly addPath?: 'receive' | 'send' | 'both'
  readonly extendedNextHop?: boolean
  /** Role of the device under test (RFC 9234 §4.1). */
  readonly role?: 'provider' | 'rs-server' | 'rs-client' | 'customer' | 'peer'
  readonly roleStrict?: boolean
  readonly maximumPrefix?: {
    readonly limit: number
    /** Percent of the limit from which on a warning is logged. */
    readonly warning?: number
    /** Minutes after which the session may come back. */
    readonly restart?: number
    readonly warningOnly?: boolean
  }
  /** TCP-MD5. */
  readonly password?: string
  /** GTSM for a neighbor so many hops away; 1: directly connected. */
  readonly ttlSecurity?: number
  /** Routes of this neighbor may not be announced to it or taken from it unless a policy says so. */
  readonly noPolicy?: 'import' | 'export'
  /** Messages longer than 4,096 octets (RFC 8654). */
  readonly extendedMessages?: boolean
}

/** What holds for the whole daemon. */
export interface GlobalOptions {
  readonly as?: number
  /** The name in capability 73. */
  readonly hostName?: string
  /** Own routes. */
  readonly originate?: readonly string[]
  readonly clusterId?: string
  /** False: no reflection between clients. */
  readonly clientToClient?: boolean
  /** AS_SETs are no fault (RFC 9774 would have them be). */
  readonly acceptAsSets?: boolean
  /** RFC 8212 (opt-in). */
  readonly ebgpRequiresPolicy?: boolean
  /** MED is compared among the paths of one AS before anything is compared between ASes. */
  readonly deterministicMed?: boolean
  /** Both ways, RFC 8538. */
  readonly notificationRestart?: boolean
  /** RFC 9494; the longest time that long-lived stale paths are kept. */
  readonly longLived?: number
  readonly maximumPaths?: number
  /** Next hops are looked up in the kernel, and routes are put there. */
  readonly kernel?: boolean
  /** Restarts keep the kernel's routes (RFC 4724 §4.1). */
  readonly restarter?: boolean
  /** The file is in this dialect of the daemon's, with nothing said that the dialect has a default for. */
  readonly dialect?: 'yaml' | 'ios'
}

/** Everything that a device under test is told. */
export interface Model extends GlobalOptions {
  readonly neighbors: readonly NeighborModel[]
}

/** Names of what a daemon may be able to be told. */
export type Option = keyof NeighborOptions | keyof GlobalOptions

/** What can be done to a running daemon. */
export interface Control {
  /** Ends the session with Cease 6/2; the neighbor stays down. */
  shutdown(address: string, message?: string): Promise<void>
  /** Undoes a shutdown. */
  enable(address: string): Promise<void>
  /** Takes the neighbor out of the configuration. */
  remove(address: string): Promise<void>
  /** Ends the session, which may come back at once. */
  reset(address: string): Promise<void>
  /** Changes the neighbor's hold time in the configuration. */
  changeHold(address: string, hold: number): Promise<void>
  /** Asks for all routes of the neighbor again. */
  softIn(address: string): Promise<void>
  /** Changes the neighbor's families in the configuration. */
  changeFamilies(address: string, families: readonly ('ipv4' | 'ipv6')[]): Promise<void>
  /** Sends the whole Adj-RIB-Out anew. */
  softOut(address: string): Promise<void>
  /** Announces all routes with GRACEFUL_SHUTDOWN (RFC 8326), or ends that. */
  maintenance(on: boolean): Promise<void>
  /** What the daemon shows of a neighbor, in its own words. */
  neighbor(address: string): Promise<string>
  /** What the daemon shows of a prefix. */
  route(prefix: string): Promise<string>
  /** What the daemon's API tells of what happened, in its own words. */
  events(): Promise<string>
  /** Its metrics. */
  metrics(): Promise<string>
  /** Everything logged so far. */
  log(): Promise<string>
  /** Errors and warnings that a configuration with this neighbor would give; empty when it is accepted. */
  check(neighbor: NeighborModel): Promise<string>
  /** Stops the daemon in order (false: as in a crash) and starts it again as a restarting speaker. */
  restart(orderly: boolean): Promise<void>
  /** Runs `ip` in the namespace of the device under test. */
  ip(...words: string[]): Promise<string>
}

export type Verb = keyof Control

/** Whatever a daemon may lack; 'explains': it says which step of the decision made a path the best. */
export type Capability =
  | Option
  | Verb
  | 'explains'
  | `maximumPrefix.${Exclude<keyof NonNullable<NeighborOptions['maximumPrefix']>, 'limit'>}`
