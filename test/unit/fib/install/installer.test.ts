import t from 'tap'
import { Bench, FakeKernel, setOf } from '../fake.js'

const P = '192.168.95.123/32'
const A = '192.168.95.210'
const B = '192.168.95.211'
const C = '192.168.95.212'

function bench(options: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench(options)
  for (const address of [A, B, C]) bench.ways.set(address, 2)
  bench.ways.set('10.7.0.5', 3)
  return bench.start()
}

/** A wish, written at once. */
function want(bench: Bench, prefix: string, ...addresses: string[]): void {
  bench.installer.set(prefix, addresses.length === 0 ? undefined : setOf(...addresses))
  bench.installer.flush()
}

for (const objects of [true, false]) {
  const mode = objects ? 'objects' : 'plain'

  t.test(`${mode}: install, change in one step, remove`, async (t) => {
    const b = bench({ objects })
    want(b, P, A, B, C)
    b.decide()
    t.same(b.kernel.gateways(P), [A, B, C])
    t.same(b.installer.route(P), {
      prefix: P,
      state: 'installed',
      gateways: [A, B, C].map((address) => ({ address, interface: 'eth2' })),
    })
    want(b, P, A, B)
    b.decide()
    t.same(b.kernel.gateways(P), [A, B])
    want(b, P)
    b.decide()
    t.equal(b.kernel.gateways(P), undefined)
    t.equal(b.installer.route(P), undefined)
    const routes = b.kernel.lines.filter((line) => line.startsWith('route'))
    t.same(
      routes.map((line) => line.split(' ')[1]),
      ['add', 'replace', 'del'],
    )
    const { installed, pending, operations } = b.installer.status()
    t.same(
      { installed, pending, operations },
      { installed: 0, pending: 0, operations: { add: 1, replace: 1, delete: 1 } },
    )
  })

  t.test(`${mode}: the last wish counts, one line at a time`, async (t) => {
    const b = bench({ objects })
    want(b, P, A)
    want(b, P, B)
    want(b, P)
    want(b, P, A, C)
    t.equal(b.inFlight.filter((line) => line.includes(P)).length, 1)
    b.decide()
    t.same(b.kernel.gateways(P), [A, C])
    t.equal(b.kernel.lines.filter((line) => line.includes(P)).length, 2)
  })

  t.test(`${mode}: a foreign route is reported, not overwritten, and tried again`, async (t) => {
    const b = bench({ objects })
    b.kernel.routes.set(P, { nhid: 0, hops: [], foreign: true })
    want(b, P, A)
    b.decide()
    t.equal(b.inspections, 1)
    b.reconcile()
    t.match(b.installer.route(P), {
      state: 'refused',
      reason: /a route of proto static with metric 195 exists \(via 10.0.0.1 dev eth9\)/,
    })
    t.match(b.installer.refused(), [{ prefix: P }])
    t.equal(b.log.texts('warn').length, 1)
    t.ok(b.kernel.routes.get(P)?.foreign)

    b.clock.advance(6000)
    b.decide()
    t.equal(b.kernel.lines.filter((line) => line.includes(P)).length, 2, 'the second attempt after 5 s')
    b.clock.advance(6000)
    b.decide()
    t.equal(b.kernel.lines.filter((line) => line.includes(P)).length, 2, 'the third only after twice that')
    t.equal(b.log.texts('warn').length, 1, 'said once')

    b.kernel.routes.delete(P)
    b.installer.refusals.unblocked(b.installer.routes.get(P)!)
    b.decide()
    t.same(b.kernel.gateways(P), [A])
    t.equal(b.installer.refused().length, 0)
  })

  t.test(`${mode}: gateways on a link that goes down leave, and are back with it`, async (t) => {
    const b = bench({ objects })
    want(b, P, A, '10.7.0.5')
    want(b, '10.9.0.1/32', A)
    b.decide()
    b.kernel.linkDown(2)
    b.installer.groups.linkDown(2)
    b.installer.networkChanged()
    b.decide()
    t.same(b.kernel.gateways(P), ['10.7.0.5'])
    t.equal(b.kernel.gateways('10.9.0.1/32'), undefined)
    t.match(b.installer.route('10.9.0.1/32'), {
      state: 'pending',
      reason: /no usable gateway: 192.168.95.210: its link is down/,
    })
    b.kernel.down.clear()
    b.installer.networkChanged()
    b.decide()
    t.same(b.kernel.gateways(P), ['10.7.0.5', A])
    t.same(b.kernel.gateways('10.9.0.1/32'), [A])
  })

  t.test(`${mode}: a flap that ends before the refusal of a line is known: no pause`, async (t) => {
    const b = bench({ objects })
    want(b, P, A)
    b.kernel.linkDown(2)
    b.execute()
    // Both notifications come before the answer to the line.
    b.installer.groups.linkDown(2)
    b.installer.networkChanged()
    b.kernel.down.clear()
    b.installer.networkChanged()
    b.decide()
    t.same(b.kernel.gateways(P), [A])
    t.match(b.installer.status(), { installed: 1, pending: 0, refused: 0 })
  })

  t.test(`${mode}: own routes of an earlier run are taken over, the rest is swept`, async (t) => {
    const before = bench({ objects })
    want(before, P, A, B, C)
    want(before, '10.9.0.1/32', A)
    want(before, '10.9.0.2/32', A, B)
    before.decide()
    const kernel = new FakeKernel()
    for (const [id, nextHop] of before.kernel.nextHops) kernel.nextHops.set(id, nextHop)
    for (const [prefix, route] of before.kernel.routes) kernel.routes.set(prefix, route)

    const b = bench({ objects, kernel })
    t.match(b.installer.route(P), { state: 'installed', reason: /earlier run/ })
    t.equal(b.installer.kept(), 3)
    want(b, P, A)
    want(b, P, A, B)
    want(b, P, A, B, C)
    want(b, '10.9.0.2/32', A, C)
    b.decide()
    t.same(
      kernel.lines.filter((line) => line.startsWith('route')),
      [],
      'what is right is not rewritten, and nothing is narrowed',
    )
    t.same(kernel.gateways('10.9.0.1/32'), [A], 'kept until the sweep')
    t.match(b.installer.route('10.9.0.2/32'), { state: 'installed', reason: /earlier run/ })
    t.equal(b.installer.kept(), 2, 'P is as it is wanted')
    want(b, P, A, B)
    b.decide()
    t.same(kernel.gateways(P), [A, B], 'it is the present run’s now')
    want(b, P, A, B, C)
    b.installer.set('10.9.0.2/32', undefined)
    want(b, '10.9.0.2/32', A, C)
    b.decide()
    t.same(kernel.gateways('10.9.0.2/32'), [A, B])
    b.installer.sweep()
    b.decide()
    b.clock.advance(5000)
    b.decide()
    t.equal(kernel.gateways('10.9.0.1/32'), undefined)
    t.same(kernel.gateways(P), [A, B, C])
    t.same(kernel.gateways('10.9.0.2/32'), [A, C])
    if (objects) {
      const groups = [...kernel.nextHops.values()].filter((nextHop) => 'group' in nextHop)
      t.equal(groups.length, 2, 'unused groups are gone')
    }
  })

  t.test(`${mode}: the child dies with lines in flight`, async (t) => {
    for (let done = 0; done <= 5; done++) {
      const b = bench({ objects })
      want(b, P, A, B)
      b.decide()
      want(b, P, A, C)
      want(b, '10.9.0.1/32', C)
      want(b, '10.9.0.2/32', A, B)
      b.die(done)
      want(b, '10.9.0.3/32', B)
      t.same(
        b.inFlight.filter((line) => line.startsWith('route')),
        [],
        'nothing is written before the kernel was read',
      )
      b.decide()
      b.reconcile()
      b.decide()
      t.same(b.kernel.gateways(P), [A, C])
      t.same(b.kernel.gateways('10.9.0.1/32'), [C])
      t.same(b.kernel.gateways('10.9.0.2/32'), [A, B])
      t.same(b.kernel.gateways('10.9.0.3/32'), [B])
      t.match(b.installer.status(), { installed: 4, pending: 0, refused: 0 })
    }
  })

  t.test(`${mode}: guarded prefixes`, async (t) => {
    const b = bench({ objects, allow: ['10.7.0.0/24'] })
    b.guard.protect(new Map([['10.7.0.1', 'eth3']]), [A])
    for (const prefix of ['10.7.0.1/32', '10.0.0.0/8', '0.0.0.0/0', '10.7.0.0/24', `${A}/32`, `${C}/32`])
      want(b, prefix, B)
    b.decide()
    t.same(b.kernel.gateways('10.7.0.0/24'), [B], 'allowed')
    t.same(b.kernel.gateways(`${C}/32`), [B])
    for (const prefix of ['10.7.0.1/32', '10.0.0.0/8', '0.0.0.0/0', `${A}/32`]) {
      t.equal(b.kernel.gateways(prefix), undefined, prefix)
      t.match(b.installer.route(prefix), { state: 'refused', reason: /it covers .*list .* under fib.allow/ })
    }
    want(b, P, C)
    b.decide()
    t.equal(b.kernel.gateways(`${C}/32`), undefined, 'its address has become a gateway: the route goes')
    want(b, P)
    b.decide()
    t.same(b.kernel.gateways(`${C}/32`), [B], 'and is back when it is none any more')
    b.guard.protect(new Map(), [])
    b.installer.guardChanged()
    b.decide()
    t.same(b.kernel.gateways('10.0.0.0/8'), [B])
    t.same(b.kernel.gateways(`${A}/32`), [B])
  })

  t.test(`${mode}: stopping removes everything, or leaves it`, async (t) => {
    for (const keep of [false, true]) {
      const b = bench({ objects })
      want(b, P, A, B)
      want(b, '10.9.0.1/32', C)
      b.decide()
      const stopped = b.installer.stop(keep)
      await new Promise((resolve) => setImmediate(resolve))
      b.decide()
      await stopped
      t.equal(b.kernel.routes.size, keep ? 2 : 0)
      t.equal(b.kernel.nextHops.size === 0, !keep || !objects)
    }
  })

  t.test(`${mode}: a route deleted by a foreign hand is put back, own deletions are known`, async (t) => {
    const b = bench({ objects })
    want(b, P, A, B)
    b.decide()
    const { nhid } = b.kernel.routes.get(P)!
    want(b, P)
    b.decide()
    want(b, P, A, B)
    b.decide()
    t.equal(
      b.installer.deleted(P, nhid, b.installer.written),
      false,
      'the late notification of the own deletion',
    )
    b.kernel.routes.delete(P)
    t.equal(b.installer.deleted(P, b.installer.routes.get(P)!.group!.id, b.installer.written), true)
    b.installer.flush()
    b.decide()
    t.same(b.kernel.gateways(P), [A, B])
    t.equal(b.installer.deleted('10.1.1.1/32', nhid, b.installer.written), false, 'nothing known about it')
  })
}

