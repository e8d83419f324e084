import t from 'tap'
import { convertToYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import type { RulePolicy } from '../../../src/policy/types.js'
import { environment, errors, good } from './support.js'

const SWITCH = `hostname sw
ip prefix-list LAN seq 5 permit 192.168.0.0/16 le 32
ip prefix-list LAN seq 10 deny 0.0.0.0/0 le 32
ip as-path access-list 1 permit ^64512(_64512)*$
ip as-path access-list 1 deny .*
bgp as-path access-list FAR seq 5 permit _65001$
ip community-list standard BLUE permit 64512:1 no-export
ip community-list expanded RED permit _65000:[0-9]+_
ip large-community-list standard BIG permit 64512:1:1
access-list 7 permit 10.0.0.0 0.255.255.255
route-map IN permit 10
 description the LAN
 match ip address prefix-list LAN
 match as-path 1 FAR
 set local-preference 200
 set weight 10
 set metric +5
 set community 64512:100 additive
 set large-community 64512:1:2 additive
 continue 30
route-map IN deny 20
 match community BLUE RED exact-match
route-map IN permit 30
 match large-community BIG
 match metric 10
 match local-preference 100
 match origin igp
 match ip next-hop prefix-list LAN
 match ip address prefix-len 32
 set comm-list BLUE delete
route-map OUT permit 10
 set as-path prepend 64513 64513
 set as-path prepend last-as 2
 set ip next-hop 192.168.95.1
 set origin incomplete
 set community none
 set large-community 64513:1:1
!
router bgp 64513
 bgp router-id 192.168.95.200
 neighbor NODES peer-group
 neighbor NODES remote-as 64512
 neighbor 192.168.95.210 peer-group NODES
 neighbor 192.168.95.211 remote-as 64512
 address-family ipv4
  neighbor NODES filter-list 1 in
  neighbor 192.168.95.210 route-map IN in
  neighbor 192.168.95.210 prefix-list LAN in
  neighbor 192.168.95.210 route-map OUT out
  neighbor 192.168.95.211 distribute-list 7 in
`

t.test('lists and route maps of a switch become policies', async (t) => {
  const [first, second] = good(SWITCH).bgp.neighbors
  const accept = first.families[0].import as RulePolicy
  t.equal(accept.prefixList?.name, 'LAN')
  t.equal(accept.asPathList?.name, '1')
  t.equal(accept.routeMap?.rules.length, 3)
  const [one, two, three] = accept.routeMap?.rules ?? []
  t.match(one, {
    seq: 10,
    action: 'permit',
    description: 'the LAN',
    set: { localPref: 200, weight: 10, med: { change: 5 }, addCommunities: ['64512:100', '64512:1:2'] },
    continue: 30,
  })
  t.same(
    one.match.asPathLists?.map(({ name, rules }) => [name, rules.length]),
    [
      ['1', 2],
      ['FAR', 1],
    ],
  )
  t.match(two, { seq: 20, action: 'deny', match: { exactCommunities: true } })
  t.same(two.match.communityLists?.[1].rules, [{ action: 'permit', regex: '_65000:[0-9]+_' }])
  t.match(three.match, { med: 10, localPref: 100, origin: 0, prefixLength: { ge: 32, le: 32 } })
  t.same(three.match.communityLists?.[0].rules, [{ action: 'permit', all: ['64512:1:1'] }])
  t.same((first.families[0].export as RulePolicy).routeMap?.rules[0].set, {
    prepend: [64513, 64513],
    prependLast: 2,
    nextHop: '192.168.95.1',
    origin: 2,
    communities: [],
    largeCommunities: ['64513:1:1'],
  })
  t.same(second.families[0].import, [{ action: 'permit', prefix: '10.0.0.0/8', ge: 8, le: 32 }])
})

t.test('the conversion to YAML is the same configuration', async (t) => {
  const { text, diagnostics } = convertToYaml(SWITCH, 'f', environment)
  t.same(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  )
  t.same(good(text!).bgp.neighbors, good(SWITCH).bgp.neighbors)
})

t.test('and so is the way back', async (t) => {
  const config = good(SWITCH)
  const { text, lost } = emitIos(config)
  t.same(lost, [])
  t.same(good(text).bgp.neighbors, config.bgp.neighbors)
})

t.test('what these words can not say is named', async (t) => {
  const yaml = `as: 64513
routerId: 192.168.95.200
neighbors:
  - address: 192.168.95.210
    remoteAs: 64512
    export: all
    import: { asPath: "^64512_", routeMap: [ { match: { prefix: [10.0.0.0/8], prefixLength: { ge: 9 }, neighborAs: 1 }, set: { removeCommunities: ["1:1"], med: none } } ] }
`
  const { text, lost } = emitIos(good(yaml))
  t.same(lost, [
    'neighbors[192.168.95.210].families.ipv4-unicast.import.routeMap[10].match.prefixLength',
    'neighbors[192.168.95.210].families.ipv4-unicast.import.routeMap[10].match.neighborAs',
    'neighbors[192.168.95.210].families.ipv4-unicast.import.routeMap[10].set.med',
  ])
  const [{ families }] = good(text).bgp.neighbors
  const policy = families[0].import as RulePolicy
  t.same(policy.asPathList?.rules, [{ action: 'permit', regex: '^64512_' }])
  t.same(policy.routeMap?.rules[0].match.prefixLists?.[0].rules, [
    { action: 'permit', prefix: '10.0.0.0/8', ge: 8, le: 8 },
  ])
})

t.test('each mistake is refused with its line', async (t) => {
  const router = 'router bgp 64513\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 1\n'
  t.same(errors(`${router} neighbor 10.0.0.2 route-map X in\n`), ['4: there is no route map `X`'])
  t.match(errors(`${router}ip as-path access-list 1 permit (\n`), [/^4: .*no regular expression/])
  t.match(errors(`${router}ip community-list standard A permit 1:2:3:4\n`), [/^4: .*no community/])
  t.same(errors(`${router}route-map A permit 10\n match ip address 1\n`), ['5: there is no access list `1`'])
  t.match(errors(`${router}route-map A permit 10\n call B\n`), [/^5: .*not supported yet/])
  t.match(errors(`${router}route-map A permit 10\n set metric x\n`), [/^5: .*no metric/])
  t.match(errors(`${router}access-list 7 permit 10.0.0.0 0.255.0.255\n`), [/^4: .*wildcard/])
})

t.test('a no form takes away what the line set', async (t) => {
  const router = 'router bgp 64513\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 1\n'
  const map = 'route-map A permit 10\n set metric 5\nroute-map A deny 20\n'
  const config = good(
    `${map}route-map A permit 10\n no set metric\nno route-map A deny 20\n${router} neighbor 10.0.0.2 route-map A in\n neighbor 10.0.0.2 route-map A out\n no neighbor 10.0.0.2 route-map A out\n`,
  )
  const [{ families }] = config.bgp.neighbors
  t.same((families[0].import as RulePolicy).routeMap?.rules, [
    { seq: 10, action: 'permit', match: {}, set: {} },
  ])
  t.equal(families[0].export, 'all')
})
