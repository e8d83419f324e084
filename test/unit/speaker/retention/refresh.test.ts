import t from 'tap'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  capability,
  END_OF_RIB,
  fourOctetAs,
  gracefulRestart,
  message,
  multiprotocol,
  routeRefresh,
  u16,
} from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const ROUTER = '192.168.95.1'
const BORR = message(5, [...u16(1), 1, 1])
const EORR = message(5, [...u16(1), 2, 1])
const enhanced = () => capability(70)

async function up(lab: SpeakerLab, address: string, as: number, more: number[][] = []): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  const capabilities = [multiprotocol(1), routeRefresh(), fourOctetAs(as), ...more]
  peer.greet({ as, routerId: address, capabilities })
  await lab.clock.run()
  return peer
}

async function start() {
  const lab = new SpeakerLab()
  const sw = await lab.start(
    SWITCH,
    speakerOptions([
      neighbor(NODE, { passive: true }),
      neighbor(ROUTER, {
        remoteAs: 64999,
        passive: true,
        families: [family('ipv4-unicast', { export: 'all' })],
      }),
    ]),
  )
  return { lab, sw }
}

t.test('enhanced: what is not sent again between the marks goes (RFC 7313)', async (t) => {
  const { lab, sw } = await start()
  const peer = await up(lab, NODE, 64512, [enhanced()])
  peer.send(announce(64512, NODE, '10.0.0.0/8', '172.16.0.0/12'))
  await lab.clock.run()
  sw.fib.take()
  peer.send(BORR, announce(64512, NODE, '10.0.0.0/8'))
  await lab.clock.run()
  t.same(sw.fib.take(), [])
  t.match(sw.views.neighbor(NODE), { families: [{ prefixesStale: 1 }] })
  peer.send(EORR)
  await lab.clock.run()
  t.same(sw.fib.take(), ['set 172.16.0.0/12 none', 'flush'])
  // The end alone means nothing.
  peer.send(EORR)
  await lab.clock.run()
  t.equal(sw.fib.size, 1)
})

t.test('a beginning without end: what is stale goes after a while', async (t) => {
  const { lab, sw } = await start()
  const peer = await up(lab, NODE, 64512, [enhanced()])
  peer.send(announce(64512, NODE, '10.0.0.0/8'), BORR)
  for (let second = 0; second < 370; second += 10) {
    peer.send(message(4, []))
    await lab.clock.advance(10_000)
  }
  t.equal(sw.fib.size, 0)
  t.match(sw.views.neighbor(NODE), { state: 'Established' })
})

t.test('a beginning before End-of-RIB of a restarting neighbor is ignored', async (t) => {
  const { lab, sw } = await start()
  const restart = gracefulRestart({ time: 120, families: [{ afi: 1, forwarding: true }] })
  const peer = await up(lab, NODE, 64512, [enhanced(), restart])
  peer.send(announce(64512, NODE, '10.0.0.0/8'), BORR, EORR, END_OF_RIB)
  await lab.clock.run()
  t.equal(sw.fib.size, 1)
})

t.test('asked by the neighbor: marks around everything', async (t) => {
  const { lab } = await start()
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, '10.0.0.0/8', '172.16.0.0/12'))
  const router = await up(lab, ROUTER, 64999, [enhanced()])
  router.clear()
  router.send(message(5, [...u16(1), 0, 1]))
  await lab.clock.run()
  t.same(router.names, ['ROUTE-REFRESH', 'UPDATE', 'ROUTE-REFRESH'])
  t.same([router.received[0].body[2], router.received[2].body[2]], [1, 2])
})

t.test('asked by the operator, in and out', async (t) => {
  const { lab, sw } = await start()
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, '10.0.0.0/8'))
  const router = await up(lab, ROUTER, 64999)
  peer.clear()
  router.clear()
  t.equal(sw.speaker.refresh(NODE, 'in'), true)
  t.equal(sw.speaker.refresh(ROUTER, 'out'), true)
  t.equal(sw.speaker.refresh('192.0.2.1', 'in'), false)
  await lab.clock.run()
  t.same([peer.names, router.names], [['ROUTE-REFRESH'], ['UPDATE']])
  peer.connection.close()
  await lab.clock.run()
  t.equal(sw.speaker.refresh(NODE, 'in'), false)
})
