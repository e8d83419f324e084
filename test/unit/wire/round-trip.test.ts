import t from 'tap'
import { canonicalAddress } from '../../../src/ip/address.js'
import { pathContains, pathCount } from '../../../src/wire/as-path.js'
import { Block, CANONICAL_CONTEXT, canonicalize } from '../../../src/wire/canonical.js'
import { hex } from '../../../src/wire/printable.js'
import { readAttributes, readCanonical } from '../../../src/wire/read-attributes.js'
import { AttributeScan } from '../../../src/wire/scan.js'
import { scanAttributes } from '../../../src/wire/scan-attributes.js'
import type { AsPathSegment, DecodeContext, PathAttributes } from '../../../src/wire/types.js'
import { writeAttributes } from '../../../src/wire/write-attributes.js'
import fc from '../../support/properties.js'
import { EBGP, IBGP, OLD } from './support.js'

const u32 = fc.nat(0xffffffff)
const as = fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 65536, max: 0xffffffff }))
const segment: fc.Arbitrary<AsPathSegment> = fc.oneof(
  fc.record({ type: fc.constant(2), asns: fc.array(as, { minLength: 1, maxLength: 6 }) }),
  fc.record({ type: fc.constant(1), asns: fc.array(as, { minLength: 1, maxLength: 3 }) }),
)
const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const ipv4 = fc.ipV4()
const global = fc.ipV6().map((text) => canonicalAddress(text) ?? '::1')
const linkLocal = octets(8).map(
  (bytes) => canonicalAddress(`fe80::${(hex(bytes).match(/..../g) ?? []).join(':')}`)!,
)

const nextHops = fc.oneof(
  fc.record({ nextHop: ipv4 }),
  fc.record({ nextHop: global.filter((text) => !/^fe[89ab]/.test(text)) }),
  fc.record({ nextHop: global, linkLocalNextHop: linkLocal }),
  fc.record({ linkLocalNextHop: linkLocal }),
  fc.constant({}),
)

const attributes: fc.Arbitrary<PathAttributes> = fc
  .tuple(
    fc.record(
      {
        origin: fc.nat(2),
        asPath: fc.array(segment, { maxLength: 4 }),
        med: u32,
        localPref: u32,
        atomicAggregate: fc.constant(true),
        aggregator: fc.record({ as, address: ipv4 }),
        communities: fc.array(u32, { minLength: 1, maxLength: 80 }),
        originatorId: u32,
        clusterList: fc.array(u32, { minLength: 1, maxLength: 5 }),
        extendedCommunities: fc.array(octets(8), { minLength: 1, maxLength: 40 }),
        ipv6ExtendedCommunities: fc.array(octets(20), { minLength: 1, maxLength: 3 }),
        largeCommunities: fc.uniqueArray(fc.tuple(u32, u32, u32), {
          minLength: 1,
          maxLength: 25,
          selector: String,
        }),
        aigp: fc.bigInt({ min: 0n, max: 0xfffffffffffffffen }),
        otc: u32,
        unknown: fc
          .uniqueArray(
            fc.record({
              code: fc.oneof(fc.integer({ min: 36, max: 255 }), fc.constantFrom(0, 11, 13, 23)),
              flags: fc.constant(0xe0),
              value: fc.uint8Array({ maxLength: 300 }),
            }),
            { minLength: 1, maxLength: 5, selector: ({ code }) => code },
          )
          .map((list) => list.sort((a, b) => a.code - b.code)),
      },
      { requiredKeys: [] },
    ),
    nextHops,
    fc.boolean(),
  )
  .map(([rest, next, partial]) => ({
    ...rest,
    ...next,
    ...(partial && rest.communities !== undefined && { partial: [8] }),
  }))

const CONTEXTS: DecodeContext[] = [
  EBGP,
  IBGP,
  OLD,
  { ...IBGP, as4: false, rejectAsSet: false, aigp: true },
  { ...IBGP, rejectAsSet: false, aigp: true, extendedNextHop: true },
]

t.test('decode(encode(x)) is x', async (t) => {
  fc.assert(
    fc.property(attributes, (original) => {
      const bytes = writeAttributes(original)
      t.same(readCanonical(bytes, 0, bytes.length), original) || t.bailout('see above')
      t.same(readAttributes(bytes, 0, bytes.length, CANONICAL_CONTEXT), original) || t.bailout('see above')
    }),
    { numRuns: 300 },
  )
})

t.test('what is written is canonical', async (t) => {
  const scan = new AttributeScan()
  const block = new Block()
  fc.assert(
    fc.property(attributes, (original) => {
      const bytes = writeAttributes(original)
      scanAttributes(bytes, 0, bytes.length, false, CANONICAL_CONTEXT, scan)
      const looksCanonical = scan.canonical || (original.largeCommunities?.length ?? 0) > 16
      canonicalize(bytes, scan, scan.reachAfi === 0 ? 'field' : 'reach', block)
      return (
        scan.verdict === 'none' &&
        looksCanonical &&
        hex(block.bytes.subarray(0, block.length), 1e6) === hex(bytes, 1e6)
      )
    }),
    { numRuns: 500 },
  )
  t.pass('no counterexample')
})

