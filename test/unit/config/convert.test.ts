import { readFileSync } from 'node:fs'
import t from 'tap'
import { convertToYaml, emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import type { Config } from '../../../src/config/model/model.js'
import fc from '../../support/properties.js'
import { environment, good, load } from './support.js'

/** A configuration but for where it came from. */
const content = ({ bgp, fib, api, log }: Config) => ({ bgp, fib, api, log })

const IOS = [
  readFileSync('config/ruijie.conf', 'utf8'),
  `hostname core
router bgp 64513
 bgp router-id 10.0.0.1
 timers bgp 10 30
 maximum-paths 8
 neighbor NODES peer-group
 neighbor NODES remote-as 64512
 neighbor NODES timers 3 9
 neighbor NODES update-source eth1
 neighbor 10.0.0.10 peer-group NODES
 neighbor 10.0.0.10 description with "quotes", colons: and # signs
 neighbor 10.0.0.11 remote-as 65000
 neighbor 10.0.0.11 shutdown message back: soon
 neighbor 2001:db8::11 remote-as external
 bgp listen range 192.168.95.0/24 peer-group NODES
 address-family ipv4
  neighbor NODES prefix-list POOL in
  neighbor 10.0.0.11 next-hop-self
  no neighbor 10.0.0.11 activate
 address-family ipv6
  neighbor NODES activate
  neighbor 2001:db8::11 activate
  neighbor 2001:db8::11 maximum-prefix 50
 exit-address-family
ip prefix-list POOL permit 192.168.95.0/24 ge 32
ipv6 prefix-list POOL6 permit any
`,
]

t.test('a switch’s text as YAML loads to the same configuration', async (t) => {
  for (const text of IOS) {
    const { text: yaml, diagnostics } = convertToYaml(text, 'f', environment)
    t.equal(diagnostics.filter(({ severity }) => severity === 'error').length, 0)
    t.same(content(good(yaml!)), content(good(text)))
  }
})

t.test('the effective configuration of a YAML file is not changed by converting it', async (t) => {
  const config = good(IOS[0])
  const { text } = convertToYaml(emitYaml(config), 'f', environment)
  t.same(content(good(text!)), content(config))
})

t.test('a wrong text is not converted, but diagnosed', async (t) => {
  const { text, diagnostics } = convertToYaml('router bgp 64513\n hello\n', 'f', environment)
  t.equal(text, undefined)
  t.match(diagnostics, [{ line: 2, severity: 'error' }])
})

t.test('a converted text is short and says where it came from', async (t) => {
  const { text } = convertToYaml(IOS[0], 'ruijie.conf', environment)
  t.match(text, /^# Converted from ruijie\.conf/)
  t.match(text, /description: k8s-master-0\n/)
  t.notMatch(text, /fib|weight|bestPath/)
})

t.test('a token is not in the effective configuration, where it came from is', async (t) => {
  const text = 'as: 1\nrouterId: 1.1.1.1\napi: { token: verysecret }\n'
  t.notMatch(emitYaml(good(text)), /verysecret/)
  t.match(emitYaml(good(text)), /token is set and not shown/)
  const file = emitYaml(good('as: 1\nrouterId: 1.1.1.1\napi: { tokenFile: /token }\n'))
  t.match(file, /tokenFile: \/token/)
  t.notMatch(file, /from the file/)
})

const octet = fc.integer({ min: 1, max: 223 }).filter((n) => n !== 127)
const address = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.')),
  fc.tuple(octet, octet).map(([a, b]) => `2001:db8:${a.toString(16)}::${b.toString(16)}`),
)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const rule4 = fc
  .tuple(octet, fc.integer({ min: 8, max: 32 }), fc.integer({ min: 8, max: 32 }), fc.boolean())
  .map(([first, a, b, permit]) => ({
    [permit ? 'permit' : 'deny']: `${first}.0.0.0/8`,
    ge: Math.min(a, b),
    le: Math.max(a, b),
  }))
const policy = fc.oneof(
  fc.constantFrom('all', 'none', 'POOL'),
  fc.array(fc.oneof(rule4, fc.constant('2001:db8::/32')), { minLength: 1, maxLength: 4 }),
)
const family = {
  import: optional(policy),
  export: optional(policy),
  nextHop: optional(fc.constantFrom('self', 'third-party', 'unchanged')),
  maximumPrefix: optional(fc.nat(1000)),
}
const settingsOf = (expressible: boolean) => ({
  remoteAs: fc.oneof(fc.integer({ min: 1, max: 20000 }), fc.constantFrom('internal', 'external', '1.10')),
  description: optional(fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/[\p{Cc}]/u.test(text))),
  localAs: optional(fc.integer({ min: 1, max: 20000 })),
  port: optional(fc.integer({ min: 1, max: 65535 })),
  passive: optional(fc.boolean()),
  shutdown: optional(fc.oneof(fc.boolean(), fc.constantFrom('back: soon', 'yes', '#'))),
  ebgpMultihop: optional(fc.integer({ min: 1, max: 255 })),
  timers: optional(
    fc.constantFrom(
      { hold: 9, keepalive: 3 },
      { hold: 0 },
      { connectRetry: 5 },
      { hold: 30, idleHold: 0, openHold: 10, sendHold: 99 },
    ),
  ),
  gracefulRestart: optional(
    expressible ? fc.boolean() : fc.oneof(fc.boolean(), fc.record({ restartTime: fc.nat(4095) })),
  ),
  weight: optional(fc.nat(65535)),
  families: optional(
    fc.oneof(
      fc.constantFrom(['ipv4-unicast'], ['ipv6-unicast', 'ipv4-unicast']),
      fc.record({ 'ipv4-unicast': fc.record(family), 'ipv6-unicast': fc.record(family) }),
    ),
  ),
  ...family,
})
/** JSON is YAML, so that a document can be written without the emitter under test. */
const document = (expressible: boolean) =>
  fc
    .record({
      as: fc.integer({ min: 1, max: 20000 }),
      routerId: fc.constantFrom('10.0.0.1', '192.168.95.200'),
      listen: expressible
        ? fc.constant(undefined)
        : optional(fc.constantFrom<unknown>('0.0.0.0:1790', 1790, ['[::]:179', '10.9.9.9'])),
      maximumPaths: optional(
        fc.oneof(fc.integer({ min: 1, max: 32 }), fc.record({ ebgp: fc.integer({ min: 1, max: 32 }) })),
      ),
      multipathRelax: optional(fc.boolean()),
      bestPath: optional(fc.record({ alwaysCompareMed: fc.boolean(), compareRouterId: fc.boolean() })),
      gracefulRestart: optional(fc.boolean()),
      prefixLists: fc.constant({
        POOL: [
          { permit: '10.0.0.0/8', ge: 32 },
          { permit: '2001:db8::/32', le: 128 },
        ],
      }),
      neighbors: fc.uniqueArray(fc.record({ address, ...settingsOf(expressible) }), {
        maxLength: 4,
        selector: (one) => one.address,
      }),
      listenRanges: optional(
        fc.tuple(fc.record({ prefix: fc.constant('10.99.0.0/16'), ...settingsOf(expressible) })),
      ),
      fib: optional(
        fc.record({
          enabled: fc.boolean(),
          metric: fc.integer({ min: 100, max: 300 }),
          allow: fc.constant(['10.0.0.0/8']),
        }),
      ),
      api: optional(
        fc.constantFrom<unknown>({ tcp: 'off' }, { tcp: '[::1]:9179', socket: '/tmp/s' }, { socket: 'off' }),
      ),
      log: optional(fc.record({ level: fc.constantFrom('debug', 'warn') })),
    })
    .map((value) => JSON.stringify(value))