t.test('routes of an earlier run: what may change before the sweep', async (t) => {
  const before = bench()
  for (const prefix of ['10.9.0.1/32', '10.9.0.2/32', '10.9.0.3/32']) want(before, prefix, A, B)
  before.decide()
  const kernel = new FakeKernel()
  for (const [id, nextHop] of before.kernel.nextHops) kernel.nextHops.set(id, nextHop)
  for (const [prefix, route] of before.kernel.routes) kernel.routes.set(prefix, route)
  const b = bench({ kernel })
  b.guard.protect(new Map([['10.9.0.3', 'eth3']]), [])
  want(b, '10.9.0.1/32', A, B, C)
  want(b, '10.9.0.2/32', A)
  want(b, '10.9.0.3/32', A)
  b.decide()
  t.same(kernel.gateways('10.9.0.1/32'), [A, B, C], 'it is widened at once')
  t.same(kernel.gateways('10.9.0.2/32'), [A, B])
  t.equal(kernel.gateways('10.9.0.3/32'), undefined, 'what the guard refuses goes at once')
  b.installer.gatewayLost({ address: A })
  b.decide()
  t.same(kernel.gateways('10.9.0.2/32'), [B], 'a gateway whose session ended again leaves')
})

t.test('a lost gateway is one line ahead of the queue, and nothing is rewritten behind it', async (t) => {
  const b = bench({ window: 100 })
  for (let i = 0; i < 250; i++) b.installer.set(`10.1.0.${i}/32`, THREE)
  b.installer.flush()
  b.decide()
  for (let i = 0; i < 250; i++) b.installer.set(`10.2.0.${i}/32`, THREE)
  b.installer.flush()
  t.equal(b.inFlight.length, 100)
  b.installer.gatewayLost({ address: C })
  t.equal(b.inFlight.length, 101)
  t.match(b.inFlight[100], /^nexthop del id \d+$/)
  b.decide()
  const lines = b.kernel.lines.length
  const two = setOf(A, B)
  for (let i = 0; i < 250; i++) b.installer.set(`10.1.0.${i}/32`, two)
  b.installer.flush()
  b.decide()
  t.equal(b.kernel.lines.length, lines, 'the kernel had that set already')
  for (let i = 0; i < 250; i++) t.same(b.kernel.gateways(`10.1.0.${i}/32`), [A, B])
  for (let i = 0; i < 250; i++) t.same(b.kernel.gateways(`10.2.0.${i}/32`), [A, B])
})
const THREE = setOf(A, B, C)

