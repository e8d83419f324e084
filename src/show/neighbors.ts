import type { Config } from '../config/model/model.js'
import { CONNECTION_SETTINGS } from '../config/settings/connection.js'
import { SESSION_SETTINGS } from '../config/settings/session.js'
import { shownLines } from '../config/settings/shown.js'
import type { Finding } from '../diagnose/model/finding.js'
import { said } from '../session/reasons.js'
import type { LastError, NeighborView } from '../views/model/neighbor.js'
import type { NeighborFamilyView } from '../views/model/neighbor-family.js'
import type { StatusView } from '../views/model/status.js'
import { capabilityLines } from './capabilities.js'
import { familyTitle } from './family.js'
import { faultLines } from './faults.js'
import { neighborFindings } from './finding-lines.js'
import { gracefulRestartLines } from './graceful.js'
import { localAsText, ruleLines } from './path-rules.js'
import { totalMessages, upDownSeconds } from './summary.js'
import { tableVersion } from './table.js'
import { escapeText, plural, right } from './text.js'
import { secondsSince, upDown } from './time.js'
import { unusedLines } from './unused.js'

/** What the blocks need besides the neighbor. */
export interface NeighborContext {
  readonly status: StatusView
  readonly config: Config
  readonly findings: readonly Finding[]
  /** Milliseconds since 1970. */
  readonly now: number
}

function state(neighbor: NeighborView, now: number): string {
  const seconds = upDownSeconds(neighbor, now)
  if (neighbor.state === 'Established') return `Established, up for ${upDown(seconds ?? 0)}`
  return seconds === undefined ? neighbor.state : `${neighbor.state}, down for ${upDown(seconds)}`
}

/** The name that `names` gives it, where it is not what the lines above say already. */
function mappedName({ name, description, hostName }: NeighborView): string[] {
  return name === undefined || name === (description || hostName) ? [] : [` Name: ${escapeText(name)}`]
}

const ago = (seconds: number | undefined) => (seconds === undefined ? 'never' : upDown(seconds))

function messages(neighbor: NeighborView): string[] {
  const { sent, received } = neighbor.messages
  const row = (name: string, a: number, b: number) => `    ${name.padEnd(15)}${right(a, 10)} ${right(b, 10)}`
  return [
    '  Message statistics:',
    '    InQ depth is 0',
    `    OutQ depth is ${neighbor.outputQueue}`,
    '',
    '                         Sent       Rcvd',
    row('Opens:', sent.open, received.open),
    row('Notifications:', sent.notification, received.notification),
    row('Updates:', sent.update, received.update),
    row('Keepalives:', sent.keepalive, received.keepalive),
    row('Route Refresh:', sent.routeRefresh, received.routeRefresh),
    row('Total:', totalMessages(neighbor, 'sent'), totalMessages(neighbor, 'received')),
  ]
}

function restart(neighbor: NeighborView): string[] {
  const { helper, remaining } = neighbor.gracefulRestart
  if (helper === 'none') return []
  const left = remaining === undefined ? '' : `, stale paths removed in ${Math.ceil(remaining)} seconds`
  const text =
    helper === 'waiting' ? 'waiting for the neighbor to come back' : 'receiving routes until End-of-RIB'
  return [`  Graceful restart: ${text}${left}`]
}

function family(neighbor: NeighborView, counts: NeighborFamilyView, version: number): string[] {
  const row = (name: string, a: number | string, b: number | string) =>
    `    ${name.padEnd(24)}${right(a, 8)} ${right(b, 10)}`
  const yes = (value: boolean) => (value ? 'yes' : 'no')
  const up = neighbor.state === 'Established'
  return [
    '',
    ` For address family: ${familyTitle(counts.family)}`,
    `  Session: ${neighbor.address}`,
    `  BGP table version ${version}, neighbor version ${up ? version : 0}/0`,
    `  Output queue size : ${neighbor.outputQueue}`,
    ...(neighbor.updateGroup === undefined ? [] : [`  Update group ${neighbor.updateGroup}`]),
    ...(counts.routeReflectorClient === true ? ['  Route-Reflector Client'] : []),
    ...addPath(counts),
    ...ruleLines(counts),
    ...(up && !counts.negotiated ? ['  Not negotiated: the neighbor did not announce this family'] : []),
    `  End-of-RIB: sent ${yes(counts.endOfRibSent)}, received ${yes(counts.endOfRibReceived)}`,
    '                                 Sent       Rcvd',
    '  Prefix activity:               ----       ----',
    row('Prefixes Current:', counts.prefixesAdvertised, counts.prefixesReceived),
    row('Prefixes Accepted:', 'n/a', counts.prefixesAccepted),
    row('Prefixes Used:', 'n/a', counts.prefixesUsed),
    row('Prefixes Stale:', 'n/a', counts.prefixesStale),
    row('Used as bestpath:', 'n/a', counts.prefixesBest),
    row('Used as multipath:', 'n/a', counts.prefixesMultipath),
    '',
    ...unusedLines(counts),
  ]
}

