/**
 * OPEN messages (RFC 4271 §4.2, §6.2): the own one, made from a neighbor's parameters, and whether a received one is
 * accepted or with which NOTIFICATION it is refused.
 */

import type { Family } from '../ip/family.js'
import { AFI_IPV4, AFI_IPV6, afiOf, SAFI_UNICAST } from '../ip/family.js'
import { COUNTERPART, ROLES, roleOf } from '../wire/role.js'
import type { Capability, OpenMessage } from '../wire/types.js'
import type { Cause } from './reasons.js'
import { identifier } from './sentences.js'
import type { PeerParams, RequiredCapability } from './types.js'

/** Stands in "My Autonomous System" for an AS number above 65535 (RFC 6793 §9). */
const AS_TRANS = 23456

const EMPTY = new Uint8Array(0)

/** Answer to a received OPEN: accepted, or the NOTIFICATION that refuses it and why. */
export type OpenVerdict =
  | {
      readonly ok: true
      /** The peer's AS: capability 65's, else My AS. */
      readonly remoteAs: number
    }
  | {
      readonly ok: false
      readonly code: 2
      readonly subcode: number
      readonly data: Uint8Array
      readonly why: Cause
    }

/** The last capability of a name; of capabilities sent twice the last one counts (RFC 4724 §3 for code 64). */
export function capability<N extends Capability['name']>(
  capabilities: readonly Capability[],
  name: N,
): Extract<Capability, { name: N }> | undefined {
  for (let i = capabilities.length - 1; i >= 0; i--) {
    if (capabilities[i].name === name) return capabilities[i] as Extract<Capability, { name: N }>
  }
  return undefined
}

/**
 * The AS of an OPEN's sender: the 4-octet number when the capability is there (RFC 6793 §4.1).
 * @returns 0 to 4294967295
 */
export function asOf(open: OpenMessage): number {
  return capability(open.capabilities, 'four-octet-as')?.as ?? open.myAs
}

/** True when the capabilities hold multiprotocol for this family. */
function hasFamily(capabilities: readonly Capability[], family: Family): boolean {
  const afi = afiOf(family)
  return capabilities.some((c) => c.name === 'multiprotocol' && c.afi === afi && c.safi === SAFI_UNICAST)
}

/**
 * Checks the meaning of a received OPEN in the RFC's order; its framing was the codec's matter.
 * Sources: RFC 4271 §6.2, RFC 5492 §3, RFC 6286 §2.2, RFC 6793 §4.1 and §9, RFC 7607 §2.
 */
export function checkOpen(open: OpenMessage, params: PeerParams): OpenVerdict {
  if (open.version !== 4) {
    // The data field is the largest version we speak, as a 2-octet number.
    return refuse(1, Uint8Array.of(0, 4), {
      reason: 'version',
      text: `${params.peer} speaks BGP version ${open.version}, not 4`,
    })
  }
  const remoteAs = asOf(open)
  const asError = wrongAs(open, remoteAs, params)
  if (asError) return refuse(2, EMPTY, asError)
  if (open.holdTime === 1 || open.holdTime === 2) {
    return refuse(6, EMPTY, {
      reason: 'hold-time-low',
      text: `${params.peer} proposes a hold time of ${open.holdTime} s; BGP allows 0, or 3 and more`,
      remedy: 'set it to at least 3 there',
    })
  }
  const { minimumHold = 0 } = params
  if (open.holdTime !== 0 && open.holdTime < minimumHold) {
    return refuse(6, EMPTY, {
      reason: 'hold-time-low',
      text: `${params.peer} proposes a hold time of ${open.holdTime} s, below the least one accepted here (${minimumHold} s)`,
      remedy: 'raise it there, or lower this one',
    })
  }
  if (open.routerId === 0) {
    return refuse(3, EMPTY, {
      reason: 'router-id-zero',
      text: `${params.peer} has router-id 0.0.0.0`,
      remedy: 'set a router-id there',
    })
  }
  if (open.routerId === params.routerId && remoteAs === params.localAs) {
    return refuse(3, EMPTY, {
      reason: 'router-id-own',
      text: `${params.peer} has our own router-id ${identifier(open.routerId)} in our AS ${remoteAs}`,
      remedy: 'set another one on either side',
    })
  }
  const missing = params.required.filter((wanted) => !hasRequired(open.capabilities, wanted))
  if (missing.length > 0) {
    return refuse(7, encodeMissing(missing, params), {
      reason: 'capability-missing',
      text: `${params.peer} lacks the required ${missing.map(requiredName).join(', ')}`,
      remedy: 'enable it there, or do not require it here',
    })
  }
  const roleError = wrongRole(open, remoteAs, params)
  if (roleError !== undefined) return refuse(11, EMPTY, roleError)
  return { ok: true, remoteAs }
}

