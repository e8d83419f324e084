/** Makes the resolved configuration of a document: defaults filled in, contradictions found. */

import { canonicalAddress, formatIPv4, parseIPv4 } from '../../ip/address.js'
import type { DecisionOptions, SpeakerOptions } from '../../speaker/model/options.js'
import { DEFERRAL } from '../../speaker/settling.js'
import { API_PORT, BGP_PORT, DECISION, FIB, FOREIGN_METRICS, LISTEN_LIMIT } from '../model/defaults.js'
import type { ApiOptions, Config, ConfigSource, Endpoint, FibOptions } from '../model/model.js'
import { whyUnreadable } from '../text/unreadable.js'
import { formatEndpoint, readAs, readEndpoint, readPrefix, readRouterId } from '../text/values.js'
import { checkAnnounced, resolveAnnounce } from './announce.js'
import { checkGroups, resolveNeighbors, resolveRanges } from './neighbors.js'
import { checkPrefixLists } from './prefix-rules.js'
import { checkRangeKeys } from './protection.js'
import type { Resolution } from './resolution.js'
import { checkRouteMaps } from './route-maps.js'
import { longLivedOf, restartOf } from './timers.js'

/**
 * Fills in every default and checks what keys say together. Faults go to the resolution's report; the result
 * is to be used only when there is no error among them.
 */
export function resolve(context: Resolution, source: ConfigSource): Config {
  const { document } = context
  const as = readAs(document.as)
  if ('problem' in as) context.error(['as'], as.problem, as.hint)
  const localAs = 'value' in as ? as.value : 0
  checkPrefixLists(context)
  checkRouteMaps(context)
  const neighbors = resolveNeighbors(localAs, context)
  const listenRanges = resolveRanges(localAs, context)
  checkGroups(context)
  const bgp: SpeakerOptions = {
    localAs,
    routerId: routerIdOf(context),
    listen: listenOf(context, [
      ...neighbors.map((neighbor) => neighbor.address),
      ...listenRanges.map((range) => range.prefix),
    ]),
    neighbors,
    listenRanges,
    listenLimit: document.listenLimit ?? LISTEN_LIMIT,
    ...resolveAnnounce(context),
    decision: decisionOf(context),
    ...deferralOf(document.selectionDeferralTime),
    gracefulRestart: {
      ...restartOf([document.gracefulRestart]),
      ...longLivedOf([document.longLivedGracefulRestart]),
    },
    ...clusterOf(context),
    clientToClientReflection: document.clientToClientReflection ?? true,
    ...(document.rejectAsSets === false ? { rejectAsSets: false } : {}),
    hostName: document.hostName ?? context.environment.hostName,
    ...(document.maintenance === true ? { maintenance: true } : {}),
    ...(document.ebgpRequiresPolicy === true ? { ebgpRequiresPolicy: true } : {}),
  }
  checkListening(bgp, context)
  checkOwnAddresses(bgp, context)
  checkRangeKeys(neighbors, listenRanges, context)
  checkWidth(bgp, context)
  checkLongLived(bgp, context)
  checkRestarter(bgp, context)
  checkAnnounced(bgp, context)
  return {
    bgp,
    fib: fibOf(context),
    api: apiOf(context),
    log: { level: document.log?.level ?? 'info', format: document.log?.format ?? 'auto' },
    source: {
      ...source,
      automatic: (['routerId', 'hostName'] as const).filter((key) => document[key] === undefined),
    },
  }
}

/**
 * The router id (and host name) that a file leaves to the machine stays what it was when the file is read
 * again: on a switch, too, a new address changes it only with the next start, since every session would end.
 */
export function keepAutomatic(before: Config, after: Config): Config {
  const keep = (key: 'routerId' | 'hostName') =>
    before.source.automatic?.includes(key) && after.source.automatic?.includes(key)
      ? { [key]: before.bgp[key] }
      : {}
  return { ...after, bgp: { ...after.bgp, ...keep('routerId'), ...keep('hostName') } }
}

