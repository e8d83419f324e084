import t from 'tap'
import { errorJson, NotThere } from '../../../src/show/render.js'
import { ask } from './ask.js'
import { downNeighbor, familyCounts, neighbor } from './fixtures.js'

t.test('the block has the lines that parsers of Cisco output look for', async (t) => {
  const text = await ask('ip bgp neighbors 192.168.95.210')
  for (const line of [
    /^BGP neighbor is 192\.168\.95\.210, {2}remote AS 64512, external link$/m,
    /^ Description: k8s-master-0$/m,
    /^ {2}BGP version 4, remote router ID 192\.168\.95\.210$/m,
    /^ {2}BGP state = Established, up for 02:30:14$/m,
    /^ {2}Last read 00:00:12, last write 00:00:05, hold time is 90, keepalive interval is 30 seconds$/m,
    /^ {2}Configured hold time is 180, keepalive interval is 60 seconds$/m,
    /^ {4}Route refresh: advertised and received\(new\)$/m,
    /^ {4}Four-octets ASN Capability: advertised and received$/m,
    /^ {4}Address family IPv4 Unicast: advertised and received$/m,
    /^ {4}Graceful Restart Capability: advertised and received$/m,
    /^ {6}Remote Restart timer is 120 seconds$/m,
    /^ {4}Capability 200: received$/m,
    /^ {4}Opens: {18}1 {10}1$/m,
    /^ {4}Total: {16}302 {8}305$/m,
    /^ For address family: IPv4 Unicast$/m,
    /^ {4}Prefixes Current: +0 +1$/m,
    /^ {2}Local Policy Denied Prefixes: {4}-{8} {4}-{7}$/m,
    /^ {2}Connections established 1; dropped 0$/m,
    /^ {2}Last reset never$/m,
    /^Connection state is ESTAB, /m,
    /^Local host: 192\.168\.95\.200, Local port: 179$/m,
    /^Foreign host: 192\.168\.95\.210, Foreign port: 39443$/m,
  ]) {
    t.match(text, line)
  }
})

t.test(
  'what is not used stands there by reason: policy as on the switch, with its lists, the rest below',
  async (t) => {
    const unused = { policy: 2, 'next-hop-unreachable': 3, 'own-as': 1 } as const
    const importLists = ['prefix list NODES', 'route map IN']
    const counts = familyCounts({
      prefixesReceived: 7,
      prefixesAccepted: 4,
      prefixesUsed: 1,
      unused,
      importLists,
    })
    const neighbors = [neighbor({ families: [counts] })]
    const text = await ask('ip bgp neighbors 192.168.95.210', { neighbors })
    for (const line of [
      /^ {4}Prefixes Current: +0 +7$/m,
      /^ {4}Prefixes Accepted: +n\/a +4$/m,
      /^ {4}Prefixes Used: +n\/a +1$/m,
      /Local Policy Denied.*\n {4}Import policy: +n\/a +2\n {4}Total: +n\/a +2\n {4}\(import: prefix list NODES, route map IN\)$/m,
      /Not Used Prefixes.*\n {4}Next hop unreachable: +n\/a +3\n {4}Own AS in AS_PATH: +n\/a +1\n {4}Total: +n\/a +4$/m,
    ]) {
      t.match(text, line)
    }
    const json = JSON.parse(await ask('ip bgp neighbors 192.168.95.210 json', { neighbors }))
    t.match(json['192.168.95.210'].addressFamilyInfo.ipv4Unicast, {
      usedPrefixCounter: 1,
      unusedPrefixCounters: unused,
    })
  },
)

t.test('how the connections are protected', async (t) => {
  const plain = await ask('ip bgp neighbors 192.168.95.210')
  t.notMatch(plain, /TTL|Authentication/)
  const guarded = neighbor({ authentication: 'md5', ttlSecurity: 2 })
  const text = await ask('ip bgp neighbors 192.168.95.210', { neighbors: [guarded] })
  t.match(text, /^Minimum incoming TTL 254, Outgoing TTL 255 \(TTL security\)$/m)
  t.match(text, /^Peer Authentication Enabled$/m)
})