function refuse(subcode: number, data: Uint8Array, why: Cause): OpenVerdict {
  return { ok: false, code: 2, subcode, data, why }
}

function wrongAs(open: OpenMessage, as: number, params: PeerParams): Cause | undefined {
  const { peer, localAs, remoteAs } = params
  if (as === 0 || open.myAs === 0) {
    return {
      reason: 'as-zero',
      text: `${peer} says AS 0, which is reserved (RFC 7607)`,
      remedy: 'set its AS number',
    }
  }
  if (as === AS_TRANS) {
    return {
      reason: 'as-trans',
      text: `${peer} says AS ${AS_TRANS} (AS_TRANS) and no other: its AS number is above 65535 and it does not announce 4-octet AS numbers, or it is misconfigured`,
      remedy: 'let it announce 4-octet AS numbers (capability 65), or correct its AS number',
    }
  }
  if (remoteAs === 0 && as === localAs) {
    return {
      reason: 'as-own',
      text: `${peer} says AS ${as}, which is our own, where another one is expected (remote-as external)`,
      remedy: `set remote-as internal, or ${as}, here for an iBGP session`,
    }
  }
  if (remoteAs === 0 || as === remoteAs) return undefined
  if (as === localAs) {
    return {
      reason: 'as-swapped',
      text: `${peer} says AS ${as}, which is our own, where ${remoteAs} is configured: the two AS numbers look swapped`,
      remedy: `on a Cilium node localASN is its own AS (${remoteAs}) and peerASN ours (${localAs}); or set remote-as ${as} here for an iBGP session`,
    }
  }
  return {
    reason: 'as-wrong',
    text: `${peer} says AS ${as}, configured is ${remoteAs}`,
    remedy: `set remote-as ${as} here, or correct localASN to ${remoteAs} on the node`,
  }
}

/** RFC 9234 §4.2; the roles are eBGP's alone. */
function wrongRole(open: OpenMessage, remoteAs: number, params: PeerParams): Cause | undefined {
  const { role, peer, localAs } = params
  if (role === undefined || remoteAs === localAs) return undefined
  const values = new Set(open.capabilities.flatMap((c) => (c.name === 'role' ? [c.role] : [])))
  const expected = COUNTERPART[role.own]
  if (values.size === 0) {
    if (!role.strict) return undefined
    return {
      reason: 'role',
      text: `${peer} announces no BGP role, which strict mode asks for (RFC 9234)`,
      remedy: `set role ${expected} there, or leave strict mode here`,
    }
  }
  if (values.size > 1) {
    return {
      reason: 'role',
      text: `${peer} announces several BGP roles (RFC 9234 §4.2)`,
      remedy: 'keep one there',
    }
  }
  const [value] = values
  const theirs = roleOf(value)
  if (theirs === expected) return undefined
  const named = theirs ?? `with the unassigned number ${value}`
  const other = theirs === undefined ? '' : `, or role ${COUNTERPART[theirs]} here`
  return {
    reason: 'role',
    text: `${peer} has BGP role ${named}, but towards role ${role.own} it must be ${expected} (RFC 9234 §4.2)`,
    remedy: `set role ${expected} there${other}`,
  }
}

function hasRequired(capabilities: readonly Capability[], wanted: RequiredCapability): boolean {
  return wanted.code === 1
    ? hasFamily(capabilities, wanted.family)
    : capabilities.some((c) => c.code === wanted.code)
}

const REQUIRED_NAMES = {
  2: 'route refresh',
  5: 'extended next hop',
  6: 'extended message',
  64: 'graceful restart',
  65: '4-octet AS',
  70: 'enhanced route refresh',
} as const

function requiredName(wanted: RequiredCapability): string {
  return `capability ${wanted.code === 1 ? `multiprotocol ${wanted.family}` : REQUIRED_NAMES[wanted.code]}`
}

