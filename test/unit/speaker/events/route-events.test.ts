import t from 'tap'
import { neighbor, speakerOptions } from '../../../support/options.js'
import { announce, withdraw } from '../../../support/raw-bytes.js'
import { SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const OTHER = '192.168.95.211'

t.test('a table of some size is counted, not told route by route', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true })]))
  const told: Record<string, number> = {}
  let counted = 0
  sw.speaker.subscribe((event) => {
    told[event.type] = (told[event.type] ?? 0) + 1
    if (event.type === 'routes') counted += event.announced + event.withdrawn + event.changed
  })
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.clock.run()
  for (let i = 0; i < 30; i++) {
    peer.send(announce(64512, NODE, ...Array.from({ length: 100 }, (_, p) => `10.${i}.${p}.0/24`)))
  }
  await lab.clock.advance(1500)
  t.equal(told.route, 1000)
  t.equal(told.routes, 1)
  t.equal(counted, 2000)
  peer.send(announce(64512, NODE, '172.16.0.0/12'))
  await lab.clock.run()
  t.equal(told.route, 1001, 'a second later single changes are told again')
  t.equal(sw.speaker.recent().length, 1000)
})

t.test('events of one batch tell each its own best path and next hops', async (t) => {
  const lab = new SpeakerLab()
  const nodes = [NODE, OTHER].map((address) => neighbor(address, { passive: true }))
  const sw = await lab.start(SWITCH, speakerOptions(nodes))
  const peers = []
  for (const address of [NODE, OTHER]) {
    const peer = await lab.dial(address, SWITCH)
    peer.greet({ as: 64512, routerId: address })
    peers.push(peer)
  }
  await lab.clock.run()
  peers[0].send(announce(64512, NODE, '10.0.0.0/24', '10.0.1.0/24'))
  peers[1].send(announce(64512, OTHER, '10.0.2.0/24', '10.0.3.0/24'))
  await lab.clock.run()
  const told = sw.speaker.recent().flatMap((event) => (event.type === 'route' ? [event] : []))
  t.same(
    told.map(({ prefix, nextHops, best }) => [prefix, nextHops, best?.neighbor, best?.asPath]),
    [
      ['10.0.0.0/24', [NODE], NODE, '64512'],
      ['10.0.1.0/24', [NODE], NODE, '64512'],
      ['10.0.2.0/24', [OTHER], OTHER, '64512'],
      ['10.0.3.0/24', [OTHER], OTHER, '64512'],
    ],
  )
  peers[0].send(withdraw('10.0.0.0/24', '10.0.1.0/24'))
  await lab.clock.run()
  const gone = sw.speaker
    .recent()
    .flatMap((event) => (event.type === 'route' ? [event] : []))
    .slice(4)
  t.same(
    gone.map(({ prefix, change, nextHops, best }) => [prefix, change, nextHops, best]),
    [
      ['10.0.0.0/24', 'withdrawn', [], undefined],
      ['10.0.1.0/24', 'withdrawn', [], undefined],
    ],
  )
})
