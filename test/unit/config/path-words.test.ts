import t, { type Test } from 'tap'
import { convertToYaml, emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import type { NeighborOptions } from '../../../src/speaker/model/options.js'
import { environment, errors, good, said } from './support.js'

const A = '192.168.95.210'
const yaml = (...more: string[]) =>
  `as: 64513\nrouterId: 1.1.1.1\nneighbors:\n  - address: ${A}\n    remoteAs: 64512\n${more.map((line) => `    ${line}\n`).join('')}`
const ios = (...more: string[]) =>
  `router bgp 64513\n bgp router-id 1.1.1.1\n neighbor ${A} remote-as 64512\n${more.map((line) => ` ${line.replace('$', `neighbor ${A}`)}\n`).join('')}`
const neighbor = (text: string): NeighborOptions => good(text).bgp.neighbors[0]
const family = (text: string) => neighbor(text).families[0]

/** Both kinds of running configuration give the same neighbor again. */
function survives(t: Test, text: string) {
  const config = good(text)
  const { text: written, lost } = emitIos(config)
  t.same(lost, [])
  t.same(good(written).bgp.neighbors, config.bgp.neighbors, `${written}`)
  t.same(good(emitYaml(config)).bgp, config.bgp)
  return written
}

t.test('AS paths: in YAML and in the switch’s words', async (t) => {
  for (const [key, words, line] of [
    ['allowAsIn: 2', { allowAsIn: 2 }, '$ allowas-in 2'],
    ['allowAsIn: origin', { allowAsIn: 'origin' }, '$ allowas-in origin'],
    ['removePrivateAs: true', { removePrivateAs: { all: false, replace: false } }, '$ remove-private-as'],
    [
      'removePrivateAs: { all: true }',
      { removePrivateAs: { all: true, replace: false } },
      '$ remove-private-AS all',
    ],
    [
      'removePrivateAs: { all: true, replace: true }',
      { removePrivateAs: { all: true, replace: true } },
      '$ remove-private-AS all replace-as',
    ],
    ['asOverride: true', { asOverride: true }, '$ as-override'],
    ['senderLoopDetection: false', { senderLoopDetection: false }, 'no $ sender-as-path-loop-detection'],
    [
      'sendCommunity: [standard, large]',
      { sendCommunity: { standard: true, extended: false, large: true } },
      'no $ send-community extended',
    ],
    [
      'sendCommunity: false',
      { sendCommunity: { standard: false, extended: false, large: false } },
      'no $ send-community',
    ],
    ['unchanged: [med]', { unchanged: { asPath: false, med: true } }, '$ attribute-unchanged med'],
  ] as const) {
    t.match(family(yaml(key)), words, key)
    t.match(family(ios(line)), words, line)
    survives(t, yaml(key))
    survives(t, ios(line))
  }
  t.equal(family(ios('$ allowas-in')).allowAsIn, 3)
  const off = yaml('sendCommunity: true', 'allowAsIn: false', 'removePrivateAs: false', 'asOverride: false')
  t.strictSame(family(off), family(yaml()))
  const both = ios(
    '$ send-community both',
    '$ soft-reconfiguration inbound',
    '$ sender-as-path-loop-detection',
  )
  t.strictSame(family(both), family(ios()))
  t.strictSame(
    family(ios('$ as-override', 'no $ as-override', '$ allowas-in', 'no $ allowas-in')),
    family(ios()),
  )
})

t.test('send-community: all kinds unless some are taken away; lines add up', async (t) => {
  const kinds = (...lines: string[]) => family(ios(...lines)).sendCommunity
  t.equal(kinds('$ send-community'), undefined)
  t.equal(kinds('no $ send-community', '$ send-community all'), undefined)
  t.same(kinds('no $ send-community', '$ send-community'), {
    standard: true,
    extended: false,
    large: false,
  })
  t.same(kinds('no $ send-community all', '$ send-community both'), {
    standard: true,
    extended: true,
    large: false,
  })
  t.same(kinds('no $ send-community standard', 'no $ send-community large'), {
    standard: false,
    extended: true,
    large: false,
  })
  t.same(
    said(ios('no $ send-community standard', 'no $ send-community large')).filter((one) =>
      /replaces/.test(one),
    ),
    [],
  )
})

t.test('a route server’s clients', async (t) => {
  for (const line of [
    '$ route-server-client',
    '$ attribute-unchanged',
    '$ attribute-unchanged next-hop med as-path',
  ]) {
    t.match(family(ios(line)), { nextHop: 'unchanged', unchanged: { asPath: true, med: true } }, line)
  }
  t.match(family(ios('$ attribute-unchanged next-hop')), { nextHop: 'unchanged', unchanged: undefined })
})

t.test('local-as', async (t) => {
  t.match(neighbor(yaml('localAs: 64999')), { localAs: 64999, localAsStyle: undefined })
  const style = { prepend: true, showReal: true, dual: false }
  t.match(neighbor(yaml('localAs: { as: 64999 }')), { localAs: 64999, localAsStyle: style })
  t.match(neighbor(ios('$ local-as 64999')), { localAs: 64999, localAsStyle: style })
  t.match(neighbor(ios('$ local-as 64999 no-prepend')).localAsStyle, { ...style, prepend: false })
  t.equal(neighbor(ios('$ local-as 64999 no-prepend replace-as')).localAsStyle, undefined)
  t.match(neighbor(ios('$ local-as 64999 no-prepend replace-as dual-as')).localAsStyle, {
    prepend: false,
    showReal: false,
    dual: true,
  })
  t.match(neighbor(yaml('localAs: { as: 64513 }')), { localAs: 64513, localAsStyle: undefined })
  for (const text of [
    yaml('localAs: 64999'),
    ios('$ local-as 64999'),
    ios('$ local-as 64999 no-prepend'),
    yaml('localAs: { as: "1.10", noPrepend: true, replaceAs: true, dualAs: true }'),
  ]) {
    survives(t, text)
  }
  t.match(said(yaml('localAs: 64513')), [
    /warning: `localAs` 64513 is this speaker’s own AS: it changes nothing/,
  ])
  t.match(said(ios('$ local-as 64513')), [/warning: % Cannot have local-as same as BGP AS number 64513/])
  t.match(errors(yaml('localAs: { as: 0 }')), [/AS 0 is reserved/])
  t.match(errors(yaml('localAs: { noPrepend: true }')), [/local/])
})

t.test('OPEN, first AS and pace', async (t) => {
  for (const [keys, lines, wanted] of [
    [['enforceFirstAs: false'], ['no $ enforce-first-as'], { enforceFirstAs: false }],
    [['connectedCheck: false'], ['$ disable-connected-check'], { connectedCheck: false }],
    [['advertisementInterval: 30'], ['$ advertisement-interval 30'], { advertisementInterval: 30 }],
    [
      ['negotiateCapabilities: false'],
      ['$ dont-capability-negotiate'],
      { capabilities: { negotiate: false } },
    ],
    [['overrideCapabilities: true'], ['$ override-capability'], { capabilities: { override: true } }],
    [
      ['strictCapabilities: true'],
      ['$ strict-capability-match'],
      { capabilities: { required: [{ code: 1, family: 'ipv4-unicast' }] } },
    ],
    [
      ['extendedNextHop: false'],
      ['no $ capability extended-nexthop'],
      { capabilities: { extendedNextHop: false } },
    ],
    [['timers: { delayOpen: 5 }'], ['$ timers delayopen 5'], { timers: { delayOpen: 5 } }],
  ] as const) {
    t.match(neighbor(yaml(...keys)), wanted)
    t.match(neighbor(ios(...lines)), wanted)
    survives(t, yaml(...keys))
    survives(t, ios(...lines))
  }
  const plain = neighbor(yaml())
  t.same(
    neighbor(
      yaml(
        'enforceFirstAs: true',
        'connectedCheck: true',
        'advertisementInterval: 0',
        'strictCapabilities: false',
      ),
    ),
    plain,
  )
  t.equal(neighbor(ios('$ advertisement-interval 0')).advertisementInterval, undefined)
})

t.test('required capabilities', async (t) => {
  const text = yaml('requiredCapabilities: [route-refresh, four-octet-as]', 'strictCapabilities: true')
  t.same(neighbor(text).capabilities, {
    required: [{ code: 1, family: 'ipv4-unicast' }, { code: 2 }, { code: 65 }],
  })
  t.same(neighbor(emitYaml(good(text))).capabilities, neighbor(text).capabilities)
  t.match(emitIos(good(text)).lost, [/requiredCapabilities: capability 2/, /capability 65/])
  t.match(errors(yaml('requiredCapabilities: [refresh]')), [/route-refresh/])
  t.match(errors(yaml('strictCapabilities: true', 'overrideCapabilities: true')), [/exclude each other/])
  t.match(errors(ios('$ strict-capability-match', '$ override-capability')), [
    /override-capability and strict-capability-match exclude/,
  ])
  t.match(errors(yaml('negotiateCapabilities: false', 'families: [ipv4-unicast, ipv6-unicast]')), [
    /IPv4 alone/,
  ])
})

t.test('the least hold time that is accepted', async (t) => {
  const least = (text: string) => neighbor(text).timers.minimumHold
  for (const text of [
    yaml('timers: { hold: 90, minimumHold: 30 }'),
    ios('$ timers 30 90 30'),
    ios('timers bgp 30 90 30'),
    ios('bgp minimum-holdtime 30'),
  ]) {
    t.equal(least(text), 30)
    survives(t, text)
  }
  t.equal(least(yaml('timers: { minimumHold: 0 }')), undefined)
  t.match(errors(yaml('timers: { hold: 9, minimumHold: 30 }')), [/above hold 9/])
})

t.test('commands that need words, not features', async (t) => {
  t.equal(neighbor(ios('bgp disable-ebgp-connected-route-check')).connectedCheck, false)
  t.match(said(ios('bgp dampening')), [/warning: route flap damping is not supported/])
  t.match(errors(ios('bgp confederation identifier 5')), [/confederations/])
  t.match(errors(ios('neighbor eth0 interface remote-as external')), [/sessions without addresses/])
  for (const line of ['bgp bestpath aigp', 'bgp network import-check', '$ solo', 'distance 150 10.0.0.0/8']) {
    t.same(errors(ios(line)), [], line)
  }
})

t.test('enforce-first-as and shutdown of all neighbors', async (t) => {
  t.equal(neighbor(ios('no bgp enforce-first-as')).enforceFirstAs, false)
  t.equal(neighbor(ios('no bgp enforce-first-as', '$ enforce-first-as')).enforceFirstAs, undefined)
  t.same(neighbor(ios('bgp default shutdown')).shutdown, {})
  t.equal(neighbor(ios('bgp default shutdown', 'no $ shutdown')).shutdown, undefined)
})

t.test('what has no effect on iBGP says so', async (t) => {
  const internal = yaml('removePrivateAs: true', 'asOverride: true', 'unchanged: [med]').replace(
    '64512',
    '64513',
  )
  t.equal(said(internal).filter((one) => /has no effect on an iBGP neighbor/.test(one)).length, 3)
})

t.test('RFC 8212: a policy is required of eBGP', async (t) => {
  const missing = (text: string) => {
    const { import: accept, export: announce, policyMissing } = family(text)
    return [accept, announce, policyMissing]
  }
  const text = (...more: string[]) => `ebgpRequiresPolicy: true\n${yaml(...more)}`
  t.same(missing(text()), ['none', 'none', { import: true, export: true }])
  t.same(missing(text('import: all')), ['all', 'none', { import: false, export: true }])
  t.same(missing(text('import: all', 'export: all')), ['all', 'all', undefined])
  t.same(missing(text().replace('64512', '64513')), ['all', 'all', undefined], 'iBGP is not concerned')
  t.same(missing(yaml()), ['all', 'none', undefined], 'off by default')
  t.same(missing(ios()), ['all', 'all', undefined], 'in the switch’s text, too')
  const lines = ['bgp ebgp-requires-policy', '$ prefix-list ALL in']
  const list = 'ip prefix-list ALL seq 5 permit 0.0.0.0/0 le 32\n'
  t.same(missing(list + ios(...lines)), ['all', 'none', { import: false, export: true }])
  t.same(missing(ios('no bgp ebgp-requires-policy')), ['all', 'all', undefined])
  for (const one of [
    text(),
    text('import: all'),
    text('import: all', 'export: all'),
    text('families: [ipv4-unicast, ipv6-unicast]', 'import: all'),
    list + ios(...lines),
  ]) {
    survives(t, one)
  }
  t.match(convertToYaml(list + ios(...lines), 'f', environment).text, /^ebgpRequiresPolicy: true$/m)
})

t.test('peer groups give what their members do not say', async (t) => {
  const text = ios(
    'neighbor NODES peer-group',
    'neighbor NODES as-override',
    'neighbor NODES allowas-in 2',
    'neighbor NODES local-as 64999',
    'neighbor NODES advertisement-interval 5',
    'no neighbor NODES send-community all',
    '$ peer-group NODES',
    'no $ as-override',
    '$ allowas-in origin',
  )
  const { localAs, advertisementInterval } = neighbor(text)
  t.same([localAs, advertisementInterval], [64999, 5])
  const { asOverride, allowAsIn, sendCommunity } = family(text)
  t.same([asOverride, allowAsIn], [undefined, 'origin'])
  t.same(sendCommunity, { standard: false, extended: false, large: false })
  t.match(convertToYaml(text, 'f', environment).text, /asOverride: false/)
})

t.test('what is missing is named in the words of the file', async (t) => {
  for (const [line, hint] of [
    ['$ filter-list 1 in', 'ip as-path access-list 1 permit …'],
    ['$ route-map OUT out', 'route-map OUT permit 10'],
    ['$ distribute-list 7 in', 'access-list 7 permit …'],
    ['$ prefix-list NET in', 'ip prefix-list NET permit …'],
    ['bgp listen range 10.0.0.0/8 peer-group N', 'neighbor N peer-group'],
  ] as const) {
    t.ok(
      said(ios(line)).some((one) => one.includes(`(${hint})`)),
      `${line}: ${said(ios(line)).join()}`,
    )
  }
  t.match(said(yaml('import: NET')).join(), /define it under `prefixLists`/)
})

t.test('a neighbor in the own AS that is told another one', async (t) => {
  t.match(said(yaml('localAs: 64999').replace('64512', '64513')).join(), /its paths count as loops/)
})
