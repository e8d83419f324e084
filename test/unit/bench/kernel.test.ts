import t from 'tap'
import { exactly } from '../../../bench/lab/ecmp.js'
import { KernelModel } from '../../../bench/lab/kernel-model.js'
import { StampReader } from '../../../bench/lab/kernel-watch.js'
import { latencies, matchEvents, percentile } from '../../../bench/lab/latency.js'

const [A, B, C] = ['10.95.1.1', '10.95.1.2', '10.95.1.3']
const uses = (gateway: string) => (gateways: readonly string[]) => gateways.includes(gateway)

t.test('plain multipath routes', async (t) => {
  const model = new KernelModel()
  model.apply(
    `16.0.0.1 proto bird metric 32 \\\tnexthop via ${A} dev eth0 weight 1 \\\tnexthop via ${B} dev eth0 weight 1 `,
  )
  model.apply(`16.0.0.2 via ${A} dev eth0 proto bird metric 32 `)
  t.notOk(model.apply('10.95.0.0/16 dev eth0 proto kernel scope link src 10.95.0.1 '))
  t.equal(model.size, 2)
  t.equal(model.count(exactly([B, A])), 1)
  t.equal(model.count(uses(A)), 2)
  model.apply(`16.0.0.1 via ${B} dev eth0 proto bird metric 32 `)
  t.equal(model.count(uses(A)), 1)
  model.apply(`Deleted 16.0.0.2 via ${A} dev eth0 proto bird metric 32 `)
  t.equal(model.count(uses(A)), 0)
  t.equal(model.size, 1)
})

t.test('routes by next-hop id follow their objects', async (t) => {
  const model = new KernelModel()
  for (const [index, gateway] of [A, B, C].entries()) {
    model.apply(`id ${index + 1} via ${gateway} dev eth0 scope link proto bgp `)
  }
  model.apply('id 10 group 1/2/3 proto bgp ')
  model.apply('id 11 group 2,255/3 proto bgp ')
  model.apply(`16.0.0.1 nhid 10 proto bgp metric 195 \\\tnexthop via ${A} dev eth0 weight 1 `)
  model.apply('16.0.0.2 nhid 11 proto bgp metric 195 ')
  t.equal(model.count(exactly([A, B, C])), 1)
  t.equal(model.count(exactly([B, C])), 1)
  model.apply(`Deleted id 1 via ${A} dev eth0 scope link proto bgp `)
  t.equal(model.count(exactly([B, C])), 2, 'a deleted object leaves its groups')
  model.apply('id 10 group 3 proto bgp ')
  t.equal(model.count(exactly([C])), 1, 'a group is replaced in place')
  model.apply(`Deleted id 3 via ${C} dev eth0 scope link proto bgp `)
  t.equal(model.size, 1, 'the routes of a group without members go with it')
  t.equal(model.count(exactly([B])), 1)
})

t.test('what concerns no route is no change of routes', async (t) => {
  const model = new KernelModel()
  model.apply(`id 1 via ${A} dev eth0 scope link proto bgp `)
  model.apply(`id 2 via ${B} dev eth0 scope link proto bgp `)
  model.apply('id 10 group 1/2 proto bgp ')
  model.apply('id 11 group 1 proto bgp ')
  t.same([model.changes, model.written], [0, 0])
  model.apply('16.0.0.1 nhid 10 proto bgp metric 195 ')
  t.same([model.changes, model.written], [1, 1])
  model.apply('Deleted id 11 group 1 proto bgp ')
  t.same([model.changes, model.written], [1, 1], 'a group without routes')
  model.apply(`Deleted id 1 via ${A} dev eth0 scope link proto bgp `)
  t.same([model.changes, model.written], [2, 1], 'an object in a group with routes')
  model.apply('16.0.0.1 nhid 10 proto bgp metric 195 ')
  t.same([model.changes, model.written], [3, 2], 'written again as it was')
})

t.test('stamps', async (t) => {
  const reader = new StampReader()
  const first = reader.read('[2026-01-31T12:00:00.250000] 16.0.0.1 via 10.95.1.1 dev eth0 ')
  t.equal(first!.at, Date.parse('2026-01-31T12:00:00') + 250)
  t.equal(first!.text, '16.0.0.1 via 10.95.1.1 dev eth0 ')
  t.equal(reader.read('[2026-01-31T12:00:01.000500] x')!.at, Date.parse('2026-01-31T12:00:01') + 0.5)
  t.equal(reader.read('Timestamp: Sat Jan 31'), undefined)
})

t.test('a change counts as known with a later one of its prefix', async (t) => {
  // Two prefixes, three rounds.
  const sent = Float64Array.of(10, 11, 20, 21, 30, 31)
  const seen = Float64Array.of(0, 12, 25, 0, 31, 36)
  const { sorted, single } = latencies(sent, seen, 2)
  t.same([...sorted], [1, 1, 5, 5, 15, 15])
  t.equal(single, 4 / 6)
  t.throws(() => latencies(sent, Float64Array.of(1, 1, 1, 1, 1, 0), 2), /change 5 was never seen/)
})

t.test('percentiles by nearest rank', async (t) => {
  const sorted = Float64Array.from({ length: 200 }, (_, i) => i + 1)
  t.equal(percentile(sorted, 0.5), 100)
  t.equal(percentile(sorted, 0.99), 198)
  t.equal(percentile(sorted, 1), 200)
  t.equal(percentile(Float64Array.of(7), 0.99), 7)
})

t.test('events of the kernel stand for the latest change sent', async (t) => {
  const hops = [A, B, C]
  const gatewayOf = (number: number) => hops[Math.floor(number / 2) % 3]
  const sent = Float64Array.of(10, 11, 20, 21, 30, 31, 40, 41)
  const events = [
    { at: 12, prefix: 0, gateway: A },
    { at: 13, prefix: 1, gateway: A },
    // The second round of prefix 0 is left out.
    { at: 35, prefix: 0, gateway: C },
    { at: 36, prefix: 1, gateway: B },
    { at: 37, prefix: 1, gateway: C },
    { at: 45, prefix: 0, gateway: A },
    { at: 46, prefix: 1, gateway: A },
    { at: 47, prefix: 1, gateway: '10.95.9.9' },
  ]
  t.same([...matchEvents(sent, events, 2, gatewayOf)], [12, 13, 0, 36, 35, 37, 45, 46])
})
