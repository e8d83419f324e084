/**
 * What a NOTIFICATION means for the person who reads the log: what happened, and what to do where that is
 * known. The codes' official names stand beside these sentences in the views.
 */

import type { NotificationMessage } from '../wire/types.js'
import { type Cause, peerReason } from './reasons.js'
import type { PeerParams } from './types.js'

/**
 * An IPv4-like identifier as text.
 * @param id unsigned 32-bit number
 */
export function identifier(id: number): string {
  return `${id >>> 24}.${(id >>> 16) & 255}.${(id >>> 8) & 255}.${id & 255}`
}

/**
 * What to look at when a dial gets no answer.
 * @param questions what may keep just this neighbor from answering
 */
export function noAnswerRemedy(questions: readonly string[]): string {
  return `${['is it up', ...questions].join(', ')}, and does a firewall let TCP pass?`
}

/** The message that began the sentence "unexpected …" by type code (RFC 4271 §4.1, RFC 2918 §3). */
const MESSAGE_NAMES = ['message', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH']

/** @param type message type octet */
export function messageName(type: number): string {
  return MESSAGE_NAMES[type] ?? `message of type ${type}`
}

/** What happened, behind the peer's address, and what to do where that is known. */
type Meaning = readonly [text: string, remedy?: string]

/** Cease subcodes (RFC 4486 §4, RFC 8538 §3, RFC 9384 §3). */
const CEASE: readonly (string | Meaning)[] = [
  'ended the session',
  [
    'ended the session, for it got more prefixes than its limit',
    'raise the limit there, or announce fewer routes',
  ],
  ['is administratively shut down', 'start this neighbor there again'],
  ['has removed this neighbor from its configuration', 'configure this address there, or remove it here'],
  'was reset by its operator and will come back',
  ['refuses connections from here', 'is this address configured there as a neighbor?'],
  'changed its configuration and will come back',
  'closed this connection in favour of another one (connection collision)',
  'is out of resources',
  'ended the session for good (hard reset)',
  'lost sight of this side (BFD down)',
]

/** OPEN Message Error subcodes (RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §4.2) as functions of the parameters. */
const OPEN_ERRORS: ((params: PeerParams) => string | Meaning)[] = [
  () => 'could not read our OPEN',
  () => 'does not speak BGP version 4',
  (params) => [
    `refuses our AS ${params.localAs}`,
    `set the AS it expects of us to ${params.localAs} there (peerASN on a Cilium node), or correct local AS here`,
  ],
  (params) => [
    `refuses our router-id ${identifier(params.routerId)}`,
    'it must not be 0.0.0.0 and, in one AS, not equal to its own',
  ],
  () => 'refuses an optional parameter of our OPEN',
  () => 'reports an authentication failure',
  (params) => [`refuses our hold time ${params.holdTime}`, 'set timers to values it accepts'],
  () => [
    'misses a capability in our OPEN, or refuses one',
    'compare the families and capabilities of both sides',
  ],
]
OPEN_ERRORS[11] = () => ['refuses our BGP role (RFC 9234)', 'set the role there that goes with ours']

/** FSM error subcodes (RFC 6608 §3): the state in which the peer did not expect our message. */
const FSM_STATES = ['', ' in OpenSent', ' in OpenConfirm', ' in Established']

/**
 * What a received NOTIFICATION means.
 * @param message any code and subcode, known or not
 */
export function describeReceived(message: NotificationMessage, params: PeerParams): Cause {
  const { code, subcode, data } = message
  if (code === 6 && subcode === 9 && data.length >= 2) {
    const inner = describeReceived(
      { type: 'notification', code: data[0], subcode: data[1], data: data.subarray(2) },
      params,
    )
    return { ...inner, text: `${inner.text} (hard reset)` }
  }
  const found = meaning(code, subcode, data, params)
  const [text, remedy] = typeof found === 'string' ? [found] : found
  const reason = peerReason(code, subcode, data)
  return { reason, text: `${params.peer} ${text}`, ...(remedy !== undefined && { remedy }) }
}

function meaning(code: number, subcode: number, data: Uint8Array, params: PeerParams): string | Meaning {
  switch (code) {
    case 1:
      return `found an error in the header of our message (1/${subcode})`
    case 2:
      return OPEN_ERRORS[subcode]?.(params) ?? `refuses our OPEN (2/${subcode})`
    case 3:
      return `found an error in our UPDATE (3/${subcode})`
    case 4:
      return 'heard nothing from us for its hold time'
    case 5:
      return `did not expect our ${data.length > 0 ? messageName(data[0]) : 'message'}${FSM_STATES[subcode] ?? ''}`
    case 6:
      return CEASE[subcode] ?? `ended the session (Cease/${subcode})`
    case 7:
      return `found an error in our ROUTE-REFRESH (7/${subcode})`
    case 8:
      return ['could not send to us for its send hold time', 'is this side overloaded, or the path broken?']
    default:
      return `sent NOTIFICATION ${code}/${subcode}`
  }
}
