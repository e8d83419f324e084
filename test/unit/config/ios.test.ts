import { readFileSync } from 'node:fs'
import t from 'tap'
import { COMMANDS } from '../../../src/config/ios/commands/table.js'
import { errors, good, load, said } from './support.js'

const RUIJIE = readFileSync('config/ruijie.conf', 'utf8')
const bgp = (text: string) => good(text).bgp
const HEAD = 'router bgp 64513\n bgp router-id 192.168.95.200\n'
const NODE = ' neighbor 192.168.95.210 remote-as 64512\n'
const V6 = ' neighbor 2001:db8:95::210 remote-as 64512\n'

t.test('the switch’s text is read verbatim, without a word to say', async (t) => {
  const { config, diagnostics } = load(RUIJIE)
  t.same(diagnostics, [])
  t.equal(config?.source.dialect, 'ios')
  t.match(config?.bgp, {
    localAs: 64513,
    routerId: 0xc0a85fc8,
    listen: [{ address: '0.0.0.0', port: 179 }],
    decision: { maximumPathsEbgp: 10, maximumPathsIbgp: 1 },
    gracefulRestart: { enabled: true, restartTime: 120, stalePathTime: 360, notification: false },
  })
  t.same(
    config?.bgp.neighbors.map(({ address, description }) => [address, description]),
    [
      ['192.168.95.210', 'k8s-master-0'],
      ['192.168.95.211', 'k8s-master-1'],
      ['192.168.95.212', 'k8s-master-2'],
    ],
  )
  for (const neighbor of config!.bgp.neighbors) {
    t.match(neighbor, {
      remoteAs: 64512,
      timers: { holdTime: 180, keepalive: 60, connectRetry: 120 },
      families: [{ family: 'ipv4-unicast', import: 'all', export: 'all', nextHop: 'third-party' }],
    })
  }
})

t.test('how the text was pasted does not matter', async (t) => {
  const lines = RUIJIE.trimEnd().split('\n')
  const prompted = lines.map((line) => `Ruijie(config-router)#${line.trim()}`)
  const same = (name: string, text: string) => {
    const { config, diagnostics } = load(text)
    t.same(config?.bgp, bgp(RUIJIE), name)
    t.same(diagnostics, [], name)
  }
  same('without the first and the last line', lines.slice(1, -1).join('\n'))
  same('with ! and end', [...lines.map((line) => (line.trim() === '' ? '!' : line)), 'end', '!'].join('\n'))
  same('CRLF', lines.join('\r\n'))
  same('CR', lines.join('\r'))
  same('tabs', RUIJIE.replaceAll('  ', '\t').replaceAll(/ (?=\d)/g, '\t'))
  same('trailing blanks', lines.map((line) => `${line}   `).join('\n'))
  same('no indentation', lines.map((line) => line.trim()).join('\n'))
  same('prompts', prompted.join('\n'))
  same('prompts with a blank', prompted.map((line) => line.replace('#', '# ')).join('\n'))
  same(
    'a whole terminal session',
    [
      'Ruijie>enable',
      'Ruijie#configure terminal',
      'Enter configuration commands, one per line.  End with CNTL/Z.',
      ...lines.slice(1, -1).map((line) => `Ruijie(config-router-af)#${line}`),
      'Ruijie(config)#end',
      'Ruijie#write',
      'Building configuration...',
      '[OK]',
      'Ruijie#',
    ].join('\n'),
  )
  same('a byte order mark', `\uFEFF${RUIJIE}`)
  same(
    'abbreviations',
    RUIJIE.replaceAll('neighbor 1', 'neigh 1')
      .replaceAll('remote-as', 'remot')
      .replaceAll('description', 'desc')
      .replace('configure terminal', 'conf t')
      .replace('maximum-paths', 'max')
      .replace('address-family', 'address')
      .replace('write memory', 'wr'),
  )
  same('capitals', RUIJIE.replaceAll('neighbor 1', 'Neighbor 1').replace('maximum-paths', 'MAXIMUM-PATHS'))
  same('exit-address-family at the margin', RUIJIE.replace('    exit-address-family', 'exit-address-family'))
  same('exit instead of exit-address-family', RUIJIE.replace('exit-address-family', 'exit'))
})

