import { shownInFrr } from '../config/settings/shown.js'
import { NEIGHBOR_SETTINGS } from '../config/settings/table.js'
import { familyOf } from '../ip/family.js'
import type { GracefulRestartOptions } from '../speaker/model/options.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { NeighborFamilyView } from '../views/model/neighbor-family.js'
import type { Role } from '../wire/role.js'
import { addPaths, capability, pairs, pairTitle, type Sides, sides } from './capabilities.js'
import { familyKey } from './family.js'
import { localMode, remoteMode } from './graceful.js'
import { errorText, type NeighborContext } from './neighbors.js'
import { rulesJson } from './path-rules.js'
import { totalMessages, upDownSeconds } from './summary.js'
import { escapeText } from './text.js'
import { epoch, frrUptime, secondsSince } from './time.js'

const pairKey = (afi: number, safi: number) => {
  const family = familyOf(afi, safi)
  return family === undefined ? pairTitle(afi, safi) : familyKey(family)
}

/** 'advertisedAndReceived', 'advertised', 'received'; undefined when neither side announced it. */
function sidesKey({ sent, received }: Sides): string | undefined {
  if (sent && received) return 'advertisedAndReceived'
  return sent ? 'advertised' : received ? 'received' : undefined
}

/** 'txAdvertisedAndReceived', 'rxReceived' and the like, by family. */
function addPathJson(neighbor: NeighborView): object {
  const pairs = addPaths(neighbor)
  if (pairs.length === 0) return {}
  const flags = (name: 'tx' | 'rx', side: Sides) => {
    const key = sidesKey(side)
    return key === undefined ? {} : { [`${name}${key[0].toUpperCase()}${key.slice(1)}`]: true }
  }
  return {
    addPath: Object.fromEntries(
      pairs.map(({ afi, safi, receive, send }) => [
        pairKey(afi, safi),
        { ...flags('tx', send), ...flags('rx', receive) },
      ]),
    ),
  }
}

function capabilitiesJson(neighbor: NeighborView): object {
  const { sent, received } = neighbor.capabilities
  const say = (key: string, name: Parameters<typeof sides>[1], suffix = '') => {
    const value = sidesKey(sides(neighbor, name))
    return value === undefined ? {} : { [key]: `${value}${suffix}` }
  }
  const names = [capability(sent, 'fqdn'), capability(received, 'fqdn')] as const
  const restart = capability(received, 'graceful-restart')
  const software = capability(received, 'software-version')
  const refreshed = sides(neighbor, 'route-refresh')
  return {
    ...say('4byteAs', 'four-octet-as'),
    ...say('extendedMessage', 'extended-message'),
    ...addPathJson(neighbor),
    ...say('extendedNexthop', 'extended-next-hop'),
    ...say('longLivedGracefulRestart', 'long-lived-graceful-restart'),
    ...say('routeRefresh', 'route-refresh', refreshed.sent && refreshed.received ? 'New' : ''),
    ...say('enhancedRouteRefresh', 'enhanced-route-refresh'),
    multiprotocolExtensions: Object.fromEntries(
      pairs(neighbor).map((pair) => [pairKey(pair.afi, pair.safi), { [sidesKey(pair) ?? '']: true }]),
    ),
    hostName: {
      ...(names[0] === undefined
        ? {}
        : { advHostName: escapeText(names[0].host), advDomainName: escapeText(names[0].domain) || 'n/a' }),
      ...(names[1] === undefined
        ? {}
        : { rcvHostName: escapeText(names[1].host), rcvDomainName: escapeText(names[1].domain) || 'n/a' }),
    },
    ...(software === undefined
      ? {}
      : { softwareVersion: { receivedSoftwareVersion: escapeText(software.version) } }),
    ...say('gracefulRestart', 'graceful-restart'),
    ...(restart === undefined
      ? {}
      : {
          gracefulRestartRemoteTimerMsecs: restart.time * 1000,
          addressFamiliesByPeer: Object.fromEntries(
            restart.families.map((entry) => [
              pairKey(entry.afi, entry.safi),
              entry.forwarding ? { preserved: true } : {},
            ]),
          ),
        }),
  }
}

