import type { Case } from '../case.js'
import { check, same } from '../context.js'
import { aggregator, as4Aggregator, as4Path, toHex } from '../octets.js'

const old = { as4: false }

/** Section 5: four-octet AS numbers (RFC 6793). */
export const as4Cases: readonly Case[] = [
  {
    id: 'AS4-1',
    title: 'to a 2-octet peer: AS_TRANS in AS_PATH, the true numbers in AS4_PATH',
    rfc: '6793 4.2.2',
    peers: { t: {}, s: {} },
    async run(c) {
      const t = await c.session('t', old)
      const s = await c.session('s')
      s.announce(c.prefix(), { path: [s.speaker.as, 4200000009] })
      const route = await t.has(c.prefix())
      same(route.asPath, `65000 ${s.speaker.as} 23456`, 'AS_PATH')
      same(route.as4Path, `65000 ${s.speaker.as} 4200000009`, 'AS4_PATH')
    },
  },
  {
    id: 'AS4-1.fits',
    title: 'no AS4_PATH when all numbers fit',
    rfc: '6793 4.2.2',
    peers: { t: {}, s: {} },
    async run(c) {
      const t = await c.session('t', old)
      const s = await c.session('s')
      s.announce(c.prefix())
      const route = await t.has(c.prefix())
      same(route.asPath, `65000 ${s.speaker.as}`, 'AS_PATH')
      check(!route.attribute(17), 'there is an AS4_PATH')
    },
  },
  {
    id: 'AS4-1.own',
    title: 'the own AS does not fit: AS_TRANS stands for it',
    rfc: '6793 4.2.2',
    setup: 'as4',
    peers: { t: {}, s: {} },
    async run(c) {
      const t = await c.session('t', old)
      const s = await c.session('s')
      s.announce(c.prefix())
      const route = await t.has(c.prefix())
      same(route.asPath, `23456 ${s.speaker.as}`, 'AS_PATH')
      same(route.as4Path, `4200000001 ${s.speaker.as}`, 'AS4_PATH')
    },
  },
  {
    id: 'AS4-1.aggregator',
    title: 'an AGGREGATOR that does not fit: AS_TRANS, and AS4_AGGREGATOR',
    rfc: '6793 4.2.2',
    peers: { t: {}, s: {} },
    async run(c) {
      const t = await c.session('t', old)
      const s = await c.session('s')
      s.announce(c.prefix(), { more: [aggregator(4200000009, '192.0.2.9')] })
      const route = await t.has(c.prefix())
      same(toHex(route.value(7) ?? []), '5ba0c0000209', 'AGGREGATOR')
      same(toHex(route.value(18) ?? []), 'fa56ea09c0000209', 'AS4_AGGREGATOR')
    },
  },
  {
    id: 'AS4-2.merged',
    title: 'AS_PATH and AS4_PATH of a 2-octet peer are merged',
    rfc: '6793 4.2.3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', old)
      t.announce(c.prefix(), {
        path: [65001, 23456, 23456],
        more: [as4Path(4200000002, 4200000003)],
      })
      same((await o.has(c.prefix())).asPath, '65000 65001 4200000002 4200000003', 'AS_PATH')
    },
  },
  {
    id: 'AS4-2.aggregator',
    title: 'AGGREGATOR is not AS_TRANS: AS4_PATH and AS4_AGGREGATOR are ignored',
    rfc: '6793 4.2.3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', old)
      t.announce(c.prefix(), {
        path: [65001, 23456],
        more: [
          aggregator(65001, '192.0.2.9', 2),
          as4Path(65001, 4200000002),
          as4Aggregator(4200000002, '192.0.2.8'),
        ],
      })
      const route = await o.has(c.prefix())
      same(route.asPath, '65000 65001 23456', 'AS_PATH')
      same(toHex(route.value(7) ?? []), '0000fde9c0000209', 'AGGREGATOR')
    },
  },
  {
    id: 'AS4-2.longer',
    title: 'AS4_PATH longer than AS_PATH is ignored',
    rfc: '6793 4.2.3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', old)
      t.announce(c.prefix(), {
        path: [65001, 23456],
        more: [as4Path(65001, 4200000002, 4200000003)],
      })
      same((await o.has(c.prefix())).asPath, '65000 65001 23456', 'AS_PATH')
    },
  },
  {
    id: 'AS4-3',
    title: 'the loop check is on the merged path',
    rfc: '6793 4.2.3',
    setup: 'as4',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', old)
      t.announce(c.prefix(0))
      await o.has(c.prefix(0))
      t.announce(c.prefix(0), { path: [65001, 23456, 65033], more: [as4Path(65001, 4200000001, 65033)] })
      await o.lacks(c.prefix(0))
      t.alive()
    },
  },
]
