/**
 * Reflector out: routes from one client to many, messages made and handed over without sockets.
 *
 *     npx tsc -p tsconfig.bench.json && node dist-bench/bench/micro/adj-out.js [CLIENTS] [ROUTES] [SETS] [PATHS]
 *
 * With PATHS above 1 as many clients announce each route, and the members get all of them (ADD-PATH).
 */
import { PrefixTable } from '../../src/ip/prefix-table.js'
import { AttributeTable } from '../../src/rib/attributes/attributes.js'
import { BlockStore } from '../../src/rib/attributes/block-store.js'
import { NextHopSets } from '../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../src/rib/attributes/next-hops.js'
import { AdjOut } from '../../src/rib/out/adj-out.js'
import { Rib } from '../../src/rib/table.js'
import type { DecodeContext } from '../../src/wire/types.js'
import { encodeEndOfRib } from '../../src/wire/update.js'

const CLIENTS = Number(process.argv[2] ?? 100)
const ROUTES = Number(process.argv[3] ?? 100_000)
const SETS = Number(process.argv[4] ?? 10_000)
const PATHS = Number(process.argv[5] ?? 1)

const context: DecodeContext = {
  id: 1,
  peerType: 'ibgp',
  as4: true,
  rejectAsSet: true,
  extendedNextHop: false,
  aigp: false,
}

const nextHopSets = new NextHopSets()
const nextHops = new NextHops(nextHopSets)
nextHops.onNew = (id) =>
  nextHops.resolve(id, { reachable: true, metric: 0, gateway: { address: nextHops.text(id) } })
const attributes = new AttributeTable(nextHops)
const rib = new Rib(
  { prefixes: new PrefixTable('ipv4-unicast'), attributes, nextHops, nextHopSets },
  {
    maximumPathsEbgp: 1,
    maximumPathsIbgp: 1,
    multipathRelax: false,
    alwaysCompareMed: false,
    missingMedAsWorst: false,
    ignoreAsPath: false,
    compareRouterId: true,
    defaultLocalPref: 100,
  },
)
for (let i = 0; i < CLIENTS + PATHS; i++) {
  rib.setSource({
    index: i + 1,
    type: 'ibgp',
    client: true,
    routerId: i + 1,
    address: `10.255.${i >>> 8}.${i & 255}`,
    remoteAs: 64512,
    weight: 0,
  })
}

function announceAll(localPref: number): void {
  for (let source = 1; source <= PATHS; source++) announceFrom(source, localPref)
}

function announceFrom(source: number, localPref: number): void {
  const each = Math.max(1, Math.round(ROUTES / SETS))
  for (let set = 0, route = 0; route < ROUTES; set++) {
    const as = [0, 1, (set >>> 8) & 255, set & 255]
    const block = [
      0x40,
      1,
      1,
      0,
      0x40,
      2,
      6,
      2,
      1,
      ...as,
      0x40,
      3,
      4,
      192,
      0,
      2,
      source,
      0x40,
      5,
      4,
      0,
      0,
      0,
      localPref,
    ]
    const start = block.length
    for (let i = 0; i < each && route < ROUTES; i++, route++) {
      block.push(32, 20, (route >>> 16) & 255, (route >>> 8) & 255, route & 255)
    }
    const bytes = Uint8Array.from(block)
    const { id } = attributes.intern(bytes, 0, start, true, context)
    rib.announce(source, bytes, start, bytes.length, false, id, 0, undefined, 0)
  }
}

const group = new AdjOut(
  rib,
  new BlockStore(),
  {
    family: 'ipv4-unicast',
    type: 'ibgp',
    remoteAs: 64512,
    localAs: 64512,
    as4: true,
    extendedNextHop: false,
    maximumMessage: 4096,
    nextHop: 'unchanged',
    ownAddress: Uint8Array.of(10, 255, 255, 255),
    defaultLocalPref: 100,
    reflector: { clusterId: 1, clients: true },
    addPath: PATHS > 1 ? 'all' : undefined,
  },
  () => false,
  undefined,
)
const members = Array.from({ length: CLIENTS }, (_, i) =>
  group.join(i + 1 + PATHS, encodeEndOfRib('ipv4-unicast')),
)

function deliver(what: string): void {
  const cpu = process.cpuUsage()
  const from = performance.now()
  rib.decide()
  const decided = performance.now() - from
  let octets = 0
  let updates = 0
  for (let busy = true; busy; ) {
    busy = false
    for (const member of members) {
      const packed = group.next(member)
      if (packed === undefined) continue
      busy = true
      octets += packed.bytes.length
      updates += packed.updates
    }
  }
  const spent = process.cpuUsage(cpu)
  console.log(
    `${what} to ${CLIENTS} clients: ${(performance.now() - from).toFixed(0)} ms (decide and export ${decided.toFixed(0)}; ` +
      `CPU ${((spent.user + spent.system) / 1000).toFixed(0)}); ${updates / CLIENTS} updates, ${octets / CLIENTS} octets each; ` +
      `rss ${(process.memoryUsage().rss / 1048576).toFixed(0)} MiB`,
  )
}

announceAll(100)
deliver(`${ROUTES} routes`)
announceAll(200)
deliver('all changed')
for (let source = 1; source <= PATHS; source++) rib.dropSource(source, Number.MAX_SAFE_INTEGER)
deliver('all withdrawn')
