import type { Case } from '../case.js'
import { type Context, check, same } from '../context.js'
import type { Announcement } from '../conversation.js'
import { DUT_ADDRESS } from '../model.js'
import {
  asPathOf,
  extendedCommunities,
  largeCommunities,
  nextHop,
  nlri,
  origin,
  rawUpdate,
  SEQUENCE,
  toHex,
} from '../octets.js'

/** Announces a route of T's and waits until it, or what was sent after it, has arrived at both observers. */
async function spread(c: Context, what: Announcement) {
  const [o, i] = await Promise.all([c.observer(), c.observer('internal')])
  const t = await c.session('t')
  t.announce(c.prefix(), what)
  await c.settled(t, o)
  await c.settled(t, i)
  return { t, external: o.table.get(c.prefix()), internal: i.table.get(c.prefix()) }
}

const wellKnown = (id: string, value: string, name: string, toInternal: boolean): Case => ({
  id,
  title: `${name}: ${toInternal ? 'to no external peer' : 'to nobody'}`,
  rfc: '1997',
  peers: { t: {} },
  async run(c) {
    const { external, internal } = await spread(c, { communities: [value] })
    check(!external, 'it was announced to an external peer')
    same(internal !== undefined, toInternal, 'whether the internal peer has it')
  },
})

