/** Neighbors that are not up, and of whom no more is known than what our dials meet. */

import type { DialReason } from '../../session/reasons.js'
import type { NeighborView } from '../../views/model/neighbor.js'
import type { Facts } from '../model/facts.js'
import { nameOf } from '../model/names.js'
import { synOf } from '../model/reach.js'
import type { Rule, RuleFamily } from '../model/rule.js'
import { downRule } from './of-neighbor.js'
import { downSince, fromDial } from './ways.js'

/** What a dial met by itself is reason enough. */
function dialRule(id: DialReason, title: string, next: string): Rule {
  return downRule({ id, title, next }, (neighbor, facts) => fromDial(neighbor, id, facts))
}

/** What is known of its own dials: it is silent, or nobody looks. */
function silence(neighbor: NeighborView, facts: Facts): string {
  const syn = synOf(facts, neighbor)
  if (syn === null) return 'no SYN of it has come either'
  return syn === undefined ? 'no connection of it has come either' : ''
}

/** From when on its SYNs would have been seen. */
function looked({ host }: Facts): string[] {
  const arrivals = host?.arrivals
  return arrivals?.known ? [`SYNs are looked for since ${arrivals.since}`] : []
}

const NOTHING_COMES = downRule(
  {
    id: 'nothing-comes',
    title: 'Nothing listens at the neighbor, and it does not dial this side either',
    next: "look on the node: is it selected by a CiliumBGPClusterConfig, is peerAddress this machine's address, and does its firewall let TCP to port 179 out?",
  },
  (neighbor, facts) => {
    const refused = neighbor.lastError?.reason === 'dial-refused'
    const waiting = neighbor.passive && neighbor.lastError === undefined
    if (!refused && !waiting) return undefined
    const quiet = silence(neighbor, facts)
    if (quiet === '') return undefined
    const text = refused ? `nothing listens at its port, and ${quiet}` : `it is not dialled, and ${quiet}`
    return {
      text: `${nameOf(neighbor)} is not up: ${text}`,
      evidence: looked(facts),
      since: downSince(neighbor, facts),
    }
  },
)

const NO_ANSWER = downRule(
  {
    id: 'dial-no-answer',
    title: 'Nothing answers our SYNs, and nothing comes: a firewall drops both ways, or the machine is off',
    next: 'look whether it is up, and whether firewalls there and here let TCP to port 179 pass',
  },
  (neighbor, facts) => {
    if (neighbor.lastError?.reason !== 'dial-no-answer') return undefined
    const quiet = silence(neighbor, facts)
    const { lastError } = neighbor
    return {
      text: `${nameOf(neighbor)} is not up: ${lastError.text}${quiet === '' ? '' : `, and ${quiet}`}`,
      ...(lastError.remedy === undefined ? {} : { next: lastError.remedy }),
      since: downSince(neighbor, facts),
    }
  },
)

const NOT_UP = downRule(
  {
    id: 'neighbor-down',
    title: 'A neighbor is not up, and nothing says more about why',
    next: 'look whether its BGP daemon runs and has this machine as a neighbor',
  },
  (neighbor, facts) => {
    const { lastError, lastReset } = neighbor
    const last = lastError ?? lastReset
    return {
      text: `${nameOf(neighbor)} is not up${last === undefined ? '' : `: ${last.text}`}`,
      ...(last?.remedy === undefined ? {} : { next: last.remedy }),
      since: downSince(neighbor, facts),
    }
  },
)

/** The family. */
export const DIALS: RuleFamily = {
  title: 'Dials',
  rules: [
    dialRule('dial-no-route', 'There is no route to the neighbor', 'look at `ip route get` for its address'),
    dialRule(
      'dial-unreachable',
      'The neighbor cannot be reached: its host does not answer, or a router says so',
      'look whether it is up and has the address',
    ),
    dialRule(
      'dial-forbidden',
      'A firewall, or a route, of this machine forbids the connection',
      'look at the outgoing rules (`nft list ruleset`) and at `ip route`',
    ),
    dialRule(
      'dial-local-address',
      'The address to dial from is not one of this machine',
      'correct update-source',
    ),
    dialRule('dial-no-port', 'No local port is free', 'look what holds them: `ss -tn`'),
    dialRule(
      'dial-bad-address',
      "The neighbor's address can't be dialled",
      'give a link-local address its interface, as in fe80::1%eth0',
    ),
    dialRule(
      'dial-reset',
      'The neighbor resets connections at once',
      'look whether it has this address as a neighbor',
    ),
    dialRule(
      'protection',
      "The neighbor's connections can't be protected as configured",
      'look whether this kernel has TCP-MD5, and whether koffi is installed',
    ),
    NO_ANSWER,
    NOTHING_COMES,
    NOT_UP,
  ],
}