t.test('routes of a group that all move to the same set move by one line', async (t) => {
  const b = bench({ crowd: 4 })
  const prefixes = [1, 2, 3, 4, 5].map((host) => `16.0.0.${host}/32`)
  const move = (which: readonly string[], ...addresses: string[]) => {
    const set = setOf(...addresses)
    for (const prefix of which) b.installer.set(prefix, set)
    b.installer.flush()
  }
  b.installer.sweep()
  move(prefixes, A, B, C)
  b.decide()
  const lines = () => b.kernel.lines.splice(0)
  lines()

  move(prefixes, A, B)
  t.equal(b.installer.status().pending, 0)
  b.decide()
  t.same(lines(), ['nexthop replace id 1003 group 1000/1001 proto 186'])
  for (const prefix of prefixes) t.same(b.kernel.gateways(prefix), [A, B])
  t.same(b.installer.route(prefixes[4])?.gateways.length, 2)

  move(prefixes.slice(0, 3), A)
  b.decide()
  t.equal(lines().filter((line) => line.startsWith('route replace')).length, 3, 'not all of them')
  move(prefixes.slice(0, 3), A, B)
  b.decide()
  t.equal(lines().filter((line) => line.startsWith('route replace')).length, 3, 'too few in their group')

  move(prefixes, A, B, C)
  b.decide()
  t.same(lines(), ['nexthop replace id 1003 group 1000/1001/1002 proto 186'])
  for (const prefix of prefixes) t.same(b.kernel.gateways(prefix), [A, B, C])
})