function restartJson(neighbor: NeighborView, { config }: NeighborContext): object {
  const options =
    config.bgp.neighbors.find((entry) => entry.address === neighbor.address)?.gracefulRestart ??
    config.bgp.gracefulRestart
  const restart = capability(neighbor.capabilities.received, 'graceful-restart')
  const sent = neighbor.families.filter((entry) => entry.endOfRibSent)
  const received = neighbor.families.filter((entry) => entry.endOfRibReceived)
  const flags = (list: readonly NeighborFamilyView[]) =>
    Object.fromEntries(list.map((entry) => [familyKey(entry.family), true]))
  return {
    ...(sent.length > 0 ? { endOfRibSend: flags(sent) } : {}),
    ...(received.length > 0 ? { endOfRibRecv: flags(received) } : {}),
    localGrMode: localMode(options),
    remoteGrMode: remoteMode(neighbor),
    rBit: restart?.restarting ?? false,
    nBit: options.notification && (restart?.notification ?? false),
    helper: neighbor.gracefulRestart.helper,
    timers: {
      configuredRestartTimer: options.restartTime,
      receivedRestartTimer: restart?.time ?? 0,
      ...(neighbor.gracefulRestart.remaining === undefined
        ? {}
        : { restartTimerRemaining: Math.ceil(neighbor.gracefulRestart.remaining) }),
    },
    ...Object.fromEntries(
      neighbor.families.map((entry) => [
        familyKey(entry.family),
        {
          fBit:
            restart?.families.find((pair) => familyOf(pair.afi, pair.safi) === entry.family)?.forwarding ??
            false,
          endOfRibStatus: {
            endOfRibSend: entry.endOfRibSent,
            endOfRibSentAfterUpdate: entry.endOfRibSent,
            endOfRibRecv: entry.endOfRibReceived,
          },
          timers: {
            stalePathTimer: options.stalePathTime,
            ...longLivedTimers(neighbor, entry, options),
          },
        },
      ]),
    ),
  }
}

function longLivedTimers(
  { capabilities, gracefulRestart }: NeighborView,
  { family }: NeighborFamilyView,
  { longLived }: GracefulRestartOptions,
): object {
  if (longLived === undefined) return {}
  const received = capability(capabilities.received, 'long-lived-graceful-restart')?.families.find(
    (pair) => familyOf(pair.afi, pair.safi) === family,
  )
  const left = gracefulRestart.longLived?.families.find((one) => one.family === family)
  return {
    llgrStaleTime: longLived.staleTime,
    ...(received === undefined ? {} : { llgrReceivedStaleTime: received.time }),
    ...(left === undefined ? {} : { llgrStaleTimeRemaining: left.remaining }),
  }
}

function messagesJson(neighbor: NeighborView): object {
  const { sent, received } = neighbor.messages
  return {
    depthInq: 0,
    depthOutq: neighbor.outputQueue,
    opensSent: sent.open,
    opensRecv: received.open,
    notificationsSent: sent.notification,
    notificationsRecv: received.notification,
    updatesSent: sent.update,
    updatesRecv: received.update,
    keepalivesSent: sent.keepalive,
    keepalivesRecv: received.keepalive,
    routeRefreshSent: sent.routeRefresh,
    routeRefreshRecv: received.routeRefresh,
    capabilitySent: 0,
    capabilityRecv: 0,
    totalSent: totalMessages(neighbor, 'sent'),
    totalRecv: totalMessages(neighbor, 'received'),
  }
}

function families(neighbor: NeighborView): object {
  return Object.fromEntries(
    neighbor.families.map((entry) => [
      familyKey(entry.family),
      {
        ...(neighbor.updateGroup === undefined ? {} : { updateGroupId: neighbor.updateGroup }),
        packetQueueLength: neighbor.outputQueue,
        acceptedPrefixCounter: entry.prefixesAccepted,
        receivedPrefixCounter: entry.prefixesReceived,
        usedPrefixCounter: entry.prefixesUsed,
        ...(Object.keys(entry.unused).length === 0 ? {} : { unusedPrefixCounters: entry.unused }),
        sentPrefixCounter: entry.prefixesAdvertised,
        bestPrefixCounter: entry.prefixesBest,
        multipathPrefixCounter: entry.prefixesMultipath,
        stalePrefixCounter: entry.prefixesStale,
        ...(entry.routeReflectorClient === true ? { routeReflectorClient: true } : {}),
        ...(entry.addPath === undefined ? {} : { additionalPaths: entry.addPath }),
        ...rulesJson(entry, neighbor.type === 'ibgp'),
      },
    ]),
  )
}

function lastReset(neighbor: NeighborView, now: number): object {
  const error = neighbor.lastReset ?? neighbor.lastError
  if (error === undefined) return {}
  const notification = error.notification
  return {
    lastResetTimerMsecs: secondsSince(error.at, now) * 1000,
    lastResetDueTo: errorText(error),
    ...(notification === undefined
      ? {}
      : {
          lastErrorCodeSubcode: `${[notification.code, notification.subcode]
            .map((value) => value.toString(16).padStart(2, '0').toUpperCase())
            .join('')}`,
          lastNotificationReason: notification.name,
          ...(notification.message === undefined
            ? {}
            : { lastShutdownDescription: escapeText(notification.message) }),
        }),
  }
}

