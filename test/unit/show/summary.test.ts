import t from 'tap'
import { ask } from './ask.js'
import { downNeighbor, familyCounts, neighbor, STATUS } from './fixtures.js'

const ROW =
  /^(?<neighbor>\d+?\.\d+?\.\d+?\.\d+?)\s+\S+\s+(?<as>\d+)(\s+\d+?){5}\s+(?<upDown>\S+?)\s+(?<state>\S+?\s+\S+?|\S+?)\s*$/

t.test('the summary is read by the columns of ntc-templates and Genie', async (t) => {
  const text = await ask('ip bgp summary')
  t.match(text, /^BGP router identifier 192\.168\.95\.200, local AS number 64513\s*$/m)
  t.match(text, /^BGP table version is 4, main routing table version 4$/m)
  t.match(text, /^Neighbor {8}V {7}AS MsgRcvd MsgSent TblVer InQ OutQ Up\/Down {2}State\/PfxRcd$/m)
  t.ok(
    text.split('\n').every((line) => line.length <= 80),
    'it fits a terminal',
  )
  const rows = text.split('\n').flatMap((line) => {
    const row = ROW.exec(line)
    return row === null ? [] : [row.groups!]
  })
  t.same(
    rows.map(({ neighbor, as, upDown, state }) => [neighbor, as, upDown, state]),
    [
      ['192.168.95.210', '64512', '02:30:14', '1'],
      ['192.168.95.211', '64512', '02:30:14', '1'],
      ['192.168.95.212', '64512', 'never', 'Active'],
      ['192.168.95.213', '64512', 'never', 'Idle (Admin)'],
    ],
  )
  t.match(text, '192.168.95.210  4    64512     305     302      4   0    0 02:30:14        1\n')
})

t.test('every neighbor row has ten columns', async (t) => {
  const text = await ask('ip bgp summary')
  const first = text.split('\n').find((line) => line.startsWith('192.168.95.210'))!
  t.equal(first.trim().split(/\s+/).length, 10)
})

t.test('a lost session shows how long it is down', async (t) => {
  const lost = downNeighbor({ established: 3, dropped: 3, downSince: '2026-11-21T09:00:00.000Z' })
  t.match(await ask('ip bgp summary', { neighbors: [lost] }), / 1d03h\s+Active\n/)
})

t.test('an IPv6 address wider than its column stands on a line of its own', async (t) => {
  const v6 = neighbor({ address: '2001:db8:95::210', families: [familyCounts({ family: 'ipv6-unicast' })] })
  const text = await ask('bgp ipv6 unicast summary', { neighbors: [v6] })
  t.match(text, /\n2001:db8:95::210\n {16}4 {4}64512 {5}305/)
})

t.test('only neighbors of the family are listed; all families have headings', async (t) => {
  const v6 = neighbor({ address: '2001:db8::1', families: [familyCounts({ family: 'ipv6-unicast' })] })
  const neighbors = [neighbor(), v6]
  t.notMatch(await ask('ip bgp summary', { neighbors }), '2001:db8::1')
  t.notMatch(await ask('ipv6 bgp summary', { neighbors }), '192.168.95.210')
  const all = await ask('bgp all summary', { neighbors })
  t.match(all, /^For address family: IPv4 Unicast$/m)
  t.match(all, /^For address family: IPv6 Unicast$/m)
})

t.test('JSON has the keys of FRR', async (t) => {
  const parsed = JSON.parse(await ask('ip bgp summary json'))
  t.same(Object.keys(parsed), ['ipv4Unicast'])
  const family = parsed.ipv4Unicast
  t.same(Object.keys(family), [
    'routerId',
    'as',
    'vrfId',
    'vrfName',
    'tableVersion',
    'ribCount',
    'ribMemory',
    'peerCount',
    'peerMemory',
    'peers',
    'failedPeers',
    'displayedPeers',
    'totalPeers',
    'dynamicPeers',
    'bestPath',
  ])
  t.same(Object.keys(family.peers['192.168.95.210']), [
    'hostname',
    'remoteAs',
    'localAs',
    'version',
    'msgRcvd',
    'msgSent',
    'tableVersion',
    'outq',
    'inq',
    'peerUptime',
    'peerUptimeMsec',
    'peerUptimeEstablishedEpoch',
    'pfxRcd',
    'pfxSnt',
    'state',
    'peerState',
    'connectionsEstablished',
    'connectionsDropped',
    'desc',
    'idType',
  ])
  t.match(family, { peerCount: 4, failedPeers: 2, tableVersion: 4, bestPath: { multiPathRelax: 'false' } })
  t.match(family.peers['192.168.95.213'], { state: 'Idle (Admin)', peerState: 'Admin', peerUptime: 'never' })
})