t.test('the largest group moves, however its routes are spread', async (t) => {
  const b = bench({ crowd: 2 })
  b.installer.sweep()
  const prefixes = Array.from({ length: 100 }, (_, i) => `16.0.0.${i}/32`)
  const move = (which: readonly string[], ...addresses: string[]) => {
    const set = setOf(...addresses)
    for (const prefix of which) b.installer.set(prefix, set)
    b.installer.flush()
    b.decide()
  }
  move(prefixes.slice(0, 6), A)
  move(prefixes.slice(6, 26), B)
  move(prefixes.slice(26), C)
  move(prefixes.slice(0, 1), A, B)
  b.kernel.lines.splice(0)
  const set = setOf(A, B)
  for (const prefix of prefixes) b.installer.set(prefix, set)
  b.installer.flush()
  b.decide()
  // One has the members: 5 routes are too few for another, 20 are not; and 74 are enough for a third.
  const lines = b.kernel.lines.map((line) => line.split(' ').slice(0, 2).join(' '))
  t.equal(lines.filter((line) => line === 'route replace').length, 5)
  t.equal(lines.filter((line) => line === 'nexthop replace').length, 2)
  for (const prefix of prefixes) t.same(b.kernel.gateways(prefix), [A, B])
})

t.test('a group that the kernel does not change: each route takes a line', async (t) => {
  const b = bench({ crowd: 2 })
  b.installer.sweep()
  const both = ['16.0.0.1/32', '16.0.0.2/32']
  const abc = setOf(A, B, C)
  for (const prefix of both) b.installer.set(prefix, abc)
  b.installer.flush()
  b.decide()
  b.kernel.rigid = true
  const ab = setOf(A, B)
  for (const prefix of both) b.installer.set(prefix, ab)
  b.installer.flush()
  b.decide()
  t.equal(b.inspections, 1)
  b.reconcile()
  b.decide()
  for (const prefix of both) t.same(b.kernel.gateways(prefix), [A, B])
  t.match(b.log.texts('info'), ['next-hop group 1003 keeps its members: Operation not supported'])
})

