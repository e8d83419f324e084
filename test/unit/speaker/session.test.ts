import t from 'tap'
import { neighbor, speakerOptions } from '../../support/options.js'
import { END_OF_RIB, toHex } from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const node = neighbor(NODE, { description: 'k8s-master-0', passive: true })

t.test('two speakers find each other', async (t) => {
  const lab = new SpeakerLab()
  const a = await lab.start(SWITCH, speakerOptions([neighbor(NODE)]))
  const b = await lab.start(
    NODE,
    speakerOptions([neighbor(SWITCH, { remoteAs: 64513, localAs: 64512 })], {
      localAs: 64512,
      routerId: 0xc0a85fd2,
      hostName: 'node-0',
    }),
  )
  await lab.clock.advance(3000)
  t.match(a.views.neighbor(NODE), {
    state: 'Established',
    remoteAs: 64512,
    routerId: NODE,
    hostName: 'node-0',
    holdTime: 90,
    keepalive: 30,
    families: [{ family: 'ipv4-unicast', negotiated: true, endOfRibSent: true, endOfRibReceived: true }],
  })
  t.match(b.views.neighbor(SWITCH), { state: 'Established', hostName: 'switch' })
  const before = a.views.neighbor(NODE)?.established
  // Both stay up as long as both live.
  await lab.clock.advance(3_600_000)
  t.match(a.views.neighbor(NODE), { state: 'Established', established: before })
  t.match(b.views.neighbor(SWITCH), { state: 'Established' })
  t.equal(
    a.host.connections.filter((connection) => !connection.closed).length,
    1,
    'of two connections one stays',
  )
  const stopped = a.speaker.stop('back at noon')
  await lab.clock.run()
  await stopped
  t.match(b.views.neighbor(SWITCH), {
    lastError: {
      notification: {
        direction: 'received',
        code: 6,
        subcode: 2,
        name: 'Cease/Administrative Shutdown',
        message: 'back at noon',
      },
    },
  })
})

t.test('End-of-RIB leaves at once, with an empty table and a helper-only capability', async (t) => {
  const lab = new SpeakerLab()
  const { speaker, lines } = await lab.start(SWITCH, speakerOptions([node]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.clock.run()
  t.same(peer.names, ['OPEN', 'KEEPALIVE', 'UPDATE'])
  t.equal(peer.received[2].hex, toHex(END_OF_RIB))
  t.ok(
    lines.includes(
      'info neighbor 192.168.95.210 (k8s-master-0) Established: AS 64512, hold 90 s, families ipv4-unicast',
    ),
    'one line says so',
  )
  t.match(speaker.recent(), [
    { type: 'session', neighbor: NODE, from: 'Idle', to: 'Active' },
    { type: 'session', to: 'OpenSent' },
    { type: 'session', to: 'OpenConfirm' },
    { type: 'session', neighbor: NODE, description: 'k8s-master-0', to: 'Established' },
  ])
})
