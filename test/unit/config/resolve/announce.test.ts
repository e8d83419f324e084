import t from 'tap'
import { diffConfigs, formatChange } from '../../../../src/config/describe/diff.js'
import { convertToYaml, emitYaml } from '../../../../src/config/emit-yaml.js'
import { emitIos } from '../../../../src/config/ios/emit/emit.js'
import { environment, errors, good, said } from '../support.js'

const HEAD = 'as: 64513\nrouterId: 1.1.1.1\n'
const NEIGHBORS = 'neighbors:\n  - { address: 192.168.95.1, remoteAs: 64999, export: all }\n'
const yaml = (announce: string) => `${HEAD}${NEIGHBORS}${announce}`
const ios = (...lines: string[]) =>
  [
    'router bgp 64513',
    ' bgp router-id 1.1.1.1',
    ' neighbor 192.168.95.1 remote-as 64999',
    ...lines.map((line) => ` ${line}`),
    '',
  ].join('\n')
const announce = (text: string) => good(text).bgp.announce

t.test('own routes in YAML', async (t) => {
  t.equal(announce(yaml('')), undefined)
  t.equal(announce(yaml('announce: []\n')), undefined)
  t.same(announce(yaml('announce: [198.51.100.0/24, "2001:db8:c0::/48"]\n')), {
    networks: [
      { prefix: '198.51.100.0/24', ifInTable: false },
      { prefix: '2001:db8:c0::/48', ifInTable: false },
    ],
    redistribute: [],
    aggregates: [],
  })
  const whole = yaml(
    [
      'announce:',
      '  networks: [{ prefix: 198.51.100.0/24, ifInTable: true, routeMap: OWN }]',
      '  redistribute: [connected, { from: static, families: [ipv4-unicast], metric: 5, defaultRoute: true }]',
      '  aggregates: [10.0.0.0/8, { prefix: "2001:db8::/32", summaryOnly: true }]',
      'routeMaps: { OWN: [{ set: { med: 7 } }] }',
      '',
    ].join('\n'),
  )
  t.match(announce(whole), {
    networks: [
      { prefix: '198.51.100.0/24', ifInTable: true, routeMap: { name: 'OWN', rules: [{ set: { med: 7 } }] } },
    ],
    redistribute: [
      { from: 'connected', family: 'ipv4-unicast', defaultRoute: false },
      { from: 'static', family: 'ipv4-unicast', metric: 5, defaultRoute: true },
      { from: 'connected', family: 'ipv6-unicast', defaultRoute: false },
    ],
    aggregates: [
      { prefix: '10.0.0.0/8', summaryOnly: false },
      { prefix: '2001:db8::/32', summaryOnly: true },
    ],
  })
  t.same(good(emitYaml(good(whole))).bgp, good(whole).bgp)
})

t.test('own routes in the switch’s words', async (t) => {
  const text = [
    'route-map OWN permit 10',
    ' set metric 7',
    '!',
    ios(
      'network 198.51.100.0 mask 255.255.255.0 route-map OWN',
      'network 10.0.0.0',
      'redistribute connected',
      'redistribute static metric 5 route-map OWN',
      'aggregate-address 172.16.0.0 255.240.0.0 summary-only',
      'default-information originate',
      'address-family ipv6',
      ' network 2001:db8:c0::/48',
      ' aggregate-address 2001:db8::/32',
      ' redistribute kernel route-map OWN metric 9',
    ),
  ].join('\n')
  const config = good(text)
  const map = { name: 'OWN' }
  t.match(config.bgp.announce, {
    networks: [
      { prefix: '10.0.0.0/8', ifInTable: true },
      { prefix: '198.51.100.0/24', ifInTable: true, routeMap: map },
      { prefix: '2001:db8:c0::/48', ifInTable: true },
    ],
    redistribute: [
      { from: 'connected', family: 'ipv4-unicast', defaultRoute: true },
      { from: 'static', family: 'ipv4-unicast', metric: 5, routeMap: map, defaultRoute: true },
      { from: 'kernel', family: 'ipv6-unicast', metric: 9, routeMap: map, defaultRoute: false },
    ],
    aggregates: [
      { prefix: '172.16.0.0/12', summaryOnly: true },
      { prefix: '2001:db8::/32', summaryOnly: false },
    ],
  })
  const { text: again, lost } = emitIos(config)
  t.same(lost, [])
  t.same(good(again).bgp.announce, config.bgp.announce)
  t.match(again, / {2}network 198\.51\.100\.0\/24 route-map OWN\n/)
  t.match(again, / {2}aggregate-address 172\.16\.0\.0\/12 summary-only\n/)
  t.match(again, / {2}redistribute static metric 5 route-map OWN\n/)
  t.same(good(emitYaml(config)).bgp.announce, config.bgp.announce)
  const converted = convertToYaml(text, 'f', environment).text ?? ''
  t.same(good(converted).bgp.announce, config.bgp.announce)
})