/** What FRR says of a neighbor that `maximum-prefix` keeps out, by its keys. */
function pauseJson({ address, paused }: NeighborView, now: number): object {
  if (paused?.reason !== 'maximum-prefix') return {}
  return {
    prefixesConfigExceedMax: true,
    reducePrefixNumFrom: address,
    restartInTimerMsec: Math.max(0, Date.parse(paused.until) - now),
  }
}

function connectionJson(neighbor: NeighborView): object {
  return {
    ...(neighbor.localAddress === undefined
      ? {}
      : { hostLocal: neighbor.localAddress, portLocal: neighbor.localPort ?? 0 }),
    ...(neighbor.remotePort === undefined
      ? {}
      : { hostForeign: neighbor.address, portForeign: neighbor.remotePort }),
    ...(neighbor.localAddress === undefined ? {} : { nexthop: neighbor.localAddress }),
    bgpConnection: 'sharedNetwork',
    connectRetryTimer: neighbor.connectRetry,
  }
}

/** A role in FRR's words. */
function roleName(role: Role | undefined): string {
  return role === 'rs' ? 'rs-server' : (role ?? 'undefined')
}

/** The value of one neighbor in `show ip bgp neighbors json`, in FRR's shape. */
export function neighborJson(neighbor: NeighborView, context: NeighborContext): object {
  const { now, status, config } = context
  const up = neighbor.state === 'Established'
  const seconds = upDownSeconds(neighbor, now)
  const options = config.bgp.neighbors.find((entry) => entry.address === neighbor.address)
  return {
    remoteAs: neighbor.remoteAs,
    localAs: neighbor.localAs,
    ...(neighbor.localAsStyle?.prepend === false ? { localAsNoPrepend: true } : {}),
    ...(neighbor.localAsStyle?.showReal === false ? { localAsReplaceAs: true } : {}),
    ...(neighbor.localAsStyle?.dual ? { localAsReplaceAsDualAs: true } : {}),
    ...(neighbor.type === 'ebgp' ? { nbrExternalLink: true } : { nbrInternalLink: true }),
    localRole: roleName(neighbor.role?.own),
    remoteRole: roleName(neighbor.role?.neighbor),
    ...(neighbor.description === undefined ? {} : { nbrDesc: escapeText(neighbor.description) }),
    ...(neighbor.hostName === undefined ? {} : { hostname: escapeText(neighbor.hostName) }),
    ...(neighbor.adminDown ? { adminShutDown: true } : {}),
    ...(neighbor.shutdown?.message === undefined
      ? {}
      : { adminShutDownMessage: escapeText(neighbor.shutdown.message) }),
    ...(neighbor.dynamic ? { dynamicPeer: true } : {}),
    bgpVersion: 4,
    remoteRouterId: neighbor.routerId ?? '0.0.0.0',
    localRouterId: status.routerId,
    bgpState: neighbor.state,
    ...(up
      ? {
          bgpTimerUpMsec: (seconds ?? 0) * 1000,
          bgpTimerUpString: frrUptime(seconds ?? 0),
          bgpTimerUpEstablishedEpoch: epoch(neighbor.since),
        }
      : {}),
    ...(neighbor.lastRead === undefined ? {} : { bgpTimerLastRead: Math.floor(neighbor.lastRead) * 1000 }),
    ...(neighbor.lastWrite === undefined ? {} : { bgpTimerLastWrite: Math.floor(neighbor.lastWrite) * 1000 }),
    bgpTimerConfiguredHoldTimeMsecs: neighbor.configuredHoldTime * 1000,
    bgpTimerConfiguredKeepAliveIntervalMsecs: neighbor.configuredKeepalive * 1000,
    bgpTimerHoldTimeMsecs: neighbor.holdTime * 1000,
    bgpTimerKeepAliveIntervalMsecs: neighbor.keepalive * 1000,
    bgpTimerSendHoldTimeMsecs: neighbor.sendHoldTime * 1000,
    extendedOptionalParametersLength: false,
    neighborCapabilities: capabilitiesJson(neighbor),
    gracefulRestartInfo: restartJson(neighbor, context),
    messageStats: messagesJson(neighbor),
    minBtwnAdvertisementRunsTimerMsecs: 0,
    addressFamilyInfo: families(neighbor),
    connectionsEstablished: neighbor.established,
    connectionsDropped: neighbor.dropped,
    ...lastReset(neighbor, now),
    ...pauseJson(neighbor, now),
    ...(neighbor.type === 'ebgp' ? { externalBgpNbrMaxHopsAway: options?.ebgpMultihop ?? 1 } : {}),
    // What is set takes the place of a default above.
    ...shownInFrr(NEIGHBOR_SETTINGS, neighbor, { internal: neighbor.type === 'ibgp' }),
    ...(neighbor.authentication === undefined ? {} : { authenticationEnabled: 1 }),
    updateErrors: { ...neighbor.faults, last: neighbor.lastFaults },
    ...connectionJson(neighbor),
  }
}
