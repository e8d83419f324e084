import t, { type Test } from 'tap'
import { diffConfigs } from '../../../src/config/describe/diff.js'
import { convertToYaml, emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import type { FamilyOptions } from '../../../src/speaker/model/options.js'
import { environment, errors, good, said } from './support.js'

const yaml = (more: string, top = '') =>
  `as: 64513\nrouterId: 1.1.1.1\n${top}neighbors:\n  - { address: 192.168.95.210, remoteAs: 64513, ${more} }\n`
const ios = (...lines: string[]) =>
  `router bgp 64513\n bgp router-id 1.1.1.1\n neighbor 192.168.95.210 remote-as 64513\n${lines.map((line) => ` ${line}\n`).join('')}`
const A = 'neighbor 192.168.95.210'
const family = (text: string, neighbor = 0): FamilyOptions => good(text).bgp.neighbors[neighbor].families[0]
const addPath = (text: string, neighbor = 0) => family(text, neighbor).addPath

/** A configuration says the same after it was written in either dialect and read again. */
function roundTrip(t: Test, text: string): void {
  const config = good(text)
  const { text: words, lost } = emitIos(config)
  t.same(lost, [])
  for (const again of [emitYaml(config), words]) {
    const { bgp } = good(again)
    t.equal(bgp.clusterId, config.bgp.clusterId)
    t.equal(bgp.clientToClientReflection, config.bgp.clientToClientReflection)
    for (const [i, one] of config.bgp.neighbors.entries()) {
      const read = bgp.neighbors[i].families[0]
      t.equal(read.routeReflectorClient, one.families[0].routeReflectorClient)
      t.same(read.addPath, one.families[0].addPath)
    }
  }
}

t.test('clients and clusters in YAML and in the switch’s words', async (t) => {
  t.equal(family(yaml('passive: true')).routeReflectorClient, undefined)
  t.equal(family(yaml('routeReflectorClient: true')).routeReflectorClient, true)
  const inFamily = 'families: { ipv4-unicast: { routeReflectorClient: true } }'
  t.equal(family(yaml(inFamily)).routeReflectorClient, true)
  t.equal(family(ios(`${A} route-reflector-client`)).routeReflectorClient, true)
  const grouped = ios('neighbor RR peer-group', 'neighbor RR route-reflector-client', `${A} peer-group RR`)
  t.equal(family(grouped).routeReflectorClient, true)
  t.equal(family(`${grouped} no ${A} route-reflector-client\n`).routeReflectorClient, undefined)
  const { bgp } = good(yaml('passive: true'))
  t.same([bgp.clusterId, bgp.clientToClientReflection], [undefined, true])
  const set = good(yaml('passive: true', 'clusterId: 10.0.0.7\nclientToClientReflection: false\n')).bgp
  t.same([set.clusterId, set.clientToClientReflection], [0x0a000007, false])
  for (const id of ['10.0.0.7', '167772167']) {
    const read = good(ios(`bgp cluster-id ${id}`, 'no bgp client-to-client reflection')).bgp
    t.same([read.clusterId, read.clientToClientReflection], [0x0a000007, false])
  }
  roundTrip(t, yaml('routeReflectorClient: true', 'clusterId: 10.0.0.7\nclientToClientReflection: false\n'))
  t.match(
    emitIos(good(yaml('routeReflectorClient: true', 'clusterId: 10.0.0.7\n'))).text,
    / bgp cluster-id 10\.0\.0\.7\n.* {2}neighbor 192\.168\.95\.210 route-reflector-client\n/s,
  )
})

t.test('ADD-PATH in YAML', async (t) => {
  t.equal(addPath(yaml('passive: true')), undefined)
  t.equal(addPath(yaml('addPath: { receive: false }')), undefined)
  t.same(addPath(yaml('addPath: { receive: true }')), { receive: true })
  t.same(addPath(yaml('addPath: { send: all }')), { receive: false, send: 'all' })
  t.same(addPath(yaml('addPath: { receive: true, send: best-per-as }')), {
    receive: true,
    send: 'best-per-as',
  })
  t.same(addPath(yaml('addPath: { send: { best: 3 } }')), { receive: false, send: 3 })
  for (const more of ['receive: true', 'send: all', 'receive: true, send: best-per-as', 'send: { best: 3 }'])
    roundTrip(t, yaml(`addPath: { ${more} }`))
})

t.test('ADD-PATH in the words of FRR and of IOS', async (t) => {
  const cases: [lines: string[], expected: FamilyOptions['addPath']][] = [
    [['addpath-tx-all-paths'], { receive: false, send: 'all' }],
    [['addpath-tx-bestpath-per-AS'], { receive: false, send: 'best-per-as' }],
    [['addpath-tx-best-selected 3'], { receive: false, send: 3 }],
    [['additional-paths receive'], { receive: true }],
    [['additional-paths receive', 'disable-addpath-rx'], undefined],
    [['additional-paths send'], { receive: false, send: 1 }],
    [['additional-paths send receive'], { receive: true, send: 1 }],
    [['additional-paths send receive', 'advertise additional-paths all'], { receive: true, send: 'all' }],
    [['additional-paths send', 'advertise additional-paths best 3'], { receive: false, send: 3 }],
    [
      ['additional-paths send', 'advertise additional-paths group-best'],
      { receive: false, send: 'best-per-as' },
    ],
    [['advertise additional-paths all'], undefined],
    [['additional-paths receive', 'additional-paths disable'], undefined],
  ]
  for (const [lines, expected] of cases) {
    t.same(addPath(ios(...lines.map((line) => `${A} ${line}`))), expected, lines.join('; '))
  }
})

t.test('ADD-PATH of a whole family, and of a group', async (t) => {
  const everyone = ['bgp additional-paths send receive', 'bgp additional-paths select best 2']
  const second = 'neighbor 192.168.95.211 remote-as 64513'
  const text = ios(...everyone, second, `${A} advertise additional-paths all`)
  t.same(addPath(text), { receive: true, send: 2 }, 'no more than what was selected')
  t.same(addPath(text, 1), { receive: true, send: 1 })
  const off = ios(...everyone, `${A} additional-paths disable`)
  t.equal(addPath(off), undefined)
  const group = ['neighbor RR peer-group', `${A} peer-group RR`]
  const grouped = ios(...group, ...everyone, 'neighbor RR advertise additional-paths all')
  t.same(addPath(grouped), { receive: true, send: 2 })
  t.same(addPath(ios(...group, 'neighbor RR addpath-tx-all-paths', `${A} additional-paths receive`)), {
    receive: true,
    send: 'all',
  })
  const v6 = ios(
    'neighbor 2001:db8::1 remote-as 64513',
    'neighbor 2001:db8::1 peer-group RR',
    'neighbor RR peer-group',
    'address-family ipv4',
    ' bgp additional-paths receive',
    'address-family ipv6',
    ' neighbor 2001:db8::1 activate',
  )
  t.match(good(v6).bgp.neighbors[1].families, [{ family: 'ipv6-unicast', addPath: undefined }])
  roundTrip(t, text)
  roundTrip(t, grouped)
  const converted = convertToYaml(grouped, 'f', environment).text ?? ''
  t.match(converted, /addPath:/)
  t.same(addPath(converted), { receive: true, send: 2 })
})

t.test('mistakes', async (t) => {
  t.match(errors(yaml('addPath: { send: some }')), [/all, best-per-as or a mapping/])
  t.match(errors(yaml('addPath: { send: { best: 0 } }')), [/`best` must be a whole number from 1 to 255/])
  t.match(errors(yaml('addPath: true')), [/must be a mapping such as/])
  t.match(errors(yaml('passive: true', 'clusterId: 0.0.0.0\n')), [/0\.0\.0\.0/])
  t.match(errors(ios('bgp cluster-id 0')), [/`0` is no cluster id/])
  t.match(errors(ios('bgp cluster-id 4294967296')), [/no cluster id/])
  const external = yaml('routeReflectorClient: true').replace('remoteAs: 64513', 'remoteAs: 64512')
  t.match(said(external), [/warning: `routeReflectorClient` has no effect on an eBGP neighbor/])
  t.equal(family(external).routeReflectorClient, undefined)
  t.match(said(ios('bgp additional-paths install')), [/warning: only paths of equal cost/])
})

t.test('what a change means for the session', async (t) => {
  const before = yaml('addPath: { receive: true, send: all }')
  const meaning = (after: string) =>
    diffConfigs(good(before), good(after)).map(({ path, session }) => [path, session])
  const path = 'neighbors[192.168.95.210].families.ipv4-unicast'
  t.same(meaning(yaml('addPath: { receive: true, send: { best: 2 } }')), [
    [`${path}.addPath.send`, 'in place'],
    [`${path}.addPath.send.best`, 'in place'],
  ])
  t.same(meaning(yaml('addPath: { receive: true }')), [[`${path}.addPath.send`, 'reset']])
  t.same(meaning(yaml('addPath: { send: all }')), [[`${path}.addPath.receive`, 'reset']])
  t.same(meaning(yaml('addPath: { receive: true, send: all }, routeReflectorClient: true')), [
    [`${path}.routeReflectorClient`, 'in place'],
  ])
})
