/** Sessions that are up, and bring nothing or less than they seem to. */

import { type Family, familyOf } from '../../ip/family.js'
import { isSingleHop } from '../../speaker/peer/protection.js'
import type { NeighborView } from '../../views/model/neighbor.js'
import type { Capability } from '../../wire/types.js'
import type { Facts } from '../model/facts.js'
import { duration, listed, named, nameOf } from '../model/names.js'
import { optionsOf, reachOf } from '../model/reach.js'
import type { Judgment, Rule, RuleFamily } from '../model/rule.js'
import { neighborRule } from './of-neighbor.js'

/** Longest wait of gobgp, the library in Cilium, for the End-of-RIB of its peers after a restart: seconds. */
const CILIUM_DEFERRAL = 360
/** Seconds after which a session that announces nothing has had its time, where it sends no End-of-RIB. */
const QUIET = 10

const isUp = ({ state }: NeighborView) => state === 'Established'
const upFor = ({ since }: NeighborView, now: number) => (now - Date.parse(since)) / 1000

function familiesOf(capabilities: readonly Capability[]): readonly string[] {
  const announced = capabilities.flatMap((one) =>
    one.name === 'multiprotocol' ? [familyOf(one.afi, one.safi) ?? `AFI ${one.afi} SAFI ${one.safi}`] : [],
  )
  // RFC 4760 §8: without the capability a session carries IPv4.
  return announced.length === 0 ? ['ipv4-unicast' satisfies Family] : announced
}

const NO_FAMILY = neighborRule(
  {
    id: 'no-common-family',
    severity: 'error',
    group: 'down',
    title: 'The two sides have no address family in common',
    next: "add a family: `families` of the node's CiliumBGPPeerConfig, or `families` of the neighbor here",
  },
  (neighbor) => {
    const { lastError, lastReset } = neighbor
    const failure = lastError ?? lastReset
    if (!isUp(neighbor)) {
      if (neighbor.adminDown || failure?.reason !== 'no-common-family') return undefined
      return { text: named(neighbor, failure.text), next: failure.remedy, since: failure.at }
    }
    const { families, capabilities } = neighbor
    if (families.length === 0 || families.some(({ negotiated }) => negotiated)) return undefined
    const [theirs, ours] = [familiesOf(capabilities.received), families.map(({ family }) => family)]
    return {
      text: `${nameOf(neighbor)} offers ${listed(theirs)}, this side ${listed(ours)}: the session carries nothing`,
      next: `add ${listed(ours)} to \`families\` on the node, or ${listed(theirs)} to the neighbor here`,
      since: neighbor.since,
    }
  },
)

const FAMILY_MISSING = neighborRule(
  {
    id: 'family-not-agreed',
    severity: 'warning',
    title: 'A family that is configured is not announced by the neighbor',
    next: "add it to `families` of the node's CiliumBGPPeerConfig, or take it away here",
  },
  (neighbor) => {
    if (!isUp(neighbor)) return undefined
    const [agreed, missing] = [true, false].map((wanted) =>
      neighbor.families.filter(({ negotiated }) => negotiated === wanted).map(({ family }) => family),
    )
    if (agreed.length === 0 || missing.length === 0) return undefined
    return {
      text: `${nameOf(neighbor)} does not offer ${listed(missing)}, which is configured here: the session carries ${listed(agreed)} alone`,
      next: `add ${listed(missing)} to \`families\` on the node, or take it away here`,
      since: neighbor.since,
    }
  },
)

const restarted = ({ capabilities }: NeighborView) =>
  capabilities.received.some((one) => one.name === 'graceful-restart' && one.restarting)

const sendsRestart = ({ capabilities }: NeighborView) =>
  capabilities.sent.some(({ name }) => name === 'graceful-restart')

/** It may wait for somebody's End-of-RIB (RFC 4724 §4.1). */
function holdsBack(neighbor: NeighborView, now: number): boolean {
  const up = upFor(neighbor, now)
  return restarted(neighbor) && neighbor.prefixesReceived === 0 && up < CILIUM_DEFERRAL + QUIET
}

const HOLDS_BACK = neighborRule(
  {
    id: 'waits-for-end-of-rib',
    severity: 'error',
    group: 'vain',
    title:
      'A node that has restarted holds its routes back: our graceful restart is off, so that no End-of-RIB ends its wait',
    next: 'switch graceful restart on here (`bgp graceful-restart`, `gracefulRestart`)',
  },
  (neighbor, { now }) => {
    if (!isUp(neighbor) || sendsRestart(neighbor) || !holdsBack(neighbor, now)) return undefined
    const left = Math.max(0, CILIUM_DEFERRAL - upFor(neighbor, now))
    return {
      text: `${nameOf(neighbor)} has restarted and announces nothing yet: it may hold its routes back for up to ${CILIUM_DEFERRAL} s (${duration(left)} left), since our graceful restart is off and no End-of-RIB ends its wait`,
      evidence: ['its OPEN has the R bit (RFC 4724)', 'ours has no graceful restart capability'],
      since: neighbor.since,
    }
  },
)