t.test('a neighbor that is down, shut down or restarting says so', async (t) => {
  const never = await ask('ip bgp neighbors 192.168.95.212')
  t.match(never, /^ {2}BGP state = Active$/m)
  t.match(never, /^No active TCP connection$/m)
  const lost = downNeighbor({
    state: 'Idle',
    adminDown: true,
    established: 1,
    dropped: 1,
    downSince: '2026-11-22T11:59:00.000Z',
    gracefulRestart: { negotiated: true, restartTime: 120, helper: 'waiting', remaining: 59.2 },
    lastReset: {
      at: '2026-11-22T11:59:00.000Z',
      reason: 'peer-shutdown',
      text: 'the neighbor closed the session',
      notification: {
        direction: 'received',
        code: 6,
        subcode: 2,
        name: 'Cease/Administrative Shutdown',
        message: 'back\u0007soon',
        data: '',
      },
    },
    faults: {
      discard: 1,
      withdraw: 2,
      reset: 0,
      attributes: [
        { attribute: 1, name: 'ORIGIN', discard: 0, withdraw: 2, reset: 0 },
        { attribute: 99, name: 'attribute 99', discard: 1, withdraw: 0, reset: 0 },
      ],
    },
    lastFaults: [
      {
        at: '2026-11-22T11:50:00.000Z',
        verdict: 'withdraw',
        attribute: 1,
        rule: 'RFC 7606 §7.1',
        text: 'ORIGIN is 7 (RFC 7606 §7.1)',
        prefixes: Array.from({ length: 12 }, (_, index) => `10.0.${index}.0/24`),
        message: `${'ff'.repeat(16)}0160${'02'.repeat(334)}`,
        size: 352,
      },
    ],
  })
  const text = await ask('ip bgp neighbors 192.168.95.212', { neighbors: [lost] })
  t.match(text, /^ Administratively shut down$/m)
  t.match(text, /^ {2}BGP state = Idle, down for 00:01:00$/m)
  t.match(
    text,
    /^ {2}Graceful restart: waiting for the neighbor to come back, stale paths removed in 60 seconds$/m,
  )
  t.match(text, /Last reset 00:01:00, due to .*6\/2 Cease\/Administrative Shutdown\) "back\\x07soon"$/m)
  const refused = {
    at: '2026-11-22T11:59:50.000Z',
    reason: 'dial-refused' as const,
    text: 'connection refused',
    remedy: 'start it',
  }
  t.match(
    await ask('ip bgp neighbors 192.168.95.212', { neighbors: [{ ...lost, lastError: refused }] }),
    /^ {2}Last reset 00:01:00, .*\n(.*\n)* {2}Last attempt failed 00:00:10 ago: connection refused: start it$/m,
  )
  const faults = text.slice(text.indexOf('  UPDATE errors'), text.indexOf('  Graceful-Restart is'))
  const line = (octet: string, count: number) => `      ${octet.repeat(count)}`
  t.same(faults.split('\n').slice(0, -1), [
    '  UPDATE errors: 2 treated as withdraw, 1 attributes discarded, 0 sessions reset',
    '    Attribute                     Withdraw  Discard    Reset',
    '    ORIGIN (1)                           2        0        0',
    '    attribute 99                         0        1        0',
    '  Last UPDATE error 00:10:00 ago, treated as withdraw: ORIGIN is 7 (RFC 7606 §7.1)',
    '    Prefixes: 10.0.0.0/24 10.0.1.0/24 10.0.2.0/24 10.0.3.0/24 10.0.4.0/24 10.0.5.0/24 10.0.6.0/24 10.0.7.0/24 10.0.8.0/24 10.0.9.0/24 and 2 more',
    '    Message of 352 octets:',
    `${line('ff', 16)}0160${'02'.repeat(14)}`,
    ...Array.from({ length: 7 }, () => line('02', 32)),
    '      ... 96 more octets',
  ])
  const json = JSON.parse(await ask('ip bgp neighbors 192.168.95.212 json', { neighbors: [lost] }))
  t.match(json['192.168.95.212'].updateErrors, {
    withdraw: 2,
    attributes: [{ name: 'ORIGIN' }, { name: 'attribute 99' }],
    last: [{ size: 352 }],
  })
})

t.test('all neighbors, one block each', async (t) => {
  const text = await ask('ip bgp neighbors')
  t.equal(text.match(/^BGP neighbor is /gm)?.length, 4)
})

t.test('an unknown neighbor is an error that names the known ones', async (t) => {
  await t.rejects(ask('ip bgp neighbors 192.0.2.1'), /% No such neighbor: 192\.0\.2\.1 \(neighbors: 192\.168/)
})

t.test('as JSON an error has the key that FRR gives it', async (t) => {
  const error = await ask('ip bgp neighbors 192.0.2.1 json').then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof NotThere)) throw error
  t.match(JSON.parse(errorJson(error.message, error.keys)), {
    bgpNoSuchNeighbor: true,
    error: /^No such neighbor: 192\.0\.2\.1 \(neighbors: 192\.168[^\n]*$/,
  })
})