t.test('import-check, and taking lines back', async (t) => {
  const unchecked = good(ios('no bgp network import-check', 'network 10.0.0.0/8'))
  t.match(unchecked.bgp.announce, { networks: [{ ifInTable: false }] })
  t.match(emitIos(unchecked).text, /\n no bgp network import-check\n/)
  t.same(good(emitIos(unchecked).text).bgp.announce, unchecked.bgp.announce)
  t.equal(
    announce(
      ios(
        'network 10.0.0.0/8',
        'redistribute connected',
        'aggregate-address 10.0.0.0/8',
        'no network 10.0.0.0',
        'no redistribute connected',
        'no aggregate-address 10.0.0.0 255.0.0.0',
      ),
    ),
    undefined,
  )
  const mixed = good(yaml('announce: [{ prefix: 10.0.0.0/8, ifInTable: true }, 11.0.0.0/8]\n'))
  t.same(emitIos(mixed).lost, ['announce.networks[10.0.0.0/8].ifInTable: true'])
})

t.test('default-originate', async (t) => {
  const family = (text: string) => good(text).bgp.neighbors[0].families[0]
  const one = (more: string) =>
    `${HEAD}routeMaps: { M: [{ set: { med: 7 } }] }\nneighbors: [{ address: 192.168.95.1, remoteAs: 64999, ${more} }]\n`
  t.equal(family(one('defaultOriginate: false')).defaultOriginate, undefined)
  t.same(family(one('defaultOriginate: true')).defaultOriginate, {})
  t.match(family(one('defaultOriginate: { routeMap: M }')).defaultOriginate, { routeMap: { name: 'M' } })
  const map = 'route-map M permit 10\n set metric 7\n!\n'
  for (const line of ['default-originate', 'default-originate route-map M']) {
    const config = good(`${map}${ios(`neighbor 192.168.95.1 ${line}`)}`)
    t.match(emitIos(config).text, `  neighbor 192.168.95.1 ${line}\n`)
    t.same(good(emitIos(config).text).bgp.neighbors, config.bgp.neighbors)
    t.same(good(emitYaml(config)).bgp.neighbors, config.bgp.neighbors)
  }
  t.equal(
    family(ios('neighbor 192.168.95.1 default-originate', 'no neighbor 192.168.95.1 default-originate'))
      .defaultOriginate,
    undefined,
  )
})

t.test('mistakes', async (t) => {
  t.match(errors(yaml('announce: [127.0.0.0/8]\n')), [/127.0.0.0\/8 can't be announced/])
  t.match(errors(yaml('announce: [10.0.0.0/8, 10.0.0.0/8]\n')), [/10.0.0.0\/8 twice/])
  t.match(errors(yaml('announce: [10.0.0.1/8]\n')), [/bits set behind/])
  t.match(errors(yaml('announce: { aggregates: [10.0.0.1/32] }\n')), [/nothing is more specific/])
  t.match(errors(yaml('announce: { redistribute: [static, static] }\n')), [/twice/, /twice/])
  t.match(errors(yaml('announce: { redistribute: [ospf] }\n')), [/connected, static or kernel/])
  t.match(errors(yaml('announce: { networks: [{ prefix: 10.0.0.0/8, routeMap: NO }] }\n')), [
    /no route map `NO`/,
  ])
  t.match(errors(ios('network 2001:db8::/32')), [/is no IPv4 prefix/])
  t.match(errors(ios('network 10.0.0.0 mask 255.0.255.0')), [/no network mask/])
  for (const line of ['no network', 'no aggregate-address'])
    t.match(errors(ios(line)), [/Incomplete command/])
  t.match(errors('router bgp 1\n bgp router-id 1.1.1.1\nno ip community-list standard X permit\n'), [
    /Incomplete/,
  ])
  t.match(errors(ios('redistribute ospf')), [/not supported yet/])
  t.match(errors(ios('aggregate-address 10.0.0.0/8 route-map X')), [/not supported yet/])
  t.match(said(ios('aggregate-address 10.0.0.0/8 as-set')), [/warning: .*as-set.*9774/])
  t.match(said(ios('default-information originate')), [/warning: .*no effect/])
  t.match(said(`${HEAD}announce: [10.0.0.0/8]\nneighbors: [{ address: 192.168.95.1, remoteAs: 64999 }]\n`), [
    /warning: .*announced to nobody.*export/,
  ])
  const hop =
    'announce: { networks: [{ prefix: 10.0.0.0/8, routeMap: [{ set: { nextHop: 192.0.2.1 } }] }] }\n'
  t.match(said(yaml(hop)), [/warning: .*next hop .* has no effect/])
})

t.test('the difference of two configurations', async (t) => {
  const changes = diffConfigs(good(yaml('')), good(yaml('announce: [10.0.0.0/8]\n')))
  t.match(changes.map(formatChange), [
    /added announce.networks: \[.*10.0.0.0\/8/,
    /redistribute/,
    /aggregates/,
  ])
})
