/**
 * Why a connection that got as far as BGP failed: a kind for each reason that a session's machine gives
 * (session/reasons.ts). The sentences are the machine's own, so that the log says the same.
 */

import type { EndReason } from '../../session/reasons.js'
import type { LastError, NeighborView } from '../../views/model/neighbor.js'
import { named } from '../model/names.js'
import type { Rule, RuleFamily } from '../model/rule.js'
import { neighborRule } from './of-neighbor.js'

interface Kind {
  readonly title: string
  readonly next: string
}

/** By reason; what belongs to a dial is in dials.ts, what this side did on purpose in own.ts. */
const KINDS: { readonly [R in EndReason]?: Kind } = {
  'as-wrong': {
    title: "The neighbor's OPEN has another AS number than is configured",
    next: 'correct remote-as here, or localASN on the node',
  },
  'as-swapped': {
    title: "The neighbor's OPEN has our AS number: the two look swapped",
    next: 'on the node localASN is its own AS and peerASN ours',
  },
  'as-own': {
    title: "The neighbor's OPEN has our AS number, where any but ours is expected",
    next: 'set remote-as internal for an iBGP session, or correct localASN on the node',
  },
  'as-zero': { title: "The neighbor's OPEN has AS 0, which is reserved", next: 'set its AS number' },
  'as-trans': {
    title: "The neighbor's OPEN has AS 23456 and no 4-octet AS number",
    next: 'let it announce 4-octet AS numbers, or correct its AS number',
  },
  'peer-as-refused': {
    title: 'The neighbor refuses our AS number (2/2)',
    next: 'set peerASN on the node to our AS number, or correct local-as here',
  },
  'hold-time-low': {
    title: 'The neighbor proposes a hold time below what is allowed',
    next: 'raise holdTimeSeconds on the node',
  },
  'hold-time-refused': {
    title: 'The neighbor refuses our hold time (2/6)',
    next: 'set timers to values that it accepts',
  },
  'router-id-zero': { title: 'The neighbor has router id 0.0.0.0', next: 'set a router id there' },
  'router-id-own': {
    title: 'The neighbor has our router id, in our AS',
    next: 'set another router id on either side',
  },
  'router-id-refused': {
    title: 'The neighbor refuses our router id (2/3)',
    next: 'set a router id here that is not 0.0.0.0 and, in one AS, not its own',
  },
  version: {
    title: 'One side speaks another version of BGP than 4',
    next: 'use BGP version 4 on both sides',
  },
  'capability-missing': {
    title: 'The neighbor lacks a capability that is required here',
    next: 'enable it there, or do not require it here',
  },
  'capability-refused': {
    title: 'The neighbor misses a capability of ours, or refuses one (2/7)',
    next: 'compare the capabilities of both sides',
  },
  'parameter-refused': {
    title: 'The neighbor refuses an optional parameter of our OPEN (2/4)',
    next: 'try without capabilities (dont-capability-negotiate)',
  },
  role: {
    title: 'The BGP roles of the two sides do not go together (RFC 9234)',
    next: 'set the role that goes with the other one',
  },
  authentication: {
    title: 'The neighbor reports an authentication failure (2/5)',
    next: 'compare the passwords of both sides',
  },
  'open-refused': { title: 'The neighbor refuses our OPEN', next: 'look into the log of its BGP daemon' },
  'faulty-open': {
    title: "The neighbor's OPEN is malformed",
    next: 'look what BGP daemon runs there, and report the fault to its makers',
  },
  'not-bgp': {
    title: 'What answers there is no BGP speaker: HTTP, SSH, TLS or something else',
    next: 'correct address and port of the neighbor',
  },
  'faulty-message': {
    title: 'The neighbor sent what BGP does not allow',
    next: 'look what BGP daemon runs there, and report the fault to its makers',
  },
  'faulty-update': {
    title: 'The neighbor sent an UPDATE that is malformed beyond repair',
    next: '`show ip bgp neighbors A` has the message; report the fault to the makers of its BGP daemon',
  },
  'unexpected-message': {
    title: 'The neighbor sent a message where BGP allows none',
    next: 'look what BGP daemon runs there, and report the fault to its makers',
  },
  'message-refused': {
    title: 'The neighbor found an error in a message of ours',
    next: 'look into the log of its BGP daemon, and report the fault to us',
  },
  'peer-unexpected-message': {
    title: 'The neighbor did not expect a message of ours',
    next: 'look into the log of its BGP daemon',
  },
  'peer-notification': {
    title: 'The neighbor ended the session with a NOTIFICATION that nobody knows',
    next: 'look into the log of its BGP daemon',
  },
  'peer-prefix-limit': {
    title: 'The neighbor got more prefixes from us than its limit',
    next: 'raise the limit there, or announce fewer routes',
  },
  'peer-shutdown': {
    title: 'The neighbor is administratively shut down on its side',
    next: 'start it there again',
  },
  'peer-deconfigured': {
    title: 'The neighbor has removed this side from its configuration',
    next: 'configure this address there, or remove the neighbor here',
  },
  'peer-rejected': {
    title: 'The neighbor refuses connections from this side',
    next: 'look whether our address is configured there as a neighbor',
  },
  'peer-out-of-resources': {
    title: 'The neighbor is out of resources',
    next: 'look after the memory of its machine',
  },
  'peer-bfd-down': {
    title: 'The neighbor lost sight of this side (BFD)',
    next: 'look at the link between the two, and at the load of both',
  },
  'peer-hold-expired': {
    title: 'The neighbor heard nothing from us for its hold time',
    next: 'look at the path from here to there, and at the load of this machine',
  },
  'peer-send-hold-expired': {
    title: 'The neighbor could not send to us for its send hold time',
    next: 'look at the load of this machine, and at the path',
  },
  internal: { title: 'A mistake of ours ended the session', next: 'report it, with the log' },
}

