import { formatIPv4 } from '../../ip/address.js'
import type { Clock } from '../../ports/clock.js'
import { sendHoldTime } from '../../session/negotiate.js'
import { printable } from '../../wire/printable.js'
import type { FamilyIn } from '../inbound/family-in.js'
import { limitThreshold } from '../inbound/prefix-limit.js'
import { maintenanceView } from '../maintenance.js'
import type { NeighborFamilyView, NeighborView } from '../model/views.js'
import type { NeighborRoutes } from '../neighbor-routes.js'
import type { Peer } from '../peer/peer.js'
import type { Routing } from '../routing.js'

/** The read model of one neighbor, made now. */
export function neighborView(peer: Peer, routing: Routing, clock: Clock): NeighborView {
  const { options, negotiated: terms, session } = peer
  const routes = routing.of(peer)
  const families = routes === undefined ? [] : familyViews(routes, routing)
  const sum = (of: (family: NeighborFamilyView) => number) =>
    families.reduce((total, family) => total + of(family), 0)
  const up = session !== undefined && terms !== undefined
  const connection = peer.connection
  const seconds = (at: number | undefined) =>
    at === undefined ? undefined : Math.floor((clock.now() - at) / 1000)
  const iso = (wall: number | undefined) => (wall === undefined ? undefined : new Date(wall).toISOString())
  const remoteAs = options.remoteAs !== 0 ? options.remoteAs : (terms?.remoteAs ?? 0)
  return {
    address: peer.address,
    description: options.description,
    hostName: terms?.hostName === undefined ? undefined : printable(terms.hostName),
    remoteAs,
    localAs: options.localAs,
    localAsStyle: options.localAsStyle,
    advertisementInterval: options.advertisementInterval,
    type: up ? terms.peerType : remoteAs === options.localAs ? 'ibgp' : 'ebgp',
    dynamic: peer.dynamic,
    state: peer.state,
    adminDown: peer.adminDown,
    shutdown: shutdownView(peer),
    maintenance: maintenanceView(peer.drained, options.maintenance),
    since: iso(peer.since) as string,
    routerId: up ? formatIPv4(terms.routerId) : undefined,
    localAddress: connection?.local.address ?? options.localAddress,
    localPort: connection?.local.port,
    remotePort: connection?.remote.port,
    passive: options.passive,
    authentication: options.password === undefined ? undefined : 'md5',
    ttlSecurity: options.ttlSecurity,
    role: options.role && { ...options.role, neighbor: up ? terms.role?.peer : undefined },
    prefixesReceived: sum((family) => family.prefixesReceived),
    prefixesAccepted: sum((family) => family.prefixesAccepted),
    prefixesAdvertised: sum((family) => family.prefixesAdvertised),
    holdTime: up ? terms.holdTime : options.timers.holdTime,
    keepalive: up ? terms.keepalive : options.timers.keepalive,
    configuredHoldTime: options.timers.holdTime,
    configuredKeepalive: options.timers.keepalive,
    connectRetry: options.timers.connectRetry,
    sendHoldTime: up ? terms.sendHold : sendHoldTime(options.timers.holdTime, options.timers.sendHold),
    lastError: peer.lastError,
    capabilities: { sent: peer.sentCapabilities, received: terms?.received ?? [] },
    gracefulRestart: {
      negotiated: up && terms.gracefulRestart !== undefined,
      restartTime: terms?.gracefulRestart?.time ?? 0,
      helper: routes?.retained.graceful.phase ?? 'none',
      remaining: routes?.retained.graceful.remaining,
      longLived: options.gracefulRestart.longLived && {
        negotiated: up && terms.longLived !== undefined,
        configured: options.gracefulRestart.longLived.staleTime,
        families: routes?.retained.graceful.longLived ?? [],
      },
    },
    families,
    messages: { sent: peer.sent.view(), received: peer.received.view() },
    faults: peer.faults.counts(),
    lastFaults: peer.faults.last(),
    established: peer.establishedCount,
    dropped: peer.droppedCount,
    downSince: iso(peer.downSince),
    lastReset: peer.lastReset,
    lastRead: seconds(peer.lastRead),
    lastWrite: seconds(peer.lastWrite),
    outputQueue: peer.outputQueue,
    updateGroup: routes === undefined ? undefined : updateGroupOf(routes),
  }
}

/** The operator's word stands before the configuration's: it is the one that lasts longer. */
function shutdownView({ held, options }: Peer): NeighborView['shutdown'] {
  if (held !== undefined) {
    const { message, by, at } = held
    return { source: 'operator', message, by, at: new Date(at).toISOString() }
  }
  if (options.shutdown === undefined) return undefined
  return { source: 'configuration', message: options.shutdown.message }
}

function familyViews(routes: NeighborRoutes, routing: Routing): NeighborFamilyView[] {
  return [...routes.inbound.families.values()].map((family) => {
    const out = routes.outbound.families.get(family.family)
    const source = routing.tables.rib(family.family).source(routes.source)
    return {
      family: family.family,
      negotiated: family.negotiated,
      prefixesReceived: source?.received ?? 0,
      prefixesAccepted: source?.accepted ?? 0,
      prefixesBest: source?.best ?? 0,
      prefixesMultipath: source?.multipath ?? 0,
      prefixesAdvertised: out?.outlet?.member?.advertised ?? 0,
      prefixesStale: source?.stale ?? 0,
      endOfRibReceived: family.endOfRibReceived,
      endOfRibSent: out?.endOfRibSent ?? false,
      maximumPrefix: limitView(family),
      routeReflectorClient: family.options.routeReflectorClient,
      addPath: addPathView(family, out?.addPathSend ?? false),
      rules: rulesView(family),
    }
  })
}

function limitView({ options, limitSaid }: FamilyIn): NeighborFamilyView['maximumPrefix'] {
  const { maximumPrefix: limit, maximumPrefixAction: action } = options
  if (limit === 0) return undefined
  return {
    limit,
    threshold: limitThreshold(options),
    warningOnly: action === 'warning-only',
    restart: action === 'warning-only' ? undefined : (action ?? 1) * 60,
    state: limitSaid === 'nothing' ? 'below' : limitSaid === 'threshold' ? 'near' : 'exceeded',
  }
}

function rulesView({ options }: FamilyIn): NeighborFamilyView['rules'] {
  const { policyMissing, allowAsIn, removePrivateAs, asOverride, senderLoopDetection } = options
  const { sendCommunity, unchanged } = options
  const rules = {
    ...{ policyMissing, allowAsIn, removePrivateAs, asOverride, senderLoopDetection },
    ...{ sendCommunity, unchanged },
  }
  return Object.values(rules).every((rule) => rule === undefined) ? undefined : rules
}

function addPathView(family: FamilyIn, sending: boolean): NeighborFamilyView['addPath'] {
  const { addPath } = family.options
  if (addPath === undefined) return undefined
  return { ...addPath, receiving: family.addPathReceive, sending }
}

/** The group that the first family with routes to send belongs to. */
function updateGroupOf(routes: NeighborRoutes): number | undefined {
  for (const { outlet } of routes.outbound.families.values()) {
    if (outlet?.group !== undefined) return outlet.group.id
  }
  return undefined
}