t.test('the whole text pasted twice says the same', async (t) => {
  t.same(bgp(`${RUIJIE}${RUIJIE}`), bgp(RUIJIE))
})

t.test('the order of the lines does not matter', async (t) => {
  const lines = RUIJIE.split('\n').filter(
    (line) => /^\s*(neighbor|bgp|maximum)/.test(line) && !line.includes('activate'),
  )
  const family = ['address-family ipv4', ...[210, 211, 212].map((n) => `neighbor 192.168.95.${n} activate`)]
  const text = ['router bgp 64513', ...family, 'exit-address-family', ...lines.reverse()].join('\n')
  const byAddress = (config: { neighbors: readonly { address: string }[] }) =>
    [...config.neighbors].sort((a, b) => a.address.localeCompare(b.address))
  t.same(byAddress(bgp(text)), byAddress(bgp(RUIJIE)))
})

t.test('a router line inside the family is applied at router level, with a note', async (t) => {
  const text = `${HEAD}${NODE} address-family ipv4\n  neighbor 192.168.95.210 description node\n`
  t.same(said(text), ['5: note: belongs to router level and is applied there'])
  t.equal(bgp(text).neighbors[0].description, 'node')
})

t.test('each mistake is refused with its line and IOS’s phrase', async (t) => {
  const cases: [line: string, expected: string][] = [
    [' neighbr 192.168.95.211 remote-as 1', '% Unrecognized command: `neighbr`'],
    [' neighbor 192.168.95.211 remot-as 1', '% Unrecognized command: `remot-as`'],
    [' neighbor 192.168.95.311 remote-as 1', '% Wrong parameter: `192.168.95.311` is no IP address'],
    [
      ' neighbor 192.168.95.211 remote-as 0',
      '% Wrong parameter: AS 0 is reserved and never a speaker’s own (RFC 7607)',
    ],
    [' neighbor 192.168.95.211 remote-as', '% Incomplete command: <as> or internal or external is missing'],
    [' neighbor 192.168.95.211 remote-as 1 2', '% Too many parameters: `2`'],
    [' neighbor 192.168.95.210 remote-as 1', '% Invalid input: duplicate neighbor 192.168.95.210'],
    [' neighbor 192.168.95.211 a', '% Ambiguous command: `a` can be '],
    [' neighbor 192.168.95.210 description n\x1b[2J', '% Wrong parameter: control characters in the text'],
    [' neighbor 192.168.95.211 description n', '% Invalid input: neighbor 192.168.95.211 has no remote-as'],
    [' neighbor nodes remote-as 64512', '% Invalid input: there is no peer group `nodes`'],
    [' neighbor 192.168.95.210 peer-group nodes', 'neighbor 192.168.95.210: there is no group `nodes`'],
    [' neighbor 192.168.95.211 peer-group nodes', 'neighbor 192.168.95.211: there is no group `nodes`'],
    [
      ' bgp listen range 192.168.96.0/24 peer-group nodes',
      'listen range 192.168.96.0/24: there is no group `nodes`',
    ],
    [' timers bgp 60 30', 'keepalive 60 is above hold 30'],
    [' neighbor 192.168.95.210 timers 60 30', 'keepalive 60 is above hold 30'],
    [' neighbor 192.168.95.210 timers 1 2', 'hold time 2 is not allowed'],
    [' timers bgp 60', '% Incomplete command: <hold> is missing'],
    [' timers bgp 60 65536', '% Wrong parameter: hold `65536` is no number from 0 to 65535'],
    [' maximum-paths ebgp 33', '% Wrong parameter: paths `33` is no number from 1 to 32'],
    [' maximum-paths ebgp 0', '% Wrong parameter: paths `0` is no number from 1 to 32'],
    [' bgp router-id 0.0.0.0', '% Wrong parameter: router id 0.0.0.0 is not allowed (RFC 6286)'],
    [' bgp router-id 1.2.3', '% Wrong parameter: `1.2.3` is no router id'],
    [
      ' bgp graceful-restart restart-time 0',
      '% Wrong parameter: restart-time `0` is no number from 1 to 4095',
    ],
    ['router bgp 64514', '% Invalid input: a second AS number, 64514'],
    [' bgp listen range 10.0.0.1/8 peer-group x', '% Wrong parameter: `10.0.0.1/8` has bits set behind /8'],
    [' neighbor 192.168.95.210 prefix-list p in', 'there is no prefix list `p`'],
    ['ip prefix-list p permit 10.0.0.1/8', '% Wrong parameter: `10.0.0.1/8` has bits set behind /8'],
    ['ip prefix-list p permit 2001:db8::/32', '% Wrong parameter: `2001:db8::/32` is no IPv4 prefix'],
    [
      ' neighbor 192.168.95.210 update-source Loopback0',
      '% Wrong parameter: there is no interface Loopback0 on this machine',
    ],
    [
      ' neighbor 192.168.95.210 update-source eth2',
      '% Wrong parameter: there is no interface eth2 on this machine',
    ],
    [' no', '% Incomplete command'],
    [' table-map T', '% Invalid input: not supported yet: a policy between table and kernel'],
    [' bgp confederation identifier 5', '% Invalid input: not supported yet: confederations (RFC 5065)'],
    [' neighbor 192.168.95.210 route-map RM in', 'there is no route map `RM`'],
    [' neighbor 192.168.95.210 fall-over bfd', '% Invalid input: not supported yet: BFD'],
    ['intreface GigabitEthernet 0/1', '% Unrecognized command: `intreface`'],
    [' show ip bgp', '% Unrecognized command: `show`'],
  ]
  for (const [line, expected] of cases) {
    const found = errors(`${HEAD}${NODE}${line}\n`)
    t.equal(found.length, 1, line)
    t.ok(found[0]?.startsWith(`4: ${expected}`), `${line}: ${found[0]}`)
  }
})