t.test('JSON of a named family is bare, of a VRF under its name', async (t) => {
  t.match(JSON.parse(await ask('bgp ipv4 unicast summary json')), { routerId: '192.168.95.200', as: 64513 })
  t.match(JSON.parse(await ask('bgp vrf all ipv4 unicast summary json')), { default: { as: 64513 } })
  t.same(Object.keys(JSON.parse(await ask('bgp summary json'))), ['ipv4Unicast'])
})

t.test('texts of a peer reach the terminal escaped', async (t) => {
  const neighbors = [neighbor({ description: 'a\u001b[2Jb', hostName: 'x\ny\u202e' })]
  const parsed = await ask('ip bgp summary json', { neighbors, status: STATUS })
  t.match(JSON.parse(parsed).ipv4Unicast.peers['192.168.95.210'], {
    desc: 'a\\x1b[2Jb',
    hostname: 'x\\x0ay\\u{202e}',
  })
})

t.test('a neighbor that maximum-prefix keeps out is Idle (PfxCt), as in FRR', async (t) => {
  const neighbors = [
    downNeighbor({
      state: 'Idle',
      paused: {
        ...{ reason: 'maximum-prefix', family: 'ipv4-unicast', limit: 3, count: 5 },
        until: '2026-11-22T12:00:41.000Z',
      },
    }),
  ]
  t.match(await ask('ip bgp summary', { neighbors }), / never {4}Idle \(PfxCt\)\n/)
  const { peers } = JSON.parse(await ask('ip bgp summary json', { neighbors })).ipv4Unicast
  t.match(peers['192.168.95.212'], { state: 'Idle (PfxCt)', peerState: 'PfxCt' })
  const text = await ask('ip bgp neighbors 192.168.95.212', { neighbors })
  t.match(text, / {2}Peer had exceeded the max\. no\. of prefixes configured\.\n/)
  t.match(text, / {2}Reduce the no\. of prefix from 192\.168\.95\.212, will restart in 41 seconds\n/)
  t.match(text, /5 of ipv4-unicast were counted, 3 allowed; `ecmpd neighbor 192\.168\.95\.212 start`/)
  t.match(JSON.parse(await ask('ip bgp neighbors 192.168.95.212 json', { neighbors }))['192.168.95.212'], {
    prefixesConfigExceedMax: true,
    reducePrefixNumFrom: '192.168.95.212',
    restartInTimerMsec: 41_000,
  })
})

t.test('names stand below the rows, in 80 columns, where no parser takes them for a state', async (t) => {
  const neighbors = Array.from({ length: 5 }, (_, i) =>
    neighbor({ address: `192.168.95.${210 + i}`, name: i === 3 ? undefined : `k8s-master-${i}` }),
  )
  const text = await ask('ip bgp summary', { neighbors })
  t.match(
    text,
    '\nNames: 192.168.95.210 k8s-master-0, 192.168.95.211 k8s-master-1,\n       192.168.95.212 k8s-master-2, 192.168.95.214 k8s-master-4\n',
  )
  t.equal(text.split('\n').filter((line) => ROW.test(line)).length, 5)
  const nameless = neighbors.map((one) => ({ ...one, name: undefined }))
  t.notMatch(await ask('ip bgp summary', { neighbors: nameless }), 'Names')
  const hostile = [neighbor({ name: 'a\u001b[31m' })]
  t.notMatch(await ask('ip bgp summary', { neighbors: hostile }), '\u001b')
})

t.test('a name of the map stands where a description would in JSON, and in its own line', async (t) => {
  const named = neighbor({ name: 'by-map', description: undefined, hostName: 'node' })
  const { peers } = JSON.parse(await ask('ip bgp summary json', { neighbors: [named] })).ipv4Unicast
  t.match(peers['192.168.95.210'], { desc: 'by-map', hostname: 'node' })
  const itself = neighbor({ name: 'node', description: undefined, hostName: 'node' })
  const other = JSON.parse(await ask('ip bgp summary json', { neighbors: [itself] })).ipv4Unicast.peers
  t.notMatch(other['192.168.95.210'], { desc: /./ })
  const lines = await ask('ip bgp neighbors 192.168.95.210', { neighbors: [named] })
  t.match(lines, '\n Hostname: node\n Name: by-map\n')
  t.notMatch(await ask('ip bgp neighbors 192.168.95.210', { neighbors: [itself] }), ' Name:')
})
