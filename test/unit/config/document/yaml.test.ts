import t from 'tap'
import { errors, good, load, said } from '../support.js'

const NODE = '  - address: 192.168.95.210\n    remoteAs: 64512\n'
const BASE = `as: 64513\nrouterId: 192.168.95.200\nneighbors:\n${NODE}`

t.test('a minimal file gets every default', async (t) => {
  const { bgp, fib, api, log, source } = good(BASE)
  t.equal(bgp.localAs, 64513)
  t.equal(bgp.routerId, 0xc0a85fc8)
  t.same(bgp.listen, [{ address: '0.0.0.0', port: 179 }])
  t.same(bgp.gracefulRestart, { enabled: true, restartTime: 120, stalePathTime: 360, notification: false })
  t.match(bgp.decision, {
    maximumPathsEbgp: 32,
    maximumPathsIbgp: 32,
    multipathRelax: false,
    compareRouterId: true,
  })
  t.equal(bgp.hostName, 'sw')
  const [node] = bgp.neighbors
  t.same(node, {
    address: '192.168.95.210',
    remoteAs: 64512,
    localAs: 64513,
    port: 179,
    passive: false,
    ebgpMultihop: 1,
    timers: { holdTime: 90, keepalive: 30, connectRetry: 10, openHold: 240, idleHold: 1, sendHold: 0 },
    families: [{ family: 'ipv4-unicast', import: 'all', export: 'none', nextHop: 'self', maximumPrefix: 0 }],
    gracefulRestart: bgp.gracefulRestart,
    weight: 0,
  })
  t.match(fib, { enabled: false, metric: 195, keepOnStop: false, mode: 'auto', allow: [], retry: 5 })
  t.same(api, { tcp: { address: '127.0.0.1', port: 9179 } })
  t.same(log, { level: 'info', format: 'auto' })
  t.match(source, { file: 'f', dialect: 'yaml' })
})

