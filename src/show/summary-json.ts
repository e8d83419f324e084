import type { Config } from '../config/model/model.js'
import type { Family } from '../ip/family.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { NeighborFamilyView } from '../views/model/neighbor-family.js'
import type { StatusView } from '../views/model/status.js'
import { familyKey } from './family.js'
import { membersOf, stateText, totalMessages, upDownSeconds } from './summary.js'
import { escapeText } from './text.js'
import { epoch, frrUptime } from './time.js'

/** FRR's `desc`: as configured, be it of the neighbor or by `names`. */
function desc({ description, name, hostName }: NeighborView): object {
  const text = description ?? (name === hostName ? undefined : name)
  return text === undefined ? {} : { desc: escapeText(text) }
}

function peer(neighbor: NeighborView, counts: NeighborFamilyView, version: number, now: number): object {
  const up = neighbor.state === 'Established'
  const seconds = upDownSeconds(neighbor, now)
  return {
    ...(neighbor.hostName === undefined ? {} : { hostname: escapeText(neighbor.hostName) }),
    remoteAs: neighbor.remoteAs,
    localAs: neighbor.localAs,
    version: 4,
    msgRcvd: totalMessages(neighbor, 'received'),
    msgSent: totalMessages(neighbor, 'sent'),
    tableVersion: up ? version : 0,
    outq: neighbor.outputQueue,
    inq: 0,
    peerUptime: seconds === undefined ? 'never' : frrUptime(seconds),
    peerUptimeMsec: (seconds ?? 0) * 1000,
    ...(up ? { peerUptimeEstablishedEpoch: epoch(neighbor.since) } : {}),
    pfxRcd: counts.prefixesReceived,
    pfxSnt: counts.prefixesAdvertised,
    state: stateText(neighbor),
    ...(neighbor.maintenance === undefined ? {} : { gracefulShutdown: true }),
    peerState: neighbor.adminDown ? 'Admin' : neighbor.paused?.reason === 'maximum-prefix' ? 'PfxCt' : 'OK',
    connectionsEstablished: neighbor.established,
    connectionsDropped: neighbor.dropped,
    ...desc(neighbor),
    idType: neighbor.address.includes(':') ? 'ipv6' : 'ipv4',
  }
}

/**
 * `show bgp ipv4 unicast summary json` in FRR's shape.
 * @param now milliseconds since 1970
 */
export function summaryJson(
  status: StatusView,
  config: Config,
  neighbors: readonly NeighborView[],
  family: Family,
  now: number,
): object {
  const table = status.tables.find((entry) => entry.family === family)
  const members = membersOf(neighbors, family)
  return {
    routerId: status.routerId,
    as: status.localAs,
    vrfId: 0,
    vrfName: 'default',
    tableVersion: table?.version ?? 0,
    ...(status.maintenance === undefined ? {} : { gracefulShutdown: true }),
    ribCount: table?.prefixes ?? 0,
    // The process's memory: ecmpd does not account for tables and neighbors apart.
    ribMemory: status.memory,
    peerCount: members.length,
    peerMemory: 0,
    peers: Object.fromEntries(
      members.map(({ neighbor, counts }) => [
        neighbor.address,
        peer(neighbor, counts, table?.version ?? 0, now),
      ]),
    ),
    failedPeers: members.filter(({ neighbor }) => neighbor.state !== 'Established').length,
    displayedPeers: members.length,
    totalPeers: members.length,
    dynamicPeers: members.filter(({ neighbor }) => neighbor.dynamic).length,
    bestPath: { multiPathRelax: String(config.bgp.decision.multipathRelax) },
  }
}

/** `show ip bgp summary json`: the families by FRR's keys. */
export function summariesJson(
  status: StatusView,
  config: Config,
  neighbors: readonly NeighborView[],
  families: readonly Family[],
  now: number,
): object {
  return Object.fromEntries(
    families.map((family) => [familyKey(family), summaryJson(status, config, neighbors, family, now)]),
  )
}
