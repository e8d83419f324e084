import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { NO_IP } from '../../src/fib/kernel/probe.js'
import { KernelFib } from '../../src/fib/kernel-fib.js'
import { clock, Lab, type Mode, noNamespaces, until } from './fib-lab.js'

const P = '192.168.95.123/32'
const A = '192.168.95.210'
const B = '192.168.95.211'
const C = '192.168.95.212'

const skip = noNamespaces()
if (skip !== undefined) console.error(skip)

/** One test on a namespace of its own. */
function each(title: string, modes: Mode[], run: (t: Test, lab: Lab, mode: Mode) => Promise<void>): void {
  for (const mode of modes) {
    t.test(`${mode}: ${title}`, { skip: skip ?? false }, async (t) => {
      const lab = new Lab()
      t.teardown(() => lab.remove())
      await run(t, lab, mode)
    })
  }
}
// Each waits for the kernel; together they outlast the usual limit on a busy machine.
t.setTimeout(600_000)

/** Enough for lines to be on their way when the link goes down. */
const FLAPS = 15
const BOTH: Mode[] = ['nexthop-objects', 'plain']

each('three next hops, changed without a gap, removed', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  t.equal(fib.status().mode, mode)
  const monitor = await lab.record('route', 'nexthop')
  const put = async (...gateways: string[]) => {
    fib.set('ipv4-unicast', P, gateways.length === 0 ? undefined : lab.set(...gateways))
    fib.flush()
    await until(`${P} via ${gateways}`, () => String(lab.gateways(P)) === String(gateways))
  }
  await put(A, B, C)
  t.match(lab.ip('-N', 'route', 'show', P), /proto 186 metric 195/)
  await until('confirmed', () => fib.status().pending === 0)
  t.match(fib.route(P), { state: 'installed', gateways: [{ address: A, interface: 'eth0' }, {}, {}] })
  await put(A, B)
  await put(A)
  await put(A, B, C)
  const before = monitor.lines.filter((line) => line.includes('Deleted') && line.includes('[ROUTE]'))
  t.same(before, [], 'no moment without the route')
  await put()
  await monitor.stop()
  t.equal(fib.route(P), undefined)
  await until('cleaned up', () => lab.nextHops().length === 0)
})

each('a change reaches the kernel within a moment, the last wish counts', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  const sets = [lab.set(A), lab.set(A, B), lab.set(A, B, C), undefined]
  for (let i = 0; i < 400; i++) {
    fib.set('ipv4-unicast', P, sets[i % 4])
    fib.set('ipv4-unicast', '192.168.95.124/32', sets[(i + 1) % 4])
    fib.flush()
    if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  fib.set('ipv4-unicast', P, sets[1])
  fib.flush()
  await until('settled', () => fib.status().pending === 0)
  t.same(lab.gateways(P), [A, B])
  t.same(lab.gateways('192.168.95.124/32'), [A])
  t.match(fib.status(), { installed: 2, refused: 0, errors: 0 })
  await until('own deletions are not taken for foreign ones', () => fib.status().pending === 0)
  t.same(
    lab.log.filter(({ text }) => /someone else/.test(text)),
    [],
  )
})

