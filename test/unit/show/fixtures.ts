import type { Config } from '../../../src/config/model/model.js'
import type { Explanation } from '../../../src/diagnose/model/explanation.js'
import type { Finding } from '../../../src/diagnose/model/finding.js'
import type { ShowSource } from '../../../src/show/source.js'
import type { SpeakerEvent } from '../../../src/views/model/event.js'
import type { FibView } from '../../../src/views/model/kernel.js'
import type { NeighborView } from '../../../src/views/model/neighbor.js'
import type { NeighborFamilyView } from '../../../src/views/model/neighbor-family.js'
import type { PathView, RouteDetail, RouteDetailPage } from '../../../src/views/model/route.js'
import type { StatusView } from '../../../src/views/model/status.js'
import type { Capability } from '../../../src/wire/types.js'

/** The moment at which every view of these tests is taken. */
export const NOW = '2026-11-22T12:00:00.000Z'
const UP = '2026-11-22T09:29:46.000Z'

/** Messages of a session that has been up for two and a half hours. */
const messages = (update: number, keepalive: number) => ({
  open: 1,
  update,
  notification: 0,
  keepalive,
  routeRefresh: 0,
})

export function familyCounts(change: Partial<NeighborFamilyView> = {}): NeighborFamilyView {
  return {
    family: 'ipv4-unicast',
    negotiated: true,
    prefixesReceived: 1,
    prefixesAccepted: 1,
    prefixesUsed: 1,
    unused: {},
    prefixesBest: 0,
    prefixesMultipath: 1,
    prefixesAdvertised: 0,
    prefixesStale: 0,
    endOfRibReceived: true,
    endOfRibSent: true,
    ...change,
  }
}

const SENT: readonly Capability[] = [
  { code: 1, name: 'multiprotocol', afi: 1, safi: 1 },
  { code: 2, name: 'route-refresh' },
  { code: 65, name: 'four-octet-as', as: 64513 },
  { code: 64, name: 'graceful-restart', restarting: false, notification: false, time: 120, families: [] },
  { code: 73, name: 'fqdn', host: 'sw', domain: '' },
]
const RECEIVED: readonly Capability[] = [
  { code: 1, name: 'multiprotocol', afi: 1, safi: 1 },
  { code: 2, name: 'route-refresh' },
  { code: 65, name: 'four-octet-as', as: 64512 },
  {
    code: 64,
    name: 'graceful-restart',
    restarting: false,
    notification: true,
    time: 120,
    families: [{ afi: 1, safi: 1, forwarding: false }],
  },
  { code: 73, name: 'fqdn', host: 'node', domain: '' },
  { code: 200, name: 'unknown', data: Uint8Array.of(1, 2) },
]

/** An established neighbor with one prefix, changed as asked. */
export function neighbor(change: Partial<NeighborView> = {}): NeighborView {
  return {
    key: change.address ?? '192.168.95.210',
    address: '192.168.95.210',
    name: 'description' in change ? change.description : 'k8s-master-0',
    description: 'k8s-master-0',
    hostName: 'node',
    remoteAs: 64512,
    localAs: 64513,
    type: 'ebgp',
    dynamic: false,
    state: 'Established',
    adminDown: false,
    since: UP,
    routerId: '192.168.95.210',
    localAddress: '192.168.95.200',
    localPort: 179,
    remotePort: 39443,
    passive: false,
    prefixesReceived: 1,
    prefixesAccepted: 1,
    prefixesAdvertised: 0,
    holdTime: 90,
    keepalive: 30,
    configuredHoldTime: 180,
    configuredKeepalive: 60,
    connectRetry: 120,
    sendHoldTime: 480,
    capabilities: { sent: SENT, received: RECEIVED },
    gracefulRestart: { negotiated: true, restartTime: 120, helper: 'none' },
    families: [familyCounts()],
    messages: { sent: messages(1, 300), received: messages(2, 302) },
    faults: { discard: 0, withdraw: 0, reset: 0, attributes: [] },
    lastFaults: [],
    established: 1,
    dropped: 0,
    lastRead: 12.4,
    lastWrite: 5.9,
    outputQueue: 0,
    ...change,
  }
}

