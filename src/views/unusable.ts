/** Why a path takes no part in the decision: which value is wrong, and what to do about it. */

import { type Rejection, rejectionOf } from '../policy/rejection.js'
import { REASON_IDS, REASON_TEXTS, type ReasonId, VALID } from '../rib/store/reasons.js'
import { asPathText } from '../speaker/events/attribute-text.js'
import { deathText } from '../speaker/liveness/deaths.js'
import type { FamilyOptions } from '../speaker/model/options.js'
import type { DeathReads, NeighborReads, TableReads } from '../speaker/model/reads.js'
import type { UnusableView } from './model/unusable.js'

/** What explaining a path needs beside its neighbor. */
export interface UnusableContext {
  readonly rib: TableReads
  /** The speaker's AS. */
  readonly localAs: number
  /** By whose word a gateway is dead. */
  gatewayDeaths(gateway: string): readonly DeathReads[]
  /** Why a next hop, by its id, can't be reached; undefined when nobody knows. */
  nextHopProblem(nextHop: number): string | undefined
}

/** Facts about the path that is asked for. */
interface Asked {
  readonly context: UnusableContext
  readonly path: number
  readonly neighbor: NeighborReads
  readonly options: FamilyOptions | undefined
  /** Canonical text, as used. */
  readonly nextHop: string
}

type Explained = Omit<UnusableView, 'reason'> & { readonly reason?: UnusableView['reason'] }

/** What is wrong with a path of a neighbor; undefined when it takes part. */
export function unusableView(
  context: UnusableContext,
  path: number,
  neighbor: NeighborReads | undefined,
): UnusableView | undefined {
  const { rib } = context
  const code = rib.reasonOf(path)
  if (code === VALID) return undefined
  const reason = REASON_IDS[code] as ReasonId
  if (neighbor === undefined) return { reason, text: REASON_TEXTS[code] }
  const options = [...neighbor.families].find(({ family }) => family === rib.family)?.options
  const { nextHop = '', linkLocalNextHop = '' } = rib.attributes.get(rib.attributeOf(path))
  const asked = { context, path, neighbor, options, nextHop: nextHop || linkLocalNextHop }
  return { reason, ...(EXPLAINED[reason]?.(asked) ?? { text: REASON_TEXTS[code] }) }
}

/** A phrase about the next hop, with a remedy. */
const nextHopIs =
  (what: string, remedy?: string) =>
  ({ nextHop }: Asked): Explained => ({
    text: `next hop ${nextHop} ${what}`,
    nextHop,
    ...(remedy === undefined ? {} : { remedy }),
  })

const EXPLAINED: Readonly<Record<ReasonId, (asked: Asked) => Explained>> = {
  policy: rejected,
  'own-as': (asked) => ({
    text: `AS_PATH ${pathText(asked)} holds the own AS ${ownAs(asked)}`,
    remedy: 'set allowAsIn (allowas-in) for the neighbor if that is meant',
  }),
  'first-as': (asked) => {
    const { neighbor } = asked
    const as = neighbor.session.negotiated?.remoteAs ?? neighbor.remoteAs
    const path = pathText(asked)
    return {
      text: `AS_PATH ${path === '' ? 'is empty and' : path} does not begin with the AS ${as} of the neighbor`,
      remedy: 'set enforceFirstAs: false (no enforce-first-as) if the neighbor is a route server',
    }
  },
  'originator-loop': () => ({
    text: 'ORIGINATOR_ID is the own router id: the route has come back, or two speakers have one router id',
    remedy: 'give each speaker a router id of its own if it is not a loop',
  }),
  'cluster-loop': () => ({
    text: 'CLUSTER_LIST holds the own cluster id: the route has been reflected here before',
    remedy: 'give each cluster an id of its own if it is not a loop',
  }),
  'route-leak': () => ({
    text: 'route leak: it carries Only to Customer, and comes from where such a route must not (RFC 9234)',
    remedy: 'correct the roles on both sides, or what the neighbor announces',
  }),
  'next-hop-unreachable': unreachable,
  'next-hop-own': nextHopIs(
    'is an own address: packets would come back here',
    'let the neighbor announce an address of its own as next hop',
  ),
  'next-hop-no-host': nextHopIs(
    'is no host address',
    'let the neighbor announce its own address as next hop',
  ),
  'next-hop-loopback': nextHopIs(
    'is a loopback address',
    'let the neighbor announce its own address as next hop',
  ),
  'next-hop-multicast': nextHopIs(
    'is a multicast address',
    'let the neighbor announce its own address as next hop',
  ),
  'next-hop-reserved': nextHopIs(
    'is a reserved address',
    'let the neighbor announce its own address as next hop',
  ),
  'next-hop-mapped': nextHopIs(
    'is an IPv4-mapped IPv6 address',
    'announce IPv6 prefixes over a second session between IPv6 addresses',
  ),
  'next-hop-other-link': nextHopIs(
    'is a link-local address of another link',
    'let the neighbor announce a global address as next hop (next-hop-self)',
  ),
  'next-hop-not-connected': nextHopIs(
    'does not lie on a subnet shared with this machine',
    'set ebgpMultihop (ebgp-multihop) for the neighbor if that is meant, else next-hop-self at the neighbor',
  ),
}

