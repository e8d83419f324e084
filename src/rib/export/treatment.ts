/**
 * How routes are treated on their way to a neighbor: what was negotiated with it and what its configuration asks for.
 * Neighbors whose treatment has the same key share an update group.
 */
import type { Family } from '../../ip/family.js'
import type { Role } from '../../wire/role.js'
import { changesKey, type ExportChanges } from './export-changes.js'
import type { PathSelection } from './path-selection.js'

/** How routes are treated on their way to the members of an update group: equal for all of them. */
export interface ExportTreatment {
  readonly family: Family
  readonly type: 'ebgp' | 'ibgp'
  /** AS of the neighbors; a path that holds it is not sent to them, unless `changes` says so. */
  readonly remoteAs: number
  /** Own AS towards them, put in front of AS_PATH for eBGP. */
  readonly localAs: number
  /** 4-octet AS numbers were negotiated (RFC 6793). */
  readonly as4: boolean
  /** IPv4 routes may have an IPv6 next hop (RFC 8950). */
  readonly extendedNextHop: boolean
  /** Largest message in octets: 4096, or 65535 (RFC 8654). */
  readonly maximumMessage: number
  /**
   * 'self': own address. 'third-party': unchanged when it lies on a subnet shared with an eBGP neighbor, own
   * address otherwise; unchanged to iBGP. 'unchanged': never touched. Own routes always get the own address,
   * reflected ones always keep theirs.
   */
  readonly nextHop: 'self' | 'third-party' | 'unchanged'
  /** Own address for next hops: 4, 16, or 32 octets (global and link-local); empty when there is none of use. */
  readonly ownAddress: Uint8Array
  /** LOCAL_PREF sent to iBGP for paths that have none. */
  readonly defaultLocalPref: number
  /** How routes from iBGP are reflected (RFC 4456); undefined: not at all. */
  readonly reflector?: {
    /** Own cluster, unsigned 32 bits. */
    readonly clusterId: number
    /** The members are clients. */
    readonly clients: boolean
    /** False: routes of clients are not sent to clients (RFC 4456 §6). Default true. */
    readonly clientToClient?: boolean
  }
  /** Which paths of a prefix are sent, each with its identifier (RFC 7911); undefined: the best, without. */
  readonly addPath?: PathSelection
  /** What the own side is to eBGP neighbors: decides about Only to Customer (RFC 9234 §5). */
  readonly role?: Role
  /**
   * Long-lived stale routes (RFC 9494): 'withheld' from neighbors without the capability, or sent to internal ones
   * with NO_EXPORT and LOCAL_PREF 0 ('marked', §4.6). Left out: sent like others.
   */
  readonly longLived?: 'withheld' | 'marked'
  /** All is announced with GRACEFUL_SHUTDOWN, to iBGP with LOCAL_PREF 0 (RFC 8326 §4). */
  readonly gracefulShutdown?: boolean
  /** What the neighbors' configuration changes. */
  readonly changes?: ExportChanges
}

/** Text that is equal for equal treatments; `policy` names the export policy, `subnet` the shared subnets. */
export function treatmentKey(treatment: ExportTreatment, policy: string, subnet: string): string {
  const { family, type, remoteAs, localAs, as4, extendedNextHop, maximumMessage, nextHop } = treatment
  const reflector = treatment.reflector
  return [
    family,
    type,
    remoteAs,
    localAs,
    as4,
    extendedNextHop,
    maximumMessage,
    nextHop,
    treatment.ownAddress.join('.'),
    treatment.defaultLocalPref,
    reflector === undefined
      ? ''
      : `${reflector.clusterId}/${reflector.clients}/${reflector.clients && reflector.clientToClient !== false}`,
    treatment.role ?? '',
    treatment.addPath ?? '',
    treatment.gracefulShutdown ?? false,
    changesKey(treatment.changes),
    treatment.longLived ?? '',
    policy,
    subnet,
  ].join(' ')
}