t.test('JSON has the keys of FRR', async (t) => {
  const parsed = JSON.parse(await ask('ip bgp neighbors 192.168.95.210 json'))
  t.same(Object.keys(parsed), ['192.168.95.210'])
  const value = parsed['192.168.95.210']
  t.match(Object.keys(value), [
    'remoteAs',
    'localAs',
    'nbrExternalLink',
    'localRole',
    'remoteRole',
    'nbrDesc',
    'hostname',
    'bgpVersion',
    'remoteRouterId',
    'localRouterId',
    'bgpState',
    'bgpTimerUpMsec',
    'bgpTimerUpString',
    'bgpTimerUpEstablishedEpoch',
    'bgpTimerLastRead',
    'bgpTimerLastWrite',
    'bgpTimerConfiguredHoldTimeMsecs',
    'bgpTimerConfiguredKeepAliveIntervalMsecs',
    'bgpTimerHoldTimeMsecs',
    'bgpTimerKeepAliveIntervalMsecs',
    'bgpTimerSendHoldTimeMsecs',
    'extendedOptionalParametersLength',
    'neighborCapabilities',
    'gracefulRestartInfo',
    'messageStats',
    'minBtwnAdvertisementRunsTimerMsecs',
    'addressFamilyInfo',
    'connectionsEstablished',
    'connectionsDropped',
  ])
  t.match(value.neighborCapabilities, {
    '4byteAs': 'advertisedAndReceived',
    routeRefresh: 'advertisedAndReceivedNew',
    multiprotocolExtensions: { ipv4Unicast: { advertisedAndReceived: true } },
    hostName: { advHostName: 'sw', advDomainName: 'n/a', rcvHostName: 'node', rcvDomainName: 'n/a' },
    gracefulRestart: 'advertisedAndReceived',
    gracefulRestartRemoteTimerMsecs: 120000,
    addressFamiliesByPeer: { ipv4Unicast: {} },
  })
  t.match(value.gracefulRestartInfo, {
    endOfRibSend: { ipv4Unicast: true },
    endOfRibRecv: { ipv4Unicast: true },
    localGrMode: 'Helper',
    remoteGrMode: 'Restart',
    rBit: false,
    nBit: false,
    timers: { configuredRestartTimer: 120, receivedRestartTimer: 120 },
    ipv4Unicast: { fBit: false, timers: { stalePathTimer: 360 } },
  })
  t.match(value.messageStats, { totalSent: 302, totalRecv: 305, depthInq: 0, depthOutq: 0 })
  t.match(value.addressFamilyInfo, { ipv4Unicast: { acceptedPrefixCounter: 1, sentPrefixCounter: 0 } })
  t.match(value, {
    hostLocal: '192.168.95.200',
    portLocal: 179,
    hostForeign: '192.168.95.210',
    portForeign: 39443,
  })
})

t.test('JSON of a lost session tells the NOTIFICATION as FRR does', async (t) => {
  const lost = neighbor({
    state: 'Active',
    dropped: 1,
    lastReset: {
      at: '2026-11-22T11:59:00.000Z',
      reason: 'hold-expired',
      text: 'hold timer expired',
      notification: { direction: 'sent', code: 4, subcode: 0, name: 'Hold Timer Expired', data: '' },
    },
  })
  const parsed = JSON.parse(await ask('ip bgp neighbors 192.168.95.210 json', { neighbors: [lost] }))
  t.match(parsed['192.168.95.210'], {
    bgpState: 'Active',
    lastResetTimerMsecs: 60_000,
    lastErrorCodeSubcode: '0400',
    lastNotificationReason: 'Hold Timer Expired',
  })
})

t.test('a neighbor that is dead by the word of a source: which, why and for how long', async (t) => {
  const since = '2026-11-22T11:59:00.000Z'
  const dead = neighbor({
    state: 'Idle',
    dead: [
      { source: 'BFD', cause: 'control detection time expired', since, strict: true },
      { source: 'neighbor table', cause: 'FAILED', since },
    ],
  })
  const text = await ask('ip bgp neighbors 192.168.95.210', { neighbors: [dead] })
  t.match(text, '  Dead for 00:01:00: BFD: control detection time expired, no session until it is alive\n')
  t.match(text, '  Dead for 00:01:00: neighbor table: FAILED\n')
  t.notMatch(await ask('ip bgp neighbors 192.168.95.210'), 'Dead for')
})