t.test('each mistake is refused with its line', async (t) => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ['unknown key', `${BASE}    holdTime: 9\n`, ['6: unknown key `holdTime`']],
    ['unknown key at the top', `${BASE}maximumPath: 3\n`, ['6: unknown key `maximumPath`']],
    [
      'misspelt required key',
      'as: 1\nneighbors:\n  - adress: 10.0.0.1\n    remoteAs: 2\n',
      ['3: unknown key `adress`'],
    ],
    ['bad address', BASE.replace('.210', '.310'), ['4: `192.168.95.310` is no IP address']],
    ['address with length', BASE.replace('.210', '.210/24'), ['4: `192.168.95.210/24` is no IP address']],
    [
      'mapped address',
      BASE.replace('192.168.95.210', '"::ffff:10.0.0.1"'),
      ['4: `::ffff:10.0.0.1` is an IPv4-mapped IPv6 address'],
    ],
    [
      'multicast',
      BASE.replace('192.168.95.210', '224.0.0.5'),
      ['4: `224.0.0.5` (multicast) is no address that a speaker can have'],
    ],
    [
      'link-local without interface',
      BASE.replace('192.168.95.210', 'fe80::2'),
      ['4: `fe80::2` is link-local and says no interface'],
    ],
    ['own AS 0', BASE.replace('64513', '0'), ['1: AS 0 is reserved and never a speaker’s own (RFC 7607)']],
    ['remote AS 0', BASE.replace('64512', '0'), ['5: AS 0 is reserved and never a speaker’s own (RFC 7607)']],
    ['AS too large', BASE.replace('64512', '4294967296'), ['5: `4294967296` is no AS number']],
    ['AS_TRANS', BASE.replace('64512', '23456'), ['5: AS 23456 is AS_TRANS, no speaker’s own (RFC 6793)']],
    [
      'asdot without quotes',
      BASE.replace('64512', '1.10'),
      [
        '5: `remoteAs` must be a whole number from 1 to 4294967295, or asdot in quotes such as "1.10", not 1.1',
      ],
    ],
    ['no AS', 'neighbors: []\n', ['1: `as` is missing']],
    [
      'no remote AS',
      `${BASE}  - address: 192.168.95.211\n`,
      ['6: neighbor 192.168.95.211 has no `remoteAs`'],
    ],
    ['duplicate neighbor', `${BASE}${NODE}`, ['6: duplicate neighbor 192.168.95.210']],
    [
      'duplicate in another spelling',
      `${BASE}  - {address: 2001:db8::1, remoteAs: 1}\n  - {address: "2001:0db8:0::1", remoteAs: 1}\n`,
      ['7: duplicate neighbor 2001:db8::1'],
    ],
    [
      'keepalive above hold',
      `${BASE}    timers:\n      hold: 30\n      keepalive: 60\n`,
      ['8: keepalive 60 is above hold 30'],
    ],
    ['hold 1', `${BASE}    timers: { hold: 1 }\n`, ['6: hold time 1 is not allowed']],
    ['keepalive 0', `${BASE}    timers: { keepalive: 0 }\n`, ['6: keepalive 0 lets hold 90 run out']],
    [
      'keepalive without hold',
      `${BASE}    timers: { hold: 0, keepalive: 5 }\n`,
      ['6: keepalive 5 is above hold 0'],
    ],
    ['sendHold below hold', `${BASE}    timers: { sendHold: 60 }\n`, ['6: sendHold 60 is not above hold 90']],
    [
      'router id 0',
      BASE.replace('192.168.95.200', '0.0.0.0'),
      ['2: router id 0.0.0.0 is not allowed (RFC 6286)'],
    ],
    [
      'router id a number',
      BASE.replace('192.168.95.200', '5'),
      ['2: `routerId` must be a router id, as text, not 5'],
    ],
    ['host bits', `${BASE}    import: [192.168.95.1/24]\n`, ['6: `192.168.95.1/24` has bits set behind /24']],
    ['prefix without length', `${BASE}    import: [192.168.95.1]\n`, ['6: `192.168.95.1` is no prefix']],
    [
      'le below ge',
      `${BASE}    import:\n      - { permit: 10.0.0.0/8, ge: 24, le: 16 }\n`,
      ['7: le 16 is below 24'],
    ],
    [
      'ge below length',
      `${BASE}    import:\n      - { permit: 10.0.0.0/8, ge: 4 }\n`,
      ['7: ge 4 is below the length of 10.0.0.0/8'],
    ],
    [
      'permit and deny',
      `${BASE}    import:\n      - { permit: 10.0.0.0/8, deny: 10.0.0.0/8 }\n`,
      ['7: entry 1 of `import` needs one of permit and deny'],
    ],
    [
      'unknown prefix list',
      `${BASE}    import: polo\nprefixLists:\n  pool: [10.0.0.0/8]\n`,
      ['6: there is no prefix list `polo`'],
    ],
    [
      'unknown group',
      `${BASE}    group: nods\ngroups:\n  nodes: {}\n`,
      ['6: neighbor 192.168.95.210: there is no group `nods`'],
    ],
    [
      'unknown group, and no AS without it',
      'as: 1\nrouterId: 1.1.1.1\nneighbors:\n  - { address: 10.0.0.1, group: nods }\n',
      ['4: neighbor 10.0.0.1: there is no group `nods`'],
    ],
    [
      'unknown next hop',
      `${BASE}    nextHop: me\n`,
      ['6: `nextHop` must be self, third-party or unchanged, not "me"'],
    ],
    [
      'two next hops',
      `${BASE}    nextHop: unchanged\n    nextHopSelf: true\n`,
      ['7: nextHopSelf contradicts nextHop: unchanged'],
    ],
    [
      'unknown family',
      `${BASE}    families: [ipv4]\n`,
      ['6: entry 1 of `families` must be ipv4-unicast or ipv6-unicast, not "ipv4"'],
    ],
    ['no family', `${BASE}    families: []\n`, ['6: no address family']],
    ['port 0', `${BASE}    port: 0\n`, ['6: `port` must be a whole number from 1 to 65535, not 0']],
    ['port 70000', `${BASE}listen: 0.0.0.0:70000\n`, ['6: `70000` is no TCP port']],
    ['listen on nothing', `${BASE}listen: [0.0.0.0:179, here]\n`, ['6: `here` is no IP address']],
    [
      'listen twice',
      `${BASE}listen:\n  - 0.0.0.0\n  - 0.0.0.0:179\n`,
      ['8: duplicate listen address 0.0.0.0:179'],
    ],
    [
      'passive and no listen',
      `${BASE}    passive: true\nlisten: off\n`,
      ['6: 192.168.95.210 is passive and nothing listens: the session can never start'],
    ],
    [
      'range and no listen',
      'as: 1\nlisten: off\nlistenRanges:\n  - prefix: 10.0.0.0/8\n',
      ['4: listen ranges need a listen address'],
    ],
    [
      'duplicate range',
      'as: 1\nlistenRanges:\n  - prefix: 10.0.0.0/8\n  - prefix: 10.0.0.0/8\n',
      ['4: duplicate listen range 10.0.0.0/8'],
    ],
    [
      'own listen address',
      `${BASE}  - {address: 10.0.0.1, remoteAs: 2}\nlisten: 10.0.0.1\n`,
      ['6: 10.0.0.1:179 is where ecmpd itself listens'],
    ],
    [
      'local address of the other family',
      `${BASE}    localAddress: 2001:db8::1\n`,
      ['6: localAddress 2001:db8::1 can’t reach an IPv4 neighbor'.replace('’', "'")],
    ],
    ['FRR’s metric', `${BASE}fib:\n  metric: 20\n`, ['7: metric 20 is FRR’s']],
    ['BIRD’s metric', `${BASE}fib:\n  metric: 32\n`, ['7: metric 32 is BIRD’s']],
    [
      'next-hop ids beyond the end',
      `${BASE}fib:\n  nextHopIds: { base: 4294967295 }\n`,
      ['7: the range ends above 4294967295'],
    ],
    [
      'wrong log level',
      `${BASE}log: { level: loud }\n`,
      ['6: `level` must be fatal, error, warn, info, debug, trace or silent, not "loud"'],
    ],
    [
      'two tokens',
      `${BASE}api:\n  token: a\n  tokenFile: /token\n`,
      ['8: `token` and `tokenFile` contradict each other'],
    ],
    [
      'no token file',
      `${BASE}api:\n  tokenFile: /nowhere\n`,
      ["7: /nowhere can't be read: there is no such file"],
    ],
    ['no token variable', `${BASE}api:\n  tokenVariable: NOTHING\n`, ['7: the environment has no `NOTHING`']],
    ['an empty section', `${BASE}fib:\n`, ['6: `fib` is empty']],
    [
      'a list where a mapping is due',
      `${BASE}fib: []\n`,
      ['6: `fib` must be a mapping such as { enabled: true }, not a list'],
    ],
    ['a key twice', `${BASE}as: 1\n`, ['6: Map keys must be unique']],
    ['a second document', `${BASE}---\nas: 1\n`, ['6: a second document (`---`) in one file']],
    [
      'a Kubernetes manifest',
      '# Cilium\n---\napiVersion: cilium.io/v2\nkind: CiliumBGPPeerConfig\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Secret\n',
      ['1: a Kubernetes manifest (CiliumBGPPeerConfig, Secret), no configuration of ecmpd'],
    ],
    [
      'a manifest of one object',
      'kind: Service\napiVersion: v1\n',
      ['1: a Kubernetes manifest (Service), no configuration of ecmpd'],
    ],
    ['merge keys', `${BASE}    <<: {}\n`, ['6: unknown key `<<`']],
    ['an empty file', '', ['1: the file is empty']],
    ['only a comment', '# nothing\n', ['1: the file is empty']],
    [
      'no mapping',
      'hello\n',
      ['1: the file must be a mapping; a minimal one is `as: 64513` and a list of `neighbors`, not "hello"'],
    ],
    [
      'not closed',
      'as: [1\n',
      ['2: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    [
      'mistake in a group',
      `${BASE}    group: g\ngroups:\n  g:\n    timers: { hold: 3, keepalive: 9 }\n`,
      ['9: keepalive 9 is above hold 3'],
    ],
    [
      'mistake in a group that nobody uses',
      `${BASE}groups:\n  g:\n    timers: { hold: 3, keepalive: 9 }\n`,
      ['8: keepalive 9 is above hold 3'],
    ],
    [
      'mistake in the defaults of nobody',
      'as: 1\ndefaults:\n  timers: { hold: 2 }\n',
      ['3: hold time 2 is not allowed'],
    ],
  ]
  for (const [name, text, expected] of cases) t.same(errors(text), expected, name)
})

