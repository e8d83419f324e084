import t from 'tap'
import { encodeCapability } from '../../../src/wire/capabilities.js'
import { decodeOpen, encodeOpen } from '../../../src/wire/open.js'
import { hex } from '../../../src/wire/printable.js'
import type { Capability, OpenMessage } from '../../../src/wire/types.js'
import fc from '../../support/properties.js'
import { hex as octets } from '../../support/raw-bytes.js'

/** An OPEN of AS 64512, hold 90, identifier 192.0.2.1 whose optional parameters (length octet first) are given. */
function open(parameters: string, fixed = '04 fc00 005a c0000201'): Uint8Array {
  const body = [...octets(fixed), ...octets(parameters)]
  const length = 19 + body.length
  return Uint8Array.from([...new Array(16).fill(255), length >>> 8, length & 255, 1, ...body])
}

function outcome(bytes: Uint8Array): string {
  const { message, fault } = decodeOpen(bytes, 0, bytes.length)
  if (fault !== undefined) return `${fault.code}/${fault.subcode}/${hex(fault.data)}`
  return message.capabilities.map(({ name, code }) => (name === 'unknown' ? `?${code}` : name)).join(' ')
}

const capabilitiesOf = (parameters: string): readonly Capability[] | undefined => {
  const bytes = open(parameters)
  return decodeOpen(bytes, 0, bytes.length).message?.capabilities
}

const message = (capabilities: readonly Capability[]): OpenMessage => ({
  type: 'open',
  version: 4,
  myAs: 64512,
  holdTime: 90,
  routerId: 0xc0000201,
  capabilities,
})

t.test('the fields', async (t) => {
  const bytes = open('00')
  t.same(decodeOpen(bytes, 0, bytes.length).message, message([]))
  t.equal(hex(encodeOpen(message([]))), hex(bytes))
})

t.test('OPN-1: another version, with the one spoken here as data', async (t) => {
  t.equal(outcome(open('00', '03 fc00 005a c0000201')), '2/1/0004')
  t.equal(outcome(open('00', '05 fc00 005a c0000201')), '2/1/0004')
})

t.test('OPN-7: unknown optional parameter', async (t) => {
  t.equal(outcome(open('03 01 01 00')), '2/4/')
  t.equal(outcome(open('02 63 00')), '2/4/')
})

t.test('OPN-8: broken framing of parameters and capabilities', async (t) => {
  t.equal(outcome(open('08')), '2/0/', 'length beyond the message')
  t.equal(outcome(open('00 0202 0200')), '2/0/', 'octets behind the parameters')
  t.equal(outcome(open('01 02')), '2/0/', 'half a parameter header')
  t.equal(outcome(open('02 02 05')), '2/0/', 'a parameter past the end')
  t.equal(outcome(open('03 02 01 02')), '2/0/', 'half a capability header')
  t.equal(outcome(open('06 02 04 02 05 00 00')), '2/0/', 'a capability past its parameter')
})

t.test('OPN-9: extended optional parameters', async (t) => {
  t.equal(outcome(open('ff ff 0005 02 0002 0200')), 'route-refresh')
  t.equal(outcome(open('10 ff 0005 02 0002 0200')), 'route-refresh', 'the one-octet length is ignored')
  t.equal(outcome(open('ff ff 0000')), '')
  t.equal(outcome(open('ff ff 0006 02 0002 0200')), '2/0/')
  t.equal(outcome(open('ff ff 0005 02 0003 0200')), '2/0/')
  t.equal(outcome(open('ff ff 00')), '2/0/')
  t.equal(outcome(open('06 02 02 0200 ff 00')), '2/4/', '255 elsewhere is an unknown parameter (RFC 9072 §2)')
  const many: Capability[] = Array.from({ length: 100 }, (_, i) => ({
    code: 1,
    name: 'multiprotocol',
    afi: i,
    safi: 1,
  }))
  const bytes = encodeOpen(message(many))
  t.equal(hex(bytes.subarray(28, 35)), 'ffff025b020258', 'sent when capabilities exceed 255 octets')
  t.same(decodeOpen(bytes, 0, bytes.length).message, message(many))
  const few = encodeOpen(message(many.slice(0, 42)))
  t.equal(few[28], 254, 'and not before')
  t.same(decodeOpen(few, 0, few.length).message, message(many.slice(0, 42)))
})

