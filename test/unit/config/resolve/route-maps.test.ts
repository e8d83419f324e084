import t from 'tap'
import { emitYaml } from '../../../../src/config/emit-yaml.js'
import type { RulePolicy } from '../../../../src/policy/types.js'
import { errors, good } from '../support.js'

const HEAD = 'as: 64513\nrouterId: 192.168.95.200\n'
const NODE = 'neighbors:\n  - address: 192.168.95.210\n    remoteAs: 64512\n'

const WHOLE = `${HEAD}prefixLists:
  LAN: [{ permit: 192.168.0.0/16, le: 32 }]
  LAN6: [{ permit: "2001:db8::/32", le: 128 }]
asPathLists:
  OURS: ["^64512(_64512)*$", { deny: ".*" }]
communityLists:
  BLUE: ["64512:1", { permit: ["64512:2", no-export] }, { denyRegex: "_65000:" }, "64512:1:1"]
routeMaps:
  IN:
    - description: the LAN
      match: { prefixList: [LAN, LAN6], asPathList: OURS, neighborAs: 64512, prefixLength: { ge: 24 } }
      set: { localPref: 200, weight: 10, med: "+5", addCommunities: [ "64512:100", "64512:1:2" ] }
      continue: true
    - seq: 30
      match: { communityList: BLUE, origin: igp, med: 10, localPref: 100, nextHop: [192.168.95.0/24] }
    - { action: deny, match: { community: [ "64512:9" ], exactCommunities: true } }
    - { match: { asPath: "_65001$", prefix: [10.0.0.0/8], prefixLength: 8 } }
  OUT:
    - set:
        prepend: [64513, 64513]
        prependLast: 2
        nextHop: self
        med: none
        origin: incomplete
        communities: none
        largeCommunities: ["64513:1:1"]
        removeCommunities: BLUE
    - { set: { nextHop: 192.168.95.1, removeCommunities: [ "1:1", no-export ], communities: "1:2", weight: 1 } }
${NODE}    import: IN
    export: { prefixList: LAN, asPath: "^$", routeMap: OUT }
`

t.test('a route map is read whole', async (t) => {
  const [{ families }] = good(WHOLE).bgp.neighbors
  const [{ import: accept, export: announce }] = families as unknown as [
    { import: RulePolicy; export: RulePolicy },
  ]
  t.equal(accept.routeMap?.name, 'IN')
  const [first, second, third, fourth] = accept.routeMap?.rules ?? []
  t.same(first, {
    seq: 10,
    action: 'permit',
    description: 'the LAN',
    match: {
      prefixLists: [
        { name: 'LAN', rules: [{ action: 'permit', prefix: '192.168.0.0/16', ge: 16, le: 32 }] },
        { name: 'LAN6', rules: [{ action: 'permit', prefix: '2001:db8::/32', ge: 32, le: 128 }] },
      ],
      prefixLength: { ge: 24, le: 128 },
      asPathLists: [
        {
          name: 'OURS',
          rules: [
            { action: 'permit', regex: '^64512(_64512)*$' },
            { action: 'deny', regex: '.*' },
          ],
        },
      ],
      neighborAs: [64512],
    },
    set: { localPref: 200, weight: 10, med: { change: 5 }, addCommunities: ['64512:100', '64512:1:2'] },
    continue: 11,
  })
  t.match(second, { seq: 30, match: { origin: 0, med: 10, localPref: 100 } })
  t.equal(third.seq, 40)
  t.equal(third.action, 'deny')
  t.same(fourth.match.prefixLength, { ge: 8, le: 8 })
  t.equal(announce.prefixList?.name, 'LAN')
  t.equal(announce.asPathList?.name, '')
  t.same(announce.routeMap?.rules[0].set.communities, [])
  t.equal(announce.routeMap?.rules[0].set.removeCommunities?.name, 'BLUE')
  t.equal(announce.routeMap?.rules[1].set.removeCommunities?.name, '')
})

t.test('the effective configuration loads to the same one', async (t) => {
  const config = good(WHOLE)
  t.same(good(emitYaml(config)).bgp, config.bgp)
  const inline = good(`${HEAD}${NODE}    import: { routeMap: [ { match: { prefix: [10.0.0.0/8] } } ] }\n`)
  t.same(good(emitYaml(inline)).bgp, inline.bgp)
})

t.test('each mistake is refused with its line', async (t) => {
  const rule = (text: string) => `${HEAD}routeMaps:\n  IN:\n    - ${text}\n${NODE}`
  t.same(errors(rule('{ match: { prefixList: LAM } }')), ['5: there is no prefix list `LAM`'])
  t.same(errors(rule('{ match: { asPath: "(" } }')), ['5: `(` is no regular expression: a `(` is not closed'])
  t.same(errors(rule('{ match: { community: "1:2:3:4" } }')), ['5: `1:2:3:4` is no community'])
  t.same(errors(rule('{ set: { nextHop: here } }')), ['5: `here` is no IP address'])
  t.same(errors(rule('{ seq: 5, continue: 5 }')), ["5: entry 5 can't go back to 5"])
  t.same(errors(rule('{ seq: 5 }\n    - { seq: 5 }')), ['6: entry 5 follows entry 5'])
  t.same(errors(rule('{ set: { communities: "1:2:3" } }')), ['5: `1:2:3` is of the other kind'])
  t.same(errors(rule('{ action: deny, continue: true }')), ['5: a deny entry ends the map'])
  t.same(errors(rule('{ match: { prefix: [10.0.0.0/8], prefixList: A } }')), [
    '5: `prefix` and `prefixList` exclude each other',
  ])
  t.same(errors(`${HEAD}routeMaps: { IN: [] }\n${NODE}    import: M\n`), [
    '7: there is no prefix list or route map `M`',
  ])
  t.same(errors(`${HEAD}${NODE}    import: { routeMap: IM }\n`), ['6: there is no route map `IM`'])
  t.same(errors(`${HEAD}${NODE}    import: {}\n`), ['6: says nothing'])
  const both = `${HEAD}prefixLists: { A: [10.0.0.0/8] }\nrouteMaps: { A: [{}] }\n${NODE}    import: A\n`
  t.same(errors(both), ['8: `A` is a prefix list and a route map'])
  t.same(errors(`${HEAD}routeMaps: { all: [] }\n${NODE}`), ["3: a route map can't be called `all`"])
})