each('routes that all move to the same set', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  fib.sweep()
  const four = Array.from({ length: 200 }, (_, i) => `16.0.0.${i}/32`)
  const six = Array.from({ length: 100 }, (_, i) => `fd16::${(i + 1).toString(16)}/128`)
  const counts = () => {
    const found = new Map<string, number>()
    for (const family of ['-4', '-6']) {
      const text = lab.ip(family, '-N', '-o', 'route', 'show', 'proto', '186')
      for (const line of text.split('\n').filter(Boolean)) {
        const gateways = [...line.matchAll(/via (\S+)/g)].map((match) => match[1]).sort()
        found.set(String(gateways), (found.get(String(gateways)) ?? 0) + 1)
      }
    }
    return found
  }
  const move = async (...nodes: readonly string[]) => {
    const sets = [nodes, nodes.map((node) => `fd95::${node.slice(-3)}`)].map((set) => lab.set(...set))
    for (const prefix of four) fib.set('ipv4-unicast', prefix, sets[0])
    for (const prefix of six) fib.set('ipv6-unicast', prefix, sets[1])
    fib.flush()
    await until('settled', () => fib.status().pending === 0)
    const want = [...sets.map(({ gateways }) => String(gateways.map(({ address }) => address)))]
    await until(`all by ${want}`, () => {
      const found = counts()
      return found.get(want[0]) === 200 && found.get(want[1]) === 100 && found.size === 2
    })
  }
  await move(A, B, C)
  const monitor = await lab.record('route', 'nexthop')
  const before = fib.status().operations
  await move(A, B)
  await move(B)
  await move(A, C)
  await move(A, B, C)
  const after = fib.status().operations
  const lines = await monitor.stop()
  t.same(
    lines.filter((line) => line.includes('Deleted') && line.includes('[ROUTE]')),
    [],
    'no moment without the routes',
  )
  t.equal(
    after.replace - before.replace,
    mode === 'plain' ? 1200 : 0,
    'with objects, the groups were changed',
  )
  t.equal(fib.status().errors, 0)
})

each('a foreign route is reported and left alone; when it goes, ours comes', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  lab.ip('route', 'add', P, 'via', '192.168.95.1', 'proto', 'static', 'metric', '195')
  lab.ip('route', 'add', '10.20.0.0/16', 'via', '192.168.95.1', 'proto', 'bgp', 'metric', '20')
  fib.set('ipv4-unicast', P, lab.set(A, B))
  fib.set('ipv4-unicast', '10.20.0.0/16', lab.set(A, B))
  fib.flush()
  await until('refused, and by whom', () => /proto static/.test(fib.route(P)?.reason ?? ''))
  t.match(fib.refused(), [
    { prefix: P, state: 'refused', reason: /\(via 192.168.95.1 dev eth0\).*ip route del/ },
  ])
  t.match(fib.status(), { refused: 1, installed: 1 })
  t.match(lab.ip('route', 'show', P), /via 192.168.95.1 dev eth0 proto static metric 195/)
  t.same(lab.gateways('10.20.0.0/16').length, 3, 'another metric is no obstacle: both routes stand')
  t.equal(lab.log.filter(({ text }) => text.includes(P)).length, 1, 'said once')
  lab.ip('route', 'del', P, 'proto', 'static')
  await until('installed', () => String(lab.gateways(P)) === String([A, B]))
  await until('confirmed', () => fib.refused().length === 0)
})

each('a foreign hand takes our place: ours is refused, not fought for', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  fib.set('ipv4-unicast', P, lab.set(A, B))
  fib.flush()
  await until('installed', () => lab.gateways(P).length === 2)
  lab.ip('route', 'replace', P, 'via', '192.168.95.1', 'proto', 'static', 'metric', '195')
  await until('refused', () => fib.route(P)?.state === 'refused')
  t.match(lab.ip('route', 'show', P), /192.168.95.1/)
})

each('foreign next-hop objects are never touched', ['nexthop-objects'], async (t, lab) => {
  lab.ip('nexthop', 'add', 'id', '77', 'via', A, 'dev', 'eth0', 'proto', 'zebra')
  lab.ip('nexthop', 'add', 'id', '195000000', 'via', B, 'dev', 'eth0', 'proto', 'zebra')
  const fib = await lab.start('nexthop-objects')
  fib.sweep()
  fib.set('ipv4-unicast', P, lab.set(A, B))
  fib.flush()
  await until('installed', () => lab.gateways(P).length === 2)
  await fib.stop()
  t.equal(lab.ip('nexthop', 'show').trim().split('\n').length, 2)
  t.match(lab.ip('nexthop', 'show'), /id 77 via 192.168.95.210 .*\n?id 195000000 via 192.168.95.211/)
})