/** What is configured of ADD-PATH; what was agreed on stands among the capabilities. */
function addPath({ addPath: options }: NeighborFamilyView): string[] {
  if (options?.send === undefined) return []
  const { send, sending } = options
  const paths =
    send === 'all'
      ? 'all paths'
      : send === 'best-per-as'
        ? 'the best path of each neighboring AS'
        : `the best ${send} paths`
  return [`  Additional paths: ${paths}${sending ? '' : ' (not agreed on: only the best path is sent)'}`]
}

/** The sentence of an error, with the NOTIFICATION and the peer's own words. */
export function errorText(error: LastError): string {
  const { notification } = error
  const sentence = said(error)
  if (notification === undefined) return escapeText(sentence)
  const { direction, code, subcode, name, message } = notification
  const quoted = message === undefined || sentence.includes(message) ? '' : ` "${message}"`
  const codes = `NOTIFICATION ${direction}, ${code}/${subcode} ${name}`
  const text = sentence.includes(name) ? sentence : `${sentence} (${codes})`
  return escapeText(`${text}${quoted}`)
}

function last(neighbor: NeighborView, now: number): string[] {
  const { lastReset, lastError, lastFailure, lastDial } = neighbor
  const age = (at: string) => upDown(secondsSince(at, now))
  const lines = [
    lastReset === undefined
      ? '  Last reset never'
      : `  Last reset ${age(lastReset.at)}, due to ${errorText(lastReset)}`,
  ]
  // An attempt that failed since then, or before the first session; a connection beside the session that is up.
  const error = lastFailure ?? lastError
  if (error !== undefined && error.at !== lastReset?.at && error.at !== lastDial?.at) {
    lines.push(`  Last attempt failed ${age(error.at)} ago: ${errorText(error)}`)
  }
  if (lastDial?.text !== undefined && neighbor.state !== 'Established') {
    const { at, failures, text, remedy } = lastDial
    const many = failures === 1 ? '' : ` (${failures} in a row)`
    lines.push(`  Last dial failed ${age(at)} ago${many}: ${escapeText(said({ text, remedy }))}`)
  }
  if (neighbor.departed !== undefined) {
    const left = Math.max(0, Math.ceil((Date.parse(neighbor.departed.until) - now) / 60_000))
    lines.push(
      `  Left ${age(neighbor.departed.at)} ago, shown for another ${plural(left, 'minute', 'minutes')} unless it is back`,
    )
  }
  return [...lines, ...faultLines(neighbor, now)]
}

function shutdown({ adminDown, shutdown }: NeighborView): string[] {
  if (!adminDown) return []
  const by = shutdown?.by === undefined ? '' : ` by ${shutdown.by}`
  const said = shutdown?.message === undefined ? '' : `: "${shutdown.message}"`
  return [escapeText(` Administratively shut down${by}${said}`)]
}

function maintenance({ maintenance: state }: NeighborView): string[] {
  if (state === undefined) return []
  return [escapeText(`  Graceful shutdown: drained${state.by === undefined ? '' : `, by ${state.by}`}`)]
}

/** Who calls it dead, and what that means for its session. */
function deaths({ dead = [] }: NeighborView, now: number): string[] {
  return dead.map(({ source, cause, since, strict }) => {
    const held = strict ? ', no session until it is alive' : ''
    return escapeText(`  Dead for ${upDown(secondsSince(since, now))}: ${source}: ${cause}${held}`)
  })
}

