import type { Case } from '../case.js'
import { check, same } from '../context.js'
import type { Conversation } from '../conversation.js'
import { gracefulRestart, KEEPALIVE, raw, refresh, toHex } from '../octets.js'

/** Places of the ROUTE-REFRESH messages with a subtype among the messages received. */
const places = (t: Conversation, subtype: number): number[] =>
  t.received.flatMap(({ type, body }, index) => (type === 5 && body[2] === subtype ? [index] : []))

/** Section 7, route refresh (RFC 2918, 7313). */
export const refreshCases: readonly Case[] = [
  {
    id: 'RFR-1',
    title: 'ROUTE-REFRESH: the routes of that family are sent again',
    rfc: '2918 4',
    peers: { t: {}, s: {} },
    async run(c) {
      const [t, s] = await c.sessions('t', 's')
      s.announce(c.prefix())
      s.announce(c.prefix6())
      await t.has(c.prefix())
      await t.has(c.prefix6())
      await c.sleep(300)
      const before = t.history(c.prefix6()).length
      t.send(refresh(1))
      await t.until('the route again', () => t.history(c.prefix()).length >= 2)
      await c.sleep(500)
      same(t.history(c.prefix6()).length, before, 'announcements of the IPv6 route')
      t.alive()
    },
  },
  {
    id: 'RFR-1.other',
    title: 'ROUTE-REFRESH of a family that was not negotiated is ignored',
    rfc: '2918 4',
    peers: { t: {}, s: {} },
    async run(c) {
      const s = await c.session('s')
      const t = await c.session('t', { families: ['ipv4'] })
      s.announce(c.prefix())
      await t.has(c.prefix())
      t.send(refresh(2), refresh(25, 0, 70))
      await c.sleep(700)
      t.alive()
      same(t.history(c.prefix()).length, 1, 'announcements of the IPv4 route')
    },
  },
  {
    id: 'RFR-2.sent',
    title: 'enhanced: BoRR before the routes, EoRR behind them',
    rfc: '7313 4',
    feature: 'enhanced-refresh',
    peers: { t: {}, s: {} },
    async run(c) {
      const [t, s] = await c.sessions('t', 's')
      s.announce(c.prefix())
      await t.has(c.prefix())
      await c.sleep(500)
      t.send(refresh(1))
      await t.until('EoRR', () => places(t, 2).length > 0)
      const again = t.received.findIndex(
        (message, index) => index > (places(t, 1)[0] ?? 1e9) && message.type === 2,
      )
      check(places(t, 1).length === 1, 'there is no BoRR')
      check(again > 0 && again < places(t, 2)[0], 'the routes do not stand between BoRR and EoRR')
    },
  },
  {
    id: 'RFR-2.received',
    title: 'BoRR, one of two routes, EoRR: the other is withdrawn',
    rfc: '7313 4',
    feature: 'enhanced-refresh',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(0))
      t.announce(c.prefix(1))
      t.sendEndOfRib()
      await o.has(c.prefix(0))
      await o.has(c.prefix(1))
      t.send(refresh(1, 1), t.announcement(c.prefix(0)), refresh(1, 2))
      await o.lacks(c.prefix(1))
      await c.settled(t, o)
      same(
        o.history(c.prefix(0)).filter(({ route }) => !route).length,
        0,
        'withdrawals of the route sent anew',
      )
    },
  },
  {
    id: 'RFR-2.alone',
    title: 'EoRR without BoRR is ignored',
    rfc: '7313 4',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix())
      t.sendEndOfRib()
      await o.has(c.prefix())
      t.send(refresh(1, 2))
      await c.settled(t, o)
      t.alive()
      check(o.table.has(c.prefix()), 'the route was withdrawn')
    },
  },
  {
    id: 'RFR-3.sent',
    title: 'no BoRR before the own End-of-RIB',
    rfc: '7313 4',
    feature: 'enhanced-refresh',
    peers: { t: {} },
    async run(c) {
      const t = await c.connect('t')
      const restart = gracefulRestart({ time: 60, families: [{ afi: 1, forwarding: true }] })
      t.send(c.openMessage('t', { capabilities: [restart] }), KEEPALIVE, refresh(1))
      await t.endOfRib()
      await t.until('EoRR', () => places(t, 2).length > 0, 8000)
      const end = t.received.findIndex(({ hex }) => hex.endsWith('00170200000000'))
      check(places(t, 1)[0] > end, 'BoRR stands before End-of-RIB')
    },
  },
  {
    id: 'RFR-3.received',
    title: "BoRR before the peer's End-of-RIB is ignored when it restarts gracefully",
    rfc: '7313 4',
    feature: 'enhanced-refresh',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const restart = gracefulRestart({ time: 60, families: [{ afi: 1, forwarding: true }] })
      const t = await c.session('t', { capabilities: [restart] })
      t.announce(c.prefix(0))
      t.announce(c.prefix(1))
      await o.has(c.prefix(1))
      t.send(refresh(1, 1), t.announcement(c.prefix(0)), refresh(1, 2))
      await c.settled(t, o)
      check(o.table.has(c.prefix(1)), 'the route that was not sent anew was withdrawn')
    },
  },
  {
    id: 'RFR-4',
    title: 'subtype 1 of wrong length: 7/1, whose data are the whole message',
    rfc: '7313 5',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      const hex = 'ffffffffffffffffffffffffffffffff0018050001010100'
      t.send(raw(hex))
      await t.ends(`7/1/${hex}`)
    },
  },
  {
    id: 'RFR-5.in',
    title:
      'an operator asks for the routes of a peer again: ROUTE-REFRESH for each family, the session stays',
    rfc: '2918',
    feature: 'soft-reconfiguration',
    needs: ['softIn'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      await c.control.softIn(t.speaker.address)
      const asked = () => t.all(5).filter(({ body }) => body[2] === 0)
      await t.until('ROUTE-REFRESH of both families', () => asked().length >= 2)
      same(
        asked()
          .map(({ body }) => toHex(body))
          .sort(),
        ['00010001', '00020001'],
        'what is asked for',
      )
      t.alive()
    },
  },
  {
    id: 'RFR-5',
    title: 'an operator asks for everything to be sent anew: the session stays',
    rfc: '2918',
    feature: 'soft-reconfiguration',
    needs: ['softOut'],
    peers: { t: {}, s: {} },
    async run(c) {
      const [t, s] = await c.sessions('t', 's')
      s.announce(c.prefix())
      await t.has(c.prefix())
      await c.control.softOut(t.speaker.address)
      await t.until('the route again', () => t.history(c.prefix()).length >= 2)
      t.alive()
    },
  },
]