each(
  'a restart takes over what is right without touching it, and sweeps the rest',
  BOTH,
  async (t, lab, mode) => {
    const first = await lab.start(mode, { keepOnStop: true })
    const six = [{ address: 'fe80::99', interface: 'eth0' }]
    first.set('ipv4-unicast', P, lab.set(A, B, C))
    first.set('ipv4-unicast', '192.168.95.124/32', lab.set(A))
    first.set('ipv4-unicast', '192.168.95.125/32', lab.set(A, C))
    first.set('ipv4-unicast', '192.168.95.126/32', lab.set(B, C))
    first.set('ipv6-unicast', 'fd00::1/128', lab.set('fd95::210', ...six))
    first.flush()
    await until('installed', () => first.status().installed === 5 && first.status().pending === 0)
    const ids = lab.nextHops().map(({ id }) => id)
    await first.stop()
    t.equal(lab.gateways(P).length, 3, 'left in the kernel')

    const monitor = await lab.record('route', 'nexthop')
    const second = await lab.start(mode)
    t.match(second.route(P), { state: 'installed', reason: /earlier run/ })
    second.set('ipv4-unicast', P, lab.set(A, B, C))
    second.set('ipv6-unicast', 'fd00::1/128', lab.set('fd95::210', ...six))
    second.set('ipv4-unicast', '192.168.95.124/32', lab.set(A))
    second.flush()
    await until('settled', () => second.status().pending === 0)
    // The probe's own trials, at the end of the range and in a table of their own, are no rewriting.
    const touched = (await monitor.stop()).filter(
      (line) => /metric 195|id 1950000/.test(line) && !/id 1950000(9[6-9])|table 4000179/.test(line),
    )
    t.same(touched, [], 'nothing was rewritten')
    second.set('ipv4-unicast', '192.168.95.125/32', lab.set(A, B))
    second.set('ipv4-unicast', '192.168.95.127/32', lab.set(A, B))
    second.flush()
    await until('installed', () => String(lab.gateways('192.168.95.127/32')) === String([A, B]))
    t.same(lab.gateways('192.168.95.125/32'), [A, C], 'what lost a gateway stays until the sweep')
    t.equal(lab.gateways('192.168.95.126/32').length, 2, 'leftovers stay until the sweep')
    second.sweep()
    await until('changed', () => String(lab.gateways('192.168.95.125/32')) === String([A, B]))
    await until('swept', () => lab.gateways('192.168.95.126/32').length === 0)
    t.same(lab.gateways(P), [A, B, C])
    if (mode === 'nexthop-objects') {
      await until('leftover groups are gone', () => lab.nextHops().length === 5 + 4)
      const kept = lab.nextHops().map(({ id }) => id)
      t.ok(ids.filter((id) => kept.includes(id)).length >= 8, 'ids survive')
    }
  },
)

each('from objects to plain routes and back', ['plain'], async (t, lab) => {
  const first = await lab.start('nexthop-objects', { keepOnStop: true })
  for (const host of [123, 124]) first.set('ipv4-unicast', `192.168.95.${host}/32`, lab.set(A, B))
  first.flush()
  await until('installed', () => first.status().installed === 2)
  await first.stop()
  const second = await lab.start('plain')
  second.set('ipv4-unicast', P, lab.set(A, B))
  second.flush()
  await until('rewritten', () => !lab.ip('route', 'show', P).includes('nhid'))
  t.same(lab.gateways(P), [A, B])
  second.sweep()
  await until('objects of the earlier run are gone', () => lab.nextHops().length === 0)
  t.same(lab.gateways(P), [A, B])
  t.same(lab.gateways('192.168.95.124/32'), [])
})