t.test('routes of an earlier run do not move before the sweep with those that may', async (t) => {
  const b = bench({ crowd: 2 })
  const prefixes = ['16.0.0.1/32', '16.0.0.2/32', '16.0.0.3/32']
  const abc = setOf(A, B, C)
  for (const prefix of prefixes) b.installer.set(prefix, abc)
  b.installer.flush()
  b.decide()
  const next = bench({ crowd: 2, kernel: b.kernel })
  const ab = setOf(A, B)
  for (const prefix of prefixes) next.installer.set(prefix, ab)
  next.installer.flush()
  next.decide()
  for (const prefix of prefixes) t.same(b.kernel.gateways(prefix), [A, B, C], 'kept')
  next.installer.sweep()
  next.decide()
  for (const prefix of prefixes) t.same(b.kernel.gateways(prefix), [A, B])
})

t.test('a prefix whose only gateway is lost goes, others stay', async (t) => {
  const b = bench()
  want(b, P, A, C)
  want(b, '10.9.0.1/32', C)
  b.decide()
  b.installer.gatewayLost({ address: C })
  b.decide()
  t.equal(b.kernel.gateways('10.9.0.1/32'), undefined)
  t.same(b.kernel.gateways(P), [A])
  t.equal(b.kernel.lines.filter((line) => line.startsWith('nexthop del')).length, 1)
})

t.test('a lost gateway stays out while the RIB settles, and is back when asked for anew', async (t) => {
  const b = bench()
  const three = setOf(A, B, C)
  b.installer.set(P, three)
  b.installer.flush()
  b.decide()
  b.installer.gatewayLost({ address: C })
  b.decide()
  b.clock.advance(100)
  b.installer.set('10.9.0.1/32', three)
  b.installer.flush()
  b.decide()
  t.same(b.kernel.gateways('10.9.0.1/32'), [A, B], 'a change from another neighbor meanwhile')
  b.clock.advance(3000)
  b.installer.set(P, three)
  b.installer.flush()
  b.decide()
  t.same(b.kernel.gateways(P), [A, B, C])
  t.same(b.kernel.gateways('10.9.0.1/32'), [A, B, C])
})

t.test('the RIB that keeps wanting a lost gateway is right in the end', async (t) => {
  const b = bench()
  want(b, P, A, C)
  b.decide()
  b.installer.gatewayLost({ address: C })
  b.decide()
  t.same(b.kernel.gateways(P), [A])
  b.clock.advance(11_000)
  b.decide()
  t.same(b.kernel.gateways(P), [A, C])
})

t.test('groups are shared, and the unused ones removed after a while', async (t) => {
  const b = bench()
  for (let i = 0; i < 10; i++) want(b, `10.1.0.${i}/32`, A, B)
  b.decide()
  t.equal(b.kernel.nextHops.size, 3, 'two objects, one group for ten equal sets')
  for (let i = 0; i < 10; i++) want(b, `10.1.0.${i}/32`, B)
  b.decide()
  t.equal(b.kernel.nextHops.size, 4)
  b.clock.advance(1500)
  b.decide()
  t.equal(b.kernel.nextHops.size, 2, 'one object, one group')
  for (let i = 0; i < 10; i++) want(b, `10.1.0.${i}/32`)
  b.decide()
  b.clock.advance(1500)
  b.decide()
  t.equal(b.kernel.nextHops.size, 0)
})

t.test('a set that comes back within a while finds its group', async (t) => {
  const b = bench()
  want(b, P, A, B, C)
  b.decide()
  for (let i = 0; i < 5; i++) {
    want(b, P, A, B)
    b.decide()
    want(b, P, A, B, C)
    b.decide()
  }
  t.equal(
    b.kernel.lines.filter((line) => line.startsWith('nexthop add')).length,
    5,
    'three objects, two groups',
  )
})

