import type { Case } from '../case.js'
import { check, same } from '../context.js'
import { Failure } from '../conversation.js'
import { capability, hostName, multiprotocol, notification, toHex } from '../octets.js'
import { readOpen } from '../reading.js'

/** Section 2: OPEN and capabilities. */
export const openCases: readonly Case[] = [
  {
    id: 'OPN-5.keepalive',
    title: 'KEEPALIVEs at most a third of the negotiated hold time apart, at most one a second',
    rfc: '4271 4.4',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t', { hold: 6 })
      await t.until('five KEEPALIVEs', () => t.all(4).length >= 5, 12_000)
      const times = t.all(4).map(({ at }) => at)
      const gaps = times.slice(2).map((at, index) => (at - times[index + 1]) / 1000)
      const text = `KEEPALIVEs ${gaps.map((gap) => gap.toFixed(1))} s apart, hold time 6 s`
      // The middle one of the three: where a machine is short of time, one KEEPALIVE may be late, and the next is
      // then soon behind it.
      const [, gap] = gaps.toSorted((a, b) => a - b)
      check(gap <= 2.9, text)
      check(gap >= 0.7, text)
    },
  },
  {
    id: 'OPN-5.smaller',
    title: 'the smaller hold time counts: 3 s offered, silence, 4/0 after 3 s',
    rfc: '4271 4.2',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t', { hold: 3, keepAlive: false })
      const from = t.received.at(-1)!.at
      await t.ends('4/0', 8000)
      const took = t.all(3)[0].at - from
      check(took > 2300, `the hold timer ended after ${Math.round(took)} ms`)
    },
  },
  {
    id: 'OPN-5.zero',
    title: 'hold time 0: no KEEPALIVEs, no hold timer',
    rfc: '4271 4.4',
    peers: { t: { hold: 9 } },
    async run(c) {
      const t = await c.session('t', { hold: 0 })
      await c.sleep(12_000)
      t.alive()
      same(t.all(4).length, 1, 'number of KEEPALIVEs')
    },
  },
  {
    id: 'OPN-5.zero-long',
    title: 'hold time 0 and silence for 120 s: the session is still up',
    rfc: '4271 4.4',
    long: true,
    timeout: 150_000,
    peers: { t: { hold: 9 } },
    async run(c) {
      const t = await c.session('t', { hold: 0 })
      await c.sleep(120_000)
      t.alive()
      same(t.all(4).length, 1, 'number of KEEPALIVEs')
      t.announce(c.prefix())
      await (await c.observer()).has(c.prefix())
    },
  },
  {
    id: 'OPN-9.own',
    title: 'more than 255 octets of capabilities: the own OPEN has the extended form',
    rfc: '9072 2',
    setup: 'long-name',
    peers: { t: {} },
    async run(c) {
      const t = await c.connect('t')
      const { bytes, body } = await t.until('OPEN', () => t.all(1)[0])
      same([body[9], body[10]], [255, 255], 'non-extended length and type')
      same(body[11] * 256 + body[12], bytes.length - 32, 'extended length')
      // Parameters of type 2, each with a length of two octets.
      same(body[13], 2, 'type of the first parameter')
      const name = readOpen(body).capabilities.find(({ code }) => code === 73)
      same(name?.value[0], 253, 'length of the host name')
      await c.greet(t)
      t.announce(c.prefix())
      await (await c.observer()).has(c.prefix())
    },
  },
  {
    id: 'OPN-10',
    title: 'a local AS above 65535: My AS is 23456, capability 65 has it',
    rfc: '6793 9',
    setup: 'as4',
    peers: { t: {} },
    async run(c) {
      const t = await c.connect('t')
      const open = readOpen((await t.next(1, 5000)).body)
      same(open.myAs, 23456, 'My AS')
      const as4 = open.capabilities.find(({ code }) => code === 65)
      same(toHex(as4?.value ?? []), 'fa56ea01', 'capability 65')
    },
  },
  {
    id: 'OPN-11',
    title: "nothing but OPEN before the peer's OPEN",
    rfc: '4271 8',
    peers: { t: {} },
    async run(c) {
      const t = await c.connect('t')
      await t.next(1, 5000)
      await c.sleep(1500)
      same(t.received.map(({ name }) => name).join(' '), 'OPEN', 'what was sent')
      check(!t.end, 'the connection ended')
    },
  },
  {
    id: 'CAP-3',
    title: 'a required capability is missing: 2/7, whose data lists it',
    rfc: '5492 3, 5',
    peers: { t: { options: { strictCapabilities: true } } },
    async run(c) {
      const t = await c.connect('t')
      t.send(c.openMessage('t', { families: ['ipv4'] }))
      await t.ends('2/7')
      const data = toHex(t.all(3)[0].body.subarray(2))
      check(
        data.includes(toHex(multiprotocol(2))),
        `data ${data || 'none'}, expected it to list 010400020001`,
      )
    },
  },
  {
    id: 'CAP-4',
    title: 'the peer answers 2/4: the next OPEN has no capabilities',
    rfc: '5492 3',
    feature: 'fallback-open',
    peers: { t: { passive: false, options: { connectRetry: 2 } } },
    async run(c) {
      const listening = await c.listen('t')
      const first = await listening.accept()
      check(
        readOpen((await first.next(1)).body).capabilities.length > 0,
        'the first OPEN has no capabilities',
      )
      first.send(notification(2, 4))
      first.close()
      for (let tries = 0; tries < 3; tries++) {
        const next = await listening.accept()
        const open = await next.next(1)
        if (readOpen(open.body).capabilities.length === 0) return
        next.send(notification(2, 4))
        next.close()
      }
      throw new Failure('three more OPENs have capabilities')
    },
  },
  {
    id: 'CAP-6',
    title: 'a family is used only if both announced it',
    rfc: '4760 8',
    peers: { t: {}, s: {} },
    async run(c) {
      const s = await c.session('s')
      const t = await c.session('t', { families: ['ipv4'] })
      s.announce(c.prefix6())
      s.announce(c.prefix())
      await t.has(c.prefix())
      await c.sleep(300)
      const families = t.updates.flatMap(({ reach, unreach }) => [reach?.family, unreach?.family])
      check(!families.includes('2/1'), 'IPv6 routes were sent to a peer without IPv6')
    },
  },
  {
    id: 'CAP-7',
    title: "the peer's host name is shown",
    rfc: 'draft-walton-bgp-hostname',
    needs: ['neighbor'],
    peers: { t: {} },
    async run(c) {
      await c.session('t', { capabilities: [hostName('tester-of-names')] })
      await c.sleep(200)
      const text = await c.control.neighbor(c.peer('t').address)
      check(text.includes('tester-of-names'), 'the host name is not shown')
    },
  },
  {
    id: 'CAP-7.escaped',
    title: 'control characters in it are shown escaped',
    rfc: 'draft-walton-bgp-hostname',
    needs: ['neighbor'],
    peers: { t: {} },
    async run(c) {
      await c.session('t', { capabilities: [hostName('evil\u001b[2J\nname')] })
      await c.sleep(200)
      const text = await c.control.neighbor(c.peer('t').address)
      check(!text.includes('\u001b') && !/^name/m.test(text), 'control characters are shown as they came')
    },
  },
  {
    id: 'CAP-8',
    title: 'software version of length 0 or overlong does no harm',
    rfc: 'draft-abraitis-bgp-version-capability',
    peers: { t: {}, u: {} },
    async run(c) {
      const t = await c.session('t', { capabilities: [capability(75, [])] })
      const u = await c.session('u', {
        capabilities: [capability(75, [250, ...new TextEncoder().encode('x'.repeat(200))])],
      })
      await c.sleep(300)
      t.alive()
      u.alive()
    },
  },
  {
    id: 'RID-1',
    title: 'the own identifier is not 0 and the same for all sessions',
    rfc: '6286 2.1',
    peers: { t: {}, u: { as: 'internal' } },
    async run(c) {
      const ids = await Promise.all(
        ['t', 'u'].map(async (name) => readOpen((await (await c.connect(name)).next(1)).body).id),
      )
      same(ids, ['192.0.2.1', '192.0.2.1'], 'identifiers')
    },
  },
]
