/**
 * Loc-RIB in: 1,000,000 IPv4 prefixes with 250,000 attribute sets from one neighbor, as UPDATE bodies made
 * beforehand: intern attributes, announce, decide.
 *
 *     npx tsc -p tsconfig.bench.json && node dist-bench/bench/micro/rib.js [PREFIXES] [SETS]
 */
import { PrefixTable } from '../../src/ip/prefix-table.js'
import { AttributeTable } from '../../src/rib/attributes/attributes.js'
import { NextHopSets } from '../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../src/rib/attributes/next-hops.js'
import { Rib } from '../../src/rib/table.js'
import { context } from './blocks.js'

const PREFIXES = Number(process.argv[2] ?? 1_000_000)
const SETS = Number(process.argv[3] ?? 250_000)

/** Bodies one behind the other, as in what a socket delivers: attributes, then NLRI. */
interface Bodies {
  readonly bytes: Uint8Array
  readonly count: number
  /** Of body i: start of the attributes at 2 i, of the NLRI at 2 i + 1; the next body follows. */
  readonly offsets: Int32Array
}

function bodies(): Bodies {
  const bytes = new Uint8Array(SETS * 80 + PREFIXES * 4)
  const offsets = new Int32Array(SETS * 2 + 1)
  let length = 0
  let count = 0
  const each = Math.max(1, Math.round(PREFIXES / SETS))
  let seed = 12345
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return seed / 4294967296
  }
  let prefix = 0
  for (let set = 0; set < SETS && prefix < PREFIXES; set++) {
    const hops = 2 + Math.floor(random() * 6)
    const octets: number[] = [0x40, 1, 1, 0, 0x40, 2, 2 + 4 * hops, 2, hops]
    for (let hop = 0; hop < hops; hop++) {
      const as = hop === 0 ? 64512 : hop === hops - 1 ? 100000 + set : Math.floor(random() * 60000) + 1
      octets.push((as >>> 24) & 255, (as >>> 16) & 255, (as >>> 8) & 255, as & 255)
    }
    octets.push(0x40, 3, 4, 192, 0, 2, 1)
    const communities = Math.floor(random() * 8)
    if (communities > 0) {
      octets.push(0xc0, 8, communities * 4)
      for (let i = 0; i < communities; i++) octets.push(0xfd, 0xe8, i, Math.floor(random() * 256))
    }
    offsets[2 * count] = length
    offsets[2 * count + 1] = length + octets.length
    for (let i = 0; i < each && prefix < PREFIXES; i++, prefix++) {
      const address = 0x01000000 + Math.imul(prefix, 256)
      const spread = ((address >>> 24) % 200) + 1
      octets.push(24, spread >= 127 ? spread + 1 : spread, (address >>> 16) & 255, (address >>> 8) & 255)
    }
    bytes.set(octets, length)
    length += octets.length
    count++
  }
  offsets[2 * count] = length
  return { bytes, count, offsets }
}

const { bytes, count, offsets } = bodies()
const before = process.memoryUsage()
const started = performance.now()
const gateways = new NextHopSets()
const nextHops = new NextHops(gateways)
nextHops.onNew = (id) =>
  nextHops.resolve(id, { reachable: true, metric: 0, gateway: { address: nextHops.text(id) } })
const attributes = new AttributeTable(nextHops)
const rib = new Rib(
  { prefixes: new PrefixTable('ipv4-unicast'), attributes, nextHops, nextHopSets: gateways },
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
rib.setSource({ index: 1, type: 'ebgp', routerId: 1, address: '192.0.2.1', remoteAs: 64512, weight: 0 })
let announcing = 0
let deciding = 0
const cpu = process.cpuUsage()
for (let first = 0; first < count; first += 1000) {
  const a = performance.now()
  for (let i = first; i < Math.min(first + 1000, count); i++) {
    const nlri = offsets[2 * i + 1]
    const { id } = attributes.intern(bytes, offsets[2 * i], nlri, true, context)
    rib.announce(1, bytes, nlri, offsets[2 * i + 2], false, id, 0, undefined, a)
  }
  const b = performance.now()
  rib.decide()
  announcing += b - a
  deciding += performance.now() - b
}
const total = performance.now() - started
const spent = process.cpuUsage(cpu)
const after = process.memoryUsage()
const mib = (octets: number) => (octets / 1048576).toFixed(0)
console.log(
  `${rib.totals().prefixes} prefixes, ${attributes.size} sets: ${total.toFixed(0)} ms ` +
    `(intern+announce ${announcing.toFixed(0)}, decide ${deciding.toFixed(0)}; ` +
    `CPU ${((spent.user + spent.system) / 1000).toFixed(0)}); ` +
    `rss ${mib(before.rss)} -> ${mib(after.rss)} MiB, arrays ${mib(after.arrayBuffers - before.arrayBuffers)} MiB`,
)
