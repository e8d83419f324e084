import t from 'tap'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  asPath,
  fourOctetAs,
  gracefulRestart,
  localPref,
  mpReachIpv6,
  multiprotocol,
  nextHop,
  origin,
  toHex,
  update,
} from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const INNER = '192.168.95.220'
const VIP = '192.168.95.123/32'
const node = neighbor(NODE, { passive: true })

t.test('routes of a family that was not negotiated leave nothing behind', async (t) => {
  const lab = new SpeakerLab()
  const { speaker, views } = await lab.start(SWITCH, speakerOptions([node]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE, capabilities: [multiprotocol(1), fourOctetAs(64512)] })
  await lab.clock.run()
  for (let i = 0; i < 100; i++) {
    peer.send(
      update({ attributes: [origin(), asPath(64512, 1 + i), mpReachIpv6('2001:db8::1', '2001:db8::/32')] }),
    )
  }
  peer.send(announce(64512, NODE, '127.0.0.0/8'))
  await lab.clock.run()
  t.equal(views.neighbor(NODE)?.state, 'Established')
  t.equal(speaker.sizes().attributeSets, 0)
})

t.test('a looped path that is kept for a restart stays unused when the import policy changes', async (t) => {
  const lab = new SpeakerLab()
  const { speaker, views } = await lab.start(SWITCH, speakerOptions([node]))
  const peer = await lab.dial(NODE, SWITCH)
  const restart = gracefulRestart({ time: 120, families: [{ afi: 1, forwarding: true }] })
  peer.greet({ as: 64512, routerId: NODE, capabilities: [multiprotocol(1), fourOctetAs(64512), restart] })
  await lab.clock.run()
  peer.send(
    update({ attributes: [origin(), asPath(64512, 64513), nextHop(NODE)], announced: [VIP] }),
    announce(64512, NODE, '10.0.0.0/8'),
  )
  await lab.clock.run()
  peer.connection.close()
  await lab.clock.run()
  const paths = () =>
    views
      .routes({ family: 'ipv4-unicast', limit: 10 })
      .routes.map(({ prefix, paths: [path] }) => `${prefix} ${path.valid} ${path.stale}`)
  t.same(paths(), ['10.0.0.0/8 true true', `${VIP} false true`])
  for (const [policy, used] of [
    ['none', false],
    ['all', true],
  ] as const) {
    const families = [family('ipv4-unicast', { import: policy })]
    await speaker.apply(speakerOptions([neighbor(NODE, { passive: true, families })]))
    t.same(paths(), [`10.0.0.0/8 ${used} true`, `${VIP} false true`])
  }
})

t.test('a changed default of LOCAL_PREF is told to internal neighbors', async (t) => {
  const lab = new SpeakerLab()
  const inner = neighbor(INNER, {
    remoteAs: 64513,
    passive: true,
    families: [family('ipv4-unicast', { export: 'all' })],
  })
  const { speaker } = await lab.start(SWITCH, speakerOptions([node, inner]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  const internal = await lab.dial(INNER, SWITCH)
  internal.greet({ as: 64513, routerId: INNER })
  await lab.clock.run()
  peer.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  internal.clear()
  await speaker.apply(speakerOptions([node, inner], { decision: { defaultLocalPref: 150 } }))
  await lab.clock.run()
  const expected = update({
    attributes: [origin(), asPath(64512), nextHop(SWITCH), localPref(150)],
    announced: [VIP],
  })
  t.same(
    internal.updates.map(({ hex }) => hex),
    [toHex(expected)],
  )
})

t.test('a neighbor that invents next hops does not fill the memory', async (t) => {
  const lab = new SpeakerLab()
  const { speaker, views } = await lab.start(SWITCH, speakerOptions([node]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.clock.run()
  for (let i = 0; i < 500; i++) {
    peer.send(announce(64512, `192.0.${i >> 8}.${i & 255}`, VIP))
    await lab.clock.run()
  }
  const { attributeSets, nextHops, nextHopSets } = speaker.sizes()
  t.same({ attributeSets, nextHops, nextHopSets }, { attributeSets: 1, nextHops: 1, nextHopSets: 1 })
  t.same(views.routes({ family: 'ipv4-unicast', limit: 1 }).routes[0].nextHops, ['192.0.1.243'])
})