each('link down and up, carrier lost and back', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  fib.set('ipv4-unicast', P, lab.set(A, '10.7.0.5'))
  fib.set('ipv4-unicast', '192.168.95.124/32', lab.set(A, B))
  fib.set('ipv6-unicast', 'fd00::1/128', lab.set('fd07::5', 'fd95::210'))
  fib.set('ipv6-unicast', 'fd00::2/128', lab.set({ address: 'fe80::99', interface: 'eth0' }))
  fib.flush()
  const state = () =>
    [P, '192.168.95.124/32', 'fd00::1/128', 'fd00::2/128'].map((prefix) => lab.gateways(prefix))
  const whole = [['10.7.0.5', A], [A, B], ['fd07::5', 'fd95::210'], ['fe80::99']]
  const half = [['10.7.0.5'], [], ['fd07::5'], []]
  const comes = (what: string, want: string[][]) =>
    until(what, () => JSON.stringify(state()) === JSON.stringify(want))
  await comes('installed', whole)

  lab.ip('link', 'set', 'eth0', 'down')
  await comes('link down', half)
  await until('noticed', () => !fib.resolver.resolve(A).reachable)
  t.match(fib.route('192.168.95.124/32'), { state: 'pending', reason: /192.168.95.210: eth0 is down/ })
  lab.ip('link', 'set', 'eth0', 'up')
  lab.address('eth0', 'fd95::200/64')
  await comes('link up', whole)
  t.match(fib.resolver.resolve(A), { reachable: true, interface: 'eth0', connected: true })

  lab.ip('link', 'set', 'eth0', 'down')
  lab.ip('link', 'set', 'eth0', 'up')
  lab.address('eth0', 'fd95::200/64')
  await comes('a short flap', whole)

  const far = (state: string) =>
    import('./fib-lab.js').then(({ ip }) => ip('-n', lab.far, 'link', 'set', 'far-eth0', state))
  await far('down')
  await comes('carrier lost', half)
  await far('up')
  await comes('carrier back', whole)
  await until('all confirmed', () => fib.status().pending === 0)
  t.match(fib.status(), { installed: 4, pending: 0, refused: 0 })
})

each('short flaps, one after the other', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  const hosts = Array.from({ length: 20 }, (_, index) => `192.168.95.${index + 100}/32`)
  for (const prefix of hosts) fib.set('ipv4-unicast', prefix, lab.set(A, B))
  fib.set('ipv6-unicast', 'fd00::2/128', lab.set({ address: 'fe80::99', interface: 'eth0' }))
  fib.flush()
  const whole = () =>
    lab.ip('-4', '-N', 'route', 'show', 'proto', '186').split('via ').length - 1 === hosts.length * 2 &&
    lab.gateways('fd00::2/128').length === 1
  await until('installed', whole)
  for (let flap = 0; flap < FLAPS; flap++) {
    lab.ip('link', 'set', 'eth0', 'down')
    // From none to longer than the lines that follow from it take.
    if (flap % 3 > 0) await new Promise((resolve) => setTimeout(resolve, flap % 23))
    lab.ip('link', 'set', 'eth0', 'up')
    await until(`whole after flap ${flap}`, whole)
  }
  await until('all confirmed', () => fib.status().pending === 0)
  t.match(fib.status(), { installed: hosts.length + 1, refused: 0 })
})

each('an interface is removed and made anew under the same name', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  fib.set('ipv4-unicast', P, lab.set(A, '10.7.0.5'))
  fib.flush()
  await until('installed', () => lab.gateways(P).length === 2)
  for (let i = 0; i < 3; i++) {
    lab.ip('link', 'del', 'eth0')
    await until('gone', () => String(lab.gateways(P)) === '10.7.0.5')
    lab.link('eth0', '192.168.95.200/24')
    await until('back', () => lab.gateways(P).length === 2)
  }
  t.match(fib.status(), { installed: 1, refused: 0 })
})

each('an address goes: what it connected is out of reach', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  fib.set('ipv4-unicast', P, lab.set(A, '10.7.0.5'))
  fib.flush()
  await until('installed', () => lab.gateways(P).length === 2)
  lab.ip('addr', 'del', '10.7.0.1/24', 'dev', 'eth1')
  await until('left', () => String(lab.gateways(P)) === A)
  lab.address('eth1', '10.7.0.1/24')
  await until('back', () => lab.gateways(P).length === 2)
  t.match(fib.status(), { refused: 0 })
})