t.test('a foreign hand deletes objects and groups', async (t) => {
  const b = bench()
  want(b, P, A, B)
  want(b, '10.9.0.1/32', A)
  b.decide()
  const [object] = b.kernel.nextHops.keys()
  const { nhid } = b.kernel.routes.get(P)!
  for (const id of [object, nhid]) {
    b.kernel.remove(id)
    t.equal(b.installer.groups.deleted(id), true)
  }
  t.equal(b.installer.groups.deleted(4711), false)
  b.installer.groups.putBack()
  b.decide()
  t.same(b.kernel.gateways(P), [A, B])
  t.same(b.kernel.gateways('10.9.0.1/32'), [A])
})

t.test('the kernel refuses an object: the others are used, and it is tried again', async (t) => {
  const b = bench()
  b.ways.set('10.8.0.1', 4)
  b.kernel.down.add(4)
  const way = b.way
  b.way = (gateway) =>
    gateway.address === '10.8.0.1'
      ? { via: { address: '10.8.0.1', device: 'eth4', ifindex: 4, word: 'if4' }, metric: 0, connected: true }
      : way.call(b, gateway)
  want(b, P, A, '10.8.0.1')
  b.decide()
  t.same(b.kernel.gateways(P), [A])
  t.match(b.log.texts('warn'), [/next-hop object for 10.8.0.1 refused: Nexthop device is not up/])
  b.kernel.down.delete(4)
  b.clock.advance(6000)
  b.decide()
  t.same(b.kernel.gateways(P), ['10.8.0.1', A])
})

t.test('an id that another took meanwhile is left alone', async (t) => {
  const b = bench()
  b.kernel.nextHops.set(1000, { via: '1.2.3.4', ifindex: 9 })
  want(b, P, A)
  b.decide()
  t.same(b.kernel.gateways(P), [A])
  t.same(b.kernel.nextHops.get(1000), { via: '1.2.3.4', ifindex: 9 })
})

t.test('a gateway that is reached another way keeps its object', async (t) => {
  const b = bench()
  want(b, P, A)
  b.decide()
  const { nhid } = b.kernel.routes.get(P)!
  b.ways.set(A, 3)
  b.installer.networkChanged()
  b.decide()
  t.equal(b.kernel.routes.get(P)?.nhid, nhid)
  t.match(b.kernel.lines.at(-1), /^nexthop replace id 1000 via 192.168.95.210 dev if3/)
})

t.test('plain: a route that the link took along while its answer was on the way is looked for', async (t) => {
  const b = bench({ objects: false })
  want(b, P, A)
  b.execute()
  b.kernel.linkDown(2)
  // Linux says nothing of a route whose last link goes down.
  b.kernel.routes.delete(P)
  b.installer.networkChanged()
  b.kernel.down.clear()
  b.installer.networkChanged()
  t.equal(b.inspections, 1)
  b.decide()
  b.reconcile()
  b.decide()
  t.same(b.kernel.gateways(P), [A])
})

t.test('a refused route is tried within a second of a change of the network', async (t) => {
  const b = bench({ objects: false })
  b.kernel.down.add(4)
  // The resolver has heard of the link; the kernel takes no route yet.
  b.way = (gateway) => ({
    via: { address: gateway.address, device: 'eth4', ifindex: 4, word: 'if4' },
    metric: 0,
    connected: true,
  })
  want(b, P, A)
  b.decide()
  t.match(b.installer.route(P), { state: 'refused', reason: 'Nexthop has invalid gateway' })
  b.clock.advance(3000)
  b.decide()
  t.equal(b.kernel.lines.length, 1, 'otherwise after the pause')
  b.kernel.down.clear()
  b.installer.networkChanged()
  b.clock.advance(1000)
  b.decide()
  t.same(b.kernel.gateways(P), [A])
  t.equal(b.installer.refused().length, 0)
})

t.test('a route refused right after the network changed is tried again a moment later, once', async (t) => {
  const b = bench({ objects: false })
  b.ways.set('10.8.0.5', 4)
  b.kernel.down.add(4)
  b.way = (gateway) => ({
    via: { address: gateway.address, device: 'eth4', ifindex: 4, word: 'if4' },
    metric: 0,
    connected: true,
  })
  b.installer.networkChanged()
  want(b, P, '10.8.0.5')
  b.decide()
  t.match(b.installer.status(), { refused: 1 })
  const attempts = () => b.kernel.lines.filter((line) => line.includes(P)).length
  b.clock.advance(60)
  b.decide()
  t.equal(attempts(), 2, 'a moment later')
  b.clock.advance(900)
  b.decide()
  t.equal(attempts(), 2, 'from then on after the pause')
  b.kernel.down.clear()
  b.installer.networkChanged()
  b.clock.advance(1000)
  b.decide()
  t.same(b.kernel.gateways(P), ['10.8.0.5'])
  t.match(b.installer.status(), { installed: 1, pending: 0, refused: 0 })
})