t.test('through a 2-octet session a path keeps its numbers', async (t) => {
  const plain = (segments: readonly AsPathSegment[]) =>
    segments.map(({ type, asns }) => (type === 2 ? asns.join(' ') : `{${asns.join()}}`)).join(' ')
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (asPath) => {
      const bytes = writeAttributes({ asPath }, { as4: false })
      const back = readAttributes(bytes, 0, bytes.length, { ...OLD, rejectAsSet: false })
      return plain(back.asPath ?? []) === plain(asPath)
    }),
    { numRuns: 500 },
  )
  t.pass('no counterexample')
})

/** Blocks that are mostly well framed, so that values get tested and not only lengths. */
const block = fc
  .array(
    fc.record({
      flags: fc.constantFrom(0x40, 0x80, 0xc0, 0xe0, 0x50, 0x90, 0xd0, 0x4f),
      code: fc.oneof(fc.integer({ min: 0, max: 35 }), fc.nat(255)),
      value: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(
          Uint8Array.of(0),
          Uint8Array.of(2, 1, 0, 0, 1, 1),
          Uint8Array.of(2, 1, 1, 1),
          Uint8Array.of(1, 2, 3, 4),
        ),
      ),
    }),
    { maxLength: 10 },
  )
  .map((list) =>
    Uint8Array.from(
      list.flatMap(({ flags, code, value }) =>
        (flags & 0x10) !== 0
          ? [flags, code, 0, value.length, ...value]
          : [flags, code, value.length, ...value],
      ),
    ),
  )

t.test('any block: canonical form is a fixed point, and reads as the block does', async (t) => {
  const scan = new AttributeScan()
  const again = new AttributeScan()
  const first = new Block()
  const second = new Block()
  fc.assert(
    fc.property(
      block,
      fc.constantFrom(...CONTEXTS),
      fc.boolean(),
      fc.boolean(),
      (bytes, context, hasNlri, reach) => {
        const form = reach ? 'reach' : 'field'
        scanAttributes(bytes, 0, bytes.length, hasNlri, context, scan)
        if (scan.verdict === 'withdraw' && !hasNlri && scan.reachEnd === scan.reachStart) return false
        canonicalize(bytes, scan, form, first)
        const stored = first.bytes.slice(0, first.length)
        scanAttributes(stored, 0, stored.length, false, CANONICAL_CONTEXT, again)
        if (again.verdict !== 'none') return false
        canonicalize(stored, again, again.reachAfi === 0 ? 'field' : 'reach', second)
        if (hex(second.bytes.subarray(0, second.length), 1e6) !== hex(stored, 1e6)) return false
        const attributes = readCanonical(stored, 0, stored.length)
        const written = writeAttributes(attributes)
        if (hex(writeAttributes(readCanonical(written, 0, written.length)), 1e6) !== hex(written, 1e6))
          return false
        if (!scan.canonical || scan.verdict !== 'none') return true
        return reach === (scan.reachAfi !== 0) ? hex(stored, 1e6) === hex(bytes, 1e6) : true
      },
    ),
    { numRuns: 5000 },
  )
  t.pass('no counterexample')
})

t.test('any octets: no block and no cut of one throws', async (t) => {
  const scan = new AttributeScan()
  fc.assert(
    fc.property(
      fc.oneof(block, fc.uint8Array({ maxLength: 100 })),
      fc.constantFrom(...CONTEXTS),
      (bytes, context) => {
        for (let end = 0; end <= bytes.length; end++) {
          scanAttributes(bytes, 0, end, end % 2 === 0, context, scan)
          readAttributes(bytes, 0, end, context)
        }
      },
    ),
    { numRuns: 500 },
  )
  t.pass('no counterexample')
})

t.test('AS path octets: loop check', async (t) => {
  const bytes = writeAttributes({
    asPath: [
      { type: 2, asns: [1, 70000, 1] },
      { type: 1, asns: [5, 6] },
    ],
  })
  const found = (as: number) => pathContains(bytes, 3, bytes.length - 3, as)
  t.same([1, 5, 6, 70000].map(found), [true, true, true, true])
  t.same([0, 2, 4464, 65536].map(found), [false, false, false, false])
  t.equal(pathCount(bytes, 3, bytes.length - 3, 1), 2)
  t.equal(pathContains(bytes, 3, 0, 1), false)
})

t.test('odd objects are written as well as they can be', async (t) => {
  t.equal(
    hex(writeAttributes({ communities: [], clusterList: [], largeCommunities: [], extendedCommunities: [] })),
    '',
  )
  t.equal(hex(writeAttributes({ nextHop: 'not an address' })), '')
  t.equal(hex(writeAttributes({ asPath: [{ type: 2, asns: [] }] })), '400200')
  const long = writeAttributes({ asPath: [{ type: 2, asns: new Array(300).fill(7) }] })
  t.same(readCanonical(long, 0, long.length).asPath, [
    { type: 2, asns: new Array(255).fill(7) },
    { type: 2, asns: new Array(45).fill(7) },
  ])
  t.equal(long[0], 0x50)
  const zone = writeAttributes({ linkLocalNextHop: 'fe80::1%eth0' })
  t.same(readCanonical(zone, 0, zone.length), { linkLocalNextHop: 'fe80::1' })
  t.throws(() => writeAttributes({ communities: new Array(20_000).fill(1) }), RangeError)
})
