import t from 'tap'
import { systemClock } from '../../../src/daemon/clock.js'
import { announcements, withdrawals } from '../../../src/daemon/rehearsal/table-octets.js'
import { rehearseTables } from '../../../src/daemon/rehearsal/tables.js'
import { PrefixTable } from '../../../src/ip/prefix-table.js'
import { AttributeTable } from '../../../src/rib/attributes/attributes.js'
import { NextHopSets } from '../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../src/rib/attributes/next-hops.js'
import { splitUpdate, UpdateFields } from '../../../src/wire/update.js'
import { neighbor, speakerOptions } from '../../support/options.js'
import { EBGP_CONTEXT } from '../rib/world.js'

const NEXT_HOP6 = Uint8Array.from([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
const PORTION = { first: 0, count: 300, prefixes: 0, sets: 300 }

t.test('tables of both families are learned whole, by each of the speakers', async (t) => {
  const speaker = speakerOptions([neighbor('192.168.95.210')])
  const routes = await rehearseTables({ speaker, clock: systemClock, wanted: () => true, updates: [40, 80] })
  t.ok(routes > 1000, `${routes} routes`)
})

t.test('it ends at once when it is not wanted any more', async (t) => {
  const speaker = speakerOptions([neighbor('192.168.95.210')])
  let asked = 0
  const wanted = () => asked++ < 3
  const routes = await rehearseTables({ speaker, clock: systemClock, wanted, updates: [400] })
  t.ok(routes < 2000, `${routes} routes`)
})

t.test('without neighbors there is nothing to rehearse', async (t) => {
  const speaker = speakerOptions([])
  t.equal(await rehearseTables({ speaker, clock: systemClock, wanted: () => true }), 0)
})

t.test('its UPDATEs are without fault, and withdrawals name what was announced', (t) => {
  for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const) {
    const nextHop = family === 'ipv4-unicast' ? Uint8Array.of(192, 0, 2, 1) : NEXT_HOP6
    const shape = { family, as: 64513, nextHop, addPath: false }
    const attributes = new AttributeTable(new NextHops(new NextHopSets()))
    const prefixes = new PrefixTable(family)
    const fields = new UpdateFields()
    const sets = new Set<number>()
    for (const message of announcements(shape, PORTION)) {
      t.ok(splitUpdate(message, 0, message.length, fields))
      const { attributesStart, attributesEnd, nlriStart, nlriEnd } = fields
      const found = attributes.intern(
        message,
        attributesStart,
        attributesEnd,
        nlriEnd > nlriStart,
        EBGP_CONTEXT,
      )
      t.equal(found.verdict, 'none')
      t.equal(found.faults.length, 0)
      sets.add(found.id)
      const [start, end] =
        family === 'ipv4-unicast' ? [nlriStart, nlriEnd] : [found.reachStart, found.reachEnd]
      each(message, start, end, (at, bits) => prefixes.intern(message, at, bits))
    }
    t.equal(sets.size, PORTION.count)
    t.ok(prefixes.size > PORTION.count * 4, `${prefixes.size} prefixes`)
    for (const message of withdrawals(shape, PORTION)) {
      splitUpdate(message, 0, message.length, fields)
      const { attributesStart, attributesEnd, withdrawnStart, withdrawnEnd } = fields
      const found = attributes.intern(message, attributesStart, attributesEnd, false, EBGP_CONTEXT)
      const ipv4 = family === 'ipv4-unicast'
      const [start, end] = ipv4 ? [withdrawnStart, withdrawnEnd] : [found.unreachStart, found.unreachEnd]
      each(message, start, end, (at, bits) => prefixes.release(prefixes.find(message, at, bits)))
    }
    t.equal(prefixes.size, 0)
  }
  t.end()
})

function each(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (at: number, bits: number) => void,
): void {
  for (let at = start; at < end; at += 1 + ((bytes[at] + 7) >>> 3)) visit(at + 1, bytes[at])
}