t.test('CAP-1: unknown capabilities are kept and harm nothing', async (t) => {
  t.equal(outcome(open('0a 02 08 80 00 00 02 aabb 02 00')), '?128 ?0 route-refresh')
  t.same(capabilitiesOf('06 02 04 63 02 0102'), [{ code: 99, name: 'unknown', data: Uint8Array.of(1, 2) }])
})

t.test('CAP-2: several parameters, repeated and empty ones', async (t) => {
  t.equal(outcome(open('0a 02 02 0200 02 02 0600 02 00')), 'route-refresh extended-message')
  t.equal(outcome(open('06 02 04 0200 0200')), 'route-refresh route-refresh')
})

t.test('CAP-5: a capability of wrong length is kept as unknown', async (t) => {
  const table: [string, string][] = [
    ['01 03 000100', '?1'],
    ['01 05 0001000100', '?1'],
    ['02 01 00', '?2'],
    ['05 05 0001000100', '?5'],
    ['06 01 00', '?6'],
    ['09 00', '?9'],
    ['09 02 0000', '?9'],
    ['40 01 00', '?64'],
    ['40 05 0078000101', '?64'],
    ['41 02 fc00', '?65'],
    ['41 05 0000fc0000', '?65'],
    ['45 03 000101', '?69'],
    ['46 01 00', '?70'],
    ['47 06 000101000000', '?71'],
    ['40 02 0078', 'graceful-restart'],
    ['47 00', 'long-lived-graceful-restart'],
    ['45 00', 'add-path'],
  ]
  for (const [capability, expected] of table) {
    const length = octets(capability).length
    const parameter = `02 ${length.toString(16).padStart(2, '0')} ${capability}`
    t.equal(outcome(open(`${(length + 2).toString(16).padStart(2, '0')} ${parameter}`)), expected, capability)
  }
})

t.test('CAP-7: FQDN with inner lengths inside the capability', async (t) => {
  const table: [string, string][] = [
    ['49 04 02 7377 00', 'fqdn'],
    ['49 03 02 7377', '?73'],
    ['49 04 05 737700', '?73'],
    ['49 04 02 7377 05', '?73'],
    ['49 05 02 7377 00 00', '?73'],
    ['49 00', '?73'],
    ['49 04 02 fffe 00', '?73'],
  ]
  for (const [capability, expected] of table) {
    const length = octets(capability).length
    const two = (value: number) => value.toString(16).padStart(2, '0')
    t.equal(outcome(open(`${two(length + 2)} 02 ${two(length)} ${capability}`)), expected, capability)
  }
  t.same(capabilitiesOf('0a 02 08 49 06 01 61 03 622e63'), [
    { code: 73, name: 'fqdn', host: 'a', domain: 'b.c' },
  ])
})

t.test('CAP-8: software version of length 0, and overlong', async (t) => {
  t.equal(outcome(open('04 02 02 4b 00')), '?75')
  t.same(capabilitiesOf('05 02 03 4b 01 00'), [{ code: 75, name: 'software-version', version: '' }])
  t.equal(outcome(open('06 02 04 4b 02 ff 61')), '?75')
})

t.test('the graceful restart capability as daemons send it', async (t) => {
  t.same(capabilitiesOf('0a 02 08 40 06 c078 0001 01 80'), [
    {
      code: 64,
      name: 'graceful-restart',
      restarting: true,
      notification: true,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    },
  ])
})

const u8 = fc.nat(255)
const u16 = fc.nat(65535)
const flag = fc.boolean()
const word = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/\p{Cs}/u.test(text))