t.test('the nearest command is named', async (t) => {
  const hinted = (line: string, hint: string) => t.match(said(`${HEAD}${NODE}${line}\n`), [hint], line)
  hinted(' neighbr 192.168.95.210 remote-as 1', '(did you mean `neighbor`?)')
  hinted(' neighbor 192.168.95.210 descripton n1', '(did you mean `neighbor 192.168.95.210 description n1`?)')
  hinted(' maximum-path ebpg 4', '(did you mean `maximum-path ebgp 4`?)')
  hinted(' bgp gracefull-restart', '(did you mean `bgp graceful-restart`?)')
  hinted(' neighbor 192.168.95.210 timers 60', '(neighbor <peer> timers <keepalive> <hold> [<minimum>])')
  hinted('exit\nneighbor 192.168.95.211 remote-as 1', '(it belongs under `router bgp`)')
})

t.test('nothing is proposed that is refused, or that has no place for what follows', async (t) => {
  for (const line of [
    'neighbor 192.168.95.210 foo bar',
    'neighbor 192.168.95.210 bfdd',
    'no neighbor 192.168.95.210 sooo x',
  ]) {
    const found = said(`${HEAD}${NODE} ${line}\n`)
    t.equal(found.length, 1)
    t.notMatch(found[0], 'did you mean', line)
  }
  // What the table has as "not yet" is never the answer to a slip of the pen.
  for (const { syntax, support, modes } of COMMANDS) {
    const [first, ...rest] = syntax.split(' ')
    if (support !== 'not yet' || !modes.includes('router') || first !== 'neighbor') continue
    const word = rest.find((one) => /^[a-z-]+$/.test(one))
    if (word === undefined) continue
    t.notMatch(said(`${HEAD}${NODE} neighbor 192.168.95.210 ${word}x\n`)[0], `210 ${word}\``, word)
  }
})

t.test(
  'a text without `router bgp`, or with another mistake in that line, is still the switch’s',
  async (t) => {
    t.same(errors('ruoter bgp 64513\n neighbor 10.0.0.1 remote-as 1\n'), [
      '1: % Unrecognized command: `ruoter`',
      '2: % Unrecognized command: `neighbor`',
    ])
    t.same(errors('router bgp 0\n'), [
      '1: % Wrong parameter: AS 0 is reserved and never a speaker’s own (RFC 7607)',
    ])
    t.same(errors('router bgp 64513\nno router bgp 64513\n'), ['1: there is no `router bgp`'])
  },
)