t.test('a place that is taken, by nobody that is shown, is not asked for without end', async (t) => {
  const b = bench()
  b.kernel.routes.set(P, { nhid: 0, hops: [], foreign: true })
  want(b, P, A)
  b.decide()
  const route = b.installer.routes.get(P)!
  t.match(b.installer.status(), { pending: 1, refused: 0 }, 'whose it is is not known yet')
  t.same(b.installer.refused(), [])
  for (let reading = 0; reading < 10; reading++) {
    b.installer.refusals.occupant(route, undefined)
    b.decide()
  }
  t.equal(b.kernel.lines.filter((line) => line.startsWith('route')).length, 4)
  t.equal(b.inspections, 4)
  t.match(b.installer.route(P), { state: 'refused', reason: /another route/ })
  t.match(b.installer.status(), { pending: 0, refused: 1 })
})

t.test('a group that a link emptied before it was given others: its routes are looked for', async (t) => {
  const b = bench({ crowd: 1 })
  b.installer.sweep()
  want(b, P, '10.7.0.5')
  b.decide()
  want(b, P, A)
  t.ok(b.inFlight.some((line) => line.startsWith('nexthop replace')))
  b.kernel.linkDown(3)
  b.decide()
  t.equal(b.kernel.gateways(P), undefined)
  b.installer.groups.linkDown(3)
  b.installer.networkChanged()
  b.decide()
  t.equal(b.inspections, 1)
  b.reconcile()
  b.decide()
  t.same(b.kernel.gateways(P), [A])
  b.installer.groups.linkDown(3)
  t.equal(b.inspections, 1, 'once')
})

t.test('many refusals are summed up in the log', async (t) => {
  const b = bench()
  b.guard.protect(new Map([['10.7.0.1', 'eth3']]), [])
  for (let i = 0; i < 30; i++) b.installer.set(i < 9 ? `10.0.0.0/${i}` : `10.7.0.1/32`, setOf(A))
  for (let i = 9; i < 32; i++) b.installer.set(`10.7.0.1/${i}`, setOf(A))
  b.installer.flush()
  b.decide()
  const texts = b.log.texts('warn')
  t.equal(texts.length, 11)
  t.match(texts[10], /^\d+ more routes refused, /)
})

t.test('text that is no prefix never reaches ip', async (t) => {
  const b = bench()
  for (const prefix of ['10.0.0.0/8 nhid 3', 'default', '', '10.0.0.1\nroute flush table main/8'])
    want(b, prefix, A)
  b.decide()
  t.same(b.kernel.routes.size, 0)
  t.equal(b.kernel.lines.filter((line) => line.startsWith('route')).length, 0)
  t.equal(b.installer.refused().length, 4)
})

t.test('a bulk begins and ends', async (t) => {
  const b = bench()
  const set = setOf(A, B)
  for (let i = 0; i < 11_000; i++) b.installer.set(`10.${i >> 8}.${i & 255}.0/24`, set)
  b.installer.flush()
  t.same(b.bulk, [true])
  b.decide()
  t.same(b.bulk, [true, false])
  t.equal(b.kernel.routes.size, 11_000)
})

t.test('the range of ids is used up', async (t) => {
  const b = new Bench()
  for (let i = 0; i < 1001; i++) b.ways.set(`10.${i >> 8}.${i & 255}.1`, 2)
  b.start()
  for (let i = 0; i < 501; i++)
    b.installer.set(`11.${i >> 8}.${i & 255}.0/24`, setOf(`10.${i >> 8}.${i & 255}.1`))
  b.installer.flush()
  b.decide()
  t.equal(b.kernel.routes.size, 500)
  t.match(b.installer.refused(), [{ reason: 'all 1000 next-hop ids are in use' }])
})
