/**
 * What two OPENs come to: hold time and keepalive, families, and for each capability whether and in which direction it
 * holds (RFC 4271 §4.2, RFC 5492, and the RFC of each capability).
 */

import { AFI_IPV6, FAMILIES, type Family, familyOf } from '../ip/family.js'
import { roleOf } from '../wire/role.js'
import type { Capability, OpenMessage } from '../wire/types.js'
import { asOf, capability } from './open.js'
import type { LongLivedFamily, Negotiated, PeerParams, PeerRestart } from './types.js'

/** RFC 9687 §6: the least default of SendHoldTime, seconds. */
const SEND_HOLD_DEFAULT = 480

/**
 * What holds on a session, from the OPEN sent and the one received. The own side is read from what was sent,
 * not from the parameters, which may have changed since.
 * @param received an OPEN that checkOpen accepted
 */
export function negotiate(sent: OpenMessage, received: OpenMessage, params: PeerParams): Negotiated {
  const own = sent.capabilities
  const peer = received.capabilities
  const both = (name: Capability['name']) => has(own, name) && has(peer, name)
  const localAs = asOf(sent)
  const remoteAs = asOf(received)
  const holdTime = Math.min(sent.holdTime, received.holdTime)
  const families = params.overrideFamilies
    ? FAMILIES.filter((family) => familiesOf(own).has(family))
    : commonFamilies(own, peer)
  const ownRestart = capability(own, 'graceful-restart')
  const peerRestart = capability(peer, 'graceful-restart')
  const fqdn = capability(peer, 'fqdn')
  return {
    peerType: localAs === remoteAs ? 'ibgp' : 'ebgp',
    localAs,
    remoteAs,
    routerId: received.routerId,
    holdTime,
    keepalive: keepaliveTime(holdTime, params.keepalive),
    sendHold: sendHoldTime(holdTime, params.sendHold),
    families,
    as4: both('four-octet-as'),
    // RFC 8654 §4 would take them from anybody once we announced them; a peer that did not announce the
    // capability cannot mean to send them, and a length beyond 4,096 is then a stream out of step (1/2).
    extendedMessage: { send: both('extended-message'), receive: both('extended-message') },
    // RFC 2918 §4: a request may be sent to a peer that announced the capability.
    routeRefresh: both('route-refresh'),
    enhancedRouteRefresh: both('enhanced-route-refresh'),
    extendedNextHop: {
      send: hasExtendedNextHop(own) && hasExtendedNextHop(peer),
      receive: hasExtendedNextHop(own),
    },
    addPath: addPath(own, peer, families),
    gracefulRestart: ownRestart && peerRestart ? readRestart(peerRestart) : undefined,
    longLived:
      both('graceful-restart') && both('long-lived-graceful-restart') ? longLivedFamilies(peer) : undefined,
    restartOnNotification: ownRestart?.notification === true && peerRestart?.notification === true,
    role: localAs === remoteAs ? undefined : roles(params, peer),
    hostName: fqdn?.host || undefined,
    domainName: fqdn?.domain || undefined,
    softwareVersion: capability(peer, 'software-version')?.version || undefined,
    sent: own,
    received: peer,
  }
}

/**
 * Seconds between KEEPALIVEs: at most a third of the hold time, not faster than one a second (RFC 4271 §4.4).
 * @param wished configured interval; 0: a third of the hold time
 */
export function keepaliveTime(holdTime: number, wished: number): number {
  if (holdTime === 0) return 0
  const third = Math.floor(holdTime / 3)
  return Math.max(1, wished > 0 ? Math.min(wished, third) : third)
}

/**
 * SendHoldTime in seconds (RFC 9687 §4.4, §6): greater than the hold time; 0 without hold time.
 * @param configured 0: the RFC's default
 */
export function sendHoldTime(holdTime: number, configured: number): number {
  if (holdTime === 0) return 0
  return configured > 0 ? Math.max(configured, holdTime + 1) : Math.max(SEND_HOLD_DEFAULT, 2 * holdTime)
}

function roles(params: PeerParams, peer: readonly Capability[]): Negotiated['role'] {
  if (params.role === undefined) return undefined
  const theirs = capability(peer, 'role')
  return { own: params.role.own, peer: theirs === undefined ? undefined : roleOf(theirs.role) }
}

function has(capabilities: readonly Capability[], name: Capability['name']): boolean {
  return capabilities.some((c) => c.name === name)
}

/** Families of one OPEN. One without any multiprotocol capability speaks IPv4 unicast (RFC 4760 §8). */
function familiesOf(capabilities: readonly Capability[]): ReadonlySet<Family> {
  const set = new Set<Family>()
  let any = false
  for (const c of capabilities) {
    if (c.name !== 'multiprotocol') continue
    any = true
    const family = familyOf(c.afi, c.safi)
    if (family) set.add(family)
  }
  if (!any) set.add('ipv4-unicast')
  return set
}

function commonFamilies(own: readonly Capability[], peer: readonly Capability[]): readonly Family[] {
  const ours = familiesOf(own)
  const theirs = familiesOf(peer)
  return FAMILIES.filter((family) => ours.has(family) && theirs.has(family))
}

function hasExtendedNextHop(capabilities: readonly Capability[]): boolean {
  return capabilities.some(
    (c) =>
      c.name === 'extended-next-hop' &&
      c.tuples.some((t) => familyOf(t.afi, t.safi) === 'ipv4-unicast' && t.nextHopAfi === AFI_IPV6),
  )
}

function addPath(
  own: readonly Capability[],
  peer: readonly Capability[],
  families: readonly Family[],
): Negotiated['addPath'] {
  const ours = addPathModes(own)
  const theirs = addPathModes(peer)
  const mode = (modes: ReadonlyMap<Family, number>, family: Family, bit: number) =>
    ((modes.get(family) ?? 0) & bit) !== 0
  return {
    send: families.filter((f) => mode(ours, f, 2) && mode(theirs, f, 1)),
    receive: families.filter((f) => mode(ours, f, 1) && mode(theirs, f, 2)),
  }
}

function addPathModes(capabilities: readonly Capability[]): ReadonlyMap<Family, number> {
  const modes = new Map<Family, number>()
  for (const { afi, safi, mode } of capability(capabilities, 'add-path')?.families ?? []) {
    const family = familyOf(afi, safi)
    // Other values than 1 to 3 are ignored (RFC 7911 §4).
    if (family && mode >= 1 && mode <= 3) modes.set(family, mode)
  }
  return modes
}

/** Only families that ecmpd knows; of one named twice the last counts. */
function longLivedFamilies(peer: readonly Capability[]): readonly LongLivedFamily[] {
  const families = new Map<Family, LongLivedFamily>()
  for (const { afi, safi, forwarding, time } of capability(peer, 'long-lived-graceful-restart')?.families ??
    []) {
    const family = familyOf(afi, safi)
    if (family) families.set(family, { family, forwarding, time })
  }
  return [...families.values()]
}

function readRestart(c: Extract<Capability, { name: 'graceful-restart' }>): PeerRestart {
  const families = new Map<Family, boolean>()
  for (const { afi, safi, forwarding } of c.families) {
    const family = familyOf(afi, safi)
    if (family) families.set(family, forwarding)
  }
  return {
    restarting: c.restarting,
    notification: c.notification,
    time: c.time,
    families: [...families].map(([family, forwarding]) => ({ family, forwarding })),
  }
}
