import type { Case } from '../case.js'
import { check, same } from '../context.js'
import {
  asPath,
  attribute,
  localPref,
  med,
  mpReach,
  mpUnreachIpv6,
  nextHop,
  nextHop6,
  nlri,
  origin,
  rawUpdate,
  toHex,
} from '../octets.js'
import type { RawUpdate } from '../reading.js'

/** Sections of an UPDATE that carry prefixes. */
const sections = ({ withdrawn, announced, reach, unreach }: RawUpdate): number =>
  [withdrawn, announced, reach?.announced ?? [], unreach?.withdrawn ?? []].filter((list) => list.length > 0)
    .length

/** Section 4: what to do with UPDATEs, beyond the corpus. */
export const updateCases: readonly Case[] = [
  {
    id: 'UPD-8.data',
    title: 'an unknown well-known attribute: 3/2 whose data are the attribute, or the route is withdrawn',
    rfc: '4271 6.3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix())
      await o.has(c.prefix())
      t.announce(c.prefix(), { communities: ['65001:9'], more: [attribute(0x40, 199, [1, 2, 3])] })
      await o.lacks(c.prefix())
      await c.sleep(300)
      if (t.end || t.all(3).length > 0) await t.ends('3/2/40c703010203')
    },
  },
  {
    id: 'ATT-3.off-link',
    title:
      'a next hop that is not on the shared link, from an eBGP neighbor one hop away: not used, no NOTIFICATION',
    rfc: '4271 6.3',
    setup: 'kernel',
    needs: ['ip'],
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      await c.control.ip('route', 'add', '23.99.3.0/24', 'via', t.speaker.address)
      t.announce(c.prefix(0))
      await o.has(c.prefix(0))
      t.announce(c.prefix(1), { nextHop: '23.99.3.1' })
      await c.sleep(1500)
      t.alive()
      check(!o.table.has(c.prefix(1)), 'the route is used')
      check(o.table.has(c.prefix(0)), 'another route went')
    },
  },
  {
    id: 'UPD-9.transitive',
    title: 'an unknown optional transitive attribute is passed on with Partial set',
    rfc: '4271 5, 9',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(), { more: [attribute(0xc0, 99, [1, 2, 3, 4, 5])] })
      const found = (await o.has(c.prefix())).attribute(99)
      check(found, 'attribute 99 was not passed on')
      same(toHex(found.value), '0102030405', 'its value')
      same((found.flags & 0xe0).toString(16), 'e0', 'its flags')
    },
  },
  {
    id: 'UPD-9.non-transitive',
    title: 'an unknown optional non-transitive attribute is dropped',
    rfc: '4271 5, 9',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(), { more: [attribute(0x80, 98, [1, 2, 3])] })
      check(!(await o.has(c.prefix())).attribute(98), 'attribute 98 was passed on')
    },
  },
  {
    id: 'UPD-10.ascending',
    title: 'attributes are accepted in any order and sent in ascending order',
    rfc: '4271 5',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const attributes = [
        attribute(0xc0, 99, [1]),
        attribute(0xc0, 8, [0xfd, 0xe9, 0, 1]),
        nextHop(t.speaker.address),
        asPath(t.speaker.as),
        origin(),
      ]
      t.send(rawUpdate([], attributes.flat(), nlri(c.prefix())))
      const types = (await o.has(c.prefix())).attributes.map(({ type }) => type)
      same(
        types.filter((type) => type !== 16 && type !== 32),
        [1, 2, 3, 8, 99],
        'the order of attributes',
      )
    },
  },
  {
    id: 'UPD-10.reach-first',
    title: 'MP_REACH_NLRI and MP_UNREACH_NLRI are sent first',
    rfc: '7606 5.1',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix6(), { communities: ['65001:1'] })
      await o.has(c.prefix6())
      t.withdraw(c.prefix6())
      await o.lacks(c.prefix6())
      for (const { attributes, reach, unreach } of o.updates) {
        const names = [...(reach?.announced ?? []), ...(unreach?.withdrawn ?? [])].map((one) => one.prefix)
        if (!names.includes(c.prefix6())) continue
        check([14, 15].includes(attributes[0].type), `attribute ${attributes[0].type} stands first`)
      }
    },
  },
  {
    id: 'UPD-11.received',
    title: 'withdrawn routes, NLRI, MP_REACH and MP_UNREACH in one UPDATE are all taken',
    rfc: '7606 5.1',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(0))
      t.announce(c.prefix6(0))
      await o.has(c.prefix(0))
      await o.has(c.prefix6(0))
      const attributes = [
        mpReach(2, nextHop6(t.speaker.address6), c.prefix6(1)),
        mpUnreachIpv6(c.prefix6(0)),
        origin(),
        asPath(t.speaker.as),
        nextHop(t.speaker.address),
      ]
      t.send(rawUpdate(nlri(c.prefix(0)), attributes.flat(), nlri(c.prefix(1))))
      await o.has(c.prefix(1))
      await o.has(c.prefix6(1))
      await o.lacks(c.prefix(0))
      await o.lacks(c.prefix6(0))
      t.alive()
    },
  },
  {
    id: 'UPD-11.sent',
    title: 'no UPDATE sent mixes them',
    rfc: '7606 5.1',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const all = [0, 1, 2, 3].flatMap((index) => [c.prefix(index), c.prefix6(index)])
      for (const prefix of all) t.announce(prefix)
      for (const prefix of all) await o.has(prefix)
      const parts = [0, 1].map((index) => [
        rawUpdate(nlri(c.prefix(index)), [], []),
        t.announcement(c.prefix(index + 2), { med: 7, communities: ['65001:7'] }),
        t.announcement(c.prefix6(index + 2), { med: 7, communities: ['65001:7'] }),
      ])
      t.send(...parts.flat())
      t.withdraw(c.prefix6(0), c.prefix6(1))
      await c.settled(t, o)
      const mixed = o.updates.find((update) => sections(update) > 1)
      check(!mixed, 'an UPDATE carries prefixes in more than one place')
      check(!o.unreadable, `unreadable UPDATE: ${o.unreadable}`)
    },
  },
  {
    id: 'UPD-13',
    title: 'a route treated as withdrawn is logged with NLRI and the whole message',
    rfc: '7606 6',
    needs: ['log'],
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const attributes = [origin(9), asPath(t.speaker.as), nextHop(t.speaker.address)].flat()
      const message = rawUpdate([], attributes, nlri(c.prefix()))
      t.send(message)
      await c.settled(t, o)
      const log = async () => (await c.control.log()).toLowerCase()
      await c.eventually('the log does not name the prefix', async () => (await log()).includes(c.prefix()))
      await c.eventually('the log does not hold the message', async () =>
        (await log()).replace(/[^0-9a-f]/g, '').includes(toHex(message)),
      )
    },
  },
  {
    id: 'UPD-13.event',
    title:
      'and is an event of the API with the message, counted by attribute in what is shown and in the metrics',
    rfc: '7606 6',
    needs: ['events', 'metrics', 'neighbor'],
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const { address } = t.speaker
      const withOrigin = (value: number, ...more: number[][]) =>
        rawUpdate(
          [],
          [origin(value), asPath(t.speaker.as), nextHop(address), ...more].flat(),
          nlri(c.prefix()),
        )
      const withdrawn = withOrigin(9)
      const discarded = withOrigin(0, attribute(0x40, 6, [1]))
      // MP_REACH_NLRI twice (RFC 7606 §3g).
      const twice = mpReach(2, nextHop6(t.speaker.address6), c.prefix6())
      const fatal = rawUpdate([], [twice, twice, origin(), asPath(t.speaker.as)].flat(), [])
      t.send(withdrawn, withdrawn, discarded)
      await c.settled(t, o)
      t.send(fatal)
      await t.ends('3/1')
      const events = (await c.control.events()).toLowerCase()
      for (const message of [withdrawn, discarded, fatal]) {
        check(events.includes(toHex(message)), `no event holds ${toHex(message)}`)
      }
      check(events.includes(c.prefix()), 'no event names the prefix')
      const text = await c.control.neighbor(address)
      const row = (name: string, ...counts: number[]) =>
        new RegExp(`${name} \\(\\d+\\) +${counts.join(' +')}$`, 'm').test(text)
      check(row('ORIGIN', 2, 0, 0), `ORIGIN is not counted: ${text}`)
      check(row('ATOMIC_AGGREGATE', 0, 1, 0), `ATOMIC_AGGREGATE is not counted: ${text}`)
      check(row('MP_REACH_NLRI', 0, 0, 1), `MP_REACH_NLRI is not counted: ${text}`)
      check(text.includes(toHex(fatal).slice(0, 64)), 'the octets of the last one are not shown')
      const metrics = await c.control.metrics()
      for (const [name, verdict, count] of [
        ['ORIGIN', 'withdraw', 2],
        ['ATOMIC_AGGREGATE', 'discard', 1],
        ['MP_REACH_NLRI', 'reset', 1],
      ]) {
        const line = `neighbor="${address}",attribute="${name}",verdict="${verdict}"} ${count}`
        check(metrics.includes(line), `no metric ${line}`)
      }
    },
  },
  {
    id: 'UPD-4.mp6',
    title: 'ORIGIN missing beside MP_REACH_NLRI: the IPv6 route is withdrawn',
    rfc: '7606 3d',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix6())
      await o.has(c.prefix6())
      const attributes = [mpReach(2, nextHop6(t.speaker.address6), c.prefix6()), asPath(t.speaker.as)]
      t.send(rawUpdate([], attributes.flat(), []))
      await o.lacks(c.prefix6())
      await c.settled(t, o)
      t.alive()
    },
  },
  {
    id: 'UPD-14',
    title: 'a route whose attributes no longer fit the message is withdrawn where it was sent',
    rfc: '4271 9.2, 8654 4',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix())
      await o.has(c.prefix())
      const plain = t.announcement(c.prefix())
      // As long as a message may be; with one more AS number in front it is longer.
      t.announce(c.prefix(), {
        more: [attribute(0xd0, 203, new Array(4096 - plain.length - 4).fill(0x71))],
      })
      await o.lacks(c.prefix())
      await c.settled(t, o)
      t.alive()
      check(!o.table.has(c.prefix()), 'the route came back')
    },
  },
  {
    id: 'NLR-3',
    title: 'a multicast prefix is ignored by itself: the one beside it counts',
    rfc: '4271 6.3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(['224.1.1.0/24', c.prefix()])
      await o.has(c.prefix())
      t.alive()
      check(!o.table.has('224.1.1.0/24'), '224.1.1.0/24 was passed on')
    },
  },
  {
    id: 'NLR-3.logged',
    title: 'and is logged',
    rfc: '4271 6.3',
    needs: ['log'],
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(['224.2.2.0/24', c.prefix()])
      await o.has(c.prefix())
      await c.eventually('the log does not name the prefix', async () =>
        (await c.control.log()).includes('224.2.2.0/24'),
      )
    },
  },
  {
    id: 'MP-4.logged',
    title: 'routes of a family that was not negotiated are ignored and logged',
    rfc: '4760 7-8',
    needs: ['log'],
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', { families: ['ipv4'] })
      const attributes = [
        mpReach(2, nextHop6(t.speaker.address6), c.prefix6()),
        origin(),
        asPath(t.speaker.as),
      ]
      t.send(rawUpdate([], attributes.flat(), []))
      await c.settled(t, o)
      t.alive()
      check(!o.table.has(c.prefix6()), 'the route was used')
      await c.logged('t', 'of it', /ipv6|afi.{0,8}2/i, /negotiated|not (active|configured|enabled)|ignor/i)
    },
  },
  {
    id: 'MP-5.link-local',
    title: 'a link-local next hop alone is accepted on a shared link',
    rfc: '2545 3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const attributes = [mpReach(2, nextHop6('fe80::99'), c.prefix6()), origin(), asPath(t.speaker.as)]
      t.send(rawUpdate([], attributes.flat(), []))
      const route = await o.has(c.prefix6())
      check(!route.nextHop.split(',')[0].startsWith('fe80'), `next hop ${route.nextHop}`)
      t.alive()
    },
  },
  {
    id: 'MP-5',
    title: 'global and link-local next hop (32 octets) is accepted',
    rfc: '2545 3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const attributes = [
        mpReach(2, nextHop6(t.speaker.address6, 'fe80::99'), c.prefix6()),
        origin(),
        asPath(t.speaker.as),
      ]
      t.send(rawUpdate([], attributes.flat(), []))
      const route = await o.has(c.prefix6())
      check(!route.nextHop.startsWith('fe80'), `next hop ${route.nextHop}`)
      t.alive()
    },
  },
  {
    id: 'MP-6',
    title: 'IPv6 routes on an IPv4 session are passed on with an IPv6 address as next hop',
    rfc: '4760 3, 2545 3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix6())
      const { nextHop: address } = await o.has(c.prefix6())
      check(/^2001:db8:99::/.test(address), `next hop ${address}`)
    },
  },
  {
    id: 'ATT-5',
    title: 'LOCAL_PREF of an eBGP peer is not used',
    rfc: '7606 7.5',
    peers: { t: {} },
    async run(c) {
      const i = await c.observer('internal')
      const t = await c.session('t')
      t.announce(c.prefix(), { more: [localPref(7)] })
      same((await i.has(c.prefix())).localPref, 100, 'LOCAL_PREF')
    },
  },
  {
    id: 'ATT-4',
    title: 'a repeated MED: the first one counts',
    rfc: '7606 3g',
    peers: { t: {} },
    async run(c) {
      const i = await c.observer('internal')
      const t = await c.session('t')
      t.announce(c.prefix(), { med: 1, more: [med(2)] })
      same((await i.has(c.prefix())).med, 1, 'MED')
    },
  },
]
