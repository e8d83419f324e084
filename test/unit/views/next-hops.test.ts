import t from 'tap'
import { neighbor, speakerOptions } from '../../support/options.js'
import { announce, withdraw } from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODES = ['192.168.95.210', '192.168.95.211', '192.168.95.212']

t.test('ECMP sets are told with the number of prefixes that use each, most used first', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions(NODES.map((node) => neighbor(node, { passive: true }))))
  t.same(sw.views.nextHopSets('ipv4-unicast'), [])
  const peers = []
  for (const node of NODES) {
    const peer = await lab.dial(node, SWITCH)
    peer.greet({ as: 64512, routerId: node })
    peers.push(peer)
  }
  await lab.clock.run()
  for (const [index, peer] of peers.entries()) {
    peer.send(announce(64512, NODES[index], '192.168.95.1/32', '192.168.95.2/32'))
  }
  peers[0].send(announce(64512, NODES[0], '10.0.0.0/8'))
  peers[2].send(announce(64512, NODES[2], '10.1.0.0/16'))
  await lab.clock.run()
  const family = 'ipv4-unicast' as const
  t.same(sw.views.nextHopSets(family), [
    { family, nextHops: NODES, prefixes: 2 },
    { family, nextHops: [NODES[0]], prefixes: 1 },
    { family, nextHops: [NODES[2]], prefixes: 1 },
  ])
  peers[1].send(withdraw('192.168.95.2/32'))
  await lab.clock.run()
  t.same(sw.views.nextHopSets(family), [
    { family, nextHops: NODES, prefixes: 1 },
    { family, nextHops: [NODES[0], NODES[2]], prefixes: 1 },
    { family, nextHops: [NODES[0]], prefixes: 1 },
    { family, nextHops: [NODES[2]], prefixes: 1 },
  ])
  t.same(sw.views.nextHopSets('ipv6-unicast'), [])
})

t.test('a neighbor is found by what a person writes, and its key names it everywhere', async (t) => {
  const lab = new SpeakerLab()
  const node = NODES[0]
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(node, { passive: true, remoteAs: 64512 })]))
  t.match(sw.views.neighbors(), [{ key: node, address: node }])
  t.match(sw.views.find(`${node}#64512`), { neighbor: { key: node } })
  t.match(sw.views.find(`${node}#64513`), { reason: 'unknown', text: `No neighbor ${node}#64513` })
  t.match(sw.views.find('nobody'), { reason: 'malformed' })
  t.equal(sw.views.neighbor(`${node}#64512`), undefined, 'a key is exact')
  const peer = await lab.dial(node, SWITCH)
  peer.greet({ as: 64512, routerId: node })
  await lab.clock.run()
  peer.send(announce(64512, node, '10.0.0.0/8'))
  await lab.clock.run()
  const [route] = sw.views.routes({ family: 'ipv4-unicast', limit: 1, neighbor: node }).routes
  t.equal(route.paths[0].neighbor, node)
  t.match(
    sw.speaker.recent().filter(({ type }) => type === 'session'),
    [{ neighbor: node }],
  )
})