t.test('property: the effective configuration loads to the same configuration', async (t) => {
  fc.assert(
    fc.property(document(false), (text) => {
      const config = good(text)
      t.same(content(good(emitYaml(config))), content(config))
    }),
    { numRuns: 40 },
  )
})

t.test(
  'property: in the switch’s words it is the same speaker, but for what is said to be lost',
  async (t) => {
    let whole = 0
    fc.assert(
      fc.property(fc.boolean().chain(document), (text) => {
        const { bgp } = good(text)
        const { text: ios, lost } = emitIos(good(text))
        const { config, diagnostics } = load(ios)
        t.ok(config, `${ios}\n${JSON.stringify(diagnostics)}`)
        if (lost.length > 0) return
        whole++
        const tidy = (one: Config['bgp']) => JSON.parse(JSON.stringify(one).replaceAll(/ +/g, ' '))
        const again = config!.bgp
        t.same(
          tidy({ ...again, listenRanges: [], neighbors: again.neighbors }),
          tidy({ ...bgp, listenRanges: [] }),
        )
        t.same(
          again.listenRanges.map(({ prefix, template }) => [prefix, template.remoteAs, template.families]),
          bgp.listenRanges.map(({ prefix, template }) => [prefix, template.remoteAs, template.families]),
        )
      }),
      { numRuns: 80 },
    )
    t.ok(whole > 5, `${whole} configurations went through whole`)
  },
)

t.test(
  'listenTraces: only what differs from the default is kept, and the switch has no word for it',
  async (t) => {
    const yaml = (line: string) =>
      `as: 64513\nrouterId: 192.0.2.1\n${line}\nlistenRanges: [{ prefix: 192.0.2.0/24, remoteAs: 64512 }]\n`
    t.equal(good(yaml('listenTraces: { keep: 3600 }')).bgp.listenTraces, undefined)
    const config = good(yaml('listenTraces: { keep: 60 }'))
    t.same(config.bgp.listenTraces, { keep: 60, limit: 1000 })
    t.same(good(emitYaml(config)).bgp, config.bgp)
    t.same(emitIos(config).lost, ['listenTraces: {"keep":60,"limit":1000}'])
    t.match(load(yaml('listenTraces: { keep: -1 }')).diagnostics, [{ severity: 'error' }])
  },
)
