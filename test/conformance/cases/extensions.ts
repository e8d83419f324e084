import type { Case } from '../case.js'
import { check, same } from '../context.js'
import { DUT_ADDRESS6 } from '../model.js'
import {
  asPath,
  attribute,
  extendedMessage,
  extendedNextHop,
  message,
  mpReach,
  multiprotocol,
  nextHop6,
  notification,
  origin,
  rawUpdate,
  toHex,
} from '../octets.js'

const six = { over6: true, options: { extendedNextHop: true } } as const
const large = { options: { extendedMessages: true } } as const

/** Shutdown communication (RFC 9003 §2). */
const communication = (text: string): number[] => {
  const octets = [...new TextEncoder().encode(text)]
  return [octets.length, ...octets]
}

/** Section 7, the smaller extensions. */
export const extensionCases: readonly Case[] = [
  {
    id: 'ENH-1.received',
    title: 'IPv4 routes with an IPv6 next hop are taken when both announced it',
    rfc: '8950 3, 4',
    peers: { t: six },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', { capabilities: [extendedNextHop()] })
      const attributes = [
        mpReach(1, nextHop6(t.speaker.address6), c.prefix()),
        origin(),
        asPath(t.speaker.as),
      ]
      t.send(rawUpdate([], attributes.flat(), []))
      await o.has(c.prefix())
      t.alive()
    },
  },
  {
    id: 'ENH-1.sent',
    title: 'IPv4 routes are sent with an IPv6 next hop (or with a third party on the shared subnet)',
    rfc: '8950 3, 4',
    peers: { t: six, s: {} },
    async run(c) {
      const t = await c.session('t', { capabilities: [extendedNextHop()] })
      const s = await c.session('s')
      s.announce(c.prefix())
      const route = await t.has(c.prefix())
      const address = route.nextHop.split(',')[0]
      check(address === DUT_ADDRESS6 || address === s.speaker.address, `next hop ${address}`)
    },
  },
  {
    id: 'ENH-1.without',
    title: 'they are not when the peer did not announce it',
    rfc: '8950 4',
    peers: { t: six, s: {} },
    async run(c) {
      const t = await c.session('t')
      const s = await c.session('s')
      s.announce(c.prefix())
      s.announce(c.prefix6())
      await t.has(c.prefix6())
      await c.sleep(500)
      check(!t.table.get(c.prefix())?.nextHop.includes(':'), 'an IPv6 next hop was sent')
    },
  },
  {
    id: 'EXT-1',
    title: 'messages of 65,535 octets when both announced it; not sent to others',
    rfc: '8654 4-6',
    feature: 'extended-message',
    peers: { t: large, o: large },
    async run(c) {
      const plain = await c.observer()
      const o = await c.session('o', { capabilities: [extendedMessage()] })
      const t = await c.session('t', { capabilities: [extendedMessage()] })
      t.announce(c.prefix())
      await o.has(c.prefix())
      await plain.has(c.prefix())
      const size = 65535 - t.announcement(c.prefix()).length - 4
      // The device under test prepends four octets: the message to O must not be as long as the one from T.
      t.announce(c.prefix(), { more: [attribute(0xd0, 203, new Array(size).fill(0x71))] })
      await c.settled(t, plain)
      t.alive()
      check(!plain.table.has(c.prefix()), 'a peer without the capability still has the route')
      t.announce(c.prefix(1), { more: [attribute(0xd0, 203, new Array(size - 64).fill(0x72))] })
      const route = await o.has(c.prefix(1))
      same(route.value(203)?.length, size - 64, 'length of the attribute')
    },
  },
  {
    id: 'EXT-1.keepalive',
    title: 'also then neither OPEN nor KEEPALIVE may be longer than 4,096 octets: 1/2',
    rfc: '8654 4',
    feature: 'extended-message',
    peers: { t: large, u: large },
    async run(c) {
      for (const [name, type] of [
        ['t', 1],
        ['u', 4],
      ] as const) {
        const t = await c.session(name, { capabilities: [extendedMessage()] })
        t.send(message(type, new Array(4097 - 19).fill(0)))
        await t.ends('1/2/1001')
      }
    },
  },
  {
    id: 'ENH-1.withdrawn',
    title:
      'an IPv4 route with an IPv6 next hop, without the capability: it is withdrawn, or the session is reset',
    rfc: '8950 4',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix())
      await o.has(c.prefix())
      const attributes = [
        mpReach(1, nextHop6(t.speaker.address6), c.prefix()),
        origin(),
        asPath(t.speaker.as),
      ]
      t.send(rawUpdate([], attributes.flat(), []))
      await o.lacks(c.prefix())
    },
  },
  {
    id: 'EXT-2',
    title: 'a NOTIFICATION to a peer without the capability has at most 4,096 octets',
    rfc: '8654 5',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      // An unknown well-known attribute: the whole of it is the NOTIFICATION's data.
      const value = new Array(4096 - 19 - 4 - 4 - 7 - 10).fill(0x55)
      t.send(rawUpdate([], [...attribute(0x50, 199, value), ...origin(), ...asPath(t.speaker.as)], []))
      await t.verdict()
      const message = t.all(3)[0]
      if (message) check(message.bytes.length <= 4096, `${message.bytes.length} octets`)
    },
  },
  {
    id: 'SHD-1.sent',
    title: 'a shutdown carries its text as UTF-8 behind a length octet',
    rfc: '9003 2',
    needs: ['shutdown'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      await c.control.shutdown(t.speaker.address, 'node is drained')
      await t.ends('6/2')
      same(toHex(t.all(3)[0].body.subarray(2)), toHex(communication('node is drained')), 'data')
    },
  },
  {
    id: 'SHD-1.shown',
    title: "the peer's text is shown, control characters escaped",
    rfc: '9003 2',
    needs: ['neighbor', 'log'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      t.send(notification(6, 2, communication('going away \u001b[31m\nnow')))
      t.close()
      await c.sleep(1000)
      const text = `${await c.control.neighbor(t.speaker.address)}\n${await c.control.log()}`
      check(text.includes('going away'), 'the text is not shown')
      check(!text.includes('\u001b[31m'), 'control characters are shown as they came')
    },
  },
  {
    id: 'SHD-1.bad-utf8',
    title: 'text that is no UTF-8 is logged as hexadecimal digits',
    rfc: '9003 4',
    needs: ['neighbor', 'log'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      t.send(notification(6, 2, [4, 0xc3, 0x28, 0xfe, 0xff]))
      t.close()
      await c.sleep(1000)
      const text = `${await c.control.neighbor(t.speaker.address)}\n${await c.control.log()}`
      check(/c3[ :]?28[ :]?fe[ :]?ff/i.test(text), 'c328feff is not shown')
    },
  },
  {
    id: 'ORI-1',
    title: 'own routes are announced: to eBGP with the own AS, to iBGP with an empty path',
    rfc: '4271 5.1.2',
    setup: 'origin',
    peers: { t: {} },
    async run(c) {
      const [o, i] = await Promise.all([c.observer(), c.observer('internal')])
      for (const prefix of ['198.51.100.0/24', '2001:db8:c0::/48']) {
        same((await o.has(prefix, 10_000)).asPath, '65000', `AS_PATH of ${prefix} towards eBGP`)
        const route = await i.has(prefix, 10_000)
        same([route.asPath, route.localPref], ['', 100], `AS_PATH and LOCAL_PREF of ${prefix} towards iBGP`)
      }
    },
  },
  {
    id: 'MAX-1.limit',
    title: 'one prefix too many: 6/1 with AFI, SAFI and the limit',
    rfc: '4486 4',
    needs: ['maximumPrefix'],
    peers: { t: { options: { maximumPrefix: { limit: 3 } } } },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce([0, 1, 2].map((index) => c.prefix(index)))
      for (const index of [0, 1, 2]) await o.has(c.prefix(index))
      t.alive()
      t.announce(c.prefix(3))
      await t.ends('6/1/00010100000003')
      await o.lacks(c.prefix(0))
    },
  },
  {
    id: 'MAX-1.limit-ipv6',
    title: 'the same with IPv6: 6/1 names that family; it is logged',
    rfc: '4486 4',
    needs: ['maximumPrefix', 'log'],
    peers: { t: { options: { maximumPrefix: { limit: 2 } } } },
    async run(c) {
      const t = await c.session('t')
      t.announce([0, 1, 2].map((index) => c.prefix6(index)))
      await t.ends('6/1/00020100000002')
      await c.logged('t', 'the limit', /max|limit|prefix/i, /\b2\b/)
    },
  },
  {
    id: 'MAX-1.warning',
    title: 'from a part of the limit on a warning is logged',
    rfc: '4486 4',
    needs: ['log'],
    peers: { t: { options: { maximumPrefix: { limit: 4, warning: 50 } } } },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce([0, 1, 2].map((index) => c.prefix(index)))
      for (const index of [0, 1, 2]) await o.has(c.prefix(index))
      t.alive()
      await c.logged('t', 'a warning', /max|limit|prefix/i, /3/, /^(?!.*("level":20|debug))/)
    },
  },
  {
    id: 'MAX-1.warning-only',
    title: 'warning only: the session stays',
    rfc: '4486 4',
    peers: { t: { options: { maximumPrefix: { limit: 2, warningOnly: true } } } },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce([0, 1, 2, 3].map((index) => c.prefix(index)))
      for (const index of [0, 1, 2, 3]) await o.has(c.prefix(index))
      await c.sleep(500)
      t.alive()
    },
  },
  {
    id: 'MAX-1.restart',
    title: 'the session may come back after the restart time',
    rfc: '4486 4',
    long: true,
    timeout: 120_000,
    peers: { t: { options: { maximumPrefix: { limit: 1, restart: 1 } } } },
    async run(c) {
      const t = await c.session('t')
      t.announce([0, 1].map((index) => c.prefix(index)))
      await t.ends('6/1')
      const early = await c.session('t', { within: 3000 }).catch(() => undefined)
      check(!early, 'the session came back at once')
      await c.session('t', { within: 80_000 })
    },
  },
  {
    id: 'FAM-1',
    title: 'IPv4 and IPv6 routes over an IPv6 session',
    rfc: '4760',
    peers: { t: { over6: true } },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix6())
      t.announce(c.prefix())
      await o.has(c.prefix6())
      await o.has(c.prefix())
    },
  },
  {
    id: 'FAM-2',
    title: 'a session of IPv6 alone',
    rfc: '4760 8',
    peers: { t: { over6: true, families: ['ipv6'] } },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', { only: [multiprotocol(2), [65, 4, 0, 0, 0xfd, 0xe9]] })
      t.announce(c.prefix6())
      await o.has(c.prefix6())
      t.alive()
    },
  },
]
