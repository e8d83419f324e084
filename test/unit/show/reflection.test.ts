import t from 'tap'
import type { Capability } from '../../../src/wire/types.js'
import { ask } from './ask.js'
import { familyCounts, neighbor, path, vip } from './fixtures.js'

const addPath = (...modes: [afi: number, mode: number][]): Capability => ({
  code: 69,
  name: 'add-path',
  families: modes.map(([afi, mode]) => ({ afi, safi: 1, mode })),
})

const client = neighbor({
  type: 'ibgp',
  remoteAs: 64513,
  capabilities: { sent: [addPath([1, 3], [2, 1])], received: [addPath([1, 1], [2, 4])] },
  families: [
    familyCounts({
      routeReflectorClient: true,
      addPath: { receive: true, send: 2, receiving: false, sending: true },
    }),
    familyCounts({
      family: 'ipv6-unicast',
      addPath: { receive: true, send: 'best-per-as', receiving: false, sending: false },
    }),
  ],
})

t.test('a client, and ADD-PATH by family and direction', async (t) => {
  const text = await ask('ip bgp neighbors 192.168.95.210', { neighbors: [client] })
  t.match(text, /^ {2}Route-Reflector Client$/m)
  t.equal(text.match(/Route-Reflector Client/g)?.length, 1, 'in one family alone')
  t.match(
    text,
    `    Additional Paths Capability: advertised and received
      IPv4 Unicast: send advertised, receive advertised and received
      IPv6 Unicast: receive advertised
`,
  )
  t.match(text, /^ {2}Additional paths: the best 2 paths$/m)
  t.match(
    text,
    /^ {2}Additional paths: the best path of each neighboring AS \(not agreed on: only the best path is sent\)$/m,
  )
  const plain = await ask('ip bgp neighbors 192.168.95.210')
  t.notMatch(plain, /Additional|Reflector/)
})

t.test('the same as JSON, in the shape of FRR', async (t) => {
  const json = JSON.parse(await ask('ip bgp neighbors 192.168.95.210 json', { neighbors: [client] }))
  const shown = json['192.168.95.210']
  t.same(shown.neighborCapabilities.addPath, {
    ipv4Unicast: { txAdvertised: true, rxAdvertisedAndReceived: true },
    ipv6Unicast: { rxAdvertised: true },
  })
  t.match(shown.addressFamilyInfo.ipv4Unicast, {
    routeReflectorClient: true,
    additionalPaths: { send: 2, sending: true },
  })
})

t.test('a reflected path tells where it came from', async (t) => {
  const reflected = path(210, {
    type: 'ibgp',
    fromClient: true,
    originatorId: '10.0.0.9',
    clusterList: ['10.0.0.1', '10.0.0.2'],
    pathId: 7,
  })
  const routes = [vip({ paths: [reflected] })]
  const text = await ask('ip bgp 192.168.95.123/32', { routes })
  t.match(text, /^ {2}64512, \(Received from a RR-client\)$/m)
  t.match(text, /^ {6}Originator: 10\.0\.0\.9, Cluster list: 10\.0\.0\.1 10\.0\.0\.2$/m)
  t.match(text, /^ {6}Path identifier: 7$/m)
  const json = JSON.parse(await ask('ip bgp 192.168.95.123/32 json', { routes }))
  t.match(json.paths, [
    { rrClient: true, originatorId: '10.0.0.9', clusterList: { list: ['10.0.0.1', '10.0.0.2'] } },
  ])
})

t.test('all paths that a neighbor is sent', async (t) => {
  const advertised = [vip({ paths: [path(210, { pathId: 4 }), path(211, { pathId: 9, best: false })] })]
  const line = 'ip bgp neighbors 192.168.95.210 advertised-routes'
  const text = await ask(line, { neighbors: [client], advertised })
  t.equal(text.match(/192\.168\.95\.21[01] /g)?.length, 2)
  const json = JSON.parse(await ask(`${line} json`, { neighbors: [client], advertised }))
  t.match(json.advertisedRoutes['192.168.95.123/32'], {
    nextHop: '192.168.95.210',
    addPathTxId: 4,
    paths: [
      { nextHop: '192.168.95.210', addPathTxId: 4 },
      { nextHop: '192.168.95.211', addPathTxId: 9 },
    ],
  })
  t.equal(json.totalPrefixCounter, 1)
})