t.test('an unknown key names the nearest one, or those that are known', async (t) => {
  t.has(said(`${BASE}neigbors: []\n`), ['6: error: unknown key `neigbors` (did you mean `neighbors`?)'])
  t.has(said(`${BASE}    remote-as: 5\n`), ['6: error: unknown key `remote-as` (did you mean `remoteAs`?)'])
  t.match(said(`${BASE}log: { colour: red }\n`), [/unknown key `colour` \(known here: level, format\)/])
  t.match(said(`${BASE}    bfd: true\n`), [/unknown key `bfd` \(BFD is not supported yet\)/])
})

t.test('an unknown key hides nothing else', async (t) => {
  const wrong = `${BASE}    foo: 1\n    timer: { hold: 2, keepalive: 9 }\n  - { address: 192.168.95.210, remoteAs: 5, descriptio: g }\n`
  t.match(said(wrong), [
    /^6: error: unknown key `foo`/,
    /^7: error: unknown key `timer` \(did you mean `timers`\?\)$/,
    /^7: error: hold time 2 is not allowed/,
    /^8: error: duplicate neighbor 192\.168\.95\.210/,
    /^8: error: unknown key `descriptio`/,
  ])
  const value = said(`${BASE}clusterID: 1.2.3\n`)
  t.match(
    value,
    [/unknown key `clusterID`/, /^6: error: `1\.2\.3` is no router id/],
    'its value is read, too',
  )
  t.same(errors(`${BASE.replace('remoteAs', 'remoteAS')}`).length, 1, 'one that was meant is there')
  t.same(errors(`${BASE}    foo: 5\nlisten: off\nbfd: 1\n`).length, 2)
})