each(
  'a lost gateway leaves all routes; its last prefix goes, others are not black-holed',
  BOTH,
  async (t, lab, mode) => {
    const fib = await lab.start(mode)
    const three = lab.set(A, B, C)
    const alone = lab.set(C)
    for (let i = 0; i < 300; i++) fib.set('ipv4-unicast', `10.30.${i >> 8}.${i & 255}/32`, three)
    for (let i = 0; i < 20; i++) fib.set('ipv4-unicast', `10.31.0.${i}/32`, alone)
    fib.flush()
    await until('installed', () => fib.status().pending === 0)
    const monitor = await lab.record('nexthop')
    fib.gatewayLost({ address: C })
    const left = () =>
      lab
        .ip('route', 'show', 'proto', 'bgp')
        .split('\n')
        .filter((line) => line.includes(C)).length
    await until('out of every route', () => left() === 0)
    t.equal(lab.gateways('10.30.0.7/32').length, 2)
    t.same(lab.gateways('10.31.0.7/32'), [])
    const before = fib.status().operations
    const two = lab.set(A, B)
    for (let i = 0; i < 300; i++) fib.set('ipv4-unicast', `10.30.${i >> 8}.${i & 255}/32`, two)
    for (let i = 0; i < 20; i++) fib.set('ipv4-unicast', `10.31.0.${i}/32`, undefined)
    fib.flush()
    await until('settled', () => fib.status().pending === 0)
    t.same(lab.gateways('10.30.1.7/32'), [A, B])
    const lines = await monitor.stop()
    if (mode === 'nexthop-objects') {
      t.same(fib.status().operations, before, 'the kernel had that set already: no route was rewritten')
      t.equal(lines.filter((line) => /Deleted id \d+ via/.test(line)).length, 1, 'one command')
    }
    for (let i = 0; i < 300; i++) fib.set('ipv4-unicast', `10.30.${i >> 8}.${i & 255}/32`, three)
    fib.flush()
    await until('back', () => fib.status().pending === 0 && lab.gateways('10.30.1.7/32').length === 3)
  },
)

each('what a foreign hand deletes is put back', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  fib.set('ipv4-unicast', P, lab.set(A, B))
  fib.set('ipv6-unicast', 'fd00::1/128', lab.set('fd95::210', 'fd95::211'))
  fib.flush()
  const whole = () => lab.gateways(P).length === 2 && lab.gateways('fd00::1/128').length === 2
  await until('installed', whole)
  lab.ip('route', 'del', P)
  await until('route', whole)
  lab.ip('-6', 'route', 'del', 'fd00::1')
  await until('IPv6 route', whole)
  t.equal(lab.log.filter(({ text }) => /someone else/.test(text)).length, 2)
  if (mode === 'plain') return
  const [object, , group] = lab.nextHops()
  lab.ip('nexthop', 'del', 'id', String(object.id))
  await until('object', whole)
  lab.ip('nexthop', 'del', 'id', String(group.id))
  await until('group', whole)
  lab.ip('nexthop', 'flush', 'proto', '186')
  await until('everything', whole)
  // The kernel shows a route before `ip` has answered for its line.
  await until('confirmed', () => fib.status().pending === 0)
  t.match(fib.status(), { installed: 2, refused: 0, pending: 0 })
})

