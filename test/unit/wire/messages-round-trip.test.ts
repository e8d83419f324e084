/** Properties of whole messages: what is written is read as the same, however the stream is cut. */
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import type { Family } from '../../../src/ip/family.js'
import { canonicalPrefix } from '../../../src/ip/prefix.js'
import { decodeUpdate } from '../../../src/wire/decode.js'
import { Framer } from '../../../src/wire/framer.js'
import { KEEPALIVE } from '../../../src/wire/message.js'
import { checkNlri, readNlri } from '../../../src/wire/nlri.js'
import {
  decodeNotification,
  describeNotification,
  encodeNotification,
  hardResetReason,
  shutdownData,
  shutdownText,
} from '../../../src/wire/notification.js'
import { decodeOpen, encodeOpen } from '../../../src/wire/open.js'
import { printable } from '../../../src/wire/printable.js'
import { decodeRouteRefresh, encodeRouteRefresh } from '../../../src/wire/refresh.js'
import type { Capability, NotificationMessage, OpenMessage } from '../../../src/wire/types.js'
import { encodeEndOfRib } from '../../../src/wire/update.js'
import fc from '../../support/properties.js'
import { encodeContent, mergedContent, type UpdateContent } from '../../support/update-content.js'
import { hardReset, notification } from './support.js'

/** Equal values, whatever their prototypes. */
const same = (a: unknown, b: unknown) => isDeepStrictEqual(structuredClone(a), structuredClone(b))

const u8 = fc.nat(255)
const u16 = fc.nat(65535)
const u32 = fc.nat(0xffffffff)
const family = { afi: u16, safi: u8 }
const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((one) => !/\p{Cs}/u.test(one))
const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 6 })

const capability: fc.Arbitrary<Capability> = fc.oneof(
  fc.record({ code: fc.constant(1 as const), name: fc.constant('multiprotocol' as const), ...family }),
  fc.constant<Capability>({ code: 2, name: 'route-refresh' }),
  fc.record({
    code: fc.constant(5 as const),
    name: fc.constant('extended-next-hop' as const),
    tuples: several(fc.record({ afi: u16, safi: u16, nextHopAfi: u16 })),
  }),
  fc.constant<Capability>({ code: 6, name: 'extended-message' }),
  fc.record({ code: fc.constant(9 as const), name: fc.constant('role' as const), role: u8 }),
  fc.record({
    code: fc.constant(64 as const),
    name: fc.constant('graceful-restart' as const),
    restarting: fc.boolean(),
    notification: fc.boolean(),
    time: fc.nat(4095),
    families: several(fc.record({ ...family, forwarding: fc.boolean() })),
  }),
  fc.record({ code: fc.constant(65 as const), name: fc.constant('four-octet-as' as const), as: u32 }),
  fc.record({
    code: fc.constant(69 as const),
    name: fc.constant('add-path' as const),
    families: several(fc.record({ ...family, mode: u8 })),
  }),
  fc.constant<Capability>({ code: 70, name: 'enhanced-route-refresh' }),
  fc.record({
    code: fc.constant(71 as const),
    name: fc.constant('long-lived-graceful-restart' as const),
    families: several(fc.record({ ...family, forwarding: fc.boolean(), time: fc.nat(0xffffff) })),
  }),
  fc.record({ code: fc.constant(73 as const), name: fc.constant('fqdn' as const), host: text, domain: text }),
  fc.record({
    code: fc.constant(75 as const),
    name: fc.constant('software-version' as const),
    version: text,
  }),
  fc.record({
    code: fc.integer({ min: 128, max: 255 }),
    name: fc.constant('unknown' as const),
    data: fc.uint8Array({ maxLength: 40 }),
  }),
)

const open: fc.Arbitrary<OpenMessage> = fc.record({
  type: fc.constant('open' as const),
  version: fc.constant(4),
  myAs: u16,
  holdTime: u16,
  routerId: u32,
  capabilities: fc.array(capability, { maxLength: 20 }),
})

const notifications: fc.Arbitrary<NotificationMessage> = fc
  .tuple(u8, u8, fc.uint8Array({ maxLength: 60 }))
  .map(([code, subcode, data]) => notification(code, subcode, data))

t.test('OPEN: decode(encode(x)) is x, whatever the capabilities need', async (t) => {
  fc.assert(
    fc.property(open, (message) => {
      const bytes = encodeOpen(message)
      if (!same(decodeOpen(bytes, 0, bytes.length), { message })) return false
      const extended = bytes.length > 29 && bytes[28] === 255
      return bytes.length <= 4096 && extended === bytes.length > 29 + 2 + 253
    }),
    { numRuns: 300 },
  )
  t.pass('no counterexample')
})

t.test('NOTIFICATION: decode(encode(x)) is x, in a hard reset too, and people can read it', async (t) => {
  fc.assert(
    fc.property(notifications, (message) => {
      const bytes = encodeNotification(message)
      if (!same(decodeNotification(bytes, 0, bytes.length), message)) return false
      if (!same(hardResetReason(hardReset(message)), message)) return false
      return /^[\P{C}]+$/u.test(describeNotification(message))
    }),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(text, fc.constantFrom(2, 4), (words, subcode) => {
      const message = notification(6, subcode, shutdownData(words, 255))
      return shutdownText(message) === (words === '' ? undefined : printable(words))
    }),
    { numRuns: 300 },
  )
  t.pass('no counterexample')
})

