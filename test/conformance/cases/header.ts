import type { Case } from '../case.js'
import { check, same } from '../context.js'
import { now, PATIENCE } from '../conversation.js'
import { KEEPALIVE, raw } from '../octets.js'

/** A KEEPALIVE whose marker is not all ones. */
const BAD_MARKER = raw('fffffffffffffffffffffffffffffffe001304')

/** Section 1: message header (RFC 4271 §6.1). */
export const headerCases: readonly Case[] = [
  {
    id: 'HDR-1.data',
    title: 'a marker that is not all ones: 1/1, without data',
    rfc: '4271 6.1',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      t.send(BAD_MARKER)
      same(await t.verdict(), '1/1', 'NOTIFICATION')
    },
  },
  {
    id: 'HDR-5.logged',
    title: 'a NOTIFICATION that is too short is logged',
    rfc: '4271 6.4',
    needs: ['log'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      t.send(raw('ffffffffffffffffffffffffffffffff00140306'))
      await t.ends(['close', '1/2'])
      await c.logged('t', 'of it', /notification/i, /\b20\b|length|short/i)
    },
  },
  {
    id: 'HDR-3',
    title: 'length judged from the header alone: answer within a second',
    rfc: '4271 6.1',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      const sent = now()
      t.send(raw('ffffffffffffffffffffffffffffffffffff02'))
      const [notification] = [await t.next(3)]
      // A fifth of what may pass at all: a second, and more where a machine is known to be short of time.
      check(notification.at - sent < PATIENCE / 5, `the answer took ${Math.round(notification.at - sent)} ms`)
      same(notification.body.join('.'), '1.2.255.255', 'NOTIFICATION')
    },
  },
  {
    id: 'HDR-7.split',
    title: 'a session of one octet a segment works',
    rfc: 'robustness',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.connect('t')
      const octets = Buffer.concat([
        c.openMessage('t'),
        KEEPALIVE,
        t.announcement(c.prefix()),
        t.announcement(c.prefix6()),
      ])
      // The session is up before the UPDATEs come: the KEEPALIVE is behind the OPEN and before them.
      for (const octet of octets) {
        t.send(Uint8Array.of(octet))
        await c.sleep(1)
      }
      await o.has(c.prefix())
      await o.has(c.prefix6())
      t.alive()
    },
  },
  {
    id: 'HDR-7.joined',
    title: '1,000 messages in one write have the same effect as one by one',
    rfc: 'robustness',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const prefixes = Array.from({ length: 1000 }, (_, index) => c.host(index))
      t.send(...prefixes.map((prefix) => t.announcement(prefix)))
      await o.until('1,000 routes', () => prefixes.every((prefix) => o.table.has(prefix)), 15_000)
      t.alive()
    },
  },
  {
    id: 'HDR-8',
    title: 'a NOTIFICATION arrives before the end, which is a FIN',
    rfc: '4271 6',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      t.send(BAD_MARKER)
      await t.ends('1/1')
      same(t.end?.how, 'FIN', 'the end of the connection')
    },
  },
  {
    id: 'HDR-8.more',
    title: 'also when the peer has sent more than is read',
    rfc: '4271 6',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      t.send(BAD_MARKER, ...Array.from({ length: 3000 }, () => KEEPALIVE))
      await t.ends('1/1')
      same(t.end?.how, 'FIN', 'the end of the connection')
    },
  },
]
