/** How the read model of a neighbor is made. */

import { formatIPv4 } from '../ip/address.js'
import { sendHoldTime } from '../session/negotiate.js'
import { limitThreshold } from '../speaker/inbound/prefix-limit.js'
import { viewOf } from '../speaker/model/changes.js'
import { FAMILY_CHANGES, NEIGHBOR_CHANGES, type NeighborTemplate } from '../speaker/model/options.js'
import type {
  DeathReads,
  FamilyReads,
  NeighborReads,
  SessionReads,
  SpeakerReads,
} from '../speaker/model/reads.js'
import { printable } from '../wire/printable.js'
import { maintenanceView } from './maintenance-view.js'
import type { NeighborView } from './model/neighbor.js'
import type { NeighborFamilyView } from './model/neighbor-family.js'
import { importListsOf, unusedOf } from './unused.js'

/** The read model of one neighbor, made now. */
export function neighborView(reads: SpeakerReads, neighbor: NeighborReads): NeighborView {
  const { key, address, remoteAs, session, graceful, departed } = neighbor
  const { options, negotiated: terms, connection } = session
  const ofFamilies = [...neighbor.families]
  const families = ofFamilies.map((family) => familyView(reads, neighbor, family))
  const sum = (of: (family: NeighborFamilyView) => number) =>
    families.reduce((total, family) => total + of(family), 0)
  const up = neighbor.up && terms !== undefined
  const seconds = (at: number | undefined) =>
    at === undefined ? undefined : Math.floor((reads.now() - at) / 1000)
  const iso = (wall: number | undefined) => (wall === undefined ? undefined : new Date(wall).toISOString())
  return {
    key,
    address,
    name: session.givenName,
    description: options.description,
    hostName: terms?.hostName === undefined ? undefined : printable(terms.hostName),
    remoteAs,
    localAs: options.localAs,
    localAsStyle: options.localAsStyle,
    ...viewOf<NeighborTemplate, typeof NEIGHBOR_CHANGES>(NEIGHBOR_CHANGES, options),
    type: up ? terms.peerType : remoteAs === options.localAs ? 'ibgp' : 'ebgp',
    dynamic: session.dynamic,
    departed: departed && { at: iso(departed.at) as string, until: iso(departed.until) as string },
    state: session.state,
    adminDown: session.adminDown,
    shutdown: shutdownView(session),
    paused: session.paused,
    maintenance: maintenanceView(session.drained, options.maintenance),
    since: iso(session.since) as string,
    routerId: up ? formatIPv4(terms.routerId) : undefined,
    localAddress: connection?.local.address ?? options.localAddress,
    localPort: connection?.local.port,
    remotePort: connection?.remote.port,
    passive: options.passive,
    authentication: options.password === undefined ? undefined : 'md5',
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
    dead: deathViews(reads.neighborDeaths(address)),
    lastError: session.lastError,
    lastFailure: session.failures.lastFailure,
    lastDial: session.failures.lastDial,
    capabilities: { sent: session.sentCapabilities, received: terms?.received ?? [] },
    gracefulRestart: {
      negotiated: up && terms.gracefulRestart !== undefined,
      restartTime: terms?.gracefulRestart?.time ?? 0,
      helper: graceful?.phase ?? 'none',
      remaining: graceful?.remaining,
      longLived: options.gracefulRestart.longLived && {
        negotiated: up && terms.longLived !== undefined,
        configured: options.gracefulRestart.longLived.staleTime,
        families: graceful?.longLived ?? [],
      },
    },
    families,
    messages: { sent: session.sent.view(), received: session.received.view() },
    faults: session.faults.counts(),
    lastFaults: session.faults.last(),
    established: session.establishedCount,
    dropped: session.droppedCount,
    downSince: iso(session.downSince),
    lastReset: session.failures.lastReset,
    lastRead: seconds(session.lastRead),
    lastWrite: seconds(session.lastWrite),
    outputQueue: session.outputQueue,
    updateGroup: ofFamilies.find(({ advertised }) => advertised !== undefined)?.advertised?.group,
  }
}

/** The operator's word stands before the configuration's: it is the one that lasts longer. */
function shutdownView({ operatorShutdown: action, options }: SessionReads): NeighborView['shutdown'] {
  if (action !== undefined) {
    const { message, by, at } = action
    return { source: 'operator', message, by, at: new Date(at).toISOString() }
  }
  if (options.shutdown === undefined) return undefined
  return { source: 'configuration', message: options.shutdown.message }
}

function deathViews(deaths: readonly DeathReads[]): NeighborView['dead'] {
  if (deaths.length === 0) return undefined
  return deaths.map(({ source, death, since }) => ({
    source: source.name,
    cause: death.cause,
    since: new Date(since).toISOString(),
    strict: death.strict ? true : undefined,
  }))
}

function familyView(reads: SpeakerReads, neighbor: NeighborReads, family: FamilyReads): NeighborFamilyView {
  const table = reads.table(family.family)
  const counts = neighbor.source === undefined ? undefined : table.source(neighbor.source)
  const unused = unusedOf(table, neighbor.source, family)
  return {
    family: family.family,
    negotiated: family.negotiated,
    prefixesReceived: counts?.received ?? 0,
    prefixesAccepted: counts?.accepted ?? 0,
    prefixesUsed: (counts?.received ?? 0) - Object.values(unused).reduce((total, count) => total + count, 0),
    unused,
    importLists: importListsOf(family.options),
    prefixesBest: counts?.best ?? 0,
    prefixesMultipath: counts?.multipath ?? 0,
    prefixesAdvertised: family.advertised?.member.advertised ?? 0,
    prefixesStale: counts?.stale ?? 0,
    endOfRibReceived: family.endOfRibReceived,
    endOfRibSent: family.endOfRibSent,
    maximumPrefix: limitView(family),
    routeReflectorClient: family.options.routeReflectorClient,
    addPath: addPathView(family),
    rules: rulesView(family),
  }
}

function limitView({ options, limitSaid }: FamilyReads): NeighborFamilyView['maximumPrefix'] {
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

function rulesView({ options }: FamilyReads): NeighborFamilyView['rules'] {
  const rules = viewOf(FAMILY_CHANGES, options)
  return Object.values(rules).every((rule) => rule === undefined) ? undefined : rules
}

function addPathView(family: FamilyReads): NeighborFamilyView['addPath'] {
  const { addPath } = family.options
  if (addPath === undefined) return undefined
  return { ...addPath, receiving: family.addPathReceive, sending: family.addPathSend }
}
