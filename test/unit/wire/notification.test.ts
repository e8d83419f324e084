import t from 'tap'
import { errorName, messageName } from '../../../src/wire/codes.js'
import {
  decodeNotification,
  describeNotification,
  encodeNotification,
  hardResetReason,
  shutdownData,
  shutdownText,
} from '../../../src/wire/notification.js'
import { decodeUtf8, encodeUtf8, hex, printable } from '../../../src/wire/printable.js'
import { decodeRouteRefresh, encodeRouteRefresh } from '../../../src/wire/refresh.js'
import type { NotificationMessage } from '../../../src/wire/types.js'
import fc from '../../support/properties.js'
import { hardReset, notification } from './support.js'

const cease = (subcode: number, ...data: number[]): NotificationMessage =>
  notification(6, subcode, Uint8Array.from(data))

t.test('octets both ways', async (t) => {
  const bytes = encodeNotification(cease(2, 5, 104, 101, 108, 108, 111))
  t.equal(hex(bytes.subarray(16)), '001b030602' + '0568656c6c6f')
  t.same(decodeNotification(bytes, 0, bytes.length), cease(2, 5, 104, 101, 108, 108, 111))
})

t.test('EXT-2: data is cut to what the peer accepts', async (t) => {
  const long = notification(1, 2, new Uint8Array(70_000))
  t.equal(encodeNotification(long).length, 4096)
  t.equal(encodeNotification(long, 65535).length, 65535)
  t.equal(hex(encodeNotification(long).subarray(16, 19)), '100003')
})

t.test('SHD-1: shutdown communication', async (t) => {
  t.equal(shutdownText(notification(6, 2, shutdownData('back at noon'))), 'back at noon')
  t.equal(shutdownText(notification(6, 4, shutdownData('réseau ✓'))), 'réseau ✓')
  t.equal(shutdownData('').length, 0)
  t.equal(shutdownData('x'.repeat(500)).length, 129)
  t.equal(shutdownData('x'.repeat(500), 255).length, 256)
  t.equal(shutdownData('é'.repeat(100))[0], 128, 'never cut inside a character')
  t.equal(shutdownData(`x${'é'.repeat(100)}`)[0], 127)
  t.equal(shutdownText(cease(2)), undefined)
  t.equal(shutdownText(cease(2, 0)), undefined)
  t.equal(shutdownText(cease(3, 2, 104, 105)), undefined, 'only 6/2 and 6/4 have one')
  t.equal(shutdownText(notification(3, 2, Uint8Array.of(1, 65))), undefined)
  t.equal(shutdownText(cease(2, 200, 104, 105)), 'malformed shutdown communication, hex c86869')
  t.equal(shutdownText(cease(2, 3, 0xff, 0xc0, 0x80)), 'not UTF-8, hex ffc080')
  t.equal(shutdownText(cease(2, 2, 0xc0, 0x80)), 'not UTF-8, hex c080', 'overlong forms are invalid')
  t.equal(shutdownText(cease(2, 3, 0x1b, 0x5b, 0x0a)), '\\x1b[\\x0a')
  t.equal(shutdownText(cease(2, 2, 104, 105, 33, 33)), 'hi', 'octets behind the text are not part of it')
})

t.test('text from a peer can not reach the terminal', async (t) => {
  t.equal(printable('a\u0000b\r\n\u007f\u0085'), 'a\\x00b\\x0d\\x0a\\x7f\\x85')
  t.equal(printable('\u202eevil\u2028\u200b\ufeff'), '\\u{202e}evil\\u{2028}\\u{200b}\\u{feff}')
  t.equal(printable('C:\\x'), 'C:\\\\x')
  t.equal(printable('naïve 漢字 🙂'), 'naïve 漢字 🙂')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) =>
      /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u.test(printable(text)),
    ),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, limit) => {
      const octets = encodeUtf8(text, limit)
      const back = decodeUtf8(octets)
      return octets.length <= limit && back !== undefined && (/\p{Cs}/u.test(text) || text.startsWith(back))
    }),
  )
  t.equal(hex(new Uint8Array(70), 2), '0000…')
})

t.test('GR-7: hard reset carries the reason inside', async (t) => {
  const reset = hardReset(notification(6, 2, shutdownData('bye')))
  t.equal(hex(reset.data), '060203627965')
  t.same(hardResetReason(reset), notification(6, 2, shutdownData('bye')))
  t.equal(hardResetReason(cease(9)), undefined)
  t.equal(hardResetReason(cease(9, 6)), undefined)
  t.equal(hardResetReason(cease(2, 6, 2)), undefined, 'no hard reset')
})

