import t, { type Test } from 'tap'
import { ArrivalsWatch } from '../../../src/host/arrivals.js'
import type { Packet } from '../../../src/host/packet-socket.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { icmp4, ipv4, tcp } from './made-packets.js'
import { proc } from './proc.js'

const OWN = '192.168.95.200'
const NODE = '192.168.95.210'
const PORTS = { own: [179], dialled: [179] }

function arrivals(t: Test, capabilities = '0000000000002000') {
  const clock = new ManualClock()
  const { read } = proc(t, { 'self/status': `Name:\tnode\nCapEff:\t${capabilities}\nCapBnd:\t0` })
  const opened: string[] = []
  let waiting: Packet[] = []
  const failure: { text?: string } = {}
  const watch = new ArrivalsWatch({
    clock,
    read,
    own: (address) => address === OWN,
    load: async () => {
      opened.push('load')
      return (protocol) => {
        if (failure.text !== undefined) throw new Error(failure.text)
        opened.push(protocol)
        return {
          read(most, each) {
            if (protocol === 'ipv4') for (const packet of waiting.splice(0, most)) each(packet)
          },
          close: () => void opened.push(`${protocol} closed`),
        }
      }
    },
  })
  const arrive = async (...packets: Uint8Array[]) => {
    waiting = packets.map((bytes) => ({ bytes, index: 2 }))
    await clock.advance(1000)
    return watch.facts()
  }
  return { clock, watch, opened, arrive, failure }
}

const syn = (from: string, sequence = 1, more: { sourcePort?: number; to?: string; ttl?: number } = {}) =>
  ipv4(from, more.to ?? OWN, 6, tcp({ from: more.sourcePort ?? 40000, to: 179, sequence }), {
    ttl: more.ttl ?? 64,
  })

t.test('attempts are told from repetitions', async (t) => {
  const { watch, arrive } = arrivals(t)
  await watch.listen(PORTS)
  await arrive(syn(NODE, 1), syn(NODE, 1), syn(NODE, 2, { sourcePort: 40002 }))
  const facts = await arrive(syn(NODE, 1), syn('192.168.95.211'), syn(NODE, 3, { ttl: 1 }))
  t.match(facts, {
    known: true,
    listening: true,
    since: '2026-01-01T00:00:00.000Z',
    syns: [
      {
        from: NODE,
        to: OWN,
        port: 179,
        attempts: 3,
        packets: 5,
        first: '2026-01-01T00:00:01.000Z',
        last: '2026-01-01T00:00:02.000Z',
        ttl: 1,
        signed: false,
        index: 2,
      },
      { from: '192.168.95.211', attempts: 1, packets: 1 },
    ],
  })
  t.notOk(JSON.stringify(facts).includes('recent'), 'nothing of its own book-keeping')
  watch.end()
})

t.test('what only passes through is not counted', async (t) => {
  const { watch, arrive } = arrivals(t)
  await watch.listen(PORTS)
  const message = (sender: string) =>
    ipv4('10.0.0.1', OWN, 1, icmp4(3, 13, ipv4(sender, NODE, 6, tcp({ to: 179 }))))
  t.match(await arrive(syn(NODE, 1, { to: '10.0.0.9' }), message('10.0.0.9')), { syns: [], refusals: [] })
  await arrive(message(OWN))
  t.match(await arrive(message(OWN)), {
    refusals: [
      { from: '10.0.0.1', to: NODE, reason: 'prohibited', count: 2, last: '2026-01-01T00:00:03.000Z' },
    ],
  })
  watch.end()
})

t.test('a flood of senders is bounded: the last ones stay', async (t) => {
  const { watch, arrive } = arrivals(t)
  await watch.listen(PORTS)
  await arrive(...Array.from({ length: 400 }, (_, i) => syn(`10.0.${i >> 8}.${i & 255}`)))
  const facts = watch.facts()
  t.ok(facts.known && facts.syns.length === 256)
  t.match(facts, { syns: [{ from: '10.0.1.143' }, { from: '10.0.1.142' }] })
  watch.end()
})

t.test('opened when wanted, closed at the end, opened anew for other ports', async (t) => {
  const { watch, opened, clock, arrive } = arrivals(t)
  t.match(watch.facts(), { known: false, why: /nobody has been missing/ })
  await watch.listen(PORTS)
  await watch.listen(PORTS)
  t.same(opened.splice(0), ['load', 'ipv4', 'ipv6'])
  await arrive(syn(NODE))
  await watch.listen({ ...PORTS, own: [1790] })
  t.same(opened.splice(0), ['ipv4 closed', 'ipv6 closed', 'load', 'ipv4', 'ipv6'])
  t.match(watch.facts(), { syns: [{ from: NODE }] }, 'what was heard stays')
  watch.end()
  t.same(opened.splice(0), ['ipv4 closed', 'ipv6 closed'])
  t.match(watch.facts(), { known: true, listening: false, syns: [{ from: NODE }] })
  t.equal(clock.pending, 0)
})

t.test('ended while it opens', async (t) => {
  const { watch, opened, clock } = arrivals(t)
  const listening = watch.listen(PORTS)
  watch.end()
  await listening
  t.same(opened, ['load'])
  t.equal(clock.pending, 0)
})

t.test('why it is not known', async (t) => {
  const without = arrivals(t, '0000000000001000')
  await without.watch.listen(PORTS)
  t.same(without.watch.facts(), { known: false, why: 'CAP_NET_RAW is missing' })
  t.same(without.opened, [], 'nothing is loaded')
  const refused = arrivals(t)
  refused.failure.text = 'no packet socket: EPERM'
  await refused.watch.listen(PORTS)
  t.same(refused.watch.facts(), { known: false, why: 'no packet socket: EPERM' })
  t.equal(refused.clock.pending, 0)
})
