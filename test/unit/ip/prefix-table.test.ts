import t from 'tap'
import type { Family } from '../../../src/ip/family.js'
import { contains, formatPrefix, mask, type Prefix, parsePrefix } from '../../../src/ip/prefix.js'
import { PrefixTable } from '../../../src/ip/prefix-table.js'
import fc from '../../support/properties.js'

const widths: [Family, number][] = [
  ['ipv4-unicast', 4],
  ['ipv6-unicast', 16],
]

/** Order of tables: by address, then the shorter length first. */
function comparePrefixes(a: Prefix, b: Prefix): number {
  for (let i = 0; i < a.bytes.length; i++) if (a.bytes[i] !== b.bytes[i]) return a.bytes[i] - b.bytes[i]
  return a.length - b.length
}

/** Few distinct octets, so that equal, covering and neighboring prefixes are common. */
function prefixes(octets: number) {
  return fc.record({
    bytes: fc
      .array(fc.constantFrom(0, 1, 10, 127, 128, 255), { minLength: octets, maxLength: octets })
      .map((values) => Uint8Array.from(values)),
    bits: fc.integer({ min: 0, max: octets * 8 }),
  })
}

for (const [family, octets] of widths) {
  t.test(`${family}: behaves as a map from text to id`, async (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ prefix: prefixes(octets), drop: fc.boolean() }), { maxLength: 200 }),
        fc.integer(),
        (steps, seed) => {
          const table = new PrefixTable(family, 1, seed)
          const model = new Map<string, number>()
          for (const { prefix, drop } of steps) {
            const masked = Uint8Array.from(prefix.bytes)
            mask(masked, prefix.bits)
            const text = formatPrefix(masked, prefix.bits)
            const known = model.get(text)
            if (table.find(prefix.bytes, 0, prefix.bits) !== (known ?? -1)) return false
            if (drop && known !== undefined) {
              table.release(known)
              model.delete(text)
              if (table.has(known)) return false
            } else {
              const id = table.intern(prefix.bytes, 0, prefix.bits)
              if (known !== undefined ? id !== known : [...model.values()].includes(id)) return false
              model.set(text, id)
            }
          }
          if (table.size !== model.size) return false
          return [...model].every(
            ([text, id]) => table.text(id) === text && table.has(id) && id < table.limit,
          )
        },
      ),
      { numRuns: 200 },
    )
    t.pass('no counterexample')
  })

  t.test(`${family}: longest match, order and pages agree with the plain way`, async (t) => {
    fc.assert(
      fc.property(
        fc.array(prefixes(octets), { maxLength: 60 }),
        prefixes(octets),
        fc.nat(20),
        (list, probe, n) => {
          const table = new PrefixTable(family)
          const model = new Map<number, Prefix>()
          for (const { bytes, bits } of list) {
            const masked = Uint8Array.from(bytes)
            mask(masked, bits)
            model.set(table.intern(bytes, 0, bits), { family, bytes: masked, length: bits })
          }
          const host = { family, bytes: probe.bytes, length: octets * 8 }
          const covering = [...model].filter(([, p]) => contains(p, host))
          covering.sort(([, a], [, b]) => b.length - a.length)
          if (table.longest(probe.bytes) !== (covering[0]?.[0] ?? -1)) return false
          const order = [...model].sort(([, a], [, b]) => comparePrefixes(a, b)).map(([id]) => id)
          if (table.page(table.size).join() !== order.join()) return false
          const masked = Uint8Array.from(probe.bytes)
          mask(masked, probe.bits)
          const behind = order.filter(
            (id) => comparePrefixes(model.get(id)!, { family, bytes: masked, length: probe.bits }) > 0,
          )
          return (
            table.page(n).join() === order.slice(0, n).join() &&
            table.page(n, probe.bytes, probe.bits).join() === behind.slice(0, n).join()
          )
        },
      ),
      { numRuns: 150 },
    )
    t.pass('no counterexample')
  })

  t.test(`${family}: 20,000 prefixes in a capacity of one, and out again`, async (t) => {
    const table = new PrefixTable(family, 1)
    const bytes = new Uint8Array(octets)
    let dense = 0
    for (let i = 0; i < 20_000; i++) {
      bytes[0] = 10
      bytes[octets - 3] = i >>> 16
      bytes[octets - 2] = i >>> 8
      bytes[octets - 1] = i
      if (table.intern(bytes, 0, octets * 8) === i) dense++
    }
    t.equal(dense, 20_000, 'ids are dense')
    const sorted = table.page(30_000)
    t.equal(sorted.length, 20_000)
    t.ok(
      sorted.every((id, i) => id === i),
      'pages are in address order',
    )
    const wire = new Uint8Array(octets + 2)
    t.equal(table.write(258, wire, 1), octets + 2)
    t.same([...wire.subarray(octets)], [1, 2])
    for (let id = 0; id < 20_000; id += 2) table.release(id)
    t.equal(table.size, 10_000)
    bytes.fill(0)
    t.ok(table.intern(bytes, 0, 0) < 20_000, 'a released id is given again')
    t.equal(table.longest(wire.fill(7)), table.find(bytes, 0, 0))
  })
}

t.test('NLRI form: masked, minimal octets, read at an offset', async (t) => {
  const table = new PrefixTable('ipv4-unicast')
  const id = table.intern(Uint8Array.of(99, 10, 1, 255), 1, 17)
  t.equal(table.text(id), '10.1.128.0/17')
  const out = new Uint8Array(8)
  t.equal(table.write(id, out, 2), 6)
  t.same([...out], [0, 0, 17, 10, 1, 128, 0, 0])
  t.equal(table.writeAddress(id, out, 0), 4)
  t.same([...out.subarray(0, 4)], [10, 1, 128, 0])
  t.equal(table.write(table.intern(out, 0, 0), out, 0), 1)
  t.equal(table.length(id), 17)
  t.equal(table.longest(Uint8Array.of(10, 1, 200, 1)), id)
  t.equal(table.text(table.longest(Uint8Array.of(10, 1, 200, 1), 0, 16)), '0.0.0.0/0')
})

t.test('lengths and octets that do not fit are refused', async (t) => {
  const table = new PrefixTable('ipv4-unicast')
  t.throws(() => table.intern(new Uint8Array(8), 0, 33), RangeError)
  t.throws(() => table.intern(new Uint8Array(2), 0, 24), RangeError)
  t.equal(table.find(new Uint8Array(8), 0, 33), -1)
  t.equal(table.find(new Uint8Array(2), 0, 24), -1)
  t.equal(table.longest(new Uint8Array(3)), -1)
  table.release(5)
  table.release(-1)
  t.equal(table.size, 0)
  t.equal(table.has(0), false)
})

t.test('prefix text and table text are the same', async (t) => {
  for (const text of ['0.0.0.0/0', '10.0.0.0/8', '192.168.95.123/32', '::/0', '2001:db8::/32', '::1/128']) {
    const prefix = parsePrefix(text)!
    const table = new PrefixTable(prefix.family)
    t.equal(table.text(table.intern(prefix.bytes, 0, prefix.length)), text)
  }
})
