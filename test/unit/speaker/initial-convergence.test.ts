import t from 'tap'
import { neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  END_OF_RIB,
  fourOctetAs,
  gracefulRestart,
  KEEPALIVE,
  multiprotocol,
} from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const A = '192.168.95.210'
const B = '192.168.95.211'
const passive = (address: string) => neighbor(address, { passive: true })
const restarting = (address: string) => ({
  as: 64512,
  routerId: address,
  capabilities: [
    multiprotocol(1),
    fourOctetAs(64512),
    gracefulRestart({ time: 120, restarting: true, families: [{ afi: 1, forwarding: true }] }),
  ],
})

t.test('settled with the last End-of-RIB; then left-over kernel routes go', async (t) => {
  const lab = new SpeakerLab()
  const off = neighbor('192.168.95.212', { passive: true, shutdown: { message: 'out of the rack' } })
  const sw = await lab.start(SWITCH, speakerOptions([passive(A), passive(B), off]))
  t.same(sw.speaker.incomplete(), [A, B], 'who is not there is waited for, who is shut down is not')
  const peers = []
  for (const address of [A, B]) {
    const peer = await lab.dial(address, SWITCH)
    peer.greet(restarting(address))
    peer.send(announce(64512, address, '10.0.0.0/8'))
    peers.push(peer)
  }
  await lab.clock.advance(10_000)
  t.equal(sw.speaker.converged(), false)
  t.same(sw.speaker.incomplete(), [A, B])
  peers[0].send(END_OF_RIB)
  await lab.clock.run()
  t.equal(sw.speaker.converged(), false)
  t.same(sw.speaker.incomplete(), [B])
  peers[1].send(announce(64512, B, '172.16.0.0/12'), END_OF_RIB)
  await lab.clock.run()
  t.equal(sw.speaker.converged(), true)
  t.equal(sw.fib.calls.filter((call) => call === 'sweep').length, 1)
  const sweep = sw.fib.calls.indexOf('sweep')
  t.ok(sw.fib.calls.indexOf(`set 172.16.0.0/12 via ${B}`) < sweep, 'the routes before it are written first')
})

t.test('without End-of-RIB a quiet time counts', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive(A)]))
  const peer = await lab.dial(A, SWITCH)
  peer.greet({ as: 64512, routerId: A })
  for (let i = 0; i < 5; i++) {
    await lab.clock.advance(2000)
    peer.send(announce(64512, A, `10.${i}.0.0/16`))
  }
  t.equal(sw.speaker.converged(), false)
  await lab.clock.advance(3500)
  t.equal(sw.speaker.converged(), true)
})

t.test('a neighbor that is not there is waited for only so long', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive(A), passive(B)]))
  const peer = await lab.dial(A, SWITCH)
  peer.greet(restarting(A))
  peer.send(END_OF_RIB)
  await lab.clock.advance(29_000)
  t.equal(sw.speaker.converged(), false)
  await lab.clock.advance(2000)
  t.equal(sw.speaker.converged(), true)
})

t.test('nobody is waited for beyond the deferral time', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive(A)]))
  const peer = await lab.dial(A, SWITCH)
  peer.greet(restarting(A))
  for (let i = 0; i < 119; i++) {
    await lab.clock.advance(1000)
    peer.send(KEEPALIVE)
  }
  t.equal(sw.speaker.converged(), false)
  await lab.clock.advance(2000)
  t.equal(sw.speaker.converged(), true)
})

t.test('no neighbors: settled at once', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(A, { shutdown: {} })]))
  t.equal(sw.speaker.converged(), true)
})

t.test('the log says what the first routes are, and nothing where there are none', async (t) => {
  const said = (lines: readonly string[]) => lines.filter((line) => line.includes('first routes'))
  const nobody = await new SpeakerLab().start(SWITCH, speakerOptions([]))
  t.same(said(nobody.lines), [], 'no neighbor')
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive(A)]))
  const peer = await lab.dial(A, SWITCH)
  peer.greet(restarting(A))
  peer.send(END_OF_RIB)
  await lab.clock.run()
  t.equal(sw.speaker.converged(), true)
  t.same(said(sw.lines), [], 'no prefix')
  const more = new SpeakerLab()
  const holding = neighbor('192.168.95.212', { passive: true })
  const switched = await more.start(
    SWITCH,
    speakerOptions([passive(A), passive(B), holding, passive('192.168.95.213')]),
  )
  for (const address of [A, B, '192.168.95.212']) {
    const one = await more.dial(address, SWITCH)
    one.greet({ as: 64512, routerId: address })
    if (address !== '192.168.95.212') one.send(announce(64512, address, '10.0.0.0/8', `${address}/32`))
  }
  await more.clock.advance(31_000)
  t.same(said(switched.lines), [
    'info the first routes are complete: 3 prefixes from 2 neighbors; not up: 192.168.95.213; neither a route nor End-of-RIB from: 192.168.95.212',
  ])
})