t.test('a line for people', async (t) => {
  const table: [NotificationMessage, string][] = [
    [cease(2), 'Cease/Administrative Shutdown (6/2)'],
    [cease(4, 2, 104, 105), 'Cease/Administrative Reset (6/4): "hi"'],
    [notification(4, 0), 'Hold Timer Expired (4/0)'],
    [notification(8, 0), 'Send Hold Timer Expired (8/0)'],
    [hardReset(cease(1)), 'Cease/Hard Reset (6/9) because of Cease/Maximum Number of Prefixes Reached (6/1)'],
    [cease(9, 6, 9, 6, 2), 'Cease/Hard Reset (6/9): data 06090602'],
    [
      cease(1, 0, 1, 1, 0, 0, 3, 232),
      'Cease/Maximum Number of Prefixes Reached (6/1): AFI 1 SAFI 1, limit 1000',
    ],
    [
      notification(2, 1, Uint8Array.of(0, 3)),
      'OPEN Message Error/Unsupported Version Number (2/1): the sender speaks version 3 at most',
    ],
    [notification(3, 5, Uint8Array.of(1, 2)), 'UPDATE Message Error/Attribute Length Error (3/5): data 0102'],
    [notification(99, 3), 'error 99/3 (99/3)'],
    [notification(6, 77), 'Cease/subcode 77 (6/77)'],
  ]
  for (const [message, text] of table) t.equal(describeNotification(message), text)
})

t.test('names come from the tables of codes', async (t) => {
  t.equal(errorName(1, 1), 'Message Header Error/Connection Not Synchronized')
  t.equal(errorName(2, 2), 'OPEN Message Error/Bad Peer AS')
  t.equal(errorName(2, 3), 'OPEN Message Error/Bad BGP Identifier')
  t.equal(errorName(2, 11), 'OPEN Message Error/Role Mismatch')
  t.equal(errorName(3, 2), 'UPDATE Message Error/Unrecognized Well-known Attribute')
  t.equal(errorName(3, 6), 'UPDATE Message Error/Invalid ORIGIN Attribute')
  t.equal(errorName(3, 8), 'UPDATE Message Error/Invalid NEXT_HOP Attribute')
  t.equal(errorName(3, 11), 'UPDATE Message Error/Malformed AS_PATH')
  t.equal(errorName(5, 2), 'Finite State Machine Error/Unexpected Message in OpenConfirm State')
  t.equal(errorName(6, 3), 'Cease/Peer De-configured')
  t.equal(errorName(6, 8), 'Cease/Out of Resources')
  t.equal(errorName(6, 10), 'Cease/BFD Down')
  t.equal(errorName(7, 1), 'ROUTE-REFRESH Message Error/Invalid Message Length')
  t.same([1, 2, 3, 4, 5, 9].map(messageName), [
    'OPEN',
    'UPDATE',
    'NOTIFICATION',
    'KEEPALIVE',
    'ROUTE-REFRESH',
    'type 9',
  ])
})

t.test('any NOTIFICATION is decoded, described on one line, and encoded as it was', async (t) => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 300 }), (code, subcode, data) => {
      const bytes = encodeNotification(notification(code, subcode, data))
      const message = decodeNotification(bytes, 0, bytes.length)
      return (
        /^[^\p{C}]+$/u.test(describeNotification(message)) &&
        hex(encodeNotification(message), 999) === hex(bytes, 999)
      )
    }),
    { numRuns: 1000 },
  )
  t.pass('no counterexample')
})

t.test('RFR-4: a marker of the wrong length resets, with the whole message as data', async (t) => {
  const good = encodeRouteRefresh({ afi: 2, subtype: 1, safi: 1 })
  t.equal(hex(good.subarray(16)), '00170500020101')
  t.same(decodeRouteRefresh(good, 0, good.length, true).message, {
    type: 'route-refresh',
    afi: 2,
    subtype: 1,
    safi: 1,
  })
  for (const subtype of [1, 2]) {
    const long = Uint8Array.from([...encodeRouteRefresh({ afi: 1, subtype, safi: 1 }), 0])
    const { fault } = decodeRouteRefresh(long, 0, long.length, true)
    t.match(fault, { verdict: 'reset', code: 7, subcode: 1 })
    t.same(fault?.data, long)
    t.ok(decodeRouteRefresh(long, 0, long.length, false).message, 'only with enhanced route refresh')
  }
  for (const subtype of [0, 3, 255]) {
    const long = Uint8Array.from([...encodeRouteRefresh({ afi: 1, subtype, safi: 1 }), 1, 0x40, 255, 255, 0])
    t.equal(decodeRouteRefresh(long, 0, long.length, true).message?.subtype, subtype)
  }
})
