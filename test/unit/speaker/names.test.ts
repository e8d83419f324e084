import t from 'tap'
import { neighbor, speakerOptions } from '../../support/options.js'
import {
  fourOctetAs,
  hostName,
  KEEPALIVE,
  multiprotocol,
  notification,
  open,
} from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const { address: _address, ...template } = neighbor(NODE, { passive: true })

const openOf = (as: number, name: string) =>
  open({ as, routerId: NODE, capabilities: [multiprotocol(1), fourOctetAs(as), hostName(name)] })

t.test('a neighbor is called by the map, else its description, else as it calls itself', async (t) => {
  const cases: {
    names?: Record<string, string>
    description?: string
    expected: string
  }[] = [
    { names: { [NODE]: 'by-map' }, description: 'by-description', expected: 'by-map' },
    { names: { '192.168.95.211': 'another' }, description: 'by-description', expected: 'by-description' },
    { names: undefined, description: '', expected: 'by-open' },
    { names: undefined, description: undefined, expected: 'by-open' },
  ]
  for (const { names, description, expected } of cases) {
    const lab = new SpeakerLab()
    const options = speakerOptions([neighbor(NODE, { passive: true, description })], { names })
    const sw = await lab.start(SWITCH, options)
    const node = await lab.dial(NODE, SWITCH)
    node.send(openOf(64512, 'by-open'), KEEPALIVE)
    await lab.clock.run()
    t.equal(sw.views.neighbors()[0].name, expected)
    t.ok(
      sw.lines.some((line) => line.startsWith(`info neighbor ${NODE} (${expected}) Established`)),
      expected,
    )
    const last = sw.speaker.recent().findLast(({ type }) => type === 'session')
    t.match(last, { neighbor: NODE, name: expected, to: 'Established' })
  }
})

t.test('nobody gave it a name: there is none', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true })]))
  t.equal(sw.views.neighbors()[0].name, undefined)
  const node = await lab.dial(NODE, SWITCH)
  node.send(open({ as: 64512, routerId: NODE }), KEEPALIVE)
  await lab.clock.run()
  t.equal(sw.views.neighbors()[0].name, undefined)
  t.notOk(sw.speaker.recent().some((event) => 'name' in event))
})

t.test('what it says of itself counts when its OPEN is refused, and after its session', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true })]))
  const wrong = await lab.dial(NODE, SWITCH)
  wrong.send(openOf(64999, 'k8s\n0'))
  await lab.clock.run()
  t.equal(sw.views.neighbors()[0].name, 'k8s\\x0a0', 'it can do nothing to a terminal')
  t.ok(sw.lines.some((line) => line.startsWith(`warn neighbor ${NODE} (k8s\\x0a0): `)))
  const node = await lab.dial(NODE, SWITCH)
  node.send(openOf(64512, 'k8s-0'), KEEPALIVE)
  await lab.clock.run()
  node.send(notification(6, 3))
  await lab.clock.run()
  t.equal(sw.views.neighbors()[0].name, 'k8s-0')
})

t.test('a guest of a listen range has its name in the events of its coming and going', async (t) => {
  const lab = new SpeakerLab()
  const listenRanges = [
    {
      prefix: '192.168.95.0/24',
      template: { ...template, gracefulRestart: { ...template.gracefulRestart, enabled: false } },
    },
  ]
  const sw = await lab.start(
    SWITCH,
    speakerOptions([], { listenRanges, names: { '192.168.95.211': 'second' } }),
  )
  for (const [address, said] of [
    [NODE, 'first'],
    ['192.168.95.211', 'other'],
  ]) {
    const node = await lab.dial(address, SWITCH)
    node.send(
      open({
        as: 64512,
        routerId: address,
        capabilities: [multiprotocol(1), fourOctetAs(64512), hostName(said)],
      }),
      KEEPALIVE,
    )
    await lab.clock.run()
    node.send(notification(6, 3))
    await lab.clock.run()
  }
  const told = sw.speaker
    .recent()
    .flatMap((event) => (event.type === 'neighbor' ? [[event.change, event.name]] : []))
  t.same(told, [
    ['added', undefined],
    ['removed', 'first'],
    ['added', 'second'],
    ['removed', 'second'],
  ])
})

t.test('an address that is refused has its name; another map asks nothing of sessions', async (t) => {
  const lab = new SpeakerLab()
  const one = neighbor(NODE, { passive: true })
  const sw = await lab.start(SWITCH, speakerOptions([one], { names: { '192.168.95.99': 'spare' } }))
  await lab.dial('192.168.95.99', SWITCH)
  await lab.clock.run()
  t.match(
    sw.speaker.recent().find(({ type }) => type === 'refused'),
    { name: 'spare' },
  )
  const node = await lab.dial(NODE, SWITCH)
  node.send(openOf(64512, 'k8s-0'), KEEPALIVE)
  await lab.clock.run()
  const report = await sw.speaker.apply(speakerOptions([one], { names: { [NODE]: 'k8s-master-0' } }))
  t.match(report, { changed: [], reset: [], unchanged: 1 })
  t.match(sw.views.neighbors()[0], { name: 'k8s-master-0', state: 'Established', hostName: 'k8s-0' })
})