t.test('activation', async (t) => {
  const families = (text: string) =>
    bgp(text).neighbors.map(({ families, shutdown }) =>
      shutdown ? 'down' : families.map(({ family }) => family),
    )
  t.same(families(HEAD + NODE), [['ipv4-unicast']], 'IPv4 by default')
  t.same(families(`${HEAD} no bgp default ipv4-unicast\n${NODE}`), ['down'])
  t.same(families(`${HEAD}${NODE} no bgp default ipv4-unicast\n`), ['down'], 'in any order')
  t.same(
    families(
      `${HEAD}${NODE} no bgp default ipv4-unicast\n address-family ipv4\n neighbor 192.168.95.210 activate\n`,
    ),
    [['ipv4-unicast']],
  )
  t.same(families(`${HEAD}${NODE} address-family ipv4\n no neighbor 192.168.95.210 activate\n`), ['down'])
  t.same(families(HEAD + V6), ['down'], 'IPv6 needs a word')
  t.same(families(`${HEAD}${V6} address-family ipv6 unicast\n neighbor 2001:db8:95::210 activate\n`), [
    ['ipv6-unicast'],
  ])
  t.same(families(`${HEAD} bgp default ipv6-unicast\n${V6}`), [['ipv6-unicast']])
  t.same(families(`${HEAD} bgp default ipv6-unicast\n${NODE}`), [['ipv4-unicast', 'ipv6-unicast']])
  t.same(
    families(
      `${HEAD}${NODE} bgp default ipv6-unicast\n address-family ipv6\n no neighbor 192.168.95.210 activate\n`,
    ),
    [['ipv4-unicast']],
    'unless its line says otherwise',
  )
  t.same(families(`${HEAD}${NODE} address-family ipv6\n neighbor 192.168.95.210 activate\n`), [
    ['ipv4-unicast', 'ipv6-unicast'],
  ])
  t.match(said(HEAD + V6), ['3: warning: neighbor 2001:db8:95::210 is activated in no address family'])
})

t.test('peer groups and listen ranges', async (t) => {
  const text = `${HEAD}
 neighbor NODES peer-group
 neighbor NODES remote-as 64512
 neighbor NODES timers 3 9
 neighbor NODES description a node
 neighbor 10.0.0.10 peer-group NODES
 neighbor 10.0.0.11 peer-group NODES
 neighbor 10.0.0.11 timers 10 30
 neighbor 10.0.0.11 description another
 bgp listen range 192.168.95.0/24 peer-group NODES
 bgp listen range 2001:db8:95::/64 peer-group NODES
 bgp listen limit 50
 address-family ipv6
  neighbor NODES activate
`
  const { neighbors, listenRanges, listenLimit, listen } = bgp(text)
  t.match(neighbors, [
    { address: '10.0.0.10', remoteAs: 64512, description: 'a node', timers: { holdTime: 9, keepalive: 3 } },
    {
      address: '10.0.0.11',
      remoteAs: 64512,
      description: 'another',
      timers: { holdTime: 30, keepalive: 10 },
    },
  ])
  t.same(
    neighbors[0].families.map(({ family }) => family),
    ['ipv4-unicast', 'ipv6-unicast'],
  )
  t.same(
    listenRanges.map(({ prefix, template }) => [
      prefix,
      template.remoteAs,
      template.families.map((one) => one.family),
    ]),
    [
      ['192.168.95.0/24', 64512, ['ipv4-unicast', 'ipv6-unicast']],
      ['2001:db8:95::/64', 64512, ['ipv6-unicast']],
    ],
  )
  t.equal(listenLimit, 50)
  t.same(
    listen.map(({ address }) => address),
    ['0.0.0.0', '::'],
  )
})

