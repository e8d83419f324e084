/** What lies between a neighbor that is not up and this daemon: signatures, TTLs, firewalls, subnets, cables. */

import type { CounterName } from '../../host/model.js'
import { isDialReason } from '../../session/reasons.js'
import { isSingleHop } from '../../speaker/peer/protection.js'
import type { NeighborView } from '../../views/model/neighbor.js'
import type { Facts } from '../model/facts.js'
import { nameOf } from '../model/names.js'
import { optionsOf, reachOf, recentOf, synOf } from '../model/reach.js'
import type { Judgment, Rule, RuleFamily } from '../model/rule.js'
import { downRule } from './of-neighbor.js'

const drops = (count: number, what: string) => `${count} segments dropped in the last minutes: ${what}`

interface Signatures {
  readonly id: string
  readonly title: string
  readonly next: string
  /** A password is set here. */
  readonly password: boolean
  /** What comes is signed. */
  readonly signed: boolean
  readonly counter: CounterName
  /** What the neighbor does, behind its name. */
  readonly text: string
  /** What is dropped. */
  readonly dropped: string
}

/** Segments are dropped for their signature. Where SYNs are seen the neighbor's own must fit, else the counter is enough. */
function signatureRule({ password, signed, counter, text, dropped, ...words }: Signatures): Rule {
  return downRule(words, (neighbor, facts) => {
    if ((neighbor.authentication === 'md5') !== password) return undefined
    const syn = synOf(facts, neighbor)
    const count = recentOf(facts, counter)
    if (count === 0 || (syn !== undefined && syn?.signed !== signed)) return undefined
    return {
      text: `${nameOf(neighbor)} ${text}: the kernel drops them`,
      evidence: [drops(count, `${dropped} (${counter})`)],
    }
  })
}

const MD5_NOT_SIGNED = signatureRule({
  id: 'md5-not-signed',
  title: 'A password is set here, and what comes is not signed (TCP-MD5)',
  next: 'set the same password on the node (authSecretRef), or take it away here',
  password: true,
  signed: false,
  counter: 'TCPMD5NotFound',
  text: 'does not sign its TCP segments, and a password is set here',
  dropped: 'not signed',
})

const MD5_UNEXPECTED = signatureRule({
  id: 'md5-unexpected',
  title: 'What comes is signed, and no password is set here (TCP-MD5)',
  next: 'set the same `password` here, or take it away on the node (authSecretRef)',
  password: false,
  signed: true,
  counter: 'TCPMD5Unexpected',
  text: 'signs its TCP segments, and no password is set here',
  dropped: 'signed without a key here',
})

const MD5_WRONG = signatureRule({
  id: 'md5-wrong',
  title: 'Both sides sign, with different passwords (TCP-MD5)',
  next: 'set the same password on both sides; mind blanks and line ends in files and secrets',
  password: true,
  signed: true,
  counter: 'TCPMD5Failure',
  text: 'signs its TCP segments with another password than the one here',
  dropped: 'signed with another key',
})

const GTSM = downRule(
  {
    id: 'gtsm-drop',
    title: 'What comes has a lower TTL than ttl-security asks for (GTSM)',
    next: 'let the neighbor send with TTL 255 (Cilium cannot: its TTL is 1, or ebgpMultihop), or take ttl-security away here',
  },
  (neighbor, facts) => {
    const hops = neighbor.ttlSecurity
    if (hops === undefined) return undefined
    const syn = synOf(facts, neighbor)
    const count = recentOf(facts, 'TCPMinTTLDrop')
    const least = 256 - hops
    if (syn === null || (syn === undefined ? count === 0 : syn.ttl >= least)) return undefined
    const ttl = syn === undefined ? 'a lower TTL' : `TTL ${syn.ttl}`
    return {
      text: `${nameOf(neighbor)} sends with ${ttl}, and ttl-security asks for ${least} and more`,
      evidence: count === 0 ? [] : [drops(count, 'TTL too low (TCPMinTTLDrop)')],
    }
  },
)

const MULTIHOP = downRule(
  {
    id: 'multihop-missing',
    title: 'A neighbor is on no connected subnet, and multihop is not set',
    next: 'set ebgp-multihop here and ebgpMultihop on the node, or correct the address',
  },
  (neighbor, facts) => {
    const reach = reachOf(facts, neighbor)
    const options = optionsOf(facts, neighbor)
    if (neighbor.type === 'ibgp' || options === undefined || !isSingleHop(options)) return undefined
    if (reach === undefined || reach.connected || reach.own) return undefined
    return {
      text: `${nameOf(neighbor)} is on no subnet of this machine: it is more than one hop away, where one is expected`,
      next: `set ebgp-multihop for ${neighbor.address} here and ebgpMultihop on the node, or correct the address`,
      evidence: ['no interface has an address in its subnet'],
    }
  },
)