/** Which list, or the want of any, rejects a path. */
function rejected({ context, path, options }: Asked): Explained {
  const text = 'rejected by import policy'
  if (options === undefined) return { text }
  if (options.policyMissing?.import === true) {
    return {
      reason: 'ebgp-requires-policy',
      text: 'there is no import policy, and eBGP neighbors need one here (RFC 8212)',
      remedy: 'set import: all, or a policy, for the neighbor',
    }
  }
  const { rib } = context
  const prefix = rib.prefixOf(path)
  const bytes = new Uint8Array(16)
  rib.prefixes.writeAddress(prefix, bytes, 0)
  const attributes = rib.attributes.get(rib.receivedAttributeOf(path))
  const route = { bytes, bits: rib.prefixes.length(prefix), attributes }
  const rejection = rejectionOf(options.import, rib.family, route)
  if (rejection === undefined) return { text }
  const list = rejecterText(rejection)
  if (list === undefined) {
    return { text: 'import policy is none', remedy: 'set import: all, or a policy, for the neighbor' }
  }
  return {
    text: `rejected by ${list}`,
    list,
    remedy: `permit ${rib.prefixes.text(prefix)} in ${list} if it is meant`,
  }
}

/** 'prefix list nodes', 'route map IN entry 20'; undefined: nothing that has a name. */
export function rejecterText({ kind, name, entry }: Rejection): string | undefined {
  if (kind === 'none') return undefined
  const what = kind === 'as-path-list' ? 'AS path list' : kind === 'route-map' ? 'route map' : 'prefix list'
  const where = entry === undefined ? '' : ` entry ${entry}`
  return name === '' ? `the ${what} of its import policy${where}` : `${what} ${name}${where}`
}

/** Of a dead next hop: who says so, and why; else what the machine says of it. */
function unreachable({ context, path, neighbor, nextHop }: Asked): Explained {
  // A link-local next hop lies on the link of the session.
  const zone = /%.*/.exec(neighbor.address)?.[0]
  const gateway = zone !== undefined && /^fe[89ab]/i.test(nextHop) ? `${nextHop}${zone}` : nextHop
  const deaths = context.gatewayDeaths(gateway)
  if (deaths.length > 0) return { text: `next hop ${deathText(gateway, deaths)}`, nextHop }
  const { rib } = context
  const problem = context.nextHopProblem(rib.attributes.nextHop[rib.attributeOf(path)])
  return {
    text: `next hop ${nextHop} unreachable${problem === undefined ? '' : `: ${problem}`}`,
    nextHop,
    remedy:
      'let the neighbor announce a next hop on a shared subnet (next-hop-self), or add a route to it here',
  }
}

function pathText({ context, path }: Asked): string {
  const { rib } = context
  return asPathText(rib.attributes.get(rib.receivedAttributeOf(path)).asPath)
}

/** The own AS that a path holds: the one that the neighbor knows, or the speaker's. */
function ownAs({ context, path, neighbor }: Asked): number {
  const { rib } = context
  const known = neighbor.session.negotiated?.localAs ?? neighbor.session.options.localAs
  return rib.attributes.hasAs(rib.receivedAttributeOf(path), known) ? known : context.localAs
}