t.test('no forms take back what was said', async (t) => {
  const text = `${RUIJIE.replace('exit\nwrite memory', '')}
router bgp 64513
 no neighbor 192.168.95.212
 no neighbor 192.168.95.211 description
 no maximum-paths ebgp 10
 no bgp graceful-restart
 no bgp log-neighbor-changes
 no bgp ebgp-requires-policy
 no synchronization
 no auto-summary
 neighbor 192.168.95.210 shutdown message for a while
 no neighbor 192.168.95.210 shutdown
`
  const { neighbors, decision, gracefulRestart } = bgp(text)
  t.same(
    neighbors.map(({ address, description, shutdown }) => [address, description, shutdown]),
    [
      ['192.168.95.210', 'k8s-master-0', undefined],
      ['192.168.95.211', undefined, undefined],
    ],
  )
  t.equal(decision.maximumPathsEbgp, 1)
  t.equal(gracefulRestart.enabled, false)
  t.same(bgp(`${HEAD}${NODE} no neighbor 192.168.95.210 remote-as 64512\n`).neighbors, [])
})

t.test('settings of a neighbor', async (t) => {
  const [one] = bgp(`${HEAD}${NODE}
 neighbor 192.168.95.210 ebgp-multihop
 neighbor 192.168.95.210 update-source eth1
 neighbor 192.168.95.210 local-as 65000 no-prepend replace-as
 neighbor 192.168.95.210 port 1179
 neighbor 192.168.95.210 transport connection-mode passive
 neighbor 192.168.95.210 timers connect 7
 neighbor 192.168.95.210 shutdown message back at noon
 neighbor 192.168.95.210 graceful-restart-helper
 neighbor 192.168.95.210 weight 5
 neighbor 192.168.95.210 next-hop-self
 neighbor 192.168.95.210 maximum-prefix 100
 neighbor 192.168.95.210 prefix-list POOL in
 neighbor 192.168.95.210 prefix-list NONE out
 neighbor 192.168.95.210 send-community both
 neighbor 192.168.95.210 soft-reconfiguration inbound
 neighbor 192.168.95.210 description  two  words # and a sign
ip prefix-list POOL seq 10 permit 192.168.95.0/24 ge 32
ip prefix-list POOL seq 5 deny 192.168.95.1/32
ip prefix-list NONE deny any
`).neighbors
  t.match(one, {
    ebgpMultihop: 255,
    localAddress: '10.0.0.1',
    localAs: 65000,
    port: 1179,
    passive: true,
    timers: { connectRetry: 7, holdTime: 180 },
    shutdown: { message: 'back at noon' },
    gracefulRestart: { enabled: true },
    weight: 5,
    description: 'two  words # and a sign',
  })
  t.same(one.families, [
    {
      family: 'ipv4-unicast',
      import: [
        { action: 'deny', prefix: '192.168.95.1/32', ge: 32, le: 32 },
        { action: 'permit', prefix: '192.168.95.0/24', ge: 32, le: 32 },
      ],
      export: 'none',
      nextHop: 'self',
      maximumPrefix: 100,
    },
  ])
})

t.test('settings of the speaker', async (t) => {
  const text = `hostname core-1
router bgp 1.10
 bgp router-id 10.0.0.1
 timers bgp 10 30
 bgp default local-preference 200
 bgp always-compare-med
 bgp deterministic-med
 bgp bestpath as-path ignore
 bgp bestpath as-path multipath-relax
 bgp bestpath med missing-as-worst
 no bgp bestpath compare-routerid
 maximum-paths 8
 maximum-paths ibgp 4
 bgp graceful-restart
 bgp graceful-restart notification
 neighbor 10.0.0.2 remote-as internal
 neighbor 10.0.0.3 remote-as external
`
  const { localAs, hostName, decision, gracefulRestart, neighbors } = bgp(text)
  t.equal(localAs, 65546)
  t.equal(hostName, 'core-1')
  t.same(decision, {
    maximumPathsEbgp: 8,
    maximumPathsIbgp: 4,
    multipathRelax: true,
    alwaysCompareMed: true,
    deterministicMed: true,
    missingMedAsWorst: true,
    ignoreAsPath: true,
    compareRouterId: false,
    defaultLocalPref: 200,
  })
  t.same(gracefulRestart, { enabled: true, restartTime: 120, stalePathTime: 360, notification: true })
  t.same(
    neighbors.map(({ remoteAs, timers }) => [remoteAs, timers.holdTime, timers.keepalive]),
    [
      [65546, 30, 10],
      [0, 30, 10],
    ],
  )
})

