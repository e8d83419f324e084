/**
 * The way back: a resolved configuration as a document that says everything, for `config show`, for
 * differences and for YAML.
 */

import { formatIPv4 } from '../../ip/address.js'
import type { Family } from '../../ip/family.js'
import { TRACES } from '../../speaker/departed.js'
import { DEFERRAL } from '../../speaker/initial-convergence.js'
import type { FamilyOptions, GracefulRestartOptions, NeighborOptions } from '../../speaker/model/options.js'
import type { Document, FamilySettings, NeighborEntry, Settings } from '../document/schema.js'
import type { Config } from '../model/model.js'
import { describeSession } from '../resolve/session-options.js'
import { describeRows } from '../settings/setting.js'
import { FAMILY_SETTINGS, NEIGHBOR_SETTINGS } from '../settings/table.js'
import { formatEndpoint } from '../text/values.js'
import { describeAnnounce, describeDefaultOriginate } from './describe-announce.js'
import { NamedLists } from './describe-policy.js'

/**
 * The document that says everything a configuration holds, with no default left out and groups spelled out in
 * each neighbor. It loads to the same configuration, but for a secret that stood in the file itself: that is
 * left out.
 */
export function describe(config: Config): Document {
  const { bgp, fib, log } = config
  const { decision } = bgp
  const lists = new NamedLists()
  const document: Document = {
    as: bgp.localAs,
    routerId: formatIPv4(bgp.routerId),
    hostName: bgp.hostName,
    listen: bgp.listen.length === 0 ? 'off' : bgp.listen.map(formatEndpoint),
    maximumPaths: { ebgp: decision.maximumPathsEbgp, ibgp: decision.maximumPathsIbgp },
    multipathRelax: decision.multipathRelax,
    bestPath: {
      alwaysCompareMed: decision.alwaysCompareMed,
      // Always so; repeated where the document has it.
      ...(decision.deterministicMed ? { deterministicMed: true } : {}),
      missingMedAsWorst: decision.missingMedAsWorst,
      ignoreAsPath: decision.ignoreAsPath,
      compareRouterId: decision.compareRouterId,
    },
    defaultLocalPref: decision.defaultLocalPref,
    maintenance: bgp.maintenance ?? false,
    ...(bgp.clusterId === undefined ? {} : { clusterId: formatIPv4(bgp.clusterId) }),
    clientToClientReflection: bgp.clientToClientReflection ?? true,
    rejectAsSets: bgp.rejectAsSets ?? true,
    ...(bgp.ebgpRequiresPolicy ? { ebgpRequiresPolicy: true } : {}),
    gracefulRestart: restart(bgp.gracefulRestart),
    selectionDeferralTime: bgp.selectionDeferralTime ?? DEFERRAL,
    longLivedGracefulRestart: longLived(bgp.gracefulRestart),
    neighbors: bgp.neighbors.map((neighbor) => describeNeighbor(neighbor, bgp.localAs, lists)),
    ...(bgp.names === undefined ? {} : { names: { ...bgp.names } }),
    listenRanges: bgp.listenRanges.map(({ prefix, template }) => ({
      prefix,
      ...settings(template, bgp.localAs, lists),
    })),
    listenLimit: bgp.listenLimit,
    listenTraces: { ...(bgp.listenTraces ?? TRACES) },
    ...describeAnnounce(bgp.announce, lists),
    fib: {
      enabled: fib.enabled,
      metric: fib.metric,
      nextHopIds: { ...fib.nextHopIds },
      keepOnStop: fib.keepOnStop,
      mode: fib.mode,
      allow: [...fib.allow],
      retry: fib.retry,
    },
    api: describeApi(config),
    log: { level: log.level, format: log.format },
  }
  return { ...document, ...lists.sections }
}

/** One neighbor, everything said. */
function describeNeighbor(neighbor: NeighborOptions, localAs: number, lists: NamedLists): NeighborEntry {
  return { address: neighbor.address, ...settings(neighbor, localAs, lists) }
}

