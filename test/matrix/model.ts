import type { Host } from '../../src/demo/topology.js'
import type { IpVersion } from '../lab/peer.js'

/** A session of a daemon as it is configured there. */
export interface SessionModel {
  readonly to: Host
  /** AS of the neighbor. */
  readonly as: number
  /** IP version of the TCP connection. */
  readonly version: IpVersion
  /** Unicast families, by IP version. Default: that of the connection alone. */
  readonly families?: readonly IpVersion[]
  /** Never dials. */
  readonly passive?: boolean
  /** TCP-MD5 password. */
  readonly password?: string
  readonly addPath?: 'send' | 'receive'
  /** IPv4 routes with IPv6 next hops (RFC 8950). */
  readonly extendedNextHop?: boolean
  /** The neighbor is a client of this reflector. */
  readonly client?: boolean
  /** Takes 2-octet AS numbers alone. */
  readonly twoOctetAs?: boolean
}

/** A route that a daemon announces as its own. */
export interface RouteModel {
  readonly prefix: string
  /** '64512:1' */
  readonly communities?: readonly string[]
  /** '64512:1:2' */
  readonly largeCommunities?: readonly string[]
  /** Several paths of one prefix (ExaBGP alone): 1 and up, with the AS path of each. */
  readonly pathId?: number
  readonly asPath?: readonly number[]
}

/** What a daemon is told. Times are seconds. */
export interface DaemonModel {
  readonly as: number
  readonly sessions: readonly SessionModel[]
  readonly routes?: readonly RouteModel[]
  /** Graceful restart with this restart time; absent: none. */
  readonly restartTime?: number
  /** Long-lived stale time. */
  readonly longLived?: number
}

/** A path as a daemon shows it. */
export interface SeenPath {
  /** Address of the neighbor that it came from. */
  readonly from: string
  readonly nextHop: string
  /** '64513 64999' */
  readonly asPath: string
  readonly communities: readonly string[]
  readonly largeCommunities: readonly string[]
  readonly originatorId?: string
  readonly clusterList?: readonly string[]
  readonly pathId?: number
  /** Kept while the neighbor restarts, where the daemon tells. */
  readonly stale?: boolean
}

/** Version of a prefix's family. */
export const versionOf = (prefix: string): IpVersion => (prefix.includes(':') ? 6 : 4)

/** Families of a session, by IP version. */
export const familiesOf = ({ families, version }: SessionModel): readonly IpVersion[] => families ?? [version]

/** A host's address on a session. */
export const addressOf = (host: Host, version: IpVersion): string =>
  version === 4 ? host.address : host.address6
