/**
 * Many neighbors announce the same prefixes; then they go one by one. 'reverse' makes each newcomer the best.
 *
 *     npx tsc -p tsconfig.bench.json && node dist-bench/bench/micro/fan-in.js [NEIGHBORS] [PREFIXES] [forward|reverse] [NEXT HOPS]
 */
import { PrefixTable } from '../../src/ip/prefix-table.js'
import { AttributeTable } from '../../src/rib/attributes/attributes.js'
import { NextHopSets } from '../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../src/rib/attributes/next-hops.js'
import { Rib } from '../../src/rib/table.js'
import { context } from './blocks.js'

const NEIGHBORS = Number(process.argv[2] ?? 1000)
const PREFIXES = Number(process.argv[3] ?? 1000)
const REVERSE = process.argv[4] === 'reverse'
const HOPS = Number(process.argv[5] ?? NEIGHBORS)

const nlri = new Uint8Array(PREFIXES * 5)
for (let i = 0; i < PREFIXES; i++) nlri.set([32, 10, i >>> 16, i >>> 8, i], i * 5)

const nextHopSets = new NextHopSets()
const nextHops = new NextHops(nextHopSets)
nextHops.onNew = (id) =>
  nextHops.resolve(id, { reachable: true, metric: 0, gateway: { address: nextHops.text(id) } })
const attributes = new AttributeTable(nextHops)
const rib = new Rib(
  { prefixes: new PrefixTable('ipv4-unicast'), attributes, nextHops, nextHopSets },
  {
    maximumPathsEbgp: 10,
    maximumPathsIbgp: 1,
    multipathRelax: false,
    alwaysCompareMed: false,
    missingMedAsWorst: false,
    ignoreAsPath: false,
    compareRouterId: true,
    defaultLocalPref: 100,
  },
)
const cpu = process.cpuUsage()
let from = performance.now()
for (let i = 0; i < NEIGHBORS; i++) {
  const n = (REVERSE ? NEIGHBORS - 1 - i : i) + 2
  const address = [192, 168, n >>> 8, n & 255]
  rib.setSource({
    index: n,
    type: 'ebgp',
    routerId: n,
    address: address.join('.'),
    remoteAs: 64512,
    weight: 0,
  })
  const block = Uint8Array.of(
    0x40,
    1,
    1,
    0,
    0x40,
    2,
    6,
    2,
    1,
    0,
    0,
    0xfc,
    0,
    0x40,
    3,
    4,
    192,
    168,
    (n % HOPS) >>> 8,
    (n % HOPS) & 255,
  )
  const { id } = attributes.intern(block, 0, block.length, true, context)
  rib.announce(n, nlri, 0, nlri.length, false, id, 0, undefined, i)
  rib.decide()
}
const arrived = performance.now() - from
const paths = rib.pathCount
from = performance.now()
for (let i = 0; i < NEIGHBORS; i++) {
  rib.dropSource(i + 2, Number.MAX_SAFE_INTEGER)
  rib.decide()
}
const left = performance.now() - from
const spent = process.cpuUsage(cpu)
console.log(
  `${NEIGHBORS} neighbors x ${PREFIXES}: ${paths} paths in ${arrived.toFixed(0)} ms, gone in ${left.toFixed(0)} ms; ` +
    `CPU ${((spent.user + spent.system) / 1000).toFixed(0)} ms; rss ${(process.memoryUsage().rss / 1048576).toFixed(0)} MiB`,
)