function routerIdOf(context: Resolution): number {
  const written = context.document.routerId
  if (written !== undefined) {
    const read = readRouterId(written)
    if ('value' in read) return read.value
    context.error(['routerId'], read.problem, read.hint)
    return 0
  }
  let highest = 0
  for (const address of Object.values(context.environment.interfaces()).flat()) {
    const value = parseIPv4(address)
    if (value !== undefined && value >>> 24 !== 127 && value > highest) highest = value
  }
  if (highest === 0) {
    const hint = 'set it: four numbers such as 192.168.95.200'
    context.error([], 'no router id, and this machine has no IPv4 address to take it from', hint)
  } else {
    const hint = 'set it, so that a new address does not change it'
    context.note([], `no router id is set: ${formatIPv4(highest)}, the highest address of this machine`, hint)
  }
  return highest
}

function clusterOf(context: Resolution): Pick<SpeakerOptions, 'clusterId'> {
  const written = context.document.clusterId
  if (written === undefined) return {}
  const read = readRouterId(written)
  if ('value' in read) return { clusterId: read.value }
  context.error(['clusterId'], read.problem, read.hint)
  return {}
}

const ANY_IPV4: Endpoint = { address: '0.0.0.0', port: BGP_PORT }
const ANY_IPV6: Endpoint = { address: '::', port: BGP_PORT }

/** @param peers addresses and prefixes, from which the families in use are seen */
function listenOf(context: Resolution, peers: readonly string[]): readonly Endpoint[] {
  const { listen } = context.document
  const ipv6 = peers.some((peer) => peer.includes(':'))
  const ipv4 = !ipv6 || peers.some((peer) => !peer.includes(':'))
  const all = [...(ipv4 ? [ANY_IPV4] : []), ...(ipv6 ? [ANY_IPV6] : [])]
  if (listen === undefined) return all
  if (listen === 'off') return []
  if (typeof listen === 'number') return all.map(({ address }) => ({ address, port: listen }))
  const entries = Array.isArray(listen) ? listen : [listen]
  const found: Endpoint[] = []
  for (const [i, entry] of entries.entries()) {
    const path = Array.isArray(listen) ? ['listen', i] : ['listen']
    const text = typeof entry === 'string' ? entry : formatEndpoint({ port: BGP_PORT, ...entry })
    const read = readEndpoint(text, ANY_IPV4)
    if ('problem' in read) context.error(path, read.problem, read.hint)
    else if (found.some((one) => formatEndpoint(one) === formatEndpoint(read.value))) {
      context.error(path, `duplicate listen address ${formatEndpoint(read.value)}`)
    } else found.push(read.value)
  }
  return found
}

function decisionOf(context: Resolution): DecisionOptions {
  const { maximumPaths, multipathRelax, bestPath, defaultLocalPref } = context.document
  const paths = typeof maximumPaths === 'number' ? { ebgp: maximumPaths, ibgp: maximumPaths } : maximumPaths
  return {
    maximumPathsEbgp: paths?.ebgp ?? DECISION.maximumPathsEbgp,
    maximumPathsIbgp: paths?.ibgp ?? DECISION.maximumPathsIbgp,
    multipathRelax: multipathRelax ?? DECISION.multipathRelax,
    alwaysCompareMed: bestPath?.alwaysCompareMed ?? DECISION.alwaysCompareMed,
    deterministicMed: bestPath?.deterministicMed ?? DECISION.deterministicMed,
    missingMedAsWorst: bestPath?.missingMedAsWorst ?? DECISION.missingMedAsWorst,
    ignoreAsPath: bestPath?.ignoreAsPath ?? DECISION.ignoreAsPath,
    compareRouterId: bestPath?.compareRouterId ?? DECISION.compareRouterId,
    defaultLocalPref: defaultLocalPref ?? DECISION.defaultLocalPref,
  }
}

