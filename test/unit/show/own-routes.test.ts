import t from 'tap'
import type { PathView } from '../../../src/views/model/route.js'
import { ask } from './ask.js'
import { path, vip } from './fixtures.js'

const local = (change: Partial<PathView> = {}): PathView =>
  path(0, {
    neighbor: 'local',
    neighborName: undefined,
    neighborDescription: undefined,
    neighborRouterId: '192.168.95.200',
    type: 'local',
    nextHop: '0.0.0.0',
    asPath: '',
    asPathLength: 0,
    med: 0,
    weight: 32768,
    best: true,
    multipath: false,
    ...change,
  })
const own = vip({ prefix: '198.51.100.0/24', nextHops: [], gateways: [], fib: undefined, paths: [local()] })
const redistributed = vip({
  prefix: '10.1.0.0/16',
  nextHops: [],
  gateways: [],
  fib: undefined,
  suppressed: true,
  paths: [local({ origin: 'incomplete', med: 20 })],
})
const aggregate = vip({
  prefix: '10.0.0.0/8',
  nextHops: [],
  gateways: [],
  fib: undefined,
  paths: [local({ med: undefined, atomicAggregate: true, aggregator: '64513 192.168.95.200' })],
})
const routes = [aggregate, redistributed, own]

t.test('own routes in the table: next hop 0.0.0.0, weight 32768; s> for suppressed ones', async (t) => {
  const text = await ask('ip bgp', { routes })
  t.match(text, /^\*>\s+10\.0\.0\.0\/8\s+0\.0\.0\.0\s+32768 i$/m)
  t.match(text, /^s>\s+10\.1\.0\.0\/16\s+0\.0\.0\.0\s+20\s+32768 \?$/m)
  t.match(text, /^\*>\s+198\.51\.100\.0\/24\s+0\.0\.0\.0\s+0\s+32768 i$/m)
})

t.test('one own route in detail, as text and in FRR’s shape', async (t) => {
  const text = await ask('ip bgp 10.0.0.0/8', { routes: [aggregate] })
  t.match(text, 'Local, (aggregated by 64513 192.168.95.200)')
  t.match(text, '0.0.0.0 from 0.0.0.0 (192.168.95.200)')
  t.match(text, /weight 32768, valid, sourced, local, atomic-aggregate, best/)
  t.match(
    await ask('ip bgp 10.1.0.0/16', { routes: [redistributed] }),
    'Advertisements suppressed by an aggregate.',
  )
  t.match(JSON.parse(await ask('ip bgp 10.1.0.0/16 json', { routes: [redistributed] })), {
    paths: [{ sourced: true, local: true, suppressed: true, peer: { peerId: '0.0.0.0' } }],
  })
  t.match(JSON.parse(await ask('ip bgp json', { routes })), {
    routes: { '10.1.0.0/16': [{ suppressed: true, pathFrom: 'local', peerId: '(unspec)', weight: 32768 }] },
  })
})

t.test('an own route is no route of this machine', async (t) => {
  t.match(await ask('ip route 198.51.100.0/24', { routes: [own] }), /announced by ecmpd itself/)
})
