import t from 'tap'
import { neighbor, speakerOptions } from '../../support/options.js'
import { announce } from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'

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