/** A neighbor that never came up. */
export function downNeighbor(change: Partial<NeighborView> = {}): NeighborView {
  const { routerId, localAddress, localPort, remotePort, hostName, lastRead, lastWrite, ...rest } = neighbor()
  return {
    ...rest,
    key: change.address ?? '192.168.95.212',
    address: '192.168.95.212',
    name: 'description' in change ? change.description : 'k8s-master-2',
    description: 'k8s-master-2',
    state: 'Active',
    prefixesReceived: 0,
    prefixesAccepted: 0,
    holdTime: 180,
    keepalive: 60,
    capabilities: { sent: [], received: [] },
    gracefulRestart: { negotiated: false, restartTime: 0, helper: 'none' },
    families: [
      familyCounts({
        negotiated: false,
        prefixesReceived: 0,
        prefixesAccepted: 0,
        prefixesUsed: 0,
        prefixesMultipath: 0,
        endOfRibReceived: false,
        endOfRibSent: false,
      }),
    ],
    messages: {
      sent: { open: 0, update: 0, notification: 0, keepalive: 0, routeRefresh: 0 },
      received: { open: 0, update: 0, notification: 0, keepalive: 0, routeRefresh: 0 },
    },
    established: 0,
    ...change,
  }
}

export function path(host: number, change: Partial<PathView> = {}): PathView {
  const address = `192.168.95.${host}`
  return {
    neighbor: address,
    neighborName: `k8s-master-${host - 210}`,
    neighborDescription: `k8s-master-${host - 210}`,
    neighborRouterId: address,
    type: 'ebgp',
    nextHop: address,
    origin: 'IGP',
    asPath: '64512',
    asPathLength: 1,
    localPref: 100,
    weight: 0,
    communities: [],
    largeCommunities: [],
    extendedCommunities: [],
    atomicAggregate: false,
    best: host === 210,
    multipath: true,
    stale: false,
    valid: true,
    decidedBy: 'Router ID',
    since: '2026-11-22T09:29:49.000Z',
    ...change,
  }
}

/** The route of the story: three nodes, one ECMP set. */
export function vip(change: Partial<RouteDetail> = {}): RouteDetail {
  return {
    prefix: '192.168.95.123/32',
    family: 'ipv4-unicast',
    version: 4,
    paths: [path(212), path(210), path(211)],
    nextHops: ['192.168.95.210', '192.168.95.211', '192.168.95.212'],
    gateways: [210, 211, 212].map((host) => ({ address: `192.168.95.${host}`, interface: 'eth0' })),
    fib: { state: 'installed' },
    ...change,
  }
}

export const FIB: FibView = {
  enabled: true,
  mode: 'nexthop-objects',
  installed: 1,
  pending: 0,
  refused: 0,
  operations: { add: 1, replace: 2, delete: 0 },
  errors: 0,
  routes: [],
}

export const STATUS: StatusView = {
  version: '0.1.0',
  node: '20.20.2',
  pid: 4711,
  now: NOW,
  uptime: 9020,
  configuration: { file: '/etc/ecmpd/ecmpd.yaml', loaded: UP },
  fib: FIB,
  ready: true,
  waiting: [],
  memory: 50_000_000,
  localAs: 64513,
  routerId: '192.168.95.200',
  hostName: 'sw',
  started: UP,
  maximumPaths: { ebgp: 10, ibgp: 1 },
  listen: [{ address: '0.0.0.0', port: 179 }],
  tables: [
    {
      family: 'ipv4-unicast',
      version: 4,
      prefixes: 1,
      paths: 3,
      multipathPrefixes: 1,
      multipathPaths: 3,
      attributeSets: 3,
      widths: [0, 0, 0, 1],
    },
    {
      family: 'ipv6-unicast',
      version: 0,
      prefixes: 0,
      paths: 0,
      multipathPrefixes: 0,
      multipathPaths: 0,
      attributeSets: 0,
      widths: [],
    },
  ],
}