t.test('ROUTE-REFRESH: decode(encode(x)) is x', async (t) => {
  fc.assert(
    fc.property(u16, u8, u8, fc.boolean(), (afi, subtype, safi, enhanced) => {
      const bytes = encodeRouteRefresh({ afi, subtype, safi })
      const { message } = decodeRouteRefresh(bytes, 0, bytes.length, enhanced)
      return message?.afi === afi && message.subtype === subtype && message.safi === safi
    }),
  )
  t.pass('no counterexample')
})

t.test('a stream gives its messages, however it is cut and however often the reader stops', async (t) => {
  const message = fc.oneof(
    open.map(encodeOpen),
    notifications.map((one) => encodeNotification(one)),
    fc.constantFrom(KEEPALIVE, encodeEndOfRib('ipv4-unicast'), encodeEndOfRib('ipv6-unicast')),
  )
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }),
      fc.nat(7),
      (messages, sizes, pattern) => {
        const stream = Uint8Array.from(messages.flatMap((one) => [...one]))
        const framer = new Framer()
        const found: Uint8Array[] = []
        const handler = {
          message(_type: number, bytes: Uint8Array, start: number, end: number) {
            found.push(bytes.slice(start, end))
            return (pattern & (1 << (found.length % 3))) === 0
          },
          fault: ({ text }: { text: string }) => t.fail(text),
        }
        for (let at = 0, i = 0; at < stream.length; i++) {
          const end = Math.min(stream.length, at + sizes[i % sizes.length])
          framer.push(stream.subarray(at, end), handler)
          at = end
        }
        for (let before = -1; framer.buffered > 0 && found.length !== before; ) {
          before = found.length
          framer.resume(handler)
        }
        if (!same(found, messages)) return false
        return framer.buffered === 0
      },
    ),
    { numRuns: 300 },
  )
  t.pass('no counterexample')
})

const prefix4 = fc
  .tuple(fc.ipV4(), fc.nat(32))
  .map(([address, bits]) => canonicalPrefix(`${address}/${bits}`) as string)
const prefix6 = fc
  .tuple(fc.ipV6(), fc.nat(128))
  .map(([address, bits]) => canonicalPrefix(`${address}/${bits}`) as string)

/** What one speaker may have to say: withdrawals, and sets of routes that share their attributes. */
const content = (addPath: boolean): fc.Arbitrary<UpdateContent> => {
  const routes = (name: Family, minLength: number, maxLength: number) =>
    fc.array(
      fc.record({
        family: fc.constant(name),
        prefix: name === 'ipv4-unicast' ? prefix4 : prefix6,
        ...(addPath && { pathId: u32 }),
      }),
      { minLength, maxLength, size: 'max' },
    )
  const set = fc
    .tuple(
      fc.constantFrom<Family>('ipv4-unicast', 'ipv6-unicast'),
      fc.nat(2),
      u32,
      fc.array(u32, { minLength: 1 }),
    )
    .chain(([name, origin, med, communities]) => {
      const nextHop = name === 'ipv4-unicast' ? '192.0.2.1' : '2001:db8::1'
      const attributes = { origin, asPath: [{ type: 2, asns: [64512, med || 1] }], nextHop, med, communities }
      return routes(name, 1, 40).map((list) => ({ routes: list, attributes }))
    })
  return fc.record({
    withdrawn: fc
      .tuple(routes('ipv4-unicast', 0, 30), routes('ipv6-unicast', 0, 30))
      .map(([four, six]) => [...four, ...six]),
    sets: fc.uniqueArray(set, { maxLength: 3, selector: ({ attributes }) => attributes.med }),
  })
}

for (const addPath of [[], ['ipv4-unicast', 'ipv6-unicast']] as const) {
  t.test(
    `UPDATE: what is packed is unpacked, ${addPath.length > 0 ? 'with' : 'without'} path identifiers`,
    async (t) => {
      fc.assert(
        fc.property(content(addPath.length > 0), (original) => {
          const messages = encodeContent(original, addPath)
          if (!same(mergedContent(messages, addPath), original)) return false
          for (const message of messages) {
            const update = decodeUpdate(message, CONTEXT, addPath)
            const families = new Set([...update.withdrawn, ...update.announced].map((one) => one.family))
            if (update.verdict !== 'none' || families.size !== 1) return false
            if (update.withdrawn.length > 0 && update.announced.length > 0) return false
          }
          return true
        }),
        { numRuns: 60 },
      )
      t.pass('no counterexample')
    },
  )
}

const CONTEXT = {
  id: 0,
  peerType: 'ibgp',
  as4: true,
  rejectAsSet: true,
  extendedNextHop: false,
  aigp: false,
} as const

t.test('NLRI: what is accepted can be read, in its one spelling', async (t) => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .array(fc.tuple(fc.nat(32), fc.uint8Array({ minLength: 4, maxLength: 4 })), { maxLength: 8 })
      .map((list) =>
        Uint8Array.from(list.flatMap(([bits, address]) => [bits, ...address.slice(0, (bits + 7) >> 3)])),
      ),
  )
  let accepted = 0
  fc.assert(
    fc.property(octets, fc.boolean(), fc.constantFrom(4, 16), (bytes, addPath, width) => {
      const bad = checkNlri(bytes, 0, bytes.length, width * 8, addPath)
      if (bad >= 0) return bad < bytes.length
      accepted++
      const list = readNlri(bytes, 0, bytes.length, width, addPath)
      return list.every(({ prefix }) => canonicalPrefix(prefix) === prefix)
    }),
    { numRuns: 2000 },
  )
  t.ok(accepted > 300, `${accepted} accepted`)
})