const FIREWALL_HERE = downRule(
  {
    id: 'firewall-here',
    title:
      "A neighbor's SYNs reach this machine, and no connection comes of them: a firewall here drops them",
    next: 'let TCP to the BGP port pass: `nft list ruleset`, `iptables -S INPUT`',
  },
  (neighbor, facts) => {
    const syn = synOf(facts, neighbor)
    if (!syn || syn.attempts === 0) return undefined
    // Whoever got as far as a connection since then is not dropped.
    const reached = [neighbor.lastError, neighbor.lastReset].some(
      (failure) => failure !== undefined && !isDialReason(failure.reason) && failure.at >= syn.first,
    )
    if (reached || neighbor.messages.received.open > 0) return undefined
    return {
      text: `SYNs of ${nameOf(neighbor)} come to port ${syn.port} and no connection comes of them: a firewall of this machine drops them`,
      next: `let TCP from ${neighbor.address} to port ${syn.port} pass: \`nft list ruleset\`, \`iptables -S INPUT\``,
      evidence: [`${syn.attempts} attempts since ${syn.first}, the last at ${syn.last}`],
      since: syn.first,
    }
  },
)

const FIREWALL_REJECTS = downRule(
  {
    id: 'firewall-rejects',
    title: 'A firewall, on the way or on the other machine, answers that it forbids the connection',
    next: 'let TCP to port 179 pass there',
  },
  (neighbor, facts) => {
    const arrivals = facts.host?.arrivals
    const refusal = arrivals?.known
      ? arrivals.refusals.find(({ to, reason }) => to === neighbor.address && reason === 'prohibited')
      : undefined
    if (refusal !== undefined) {
      const who = refusal.from === neighbor.address ? 'its own' : `that of ${refusal.from}`
      return {
        text: `${nameOf(neighbor)} is not let through to: a firewall, ${who}, rejects our connections`,
        next: `let TCP to port 179 of ${neighbor.address} pass there, or leave dialling to the neighbor`,
        evidence: [`${refusal.count} ICMP messages 'administratively prohibited' from ${refusal.from}`],
        since: refusal.last,
      }
    }
    return fromDial(neighbor, 'dial-rejected', facts)
  },
)

const HOST_OFF = downRule(
  {
    id: 'host-off',
    title: "Nobody answers at the neighbor's address: its machine is off, or has another address",
    next: 'look whether it is powered on, has the address, and is on the same segment (VLAN, cable)',
  },
  (neighbor, facts) => {
    const reach = reachOf(facts, neighbor)
    const failed = reach?.table === 'FAILED' || reach?.table === 'INCOMPLETE'
    const unreachable = neighbor.lastError?.reason === 'dial-unreachable'
    if (!failed && !(unreachable && reach === undefined)) return undefined
    const where = reach?.interface === undefined ? '' : ` on ${reach.interface}`
    const protocol = neighbor.address.includes(':') ? 'neighbor discovery' : 'ARP'
    return {
      text: `${nameOf(neighbor)} does not answer ${protocol}${where}: its machine is off, or the address is another's`,
      evidence: reach === undefined ? [] : [`neighbor table: ${reach.table}`],
      since: downSince(neighbor, facts),
    }
  },
)

/** What a dial met, in its own words. */
export function fromDial(
  neighbor: NeighborView,
  reason: string,
  facts: Facts,
): Omit<Judgment, 'subject'> | undefined {
  const { lastError } = neighbor
  if (lastError?.reason !== reason) return undefined
  return {
    text: `${nameOf(neighbor)} is not up: ${lastError.text}`,
    ...(lastError.remedy === undefined ? {} : { next: lastError.remedy }),
    since: downSince(neighbor, facts),
  }
}

/** Since when it is down: since its last session ended, else, of a configured one, since this daemon started. */
export function downSince(neighbor: NeighborView, { status }: Facts): string {
  return neighbor.downSince ?? (neighbor.dynamic ? neighbor.since : status.started)
}

/** The family. */
export const WAYS: RuleFamily = {
  title: 'The way to a neighbor',
  rules: [
    MD5_NOT_SIGNED,
    MD5_UNEXPECTED,
    MD5_WRONG,
    GTSM,
    MULTIHOP,
    FIREWALL_HERE,
    FIREWALL_REJECTS,
    HOST_OFF,
  ],
}