each('guarded prefixes', BOTH, async (t, lab, mode) => {
  const neighbors = ['192.168.95.240']
  const fib = await lab.start(mode, { allow: ['10.7.0.0/25'], protected: () => neighbors })
  const refused = [
    '192.168.95.0/24',
    '10.7.0.1/32',
    `${A}/32`,
    '192.168.95.240/32',
    '0.0.0.0/0',
    '192.168.95.128/25',
  ]
  for (const prefix of [...refused, '10.7.0.0/25', P]) fib.set('ipv4-unicast', prefix, lab.set(A, B))
  fib.set('ipv6-unicast', 'fd95::/64', lab.set('fd95::210'))
  fib.flush()
  await until('installed', () => fib.status().installed === 2)
  t.same(
    fib
      .refused()
      .map(({ prefix }) => prefix)
      .sort(),
    [...refused, 'fd95::/64'].sort(),
  )
  for (const prefix of refused) t.same(lab.gateways(prefix), [], prefix)
  t.match(fib.route('10.7.0.1/32')?.reason, /an address of this machine \(eth1\)/)
  t.match(fib.route('192.168.95.240/32')?.reason, /a neighbor/)
  t.match(fib.route(`${A}/32`)?.reason, /a gateway/)

  lab.address('eth1', '10.99.0.1/24')
  fib.set('ipv4-unicast', '10.99.0.0/16', lab.set(A))
  fib.flush()
  await until('a new own address is guarded', () => fib.route('10.99.0.0/16')?.state === 'refused')
  lab.ip('addr', 'del', '10.99.0.1/24', 'dev', 'eth1')
  await until('and no longer', () => lab.gateways('10.99.0.0/16').length === 1)
  neighbors.push('10.99.0.2')
  fib.protectedChanged()
  await until('a new neighbor is guarded', () => lab.gateways('10.99.0.0/16').length === 0)
})

each('IPv6, and IPv4 by way of IPv6 gateways', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  const mixed = lab.set('fd95::210', { address: 'fe80::99', interface: 'eth1' })
  fib.set('ipv6-unicast', 'fd00::1/128', mixed)
  fib.set('ipv6-unicast', 'fd00:5::/48', lab.set('fd95::210'))
  fib.set('ipv4-unicast', P, mixed)
  fib.set('ipv4-unicast', '192.168.95.124/32', lab.set({ address: 'fe80::99', interface: 'eth1' }))
  fib.flush()
  await until('installed', () => fib.status().installed === 4 && fib.status().pending === 0)
  t.same(lab.gateways('fd00::1/128'), ['fd95::210', 'fe80::99'])
  t.same(lab.gateways('fd00:5::/48'), ['fd95::210'])
  t.same(lab.gateways(P), ['fd95::210', 'fe80::99'])
  t.match(lab.ip('route', 'show', '192.168.95.124/32'), /via inet6 fe80::99 dev eth1/)
  fib.set('ipv6-unicast', 'fd00::1/128', lab.set('fd95::210', 'fd95::211', 'fd95::212'))
  fib.set('ipv6-unicast', 'fd00:5::/48', undefined)
  fib.flush()
  await until('changed', () => fib.status().pending === 0 && lab.gateways('fd00::1/128').length === 3)
  t.same(lab.gateways('fd00:5::/48'), [])
  if (mode === 'nexthop-objects') {
    fib.set('ipv6-unicast', 'fd00::9/128', lab.set(A))
    fib.flush()
    await until('refused by the kernel', () => fib.route('fd00::9/128')?.state === 'refused')
    t.match(fib.route('fd00::9/128')?.reason, /IPv6 routes can not use an IPv4 nexthop/)
  }
})

each('a gateway behind a router: by the route to it, and by its changes', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  fib.set('ipv4-unicast', P, lab.set('10.50.0.1'))
  fib.flush()
  t.match(fib.route(P), { state: 'pending', reason: /10.50.0.1: there is no route to it/ })
  let told = 0
  fib.resolver.onChange(() => told++)
  lab.ip('route', 'add', '10.50.0.0/16', 'via', '192.168.95.1', 'metric', '7')
  await until('resolved', () => String(lab.gateways(P)) === '192.168.95.1')
  t.match(fib.resolver.resolve('10.50.0.1'), {
    reachable: true,
    metric: 7,
    interface: 'eth0',
    connected: false,
  })
  lab.ip('route', 'add', '10.50.0.0/24', 'via', '10.7.0.9')
  await until('more specific', () => String(lab.gateways(P)) === '10.7.0.9')
  lab.ip('route', 'del', '10.50.0.0/24')
  lab.ip('route', 'del', '10.50.0.0/16')
  await until('gone', () => lab.gateways(P).length === 0)
  t.ok(told >= 3)
})

