import t from 'tap'
import {
  isSingleHop,
  protectionOf,
  protectionQuestions,
  protectionRules,
} from '../../../../src/speaker/peer/protection.js'
import { consequence } from '../../../../src/speaker/reload/difference.js'
import { neighbor, speakerOptions } from '../../../support/options.js'
import { SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const [A, B] = ['192.168.95.210', '192.168.95.211']
const SECRET = 'c1l1um-Secret'
const { address: _, ...template } = neighbor('0.0.0.0', { passive: true })

t.test('what a neighbor’s options ask of the kernel', async (t) => {
  const ask = (more: Parameters<typeof neighbor>[1]) => protectionOf(neighbor(A, more))
  t.same(ask({}), {}, 'nothing, so that nothing has to be loaded for it')
  t.same(ask({ password: SECRET }), { password: SECRET })
  t.same(ask({ ebgpMultihop: 2 }), { ttl: 2 })
  t.same(ask({ ebgpMultihop: 3, ttl: 64 }), { ttl: 64 })
  t.same(ask({ ttl: 1 }), { ttl: 1 })
  t.same(ask({ ttlSecurity: 1 }), { ttl: 255, minTtl: 255 })
  t.same(ask({ ttlSecurity: 254, password: SECRET }), { password: SECRET, ttl: 255, minTtl: 2 })
  const options = speakerOptions([neighbor(A), neighbor(B, { password: SECRET })], {
    listenRanges: [{ prefix: '10.0.0.0/8', template: { ...template, ttlSecurity: 2 } }],
  })
  t.same(protectionRules(options), [
    { remote: A },
    { remote: B, password: SECRET },
    { remote: '10.0.0.0/8', ttl: 255, minTtl: 254 },
  ])
})

t.test('how far off a neighbor may be, and what to ask when it is silent', async (t) => {
  t.equal(isSingleHop(neighbor(A)), true)
  t.equal(isSingleHop(neighbor(A, { ttlSecurity: 1 })), true)
  t.equal(isSingleHop(neighbor(A, { ttlSecurity: 2 })), false)
  t.equal(isSingleHop(neighbor(A, { ebgpMultihop: 2 })), false)
  t.same(protectionQuestions(neighbor(A)), [])
  t.equal(protectionQuestions(neighbor(A, { password: SECRET, ttlSecurity: 1 })).length, 2)
  t.notMatch(protectionQuestions(neighbor(A, { password: SECRET })).join(), SECRET)
})

t.test('what is part of the TCP connection needs a new one', async (t) => {
  const before = neighbor(A, { password: SECRET })
  t.equal(consequence(before, neighbor(A, { password: 'other' })), 'reset')
  t.equal(consequence(before, neighbor(A)), 'reset')
  t.equal(consequence(before, neighbor(A, { password: SECRET, ttlSecurity: 1 })), 'reset')
  t.equal(consequence(before, neighbor(A, { password: SECRET, ttl: 9 })), 'reset')
  t.equal(consequence(before, neighbor(A, { password: SECRET, passwordFrom: { file: '/k' } })), 'in place')
})

t.test('a changed password resets its neighbor alone, and the transport knows it first', async (t) => {
  const lab = new SpeakerLab()
  const of = (password: string) =>
    speakerOptions([neighbor(A, { passive: true, password }), neighbor(B, { passive: true })])
  const { speaker, views, host, lines } = await lab.start(SWITCH, of(SECRET))
  t.same(host.rules, [{ remote: A, password: SECRET }, { remote: B }], 'before it listens')
  const peers = [await lab.dial(A, SWITCH), await lab.dial(B, SWITCH)]
  for (const [i, peer] of peers.entries()) peer.greet({ as: 64512, routerId: `10.0.0.${i + 1}` })
  await lab.clock.run()
  t.match(views.neighbors(), [
    { address: A, state: 'Established', authentication: 'md5' },
    { address: B, state: 'Established', authentication: undefined },
  ])
  const report = await speaker.apply(of('another'))
  await lab.clock.run()
  t.match(report, { reset: [A], unchanged: 1 })
  t.same(host.rules, [{ remote: A, password: 'another' }, { remote: B }])
  t.equal(peers[0].notification, '6/6', 'Cease/Other Configuration Change')
  t.match(views.neighbor(B), { state: 'Established' })
  t.equal(peers[1].notification, undefined)
  t.notMatch(JSON.stringify([views.neighbors(), views.speaker(), speaker.recent(), lines]), /c1l1um|another/)
})

t.test('the range’s password: its guests are reset, the others are not', async (t) => {
  const lab = new SpeakerLab()
  const of = (password: string) =>
    speakerOptions([neighbor(B, { passive: true })], {
      listenRanges: [{ prefix: '10.0.0.0/8', template: { ...template, password } }],
    })
  const { speaker, views, host } = await lab.start(SWITCH, of(SECRET))
  const peers = [await lab.dial('10.0.0.1', SWITCH), await lab.dial(B, SWITCH)]
  for (const [i, peer] of peers.entries()) peer.greet({ as: 64512, routerId: `10.0.0.${i + 1}` })
  await lab.clock.run()
  t.match(views.neighbor('10.0.0.1'), { dynamic: true, state: 'Established', authentication: 'md5' })
  await speaker.apply(of('another'))
  await lab.clock.run()
  t.match(host.rules, [{ remote: B }, { remote: '10.0.0.0/8', password: 'another' }])
  t.equal(peers[0].notification, '6/6')
  t.match(views.neighbor('10.0.0.1'), { state: 'Idle', departed: {} })
  t.match(views.neighbor(B), { state: 'Established' })
})

t.test(
  'where the kernel can’t, the neighbor says why and stays down; the others are not concerned',
  async (t) => {
    const lab = new SpeakerLab()
    lab.host(SWITCH).unprotectable.add(A)
    lab.host(SWITCH).unprotectable.add('10.0.0.0/8')
    const plain = speakerOptions([neighbor(A, { passive: true }), neighbor(B, { passive: true })])
    const keyed = speakerOptions(
      [neighbor(A, { passive: true, password: SECRET }), neighbor(B, { passive: true })],
      {
        listenRanges: [{ prefix: '10.0.0.0/8', template: { ...template, password: SECRET } }],
      },
    )
    const started = await lab.start(SWITCH, keyed)
    t.match(started.views.neighbor(A), { lastError: { text: `no key for ${A} on this machine` } })
    t.match(started.views.neighbor(B), { lastError: undefined })
    t.same(
      started.lines.filter((line) => line.startsWith('error')),
      [
        `error neighbor ${A} stays down: no key for ${A} on this machine`,
        'error neighbors in 10.0.0.0/8 stay down: no key for 10.0.0.0/8 on this machine',
      ],
    )
    await started.speaker.apply(plain)
    const peers = [await lab.dial(A, SWITCH), await lab.dial(B, SWITCH)]
    for (const [i, peer] of peers.entries()) peer.greet({ as: 64512, routerId: `10.0.0.${i + 1}` })
    await lab.clock.run()
    t.match(started.views.neighbor(A), { state: 'Established' })
    await started.speaker.apply(keyed)
    await lab.clock.run()
    t.equal(peers[0].notification, '6/6')
    t.match(started.views.neighbor(A), { lastError: { text: `no key for ${A} on this machine` } })
    t.match(started.views.neighbor(B), { state: 'Established' })
  },
)
