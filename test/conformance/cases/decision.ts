import type { Case, PeerSpec } from '../case.js'
import { type Context, check, same } from '../context.js'
import type { Announcement, Conversation } from '../conversation.js'
import {
  asPathOf,
  clusterList,
  communities,
  community,
  nextHop,
  nlri,
  origin,
  originatorId,
  rawUpdate,
  SEQUENCE,
  SET,
} from '../octets.js'

interface Contest {
  readonly id: string
  readonly title: string
  readonly rfc?: string
  readonly a: PeerSpec & { readonly routerId?: string }
  readonly b: PeerSpec & { readonly routerId?: string }
  /** What the two announce. */
  readonly from: (who: 'a' | 'b') => Announcement
  readonly winner: 'a' | 'b'
}

/** Announces with the mark of who it was. */
function offer(t: Conversation, prefix: string, what: Announcement) {
  t.announce(prefix, { ...what, communities: [`65001:${t.speaker.name === 'a' ? 1 : 2}`] })
}

/** One prefix from two peers which differ in one step, in both orders of arrival. */
const contest = ({ id, title, rfc = '4271 9.1.2.2', a, b, from, winner }: Contest): Case => ({
  id,
  title,
  rfc,
  peers: { a, b },
  async run(c) {
    const o = await c.observer()
    const [x, y] = await Promise.all([c.session('a', { id: a.routerId }), c.session('b', { id: b.routerId })])
    offer(x, c.prefix(0), from('a'))
    offer(y, c.prefix(1), from('b'))
    await o.has(c.prefix(0))
    await o.has(c.prefix(1))
    offer(y, c.prefix(0), from('b'))
    offer(x, c.prefix(1), from('a'))
    await c.settled(x, o)
    await c.settled(y, o)
    const best = [0, 1].map((index) => o.table.get(c.prefix(index))?.communities.join(' '))
    const expected = winner === 'a' ? '65001:1' : '65001:2'
    same(best, [expected, expected], 'mark of the best path, by order of arrival')
  },
})

const inside = { as: 'internal' } as const

const contests: readonly Contest[] = [
  {
    id: 'DEC-1.local-pref',
    title: 'the higher LOCAL_PREF wins over a shorter path',
    a: inside,
    b: inside,
    from: (who) =>
      who === 'a' ? { localPref: 200, path: [65101, 65102] } : { localPref: 150, path: [65103] },
    winner: 'a',
  },
  {
    id: 'DEC-1.path-length',
    title: 'the shorter AS_PATH wins over a better origin',
    a: {},
    b: {},
    from: (who) => (who === 'a' ? { path: [65001, 65101], origin: 0 } : { origin: 2 }),
    winner: 'b',
  },
  {
    id: 'DEC-1.origin',
    title: 'the lower ORIGIN wins over a lower MED',
    a: {},
    b: { as: 65001 },
    from: (who) => (who === 'a' ? { origin: 1, med: 0 } : { origin: 0, med: 9 }),
    winner: 'b',
  },
  {
    id: 'DEC-1.med',
    title: 'same neighbor AS: the lower MED wins over a lower identifier',
    a: { routerId: '192.0.2.11' },
    b: { as: 65001, routerId: '192.0.2.12' },
    from: (who) => ({ med: who === 'a' ? 20 : 10 }),
    winner: 'b',
  },
  {
    id: 'DEC-1.med-other-as',
    title: 'different neighbor AS: MED is not compared',
    a: { routerId: '192.0.2.11' },
    b: { routerId: '192.0.2.12' },
    from: (who) => ({ med: who === 'a' ? 20 : 10 }),
    winner: 'a',
  },
  {
    id: 'DEC-3',
    title: 'a missing MED is 0',
    a: { routerId: '192.0.2.11' },
    b: { as: 65001, routerId: '192.0.2.12' },
    from: (who) => (who === 'a' ? { med: 1 } : {}),
    winner: 'b',
  },
  {
    id: 'DEC-1.external',
    title: 'eBGP wins over iBGP with a lower identifier',
    a: { ...inside, routerId: '192.0.2.11' },
    b: { routerId: '192.0.2.12' },
    from: (who) => (who === 'a' ? { path: [65101] } : {}),
    winner: 'b',
  },
  {
    id: 'DEC-1.identifier',
    title: 'the lower identifier wins over a lower peer address',
    a: { routerId: '192.0.2.99' },
    b: { routerId: '192.0.2.77' },
    from: () => ({}),
    winner: 'b',
  },
  {
    id: 'DEC-1.originator',
    title: 'ORIGINATOR_ID counts in place of the identifier',
    rfc: '4456 9',
    a: { ...inside, routerId: '192.0.2.50' },
    b: { ...inside, routerId: '192.0.2.51' },
    from: (who) => ({ more: [originatorId(who === 'a' ? '192.0.2.90' : '192.0.2.80')] }),
    winner: 'b',
  },
  {
    id: 'DEC-1.cluster-list',
    title: 'the shorter CLUSTER_LIST wins over a lower peer address',
    rfc: '4456 9',
    a: inside,
    b: inside,
    from: (who) => ({
      more: [
        originatorId('192.0.2.90'),
        who === 'a' ? clusterList('198.51.100.1', '198.51.100.2') : clusterList('198.51.100.3'),
      ],
    }),
    winner: 'b',
  },
  {
    id: 'DEC-1.address',
    title: 'the lower peer address is the last step',
    a: inside,
    b: inside,
    from: () => ({ more: [originatorId('192.0.2.90'), clusterList('198.51.100.1')] }),
    winner: 'a',
  },
]