const restart = { enabled: true, restartTime: 120, stalePathTime: 360, notification: false }

export const CONFIG: Config = {
  bgp: {
    localAs: 64513,
    routerId: 0xc0a85fc8,
    listen: [{ address: '0.0.0.0', port: 179 }],
    neighbors: [
      {
        address: '192.168.95.210',
        description: 'k8s-master-0',
        remoteAs: 64512,
        localAs: 64513,
        port: 179,
        passive: false,
        ebgpMultihop: 1,
        timers: {
          holdTime: 180,
          keepalive: 60,
          connectRetry: 120,
          openHold: 240,
          idleHold: 1,
          sendHold: 0,
        },
        families: [
          {
            family: 'ipv4-unicast',
            import: [
              { action: 'permit', prefix: '192.168.95.0/24', ge: 32, le: 32 },
              { action: 'deny', prefix: '0.0.0.0/0', ge: 0, le: 32 },
            ],
            export: 'none',
            nextHop: 'self',
            maximumPrefix: 100,
          },
        ],
        gracefulRestart: restart,
        weight: 0,
      },
    ],
    listenRanges: [],
    listenLimit: 100,
    decision: {
      maximumPathsEbgp: 10,
      maximumPathsIbgp: 1,
      multipathRelax: false,
      alwaysCompareMed: false,
      deterministicMed: false,
      missingMedAsWorst: false,
      ignoreAsPath: false,
      compareRouterId: true,
      defaultLocalPref: 100,
    },
    gracefulRestart: restart,
    hostName: 'sw',
  },
  fib: {
    enabled: true,
    metric: 195,
    nextHopIds: { base: 1_000_000, count: 65_536 },
    keepOnStop: false,
    mode: 'auto',
    allow: [],
    retry: 5,
  },
  api: { tcp: { address: '127.0.0.1', port: 9179 } },
  log: { level: 'info', format: 'auto' },
  source: { file: '/etc/ecmpd/ecmpd.yaml', dialect: 'yaml' },
}

/** What a source of these tests holds; the defaults are the story's. */
export interface Content {
  readonly status?: StatusView
  readonly neighbors?: readonly NeighborView[]
  readonly routes?: readonly RouteDetail[]
  readonly advertised?: readonly RouteDetail[]
  readonly fib?: FibView
  readonly config?: Config
  readonly events?: readonly SpeakerEvent[]
  readonly findings?: readonly Finding[]
  readonly explanation?: Explanation
}

/** A source that pages as the API does, two routes at a time. */
export function source(content: Content = {}): ShowSource {
  const neighbors = content.neighbors ?? [
    neighbor(),
    neighbor({ address: '192.168.95.211', description: 'k8s-master-1', routerId: '192.168.95.211' }),
    downNeighbor(),
    downNeighbor({ address: '192.168.95.213', description: 'k8s-master-3', state: 'Idle', adminDown: true }),
  ]
  const page = (routes: readonly RouteDetail[], cursor: string | undefined): RouteDetailPage => {
    const start = Number(cursor ?? 0)
    const next = start + 2 < routes.length ? { next: String(start + 2) } : {}
    return { routes: routes.slice(start, start + 2), total: routes.length, ...next }
  }
  return {
    status: async () => content.status ?? STATUS,
    neighbors: async () => neighbors,
    neighbor: async (address) => neighbors.find((entry) => entry.address === address),
    routes: async (query) => {
      const all = (content.routes ?? [vip()]).filter((route) => route.family === query.family)
      const longest = all.filter((route) => route.prefix.startsWith(`${query.longest}/`))
      const matching =
        query.prefix !== undefined
          ? all.filter((route) => route.prefix === query.prefix)
          : query.longest !== undefined
            ? longest
            : all
      return page(matching, query.cursor)
    },
    advertised: async (_address, query) => page(content.advertised ?? [], query.cursor),
    fib: async () => content.fib ?? FIB,
    config: async () => content.config ?? CONFIG,
    events: async () => content.events ?? [],
    findings: async () => content.findings ?? [],
    explain: async () => content.explanation,
  }
}
