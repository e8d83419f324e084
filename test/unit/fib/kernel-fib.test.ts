import t, { type Test } from 'tap'
import { setOf } from './fake.js'
import { FibLab } from './kernel-fib-lab.js'

const P = '192.0.2.1/32'
const A = '10.0.2.1'
const B = '10.0.2.2'
const C = '10.0.2.3'

/** Long enough for a suspicion. */
const LATER = 50

/** A wish, written at once. */
function want({ fib }: FibLab, ...addresses: string[]): void {
  fib.set('ipv4-unicast', P, addresses.length === 0 ? undefined : setOf(...addresses))
  fib.flush()
}

for (const mode of ['nexthop-objects', 'plain'] as const) {
  const test = (title: string, run: (t: Test, lab: FibLab) => Promise<void>) =>
    t.test(`${mode}: ${title}`, async (t) => {
      const lab = new FibLab(mode)
      await lab.fib.start()
      t.teardown(() => lab.stop())
      await run(t, lab)
    })

  /** The foreign route stands, and is said to. */
  const stands = (t: Test, { fib, ip }: FibLab) => {
    t.match(fib.route(P), { state: 'refused', reason: /proto static.*10\.0\.2\.9 dev eth2/ })
    t.match(fib.status(), { installed: 0, pending: 0, refused: 1 })
    t.equal(ip.kernel.routes.get(P)?.foreign, true)
  }

  test('a foreign hand takes the place before the own route is known to be there', async (t, lab) => {
    want(lab, A, B)
    t.same(lab.ip.kernel.gateways(P), [A, B])
    lab.ip.announce('routes', lab.ip.displace(P))
    await lab.decide()
    stands(t, lab)
  })

  test('it does so afterwards, and the notification comes at any time', async (t, lab) => {
    want(lab, A, B)
    const displaced = lab.ip.displace(P)
    await lab.decide()
    t.match(lab.fib.route(P), { state: 'installed' }, 'nothing heard of it yet')
    lab.ip.announce('routes', displaced)
    await lab.decide()
    stands(t, lab)
  })

  test('the wish changes while the place is another’s: it is not overwritten', async (t, lab) => {
    want(lab, A, B)
    await lab.decide()
    lab.ip.announce('routes', lab.ip.displace(P))
    want(lab, A, B, C)
    await lab.decide()
    stands(t, lab)
  })

  test('the place is free for a moment, and another takes it again', async (t, lab) => {
    want(lab, A, B)
    await lab.decide()
    lab.ip.announce('routes', lab.ip.displace(P))
    await lab.decide()
    const removed = lab.ip.remove(P)
    lab.ip.announce('routes', removed)
    t.same(lab.ip.kernel.gateways(P), [A, B], 'ours is back at once')
    lab.ip.announce('routes', lab.ip.displace(P))
    await lab.decide()
    stands(t, lab)
    lab.ip.announce('routes', lab.ip.remove(P))
    await lab.decide()
    t.match(lab.fib.status(), { installed: 1, pending: 0, refused: 0 })
    t.same(lab.ip.kernel.gateways(P), [A, B])
  })

  test('another’s route was seen in the place of ours, and is gone already', async (t, lab) => {
    want(lab, A, B)
    await lab.decide()
    const displaced = lab.ip.displace(P)
    const removed = lab.ip.remove(P)
    lab.ip.announce('routes', displaced, removed)
    await lab.decide()
    t.match(lab.fib.status(), { installed: 1, pending: 0, refused: 0 })
    t.same(lab.ip.kernel.gateways(P), [A, B])
  })

  test('the kernel’s own deletion, told after the route is back', async (t, lab) => {
    for (const order of ['before it is written', 'before it is confirmed', 'long after']) {
      want(lab, A, B)
      await lab.decide()
      const deleted = lab.ip.remove(P)
      const flap = () => {
        lab.ip.announce('links', lab.ip.link(2, false), lab.ip.link(2, true))
      }
      lab.ip.kernel.linkDown(2)
      lab.ip.kernel.down.clear()
      if (order === 'before it is written') lab.ip.announce('routes', deleted)
      flap()
      await lab.decide()
      want(lab, A)
      if (order === 'before it is confirmed') lab.ip.announce('routes', deleted)
      await lab.decide()
      if (order === 'long after') lab.ip.announce('routes', deleted)
      const before = lab.ip.kernel.gateways(P)
      lab.clock.advance(LATER)
      await lab.decide()
      t.equal(lab.refused, false, order)
      t.match(lab.fib.status(), { installed: 1, pending: 0, refused: 0 }, order)
      t.same(lab.ip.kernel.gateways(P), before, order)
    }
  })

  test('an own deletion that is told long before it is confirmed', async (t, lab) => {
    want(lab, A, B)
    await lab.decide()
    const line = lab.ip.remove(P)
    lab.ip.kernel.run(mode === 'plain' ? `route add ${P} via ${A} dev eth2` : `route add ${P} nhid 1002`)
    want(lab)
    lab.ip.announce('routes', line)
    lab.clock.advance(LATER)
    await lab.decide()
    t.equal(lab.fib.route(P), undefined)
    want(lab, A, B)
    await lab.decide()
    lab.ip.announce('routes', lab.ip.remove(P))
    lab.clock.advance(LATER)
    await lab.decide()
    t.same(lab.ip.kernel.gateways(P), [A, B], 'a later one by a foreign hand is known as such')
    t.equal(lab.log.texts('warn').filter((text) => /deleted by someone else/.test(text)).length, 1)
  })

  test('a foreign deletion is told while a change is on its way', async (t, lab) => {
    want(lab, A, B)
    await lab.decide()
    const deleted = lab.ip.remove(P)
    want(lab, A)
    lab.ip.announce('routes', deleted)
    lab.clock.advance(LATER)
    await lab.decide()
    t.same(lab.ip.kernel.gateways(P), [A])
    t.match(lab.fib.status(), { installed: 1, pending: 0, refused: 0 })
  })
}