const ORDERS = ['xyz', 'xzy', 'yxz', 'yzx', 'zxy', 'zyx']

/** Three paths, of which two have the neighbor AS in common: pairwise each beats another. */
async function medGroups(c: Context) {
  const o = await c.observer()
  const speakers = {
    x: await c.session('x', { id: '192.0.2.11' }),
    y: await c.session('y', { id: '192.0.2.12' }),
    z: await c.session('z', { id: '192.0.2.13' }),
  }
  const meds = { x: 100, y: 150, z: 50 }
  for (const [index, order] of ORDERS.entries()) {
    for (const who of [...order] as ('x' | 'y' | 'z')[]) {
      speakers[who].announce(c.prefix(index), {
        med: meds[who],
        communities: [`65001:${1 + 'xyz'.indexOf(who)}`],
      })
      await c.settled(speakers[who], o)
    }
  }
  const best = ORDERS.map((_, index) => o.table.get(c.prefix(index))?.communities.join(' '))
  same(
    best,
    ORDERS.map(() => '65001:2'),
    `mark of the best path for the orders ${ORDERS.join(' ')}`,
  )
}

const medPeers = { x: { as: 65001 }, y: { as: 65002 }, z: { as: 65001 } }

/** Section 6, decision process. */
export const decisionCases: readonly Case[] = [
  ...contests.map(contest),
  {
    id: 'DEC-1.named',
    title: 'what is shown of the route names the step that decided',
    rfc: '4271 9.1.2.2',
    needs: ['route', 'explains'],
    peers: { a: inside, b: inside },
    async run(c) {
      const o = await c.observer()
      const [a, b] = await c.sessions('a', 'b')
      offer(a, c.prefix(), { localPref: 200, path: [65101] })
      offer(b, c.prefix(), { localPref: 150, path: [65101] })
      await c.settled(a, o)
      await c.settled(b, o)
      const text = await c.control.route(c.prefix())
      check(/local pref/i.test(text), `the step is not named: ${text.slice(0, 400)}`)
    },
  },
  {
    id: 'DEC-2',
    title: 'the result does not depend on the order of arrival (MED groups)',
    rfc: '4271 9.1.2.2 c',
    peers: medPeers,
    run: medGroups,
  },
  {
    id: 'DEC-2.deterministic',
    title: 'the same with MED compared by AS first, where that is an option',
    rfc: '4271 9.1.2.2 c',
    setup: 'med',
    peers: medPeers,
    run: medGroups,
  },
  {
    id: 'DEC-1.as-set',
    title: 'where AS_SETs are accepted, one counts as a single AS in the length of the path',
    rfc: '4271 9.1.2.2 a',
    setup: 'as-sets',
    peers: { a: { as: 65001 }, b: { as: 65002 } },
    async run(c) {
      const o = await c.observer()
      const [a, b] = await c.sessions('a', 'b')
      // Six AS numbers, counted as three; the other path has four.
      const withSet = [
        origin(),
        asPathOf([
          [SEQUENCE, a.speaker.as, 65101],
          [SET, 65102, 65103, 65104, 65105],
        ]),
        nextHop(a.speaker.address),
        communities(community('65001:1')),
      ]
      const send = [
        (prefix: string) => a.send(rawUpdate([], withSet.flat(), nlri(prefix))),
        (prefix: string) => offer(b, prefix, { path: [b.speaker.as, 65101, 65102, 65103] }),
      ]
      for (const [index, order] of [send, [...send].reverse()].entries()) {
        for (const one of order) {
          one(c.prefix(index))
          await c.settled(one === send[0] ? a : b, o)
        }
      }
      same(
        [0, 1].map((index) => o.table.get(c.prefix(index))?.communities.join(' ')),
        ['65001:1', '65001:1'],
        'mark of the best path, by order of arrival',
      )
    },
  },
  {
    id: 'DEC-1.metric',
    title: 'the nearer next hop (IGP cost) wins over a lower identifier',
    rfc: '4271 9.1.2.2 e',
    setup: 'kernel',
    needs: ['ip'],
    peers: { a: inside, b: inside },
    async run(c) {
      const o = await c.observer()
      const [x, y] = await Promise.all([
        c.session('a', { id: '192.0.2.11' }),
        c.session('b', { id: '192.0.2.12' }),
      ])
      const route = (net: string, via: string, metric: string) =>
        c.control.ip('route', 'add', net, 'via', via, 'metric', metric)
      await route('23.99.1.0/24', x.speaker.address, '200')
      await route('23.99.2.0/24', y.speaker.address, '100')
      for (const [index, first] of [x, y].entries()) {
        const second = first === x ? y : x
        for (const who of [first, second]) {
          offer(who, c.prefix(index), { nextHop: who === x ? '23.99.1.1' : '23.99.2.1', path: [65101] })
          await c.sleep(100)
        }
      }
      const best = () => [0, 1].map((index) => o.table.get(c.prefix(index))?.communities.join(' ')).join(', ')
      await o.until(
        'the nearer path is the best, in both orders',
        () => best() === '65001:2, 65001:2',
        10_000,
      )
      await c.sleep(500)
      same(best(), '65001:2, 65001:2', 'marks of the best paths')
    },
  },
  {
    id: 'DEC-5',
    title: 'an unresolvable next hop: not used; used when it resolves',
    rfc: '4271 9.1.2.1',
    setup: 'kernel',
    needs: ['ip'],
    peers: { t: { as: 'internal' } },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(), { nextHop: '203.0.113.77' })
      await c.settled(t, o)
      check(!o.table.has(c.prefix()), 'the route is used although its next hop is not resolvable')
      await c.control.ip('route', 'add', '203.0.113.0/24', 'via', t.speaker.address)
      await o.has(c.prefix(), 15_000)
      await c.control.ip('route', 'del', '203.0.113.0/24')
      await o.lacks(c.prefix(), 15_000)
    },
  },
  {
    id: 'DEC-6.maximum',
    title: 'more equal paths than the maximum: so many next hops as it allows; iBGP and eBGP never mix',
    rfc: 'local',
    setup: 'kernel',
    needs: ['ip'],
    peers: { a: {}, b: {}, c: {}, d: {}, e: {}, i: inside },
    async run(c) {
      const o = await c.observer()
      const names = ['a', 'b', 'c', 'd', 'e']
      const speakers = await c.sessions(...names)
      const [i] = await c.sessions('i')
      i.announce(c.prefix(), { path: [65101] })
      for (const one of speakers) one.announce(c.prefix())
      for (const one of speakers) await c.settled(one, o)
      const allowed = speakers.map(({ speaker }) => speaker.address)
      for (let tries = 0; ; tries++) {
        const text = await c.control.ip('-j', 'route', 'show', c.prefix())
        const [route] = JSON.parse(text || '[]') as { nexthops?: { gateway: string }[] }[]
        const hops = route?.nexthops?.map(({ gateway }) => gateway) ?? []
        if (hops.length === 4 && hops.every((hop) => allowed.includes(hop))) return
        check(tries < 300, `next hops in the kernel: ${hops.join(' ')}`)
        await c.sleep(100)
      }
    },
  },
  {
    id: 'DEC-6',
    title: 'equal paths make one kernel route with a next hop for each, never absent meanwhile',
    rfc: 'local',
    setup: 'kernel',
    needs: ['ip'],
    peers: { a: {}, b: {} },
    async run(c) {
      const o = await c.observer()
      const [a, b] = await c.sessions('a', 'b')
      const kernel = async () => {
        const text = await c.control.ip('-j', 'route', 'show', c.prefix())
        const routes = JSON.parse(text || '[]') as { gateway?: string; nexthops?: { gateway: string }[] }[]
        if (routes.length > 1) return ['more than one route']
        return (routes[0]?.nexthops?.map(({ gateway }) => gateway) ?? [routes[0]?.gateway ?? 'none']).sort()
      }
      const becomes = async (expected: readonly string[], absent: boolean) => {
        for (let tries = 0; ; tries++) {
          const is = await kernel()
          check(absent || !is.includes('none'), 'the route was absent for a moment')
          if (is.join(' ') === [...expected].sort().join(' ')) return
          check(tries < 300, `next hops in the kernel: ${is.join(' ')}, expected ${expected.join(' ')}`)
          await c.sleep(100)
        }
      }
      const [first, second] = [a.speaker.address, b.speaker.address]
      a.announce(c.prefix())
      await becomes([first], true)
      b.announce(c.prefix())
      await c.settled(b, o)
      await becomes([first, second], false)
      a.withdraw(c.prefix())
      await becomes([second], false)
      a.announce(c.prefix())
      await becomes([first, second], false)
    },
  },
]
