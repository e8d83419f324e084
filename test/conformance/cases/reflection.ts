import type { Case, PeerSpec } from '../case.js'
import { check, same } from '../context.js'
import { DUT_ID } from '../model.js'
import { clusterList, originatorId, toHex } from '../octets.js'

const client: PeerSpec = { as: 'internal', options: { reflectorClient: true } }
const other: PeerSpec = { as: 'internal' }
const path = [65101]

/** Section 7, route reflection (RFC 4456). */
export const reflectionCases: readonly Case[] = [
  {
    id: 'RFL-1.client',
    title: 'a route of a client goes to clients and non-clients, not back to it',
    rfc: '4456 6',
    feature: 'reflection',
    peers: { t: client, a: client, n: other },
    async run(c) {
      const o = await c.observer()
      const [t, a, n] = await c.sessions('t', 'a', 'n')
      t.announce(c.prefix(), { path })
      for (const peer of [a, n, o]) await peer.has(c.prefix())
      check(!t.table.has(c.prefix()), 'it came back to its sender')
    },
  },
  {
    id: 'RFL-1.non-client',
    title: 'a route of a non-client goes to clients alone',
    rfc: '4456 6',
    feature: 'reflection',
    peers: { t: other, a: client, n: other, e: {} },
    async run(c) {
      const [t, a, n, e] = await c.sessions('t', 'a', 'n', 'e')
      t.announce(c.prefix(), { path })
      await a.has(c.prefix())
      await c.settled(e, n)
      check(!n.table.has(c.prefix()), 'a non-client was told of it')
    },
  },
  {
    id: 'RFL-1.attributes',
    title: 'ORIGINATOR_ID is set, the cluster id stands in CLUSTER_LIST; not towards eBGP',
    rfc: '4456 8',
    feature: 'reflection',
    peers: { t: client, a: client },
    async run(c) {
      const o = await c.observer()
      const [t, a] = await c.sessions('t', 'a')
      t.announce(c.prefix(), { path })
      const route = await a.has(c.prefix())
      same(route.originatorId, t.speaker.address, 'ORIGINATOR_ID')
      same(route.clusterList, [DUT_ID], 'CLUSTER_LIST')
      const outside = await o.has(c.prefix())
      check(!outside.attribute(9) && !outside.attribute(10), 'they were sent to an eBGP peer')
    },
  },
  {
    id: 'RFL-1.again',
    title: 'an ORIGINATOR_ID that is there stays, the cluster id is prepended',
    rfc: '4456 8',
    feature: 'reflection',
    peers: { t: client, a: client },
    async run(c) {
      const [t, a] = await c.sessions('t', 'a')
      t.announce(c.prefix(), { path, more: [originatorId('192.0.2.90'), clusterList('198.51.100.1')] })
      const route = await a.has(c.prefix())
      same(route.originatorId, '192.0.2.90', 'ORIGINATOR_ID')
      same(route.clusterList, [DUT_ID, '198.51.100.1'], 'CLUSTER_LIST')
    },
  },
  {
    id: 'RFL-1.external',
    title: 'an eBGP route goes to clients without ORIGINATOR_ID',
    rfc: '4456 6',
    feature: 'reflection',
    peers: { t: {}, a: client },
    async run(c) {
      const [t, a] = await c.sessions('t', 'a')
      t.announce(c.prefix())
      const route = await a.has(c.prefix())
      check(!route.attribute(9) && !route.attribute(10), 'it has ORIGINATOR_ID or CLUSTER_LIST')
    },
  },
  {
    id: 'RFL-1.cluster-id',
    title: 'a configured cluster id is used',
    rfc: '4456 7',
    setup: 'cluster',
    feature: 'reflection',
    peers: { t: client, a: client },
    async run(c) {
      const [t, a] = await c.sessions('t', 'a')
      t.announce(c.prefix(), { path })
      same((await a.has(c.prefix())).clusterList, ['198.51.100.77'], 'CLUSTER_LIST')
    },
  },
  {
    id: 'RFL-1.no-client-to-client',
    title: 'client-to-client off: clients are not told of the routes of clients, non-clients are',
    rfc: '4456 5',
    setup: 'no-client-to-client',
    feature: 'reflection',
    peers: { t: client, a: client, n: other, e: {} },
    async run(c) {
      const [t, a, n, e] = await c.sessions('t', 'a', 'n', 'e')
      t.announce(c.prefix(), { path })
      await n.has(c.prefix())
      await c.settled(e, a)
      check(!a.table.has(c.prefix()), 'a client was told of it')
    },
  },
  {
    id: 'RFL-2.cluster',
    title: 'the own cluster id in CLUSTER_LIST: the route is ignored',
    rfc: '4456 8',
    feature: 'reflection',
    peers: { t: client },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(), { path })
      await o.has(c.prefix())
      t.announce(c.prefix(), { path, more: [originatorId('192.0.2.90'), clusterList(DUT_ID)] })
      await o.lacks(c.prefix())
      t.alive()
    },
  },
  {
    id: 'RFL-2.originator',
    title: 'the own identifier as ORIGINATOR_ID: the route is ignored',
    rfc: '4456 8',
    peers: { t: other },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t')
      t.announce(c.prefix(), { path })
      await o.has(c.prefix())
      t.announce(c.prefix(), { path, more: [originatorId(DUT_ID)] })
      await o.lacks(c.prefix())
      t.alive()
    },
  },
  {
    id: 'RFL-3',
    title: 'next hop, path, LOCAL_PREF and MED are reflected untouched',
    rfc: '4456 10',
    feature: 'reflection',
    peers: { t: client, a: client },
    async run(c) {
      const [t, a] = await c.sessions('t', 'a')
      t.announce(c.prefix(), { path: [65101, 65102], med: 77, localPref: 345, nextHop: '10.99.7.7' })
      const route = await a.has(c.prefix())
      same(
        [2, 3, 4, 5].map((type) => toHex(route.value(type) ?? [])),
        ['02020000fe4d0000fe4e', '0a630707', '0000004d', '00000159'],
        'AS_PATH, NEXT_HOP, MED and LOCAL_PREF',
      )
    },
  },
]