/** Kept out for a while: `maximum-prefix` in FRR's words, and the numbers. */
function pause({ address, key, paused }: NeighborView, now: number): string[] {
  if (paused === undefined) return []
  const seconds = Math.max(0, Math.ceil((Date.parse(paused.until) - now) / 1000))
  if (paused.reason === 'failures') {
    return [
      `  ${paused.count} of its sessions and connections failed one after the other: those that it opens`,
      `  are refused for ${seconds} seconds (\`ecmpd neighbor ${key} start\` lets it in now)`,
    ]
  }
  const { count, limit, family: name } = paused
  return [
    '  Peer had exceeded the max. no. of prefixes configured.',
    `  Reduce the no. of prefix from ${address}, will restart in ${seconds} seconds`,
    `  (${count} of ${name} were counted, ${limit} allowed; \`ecmpd neighbor ${key} start\` lets it in now)`,
  ]
}

function connection(neighbor: NeighborView): string[] {
  const up = neighbor.localAddress !== undefined && neighbor.remotePort !== undefined
  if (!up) return ['No active TCP connection']
  return [
    `Connection state is ${neighbor.state === 'Established' ? 'ESTAB' : neighbor.state}, I/O status: 1, unread input bytes: 0`,
    `Local host: ${neighbor.localAddress}, Local port: ${neighbor.localPort ?? 0}`,
    `Foreign host: ${neighbor.address}, Foreign port: ${neighbor.remotePort}`,
  ]
}

/** `show ip bgp neighbors`: the block of one neighbor, in Cisco's layout. */
export function showNeighbor(
  neighbor: NeighborView,
  { status, config, findings, now }: NeighborContext,
): string {
  const link = neighbor.type === 'ebgp' ? 'external' : 'internal'
  const restarts = config.bgp.gracefulRestart
  const options = config.bgp.neighbors.find((entry) => entry.address === neighbor.address)
  const own = options?.gracefulRestart ?? restarts
  const lines = [
    `BGP neighbor is ${neighbor.address},  remote AS ${neighbor.remoteAs}, ${link} link`,
    ...(neighbor.description === undefined ? [] : [` Description: ${escapeText(neighbor.description)}`]),
    ...(neighbor.hostName === undefined ? [] : [` Hostname: ${escapeText(neighbor.hostName)}`]),
    ...mappedName(neighbor),
    ...(neighbor.dynamic ? [' Dynamic neighbor, made from a listen range'] : []),
    ...(neighbor.localAs === status.localAs ? [] : [localAsText(neighbor)]),
    ...(neighbor.role === undefined
      ? []
      : [
          `  Local role ${neighbor.role.own}${neighbor.role.strict ? ' (strict)' : ''}, remote role ${neighbor.role.neighbor ?? 'unknown'}`,
        ]),
    ...neighborFindings(neighbor, findings),
    ...shutdown(neighbor),
    ...maintenance(neighbor),
    ...deaths(neighbor, now),
    `  BGP version 4, remote router ID ${neighbor.routerId ?? '0.0.0.0'}`,
    `  BGP state = ${state(neighbor, now)}`,
    `  Last read ${ago(neighbor.lastRead)}, last write ${ago(neighbor.lastWrite)}, hold time is ${neighbor.holdTime}, keepalive interval is ${neighbor.keepalive} seconds`,
    `  Configured hold time is ${neighbor.configuredHoldTime}, keepalive interval is ${neighbor.configuredKeepalive} seconds`,
    `  Send hold time is ${neighbor.sendHoldTime} seconds`,
    ...shownLines(SESSION_SETTINGS, neighbor),
    '  Neighbor sessions:',
    `    ${neighbor.state === 'Established' ? 1 : 0} active, is not multisession capable (disabled)`,
    '  Neighbor capabilities:',
    ...capabilityLines(neighbor),
    ...gracefulRestartLines(neighbor, own),
    ...messages(neighbor),
    ...restart(neighbor),
  ]
  for (const counts of neighbor.families) {
    lines.push(...family(neighbor, counts, tableVersion(status, counts.family)))
  }
  lines.push(
    '',
    `  Connections established ${neighbor.established}; dropped ${neighbor.dropped}`,
    ...last(neighbor, now),
    ...pause(neighbor, now),
    own.enabled
      ? `  Graceful-Restart is enabled, restart-time ${own.restartTime} seconds, stalepath-time ${own.stalePathTime} seconds`
      : '  Graceful-Restart is disabled',
    ...connection(neighbor),
    ...shownLines(CONNECTION_SETTINGS, neighbor),
    ...(neighbor.authentication === undefined ? [] : ['Peer Authentication Enabled']),
  )
  return `${lines.join('\n')}\n`
}