t.test('a hold time that cannot be makes one error', async (t) => {
  for (const timers of [
    'hold: 2',
    'hold: 1, keepalive: 30',
    'hold: 2, sendHold: 2',
    'hold: 2, minimumHold: 9',
  ]) {
    const found = errors(`${BASE}    timers: { ${timers} }\n`)
    t.match(found, [/^6: hold time \d is not allowed/], timers)
    t.equal(found.length, 1)
  }
})

t.test('every fault of a file is reported, in its order, with column and path', async (t) => {
  const { config, diagnostics } = load('as: 0\nneighbors:\n  - address: 10.0.0.300\n    remoteAs: x\n')
  t.equal(config, undefined)
  t.match(diagnostics, [
    { file: 'f', line: 1, column: 5, path: 'as', severity: 'error' },
    { line: 3, column: 14, path: 'neighbors[0].address', hint: '300 is above 255' },
    { line: 4, column: 15, path: 'neighbors[0].remoteAs' },
  ])
})

t.test('warnings do not refuse', async (t) => {
  const warned = (text: string, message: RegExp) => {
    const { config, diagnostics } = load(text)
    t.ok(config)
    t.match(diagnostics, [{ severity: 'warning', message }])
  }
  warned(`${BASE}    timers: { hold: 9, keepalive: 5 }\n`, /^keepalive 5 is above a third of hold 9$/)
  warned(
    `${BASE}${NODE.replace('210', '211')}maximumPaths: 1\n`,
    /^2 neighbors in AS 64512, but at most 1 of their paths/,
  )
  warned(`${BASE}    families: [ipv4-unicast, ipv6-unicast]\n`, /^IPv6 routes over an IPv4 session/)
  warned(`${BASE}  - { address: 10.0.0.1, remoteAs: 5 }\n`, /^10.0.0.1 is an address of this machine$/)
  warned(`${BASE}    families: [ipv6-unicast]\n    import: [10.0.0.0/8]\n`, /./)
})

t.test('a byte order mark and CRLF do not matter', async (t) => {
  t.same(good(`\uFEFF${BASE.replaceAll('\n', '\r\n')}`), good(BASE))
})
