import t from 'tap'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import { announce, KEEPALIVE } from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const ROUTER = '192.168.95.1'
const NODE = '192.168.95.210'

t.test(
  'a neighbor that talks and does not read is given up after the send hold time (RFC 9687)',
  async (t) => {
    const lab = new SpeakerLab()
    const router = neighbor(ROUTER, {
      remoteAs: 64999,
      passive: true,
      timers: { sendHold: 200 },
      families: [family('ipv4-unicast', { export: 'all' })],
    })
    const sw = await lab.start(SWITCH, speakerOptions([router, neighbor(NODE, { passive: true })]))
    const peer = await lab.dial(ROUTER, SWITCH)
    peer.greet({ as: 64999, routerId: ROUTER })
    const node = await lab.dial(NODE, SWITCH)
    node.greet({ as: 64512, routerId: NODE })
    await lab.clock.run()
    const talk = async (seconds: number) => {
      for (let second = 0; second < seconds; second += 10) {
        peer.send(KEEPALIVE)
        node.send(KEEPALIVE)
        await lab.clock.advance(10_000)
      }
    }
    // As long as the kernel takes octets all is well, whatever the time.
    await talk(1000)
    t.equal(sw.views.neighbor(ROUTER)?.state, 'Established')
    const far = sw.host.to(ROUTER)?.other
    if (far === undefined) throw new Error('no connection')
    far.stalled = true
    for (let i = 0; i < 120; i++) {
      node.send(announce(64512, NODE, ...Array.from({ length: 250 }, (_, p) => `10.${i}.${p}.0/24`)))
    }
    await talk(190)
    t.equal(sw.views.neighbor(ROUTER)?.state, 'Established')
    await talk(200)
    t.not(sw.views.neighbor(ROUTER)?.state, 'Established')
    t.match(sw.views.neighbor(ROUTER)?.lastReset, {
      text: /nothing could be sent/,
      notification: { direction: 'sent', code: 8, subcode: 0 },
    })
  },
)