const capability: fc.Arbitrary<Capability> = fc.oneof(
  fc.record({ code: fc.constant(1), name: fc.constant('multiprotocol'), afi: u16, safi: u8 }),
  fc.constantFrom(
    { code: 2, name: 'route-refresh' },
    { code: 6, name: 'extended-message' },
    { code: 70, name: 'enhanced-route-refresh' },
  ),
  fc.record({
    code: fc.constant(5),
    name: fc.constant('extended-next-hop'),
    tuples: fc.array(fc.record({ afi: u16, safi: u16, nextHopAfi: u16 }), { maxLength: 5 }),
  }),
  fc.record({ code: fc.constant(9), name: fc.constant('role'), role: u8 }),
  fc.record({
    code: fc.constant(64),
    name: fc.constant('graceful-restart'),
    restarting: flag,
    notification: flag,
    time: fc.nat(4095),
    families: fc.array(fc.record({ afi: u16, safi: u8, forwarding: flag }), { maxLength: 5 }),
  }),
  fc.record({ code: fc.constant(65), name: fc.constant('four-octet-as'), as: fc.nat(0xffffffff) }),
  fc.record({
    code: fc.constant(69),
    name: fc.constant('add-path'),
    families: fc.array(fc.record({ afi: u16, safi: u8, mode: u8 }), { maxLength: 5 }),
  }),
  fc.record({
    code: fc.constant(71),
    name: fc.constant('long-lived-graceful-restart'),
    families: fc.array(fc.record({ afi: u16, safi: u8, forwarding: flag, time: fc.nat(0xffffff) }), {
      maxLength: 5,
    }),
  }),
  fc.record({ code: fc.constant(73), name: fc.constant('fqdn'), host: word, domain: word }),
  fc.record({ code: fc.constant(75), name: fc.constant('software-version'), version: word }),
  fc.record({
    code: fc.integer({ min: 128, max: 255 }),
    name: fc.constant('unknown'),
    data: fc.uint8Array({ maxLength: 40 }),
  }),
) as fc.Arbitrary<Capability>

t.test('decode(encode(x)) is x', async (t) => {
  fc.assert(
    fc.property(
      fc.record({ myAs: u16, holdTime: u16, routerId: fc.nat(0xffffffff) }),
      fc.array(capability, { maxLength: 30 }),
      (fields, capabilities) => {
        const original: OpenMessage = { type: 'open', version: 4, ...fields, capabilities }
        const bytes = encodeOpen(original)
        t.same(decodeOpen(bytes, 0, bytes.length).message, original) || t.bailout('see above')
      },
    ),
    { numRuns: 200 },
  )
})

t.test('any parameters: a message or a fault, and what was read is written back readable', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), flag, (rest, fit) => {
      const parameters = fit
        ? Uint8Array.of(rest.length, ...rest)
        : rest.length === 0
          ? Uint8Array.of(0)
          : rest
      const bytes = open(hex(parameters, 999))
      const { message, fault } = decodeOpen(bytes, 0, bytes.length)
      if (message === undefined) return fault.code === 2 && fault.verdict === 'reset'
      const again = encodeOpen(message)
      return hex(encodeOpen(decodeOpen(again, 0, again.length).message!), 9999) === hex(again, 9999)
    }),
    { numRuns: 3000 },
  )
  t.pass('no counterexample')
})

t.test('what can not be encoded is refused', async (t) => {
  t.throws(() => encodeCapability({ code: 200, name: 'unknown', data: new Uint8Array(256) }), RangeError)
  const big: Capability = { code: 200, name: 'unknown', data: new Uint8Array(255) }
  t.throws(() => encodeOpen(message(new Array(20).fill(big))), RangeError)
  const long = 'é'.repeat(200)
  const encoded = encodeCapability({ code: 73, name: 'fqdn', host: long, domain: long })
  t.equal(encoded.length, 2 + 254, 'texts are cut between characters')
})
