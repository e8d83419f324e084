/** Makes the resolved configuration of a document: defaults filled in, contradictions found. */

import { formatIPv4, parseIPv4 } from '../../ip/address.js'
import { TRACES, type TraceLimits } from '../../speaker/departed.js'
import { DEFERRAL } from '../../speaker/initial-convergence.js'
import type { DecisionOptions, SpeakerOptions } from '../../speaker/model/options.js'
import { BGP_PORT, DECISION, LISTEN_LIMIT } from '../model/defaults.js'
import type { Config, ConfigSource, ListenAddress } from '../model/model.js'
import { formatEndpoint, readAs, readEndpoint, readRouterId } from '../text/values.js'
import { checkAnnounced, resolveAnnounce } from './announce.js'
import { checkListening, checkLongLived, checkOwnAddresses, checkRestarter, checkWidth } from './checks.js'
import { namesOf } from './names.js'
import { checkGroups, resolveNeighbors, resolveRanges } from './neighbors.js'
import { checkPrefixLists } from './prefix-rules.js'
import { checkRangeKeys } from './range-keys.js'
import type { Resolution } from './resolution.js'
import { checkRouteMaps } from './route-maps.js'
import { apiOf, fibOf } from './services.js'
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
    ...namesOf(context),
    listenRanges,
    listenLimit: document.listenLimit ?? LISTEN_LIMIT,
    ...tracesOf(document.listenTraces),
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

const ANY_IPV4: ListenAddress = { address: '0.0.0.0', port: BGP_PORT }
const ANY_IPV6: ListenAddress = { address: '::', port: BGP_PORT }

/** @param peers addresses and prefixes, from which the families in use are seen */
function listenOf(context: Resolution, peers: readonly string[]): readonly ListenAddress[] {
  const { listen } = context.document
  const ipv6 = peers.some((peer) => peer.includes(':'))
  const ipv4 = !ipv6 || peers.some((peer) => !peer.includes(':'))
  const all = [...(ipv4 ? [ANY_IPV4] : []), ...(ipv6 ? [ANY_IPV6] : [])]
  if (listen === undefined) return all
  if (listen === 'off') return []
  if (typeof listen === 'number') return all.map(({ address }) => ({ address, port: listen }))
  const entries = Array.isArray(listen) ? listen : [listen]
  const found: ListenAddress[] = []
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
  if (bestPath?.deterministicMed !== undefined) {
    const word = context.dialect === 'ios' ? 'bgp deterministic-med' : 'deterministicMed'
    const hint = 'the outcome never depends on the order in which paths came'
    const message = `\`${word}\` changes nothing: MED is always compared by AS first here`
    context.note(['bestPath', 'deterministicMed'], message, hint)
  }
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

/** Left out where it is what it is anyway. */
function tracesOf(written: Partial<TraceLimits> = {}): Pick<SpeakerOptions, 'listenTraces'> {
  const { keep, limit } = { ...TRACES, ...written }
  return keep === TRACES.keep && limit === TRACES.limit ? {} : { listenTraces: { keep, limit } }
}

/** Left out where it is what it is anyway. */
function deferralOf(seconds = DEFERRAL): Pick<SpeakerOptions, 'selectionDeferralTime'> {
  return seconds === DEFERRAL ? {} : { selectionDeferralTime: seconds }
}