/** Who never dials and never listens can have no session. */
function checkListening(bgp: SpeakerOptions, context: Resolution): void {
  if (bgp.listen.length > 0) return
  for (const neighbor of bgp.neighbors) {
    if (!neighbor.passive) continue
    const i = (context.document.neighbors ?? []).findIndex(
      (entry) => canonicalAddress(entry.address) === neighbor.address,
    )
    const path = ['neighbors', Math.max(0, i), 'passive']
    context.error(
      path,
      `${neighbor.address} is passive and nothing listens: the session can never start`,
      LISTEN,
    )
  }
  if (bgp.listenRanges.length > 0) {
    context.error(['listenRanges'], 'listen ranges need a listen address', LISTEN)
  }
}

const LISTEN = 'set `listen`, for example to 0.0.0.0:179'

/** A session with oneself is refused by RFC 4271 §6.8's own terms: both ends would have one router id. */
function checkOwnAddresses(bgp: SpeakerOptions, context: Resolution): void {
  const own = new Set(Object.values(context.environment.interfaces()).flat())
  const ports = new Map(bgp.neighbors.map(({ address, port }) => [address, port]))
  for (const [i, entry] of (context.document.neighbors ?? []).entries()) {
    const address = canonicalAddress(entry.address) ?? ''
    const port = ports.get(address)
    if (port === undefined) continue
    const path = ['neighbors', i, 'address']
    if (bgp.listen.some((listen) => listen.address === address && listen.port === port)) {
      context.error(path, `${formatEndpoint({ address, port })} is where ecmpd itself listens`)
    } else if (own.has(address) && !address.startsWith('127.') && address !== '::1') {
      context.warn(path, `${address} is an address of this machine`, 'a neighbor is another speaker')
    }
  }
}

/** One path of several is the classic surprise of switches, whose default is no multipath. */
function checkWidth(bgp: SpeakerOptions, context: Resolution): void {
  const count = new Map<number, number>()
  for (const neighbor of bgp.neighbors) {
    // AS 0: whatever the neighbor says in its OPEN.
    if (neighbor.shutdown !== undefined || neighbor.remoteAs === 0) continue
    count.set(neighbor.remoteAs, (count.get(neighbor.remoteAs) ?? 0) + 1)
  }
  for (const [as, neighbors] of count) {
    const ibgp = as === bgp.localAs
    const width = ibgp ? bgp.decision.maximumPathsIbgp : bgp.decision.maximumPathsEbgp
    if (width >= neighbors) continue
    const kind = ibgp ? 'ibgp' : 'ebgp'
    const hint =
      context.dialect === 'ios'
        ? `maximum-paths ${kind} ${neighbors}`
        : `maximumPaths: { ${kind}: ${neighbors} }`
    const message = `${neighbors} neighbors in AS ${as}, but at most ${width} of their paths are used at a time`
    context.warn(['maximumPaths'], message, hint)
  }
}

/** Neighbors can't keep sending to a machine whose routes go with the daemon. */
function checkRestarter({ neighbors }: SpeakerOptions, context: Resolution): void {
  const asked = neighbors.some(({ gracefulRestart }) => gracefulRestart.restarter === true)
  const { fib } = context.document
  if (!asked || fib?.enabled !== true || fib.keepOnStop === true) return
  const message = 'only a crash is bridged: a stop in good order takes the routes out of the kernel'
  context.note(['gracefulRestart'], `restarter without keepOnStop: ${message}`, 'fib: { keepOnStop: true }')
}

/** Left out where it is what it is anyway. */
function deferralOf(seconds = DEFERRAL): Pick<SpeakerOptions, 'selectionDeferralTime'> {
  return seconds === DEFERRAL ? {} : { selectionDeferralTime: seconds }
}