/** The capabilities that are missing, encoded as in an OPEN (RFC 5492 §3). */
function encodeMissing(missing: readonly RequiredCapability[], params: PeerParams): Uint8Array {
  const octets: number[] = []
  for (const wanted of missing) {
    if (wanted.code === 1) octets.push(1, 4, 0, afiOf(wanted.family), 0, SAFI_UNICAST)
    else if (wanted.code === 5) octets.push(5, 6, 0, AFI_IPV4, 0, SAFI_UNICAST, 0, AFI_IPV6)
    else if (wanted.code === 64) octets.push(64, 2, 0, 0)
    else if (wanted.code === 65) {
      const as = params.remoteAs
      octets.push(65, 4, as >>> 24, (as >>> 16) & 255, (as >>> 8) & 255, as & 255)
    } else octets.push(wanted.code, 0)
  }
  return Uint8Array.from(octets)
}

/**
 * The own OPEN.
 * @param plain leave out all capabilities: the peer answered 2/4 to an OPEN with them (RFC 5492 §3)
 */
export function buildOpen(params: PeerParams, plain = false): OpenMessage {
  return {
    type: 'open',
    version: 4,
    myAs: params.localAs > 0xffff ? AS_TRANS : params.localAs,
    holdTime: params.holdTime,
    routerId: params.routerId,
    capabilities: plain ? [] : ownCapabilities(params),
  }
}

/** Capabilities of the own OPEN, as `params.advertise` names them, in ascending order of code. */
export function ownCapabilities(params: PeerParams): readonly Capability[] {
  const { advertise } = params
  const list: Capability[] = advertise.families.map((family) => ({
    code: 1,
    name: 'multiprotocol',
    afi: afiOf(family),
    safi: SAFI_UNICAST,
  }))
  if (advertise.routeRefresh) list.push({ code: 2, name: 'route-refresh' })
  if (advertise.extendedNextHop && advertise.families.includes('ipv4-unicast')) {
    const tuples = [{ afi: AFI_IPV4, safi: SAFI_UNICAST, nextHopAfi: AFI_IPV6 }]
    list.push({ code: 5, name: 'extended-next-hop', tuples })
  }
  if (advertise.extendedMessage) list.push({ code: 6, name: 'extended-message' })
  // RFC 9234 §4.1: over eBGP only.
  if (params.role !== undefined && params.remoteAs !== params.localAs) {
    list.push({ code: 9, name: 'role', role: ROLES.indexOf(params.role.own) })
  }
  const restart = advertise.gracefulRestart
  if (restart) {
    list.push({
      code: 64,
      name: 'graceful-restart',
      restarting: restart.restarting,
      notification: restart.notification,
      time: restart.time,
      families: restart.families.map(({ family, forwarding }) => ({
        afi: afiOf(family),
        safi: SAFI_UNICAST,
        forwarding,
      })),
    })
  }
  list.push({ code: 65, name: 'four-octet-as', as: params.localAs })
  const addPath = (advertise.addPath ?? []).filter(({ receive, send }) => receive || send)
  if (addPath.length > 0) {
    list.push({
      code: 69,
      name: 'add-path',
      families: addPath.map(({ family, receive, send }) => ({
        afi: afiOf(family),
        safi: SAFI_UNICAST,
        mode: (receive ? 1 : 0) | (send ? 2 : 0),
      })),
    })
  }
  if (advertise.enhancedRouteRefresh) list.push({ code: 70, name: 'enhanced-route-refresh' })
  if (restart && advertise.longLived) {
    list.push({
      code: 71,
      name: 'long-lived-graceful-restart',
      families: advertise.longLived.map(({ family, forwarding, time }) => ({
        afi: afiOf(family),
        safi: SAFI_UNICAST,
        forwarding,
        time,
      })),
    })
  }
  if (advertise.fqdn) list.push({ code: 73, name: 'fqdn', ...advertise.fqdn })
  // The version is nobody's business outside the own AS (draft-abraitis-bgp-version-capability §2).
  if (advertise.softwareVersion !== undefined && params.remoteAs === params.localAs) {
    list.push({ code: 75, name: 'software-version', version: advertise.softwareVersion })
  }
  return list
}