t.test('a switch’s defaults: one path, graceful restart as a helper', async (t) => {
  const { decision, gracefulRestart } = bgp(HEAD + NODE)
  t.match(decision, { maximumPathsEbgp: 1, maximumPathsIbgp: 1 })
  t.equal(gracefulRestart.enabled, true, 'gobgpd -r announces nothing to a peer without the capability')
})

t.test('a wrong first line of a section is one error, not one for each line below it', async (t) => {
  const text = 'router bgp 0\n neighbor 192.168.95.210 remote-as 64512\n neigbor 192.168.95.211 remote-as 1\n'
  const errors = said(text)
  t.equal(errors.length, 2)
  t.match(errors[0], /^1:?.*AS 0/)
  t.match(errors[1], /^3:?.*neigbor.*did you mean `neighbor/)
})

t.test('a whole configuration: what is not about BGP is told and left out', async (t) => {
  const text = `Ruijie#show running-config
Building configuration...
version RGOS 11.4(1)B70
hostname Ruijie
enable secret 5 $1$abc
username admin password cisco
vlan 10
!
interface GigabitEthernet 0/1
 description neighbor 1
 switchport access vlan 10
no ip domain-lookup
ip route 0.0.0.0 0.0.0.0 192.168.95.1
router ospf 1
 network 10.0.0.0 0.0.0.255 area 0
${HEAD}${NODE}line vty 0 4
 login local
end
`
  const warnings = said(text)
  const left = warnings.filter((line) => line.includes('is not about BGP: left out'))
  t.equal(left.length, 8)
  t.match(left[2], /^7: warning: `vlan`/)
  t.match(left[4], /`no ip`/)
  t.match(left[5], /`ip route`/)
  t.notMatch(warnings.join(' '), /cisco|abc/)
  t.notMatch(warnings.join(' '), /error/)
  t.equal(bgp(text).neighbors.length, 1)
})

t.test('what is worth a word without being wrong', async (t) => {
  const warned = (line: string, expected: string) =>
    t.match(said(`${HEAD}${NODE}${line}\n`), [expected], line)
  warned(
    ' neighbor 192.168.95.210 remote-as 64512',
    '4: warning: neighbor 192.168.95.210 is on line 3 already',
  )
  warned(' bgp router-id 10.0.0.9', '4: warning: replaces line 2')
  warned(
    ' bgp graceful-restart restart-time 60\n no bgp graceful-restart',
    '4: warning: graceful restart is off',
  )
  warned(' distance bgp 30 200 200', '4: warning: distance 30 200 200 has no effect')
  warned(' bgp dampening 15 750 2000 60', '4: warning: route flap damping is not supported')
  warned(' neighbor 192.168.95.211 remote-as 64512', '1: warning: 2 neighbors in AS 64512, but at most 1')
  t.same(said(`${HEAD}${NODE} distance bgp 20 200 200\n`), [])
})

t.test('a width for each family that differs is a contradiction', async (t) => {
  const text = `${HEAD}${NODE} maximum-paths 4\n address-family ipv6\n maximum-paths 8\n`
  t.same(errors(text), ['6: maximum-paths 8 contradicts line 4'])
  t.equal(bgp(text.replace('paths 8', 'paths 4')).decision.maximumPathsEbgp, 4)
})

t.test('what FRR saves is read', async (t) => {
  const text = `Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname vm
no ipv6 forwarding
service integrated-vtysh-config
!
router bgp 64513
 bgp router-id 192.168.95.200
 bgp log-neighbor-changes
 no bgp ebgp-requires-policy
 bgp graceful-restart
 neighbor 192.168.95.210 remote-as 64512
 neighbor 192.168.95.210 description k8s-master-0
 !
 address-family ipv4 unicast
  maximum-paths 10
 exit-address-family
exit
!
end
`
  t.same(said(text), [])
  t.match(bgp(text), { hostName: 'vm', decision: { maximumPathsEbgp: 10 }, neighbors: { length: 1 } })
})

t.test('comments behind a command', async (t) => {
  t.same(said(`${HEAD}${NODE.trimEnd()} ! the first node\n maximum-paths 4 # wide\n`), [])
})