function describeApi({ api }: Config): NonNullable<Document['api']> {
  const from = api.tokenFrom
  return {
    ...(api.socket === undefined ? {} : { socket: api.socket }),
    tcp: api.tcp === 'off' ? 'off' : formatEndpoint(api.tcp),
    ...(from === undefined
      ? {}
      : 'file' in from
        ? { tokenFile: from.file }
        : { tokenVariable: from.variable }),
  }
}

function settings(options: Omit<NeighborOptions, 'address'>, localAs: number, lists: NamedLists): Settings {
  const { localAddress, shutdown, timers } = options
  const internal = options.remoteAs === options.localAs
  return {
    remoteAs: options.remoteAs === 0 ? 'external' : options.remoteAs,
    ...describeRows(NEIGHBOR_SETTINGS, options, { internal }),
    ...describeSession(options, localAs),
    ...(localAddress === undefined ? {} : { localAddress }),
    shutdown: shutdown === undefined ? false : (shutdown.message ?? true),
    ...passwordFrom(options),
    timers: {
      hold: timers.holdTime,
      keepalive: timers.keepalive,
      connectRetry: timers.connectRetry,
      openHold: timers.openHold,
      idleHold: timers.idleHold,
      sendHold: timers.sendHold,
      ...(timers.minimumHold === undefined ? {} : { minimumHold: timers.minimumHold }),
      ...(timers.delayOpen === undefined ? {} : { delayOpen: timers.delayOpen }),
    },
    families: Object.fromEntries(
      options.families.map((one): [Family, FamilySettings] => [
        one.family,
        {
          // A policy that is missing and required must stay missing.
          ...(one.policyMissing?.import ? {} : { import: lists.policy(one.import, one.family) }),
          ...(one.policyMissing?.export ? {} : { export: lists.policy(one.export, one.family) }),
          nextHop: one.nextHop,
          ...describeDefaultOriginate(one, lists),
          maximumPrefix: describeLimit(one),
          ...(internal ? { routeReflectorClient: one.routeReflectorClient ?? false } : {}),
          addPath: describeAddPath(one),
          ...describeRows(FAMILY_SETTINGS, one, { internal }),
        },
      ]),
    ),
    gracefulRestart: restart(options.gracefulRestart),
    longLivedGracefulRestart: longLived(options.gracefulRestart),
  }
}

function describeLimit(options: FamilyOptions): NonNullable<FamilySettings['maximumPrefix']> {
  const { maximumPrefix: limit, maximumPrefixThreshold: threshold, maximumPrefixAction: action } = options
  const received = options.maximumPrefixReceived === true ? { received: true } : {}
  if (threshold === undefined && action === undefined && !options.maximumPrefixReceived) return limit
  return {
    limit,
    ...received,
    ...(threshold === undefined ? {} : { threshold }),
    ...(action === undefined ? {} : action === 'warning-only' ? { warningOnly: true } : { restart: action }),
  }
}

function describeAddPath({ addPath }: FamilyOptions): NonNullable<FamilySettings['addPath']> {
  const send = addPath?.send
  return {
    receive: addPath?.receive ?? false,
    ...(send === undefined ? {} : { send: typeof send === 'number' ? { best: send } : send }),
  }
}

function passwordFrom({ passwordFrom: from }: Omit<NeighborOptions, 'address'>): Partial<Settings> {
  if (from === undefined) return {}
  return 'file' in from ? { passwordFile: from.file } : { passwordEnv: from.variable }
}

function restart(options: GracefulRestartOptions): NonNullable<Settings['gracefulRestart']> {
  const { enabled, restartTime, stalePathTime, notification, restarter = false } = options
  return { enabled, restartTime, stalePathTime, notification, restarter }
}

function longLived({
  longLived: options,
}: GracefulRestartOptions): NonNullable<Settings['longLivedGracefulRestart']> {
  if (options === undefined) return false
  return { staleTime: options.staleTime, partialDeployment: options.partialDeployment }
}