/** Section 6, what is announced to whom and how. */
export const propagationCases: readonly Case[] = [
  {
    id: 'OUT-1',
    title: 'the own AS is prepended towards eBGP, not towards iBGP',
    rfc: '4271 5.1.2',
    peers: { t: {} },
    async run(c) {
      const { external, internal } = await spread(c, { path: [65001, 65101] })
      same(external?.asPath, '65000 65001 65101', 'AS_PATH towards eBGP')
      same(internal?.asPath, '65001 65101', 'AS_PATH towards iBGP')
    },
  },
  {
    id: 'OUT-1.full',
    title: 'the first segment holds 255 numbers: a new one is begun',
    rfc: '4271 5.1.2',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      const numbers = [t.speaker.as, ...Array.from({ length: 254 }, (_, index) => 1000 + index)]
      const attributes = [origin(), asPathOf([[SEQUENCE, ...numbers]]), nextHop(t.speaker.address)]
      t.send(rawUpdate([], attributes.flat(), nlri(c.prefix())))
      const segments = (await o.has(c.prefix())).segments()
      same(
        segments.flatMap(({ asns }) => asns),
        [65000, ...numbers],
        'AS numbers',
      )
      check(segments.length === 2, `${segments.length} segments`)
    },
  },
  {
    id: 'OUT-2.local-pref',
    title: 'LOCAL_PREF goes to iBGP and never to eBGP',
    rfc: '4271 5.1.5',
    peers: { t: {}, u: { as: 'internal' } },
    async run(c) {
      const { external, internal } = await spread(c, {})
      same(internal?.localPref, 100, 'LOCAL_PREF towards iBGP')
      same(external?.localPref, undefined, 'LOCAL_PREF towards eBGP')
      const o = await c.observer()
      const u = await c.session('u')
      u.announce(c.prefix(1), { localPref: 300, path: [65101] })
      same((await o.has(c.prefix(1))).localPref, undefined, 'LOCAL_PREF of an iBGP route towards eBGP')
    },
  },
  {
    id: 'OUT-2.med',
    title: 'MED of another AS goes to iBGP, not on to eBGP',
    rfc: '4271 5.1.4',
    peers: { t: {} },
    async run(c) {
      const { external, internal } = await spread(c, { med: 50 })
      same(internal?.med, 50, 'MED towards iBGP')
      same(external?.med, undefined, 'MED towards eBGP')
    },
  },
  {
    id: 'OUT-3.external',
    title: 'next hop towards eBGP: itself, or a third party on the shared subnet',
    rfc: '4271 5.1.3',
    peers: { t: {} },
    async run(c) {
      const { external, t } = await spread(c, {})
      check(
        external?.nextHop === DUT_ADDRESS || external?.nextHop === t.speaker.address,
        `next hop ${external?.nextHop}`,
      )
    },
  },
  {
    id: 'OUT-3.internal',
    title: 'next hop towards iBGP: unchanged',
    rfc: '4271 5.1.3',
    peers: { t: {} },
    async run(c) {
      const { internal, t } = await spread(c, {})
      same(internal?.nextHop, t.speaker.address, 'next hop')
    },
  },
  {
    id: 'OUT-3.self',
    title: 'next-hop-self towards iBGP',
    rfc: '4271 5.1.3',
    peers: { t: {}, u: { as: 'internal', options: { nextHopSelf: true } } },
    async run(c) {
      const [t, u] = await c.sessions('t', 'u')
      t.announce(c.prefix())
      same((await u.has(c.prefix())).nextHop, DUT_ADDRESS, 'next hop')
    },
  },
  {
    id: 'OUT-4',
    title: 'an iBGP route is not sent to iBGP',
    rfc: '4271 9.2',
    peers: { t: { as: 'internal' }, u: {} },
    async run(c) {
      const [o, i] = await Promise.all([c.observer(), c.observer('internal')])
      const [t, u] = await c.sessions('t', 'u')
      t.announce(c.prefix(), { path: [65101] })
      await o.has(c.prefix())
      await c.settled(u, i)
      check(!i.table.has(c.prefix()), 'the iBGP peer was told of it')
    },
  },
  {
    id: 'OUT-5',
    title: 'flapping 100 times: few UPDATEs, and the last state is right',
    rfc: '4271 9.2.1.1',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(0))
      await o.has(c.prefix(0))
      const flaps = Array.from({ length: 100 }, (_, index) => [
        rawUpdate(nlri(c.prefix(0)), [], []),
        t.announcement(c.prefix(0), { communities: [`65001:${1000 + index}`] }),
      ])
      t.send(...flaps.flat())
      await o.hasWith(c.prefix(0), 'the last community', ({ communities }) =>
        communities.includes('65001:1099'),
      )
      await c.settled(t, o)
      const told = o.history(c.prefix(0)).length
      check(told <= 60, `${told} changes were sent for 100 flaps in one segment or two`)
    },
  },
  {
    id: 'OUT-6',
    title: 'the same route again: no UPDATE is sent',
    rfc: 'practice',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      for (let times = 0; times < 5; times++) {
        t.announce(c.prefix(), { communities: ['65001:5'] })
        await c.sleep(60)
      }
      await c.settled(t, o)
      same(o.history(c.prefix()).length, 1, 'number of announcements')
    },
  },
  {
    id: 'OUT-7',
    title: 'two identical changes of other attributes than the sent ones: no UPDATE is sent',
    rfc: 'practice',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      for (const med of [10, 20, 30]) {
        t.announce(c.prefix(), { med })
        await c.sleep(60)
      }
      await c.settled(t, o)
      same(o.history(c.prefix()).length, 1, 'number of announcements although MED is not sent on')
    },
  },
  {
    id: 'POL-1.import',
    title: 'required policies: eBGP without an import policy: nothing is used',
    rfc: '8212 3',
    setup: 'policy',
    peers: { t: { options: { noPolicy: 'import' } }, u: {} },
    async run(c) {
      const o = await c.observer()
      const [t, u] = await c.sessions('t', 'u')
      t.announce(c.prefix(0))
      await c.sleep(300)
      await c.settled(u, o)
      check(!o.table.has(c.prefix(0)), 'a route was used')
    },
  },
  {
    id: 'POL-1.export',
    title: 'required policies: eBGP without an export policy: nothing is sent; iBGP is unaffected',
    rfc: '8212 3',
    setup: 'policy',
    peers: { t: { options: { noPolicy: 'export' } }, u: {} },
    async run(c) {
      const [o, i] = await Promise.all([c.observer(), c.observer('internal')])
      const [t, u] = await c.sessions('t', 'u')
      u.announce(c.prefix(0))
      await o.has(c.prefix(0))
      await i.has(c.prefix(0))
      await c.sleep(300)
      same(t.table.size, 0, 'number of routes sent')
    },
  },
  {
    id: 'POL-1.yaml',
    title: 'YAML: all is taken from configured neighbors, nothing is sent to eBGP',
    rfc: '8212 3',
    setup: 'yaml',
    peers: { t: {} },
    async run(c) {
      const [o, i] = await Promise.all([c.observer(), c.observer('internal')])
      const t = await c.session('t')
      t.announce(c.prefix())
      await i.has(c.prefix())
      await c.sleep(500)
      same(o.table.size, 0, 'number of routes sent to eBGP')
    },
  },
  {
    id: 'POL-1.ios',
    title: "the switch's text: both directions are open",
    rfc: '8212 3',
    setup: 'ios',
    peers: { t: {} },
    async run(c) {
      const [o, i] = await Promise.all([c.observer(), c.observer('internal')])
      const t = await c.session('t')
      t.announce(c.prefix())
      await i.has(c.prefix())
      await o.has(c.prefix())
    },
  },
  wellKnown('ROU-1.no-export', '65535:65281', 'NO_EXPORT', true),
  wellKnown('ROU-1.no-advertise', '65535:65282', 'NO_ADVERTISE', false),
  wellKnown('ROU-1.no-export-subconfed', '65535:65283', 'NO_EXPORT_SUBCONFED', true),
  {
    id: 'COM-1',
    title: 'repeated large communities are sent once',
    rfc: '8092 3',
    peers: { t: {} },
    async run(c) {
      const { external } = await spread(c, {
        more: [largeCommunities([65001, 1, 2], [65001, 3, 4], [65001, 1, 2])],
      })
      same(external?.largeCommunities.toSorted(), ['65001:1:2', '65001:3:4'], 'large communities')
    },
  },
  {
    id: 'COM-1.text',
    title: 'large communities are shown as a:b:c',
    rfc: '8092 5',
    needs: ['route'],
    peers: { t: {} },
    async run(c) {
      await spread(c, { more: [largeCommunities([65001, 0, 4294967295])] })
      const text = await c.control.route(c.prefix())
      check(/65001:0:4294967295/.test(text), `it is not in: ${text.slice(0, 300)}`)
    },
  },
  {
    id: 'COM-2',
    title: 'non-transitive extended communities stay inside the AS',
    rfc: '4360 6',
    peers: { t: { as: 'internal' } },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(), {
        path: [65101],
        more: [extendedCommunities('4004fde900000001', '0002fde900000002')],
      })
      same(toHex((await o.has(c.prefix())).value(16) ?? []), '0002fde900000002', 'extended communities')
    },
  },
  {
    id: 'GSH-1',
    title: 'GRACEFUL_SHUTDOWN from an eBGP peer: LOCAL_PREF 0',
    rfc: '8326 4',
    feature: 'graceful-shutdown',
    peers: { t: {} },
    async run(c) {
      const { internal } = await spread(c, { communities: ['65535:0'] })
      same(internal?.localPref, 0, 'LOCAL_PREF')
      check(internal?.communities.includes('65535:0'), 'the community was taken off')
    },
  },
  {
    id: 'GSH-1.maintenance',
    title: 'maintenance: all is announced with GRACEFUL_SHUTDOWN, and without it afterwards',
    rfc: '8326 4',
    feature: 'graceful-shutdown',
    needs: ['maintenance'],
    peers: { t: {} },
    alone: true,
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix())
      await o.has(c.prefix())
      const marked = ({ communities }: { communities: string[] }) => communities.includes('65535:0')
      await c.control.maintenance(true)
      await o.hasWith(c.prefix(), 'GRACEFUL_SHUTDOWN', marked, 10_000)
      await c.control.maintenance(false)
      await o.hasWith(c.prefix(), 'no GRACEFUL_SHUTDOWN', (route) => !marked(route), 10_000)
      t.alive()
    },
  },
  {
    id: 'BLA-1',
    title: 'BLACKHOLE alone drops nothing',
    rfc: '7999',
    peers: { t: {} },
    async run(c) {
      const { internal } = await spread(c, { communities: ['65535:666'] })
      check(internal, 'the route was dropped')
    },
  },
]