each('stopping leaves nothing behind, or the routes', BOTH, async (t, lab, mode) => {
  for (const keep of [false, true]) {
    const fib = await lab.start(mode)
    const { batch, monitors } = fib.pids
    for (let i = 0; i < 200; i++) fib.set('ipv4-unicast', `10.30.0.${i}/32`, lab.set(A, B))
    fib.set('ipv6-unicast', 'fd00::1/128', lab.set('fd95::210'))
    fib.flush()
    await until('installed', () => fib.status().installed === 201)
    await fib.stop({ keep })
    t.equal(
      lab
        .ip('route', 'show', 'proto', 'bgp')
        .split('\n')
        .filter((line) => line.startsWith('10.30')).length,
      keep ? 200 : 0,
    )
    t.equal(lab.gateways('fd00::1/128').length, keep ? 1 : 0)
    t.equal(lab.nextHops().length === 0, !keep || mode === 'plain')
    for (const pid of [batch!, ...monitors]) await until(`end of ${pid}`, () => !alive(pid))
  }
})

each('killed children are replaced, and nothing is lost', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode)
  const kill = (pid: number | undefined) => process.kill(pid!, 'SIGKILL')
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 100; i++) {
      fib.set('ipv4-unicast', `10.30.${round}.${i}/32`, lab.set(A, B))
      if (i === 50) {
        fib.flush()
        kill(fib.pids.batch)
      }
    }
    fib.flush()
    await until(
      'all installed',
      () => fib.status().pending === 0 && lab.gateways(`10.30.${round}.99/32`).length === 2,
    )
  }
  t.equal(
    lab
      .ip('route', 'show', 'proto', 'bgp')
      .split('\n')
      .filter((line) => line.startsWith('10.30')).length,
    300,
  )
  const old = fib.pids.monitors
  for (const pid of old) kill(pid)
  await until('gone', () => old.every((pid) => !alive(pid)))
  lab.ip('route', 'del', '10.30.0.5/32')
  lab.ip('link', 'set', 'eth1', 'down')
  await until('what happened meanwhile is seen', () => lab.gateways('10.30.0.5/32').length === 2)
  await until('links too', () => !fib.resolver.resolve('10.7.0.9').reachable)
  lab.ip('link', 'set', 'eth1', 'up')
  await until('and followed again', () => fib.resolver.resolve('10.7.0.9').reachable)
  t.match(fib.status(), { installed: 300, pending: 0, refused: 0 })
})

each('many routes at once, and the audit that finds silent changes', BOTH, async (t, lab, mode) => {
  const fib = await lab.start(mode, { audit: 300 })
  const sets = [lab.set(A, B, C), lab.set(A, B), lab.set(C)]
  for (let i = 0; i < 12_000; i++) fib.set('ipv4-unicast', `10.${40 + (i >> 8)}.${i & 255}.0/24`, sets[i % 3])
  fib.flush()
  await until('all', () => fib.status().pending === 0)
  const count = () =>
    lab
      .ip('route', 'show', 'proto', 'bgp')
      .split('\n')
      .filter((line) => line.startsWith('10.')).length
  t.equal(count(), 12_000)
  // Between the bulk's end and the monitor's return nobody watches.
  lab.ip('route', 'del', '10.40.7.0/24')
  await until('put back', () => lab.gateways('10.40.7.0/24').length > 0)
  for (let i = 0; i < 12_000; i++) fib.set('ipv4-unicast', `10.${40 + (i >> 8)}.${i & 255}.0/24`, undefined)
  fib.flush()
  await until('none', () => count() === 0)
})

t.test('no ip binary', async (t) => {
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const fib = new KernelFib({
    log,
    clock,
    ip: ['/nonexistent/ip'],
    protected: () => [],
    options: {
      metric: 195,
      nextHopIds: { base: 195_000_000, count: 100 },
      keepOnStop: false,
      mode: 'auto',
      allow: [],
      retry: 5,
    },
  })
  await t.rejects(fib.start(), { message: NO_IP })
  await fib.stop()
})

function alive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