/** How connections end that say nothing of the cause: what lies between the two says more, where it is known. */
const VAGUE: { readonly [R in EndReason]?: Kind } = {
  'hold-expired': {
    title: 'Nothing was heard from the neighbor for the hold time',
    next: 'look whether its machine is up and reachable',
  },
  'send-hold-expired': {
    title: 'Nothing could be sent to the neighbor for the send hold time',
    next: 'look at the load of its machine: it does not read from its TCP connection',
  },
  'no-open': {
    title: 'The neighbor accepts TCP connections and sends no OPEN',
    next: 'look whether BGP runs there, and not something else on its port',
  },
  'closed-before-open': {
    title: 'The neighbor closes connections before its OPEN',
    next: 'look whether it has this address as a neighbor',
  },
  'closed-after-open': {
    title: 'The neighbor closed the connection after the OPENs, without a NOTIFICATION',
    next: 'look into the log of its BGP daemon',
  },
  'connection-lost': {
    title: 'The connection of the session ended without a NOTIFICATION, and the neighbor is not back',
    next: 'look whether its BGP daemon runs',
  },
}

const HERE = { ...KINDS, ...VAGUE }

/**
 * Why it is not up, as far as a connection that reached BGP has failed: the last one, else what ended the last session.
 * A dial that came to nothing hides neither.
 */
function failureOf({ lastError, lastReset }: NeighborView): LastError | undefined {
  return lastError !== undefined && lastError.reason in HERE ? lastError : lastReset
}

function rule(id: EndReason, { title, next }: Kind): Rule {
  return neighborRule({ id, severity: 'error', group: 'down', title, next }, (neighbor) => {
    if (neighbor.state === 'Established' || neighbor.adminDown) return undefined
    const failure = failureOf(neighbor)
    if (failure?.reason !== id) return undefined
    const { text, remedy, notification, at } = failure
    const evidence = notification
      ? [
          `NOTIFICATION ${notification.direction}, ${notification.code}/${notification.subcode} ${notification.name}${notification.message === undefined ? '' : `: "${notification.message}"`}`,
        ]
      : []
    return { text: named(neighbor, text), next: remedy ?? next, evidence, since: neighbor.downSince ?? at }
  })
}

const rulesOf = (kinds: typeof KINDS) =>
  Object.entries(kinds).map(([id, kind]) => rule(id as EndReason, kind))

/** What one side told the other. */
export const FAILURES: RuleFamily = { title: 'OPENs and NOTIFICATIONs', rules: rulesOf(KINDS) }

/** Ends without a word. */
export const ENDS: RuleFamily = { title: 'Connections that end', rules: rulesOf(VAGUE) }