/** All that it has to say has come. */
function isComplete(neighbor: NeighborView, now: number): boolean {
  const agreed = neighbor.families.filter(({ negotiated }) => negotiated)
  if (agreed.length === 0) return false
  if (agreed.every(({ endOfRibReceived }) => endOfRibReceived)) return true
  return upFor(neighbor, now) >= QUIET && !(sendsRestart(neighbor) && holdsBack(neighbor, now))
}

const NO_PREFIXES = neighborRule(
  {
    id: 'no-prefixes',
    severity: 'warning',
    group: 'vain',
    title: 'A neighbor is up and announces nothing',
    next: "look on the node: `families` with an `advertisements` selector in its CiliumBGPPeerConfig, the labels of its CiliumBGPAdvertisement, the Service's labels and its selector",
  },
  (neighbor, { now }) => {
    if (!isUp(neighbor) || neighbor.prefixesReceived > 0 || !isComplete(neighbor, now)) return undefined
    const ended = neighbor.families.some(({ endOfRibReceived }) => endOfRibReceived)
    return {
      text: `${nameOf(neighbor)} is up and announces nothing`,
      evidence: ended ? ['its End-of-RIB is here: there is nothing more to come'] : [],
      since: neighbor.since,
    }
  },
)

const KEPT = neighborRule(
  {
    id: 'stale-kept',
    severity: 'warning',
    title: 'A neighbor restarts: its routes are kept and used until it is back, or its time is over',
    next: 'nothing, if it comes back in time; else look after its BGP daemon',
  },
  (neighbor) => {
    const { helper, remaining } = neighbor.gracefulRestart
    if (helper === 'none') return undefined
    const stale = neighbor.families.reduce((sum, { prefixesStale }) => sum + prefixesStale, 0)
    const left = remaining === undefined ? '' : `, for ${duration(remaining)} at the most`
    const what = helper === 'waiting' ? 'until it is back' : 'until it has sent its own again'
    return {
      text: `${nameOf(neighbor)} restarts: ${stale} stale ${stale === 1 ? 'route is' : 'routes are'} kept and used ${what}${left}`,
      since: neighbor.downSince ?? neighbor.since,
    }
  },
)

const ROUTER_ID_OURS = neighborRule(
  {
    id: 'router-id-ours',
    severity: 'warning',
    title: 'A neighbor has our router id',
    next: "give it another one (routerID of the node's CiliumBGPNodeConfigOverride), or set another here",
  },
  (neighbor, { status }) => {
    if (neighbor.routerId === undefined || neighbor.routerId !== status.routerId) return undefined
    return {
      text: `${nameOf(neighbor)} has router id ${neighbor.routerId}, which is ours`,
      since: neighbor.since,
    }
  },
)

const ROUTER_ID_SHARED: Rule = {
  id: 'router-id-shared',
  severity: 'warning',
  title: 'Two neighbors have the same router id',
  next: "give each its own (routerID of the nodes' CiliumBGPNodeConfigOverride)",
  *find({ neighbors }) {
    const byId = new Map<string, NeighborView[]>()
    for (const neighbor of neighbors) {
      const { routerId } = neighbor
      if (routerId === undefined) continue
      const alike = byId.get(routerId)
      if (alike === undefined) byId.set(routerId, [neighbor])
      else alike.push(neighbor)
    }
    for (const neighbor of neighbors) {
      const { key, address, routerId, since } = neighbor
      const alike = routerId === undefined ? [] : (byId.get(routerId) ?? [])
      const others = alike.filter((one) => one.address !== address && !sameSpeaker(one, neighbor))
      if (others.length === 0) continue
      yield {
        subject: { type: 'neighbor', key },
        text: `${nameOf(neighbor)} has router id ${routerId}, and so has ${listed(others.map(nameOf))}`,
        since,
      }
    }
  },
}

/** Two sessions with one machine, over IPv4 and over IPv6, have one router id. */
function sameSpeaker(a: NeighborView, b: NeighborView): boolean {
  const families = a.address.includes(':') !== b.address.includes(':')
  return families && a.remoteAs === b.remoteAs && (a.hostName ?? '') === (b.hostName ?? '')
}

const MULTIHOP_ONE_SIDE = neighborRule(
  {
    id: 'multihop-one-side',
    severity: 'warning',
    title:
      'A neighbor more than one hop away is up, though multihop is not set here: a real switch would not let it up',
    next: 'set ebgp-multihop here, too',
  },
  (neighbor, facts: Facts): Omit<Judgment, 'subject'> | undefined => {
    if (!isUp(neighbor) || neighbor.type === 'ibgp') return undefined
    const [reach, options] = [reachOf(facts, neighbor), optionsOf(facts, neighbor)]
    if (reach === undefined || reach.connected || reach.own || options === undefined) return undefined
    if (!isSingleHop(options)) return undefined
    return {
      text: `${nameOf(neighbor)} is on no subnet of this machine and up all the same, for it has multihop set: a real switch would not let it up`,
      next: `set ebgp-multihop for ${neighbor.address} here, too`,
      since: neighbor.since,
    }
  },
)

/** The family. */
export const VAIN: RuleFamily = {
  title: 'Up in vain, or with less than it seems',
  rules: [
    NO_FAMILY,
    FAMILY_MISSING,
    HOLDS_BACK,
    NO_PREFIXES,
    KEPT,
    ROUTER_ID_OURS,
    ROUTER_ID_SHARED,
    MULTIHOP_ONE_SIDE,
  ],
}