/** The long-lived capability means nothing without the other one (RFC 9494 §4.5). */
function checkLongLived(bgp: SpeakerOptions, context: Resolution): void {
  const alone = bgp.neighbors.find(
    ({ gracefulRestart }) => gracefulRestart.longLived !== undefined && !gracefulRestart.enabled,
  )
  if (alone === undefined) return
  const message = `longLivedGracefulRestart has no effect on ${alone.address}, whose graceful restart is off`
  context.warn(['longLivedGracefulRestart'], message, 'set `gracefulRestart` (RFC 9494 §4.5)')
}

function fibOf(context: Resolution): FibOptions {
  const fib = context.document.fib ?? {}
  const nextHopIds = { ...FIB.nextHopIds, ...fib.nextHopIds }
  const metric = fib.metric ?? FIB.metric
  if (FOREIGN_METRICS.includes(metric)) {
    const owner = metric === 20 ? 'FRR' : 'BIRD'
    context.error(
      ['fib', 'metric'],
      `metric ${metric} is ${owner}’s`,
      'own routes are told apart by it; 195 is free',
    )
  }
  if (nextHopIds.base + nextHopIds.count - 1 > 4_294_967_295) {
    context.error(['fib', 'nextHopIds'], 'the range ends above 4294967295', 'lower `base` or `count`')
  }
  const allow = (fib.allow ?? []).flatMap((text, i) => {
    const read = readPrefix(text)
    if ('value' in read) return [read.value.text]
    context.error(['fib', 'allow', i], read.problem, read.hint)
    return []
  })
  return {
    enabled: fib.enabled ?? FIB.enabled,
    metric,
    nextHopIds,
    keepOnStop: fib.keepOnStop ?? FIB.keepOnStop,
    mode: fib.mode ?? FIB.mode,
    allow,
    retry: fib.retry ?? FIB.retry,
  }
}

function apiOf(context: Resolution): ApiOptions {
  const api = context.document.api ?? {}
  const { socket } = api
  return { ...(socket === undefined ? {} : { socket }), tcp: tcpOf(api.tcp, context), ...tokenOf(context) }
}

function tcpOf(value: number | string | undefined, context: Resolution): Endpoint | 'off' {
  const fallback = { address: '127.0.0.1', port: API_PORT }
  if (value === 'off') return 'off'
  if (value === undefined) return fallback
  const read = readEndpoint(String(value), fallback)
  if ('value' in read) return read.value
  context.error(['api', 'tcp'], read.problem, read.hint)
  return fallback
}

function tokenOf(context: Resolution): Pick<ApiOptions, 'token' | 'tokenFrom'> {
  const { token, tokenFile, tokenVariable } = context.document.api ?? {}
  const given = Object.entries({ token, tokenFile, tokenVariable }).filter(([, value]) => value !== undefined)
  if (given.length > 1) {
    const names = given.map(([name]) => `\`${name}\``).join(' and ')
    context.error(['api', given[1][0]], `${names} contradict each other`, 'keep one')
    return {}
  }
  if (tokenFile !== undefined) {
    const text = readSecret(tokenFile, ['api', 'tokenFile'], context)
    return text === undefined ? {} : { token: text, tokenFrom: { file: tokenFile } }
  }
  if (tokenVariable !== undefined) {
    const text = context.environment.variable(tokenVariable)
    if (text !== undefined && text !== '') return { token: text, tokenFrom: { variable: tokenVariable } }
    context.error(
      ['api', 'tokenVariable'],
      `the environment has no \`${tokenVariable}\``,
      'set it before the start',
    )
  }
  return token === undefined ? {} : { token }
}

function readSecret(file: string, path: string[], context: Resolution): string | undefined {
  try {
    const text = context.environment.readFile(file).trim()
    if (text !== '') return text
    context.error(path, `${file} is empty`, 'it holds the secret on one line')
  } catch (error) {
    context.error(path, `${file} can't be read: ${whyUnreadable(error)}`)
  }
  return undefined
}
