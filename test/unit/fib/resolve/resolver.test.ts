import t from 'tap'
import { parseRouteLine, type RouteLine } from '../../../../src/fib/kernel/route-line.js'
import { parseAddressLine, parseLinkLine } from '../../../../src/fib/kernel/watch.js'
import { KernelResolver } from '../../../../src/fib/resolve/resolver.js'

const line = (text: string): RouteLine => parseRouteLine(text)!
const link = (index: number, name: string, flags: string, deleted = '') =>
  parseLinkLine(`${deleted}${index}: ${name}: <${flags}> mtu 1500`)!
const UP = 'BROADCAST,UP,LOWER_UP'

function setup(viaDefault = false): KernelResolver {
  const resolver = new KernelResolver(viaDefault)
  resolver.loadLinks(
    [
      { index: 1, name: 'lo', up: true },
      { index: 2, name: 'eth0', up: true },
      { index: 3, name: 'eth1', up: true },
      { index: 4, name: 'ppp0', up: true },
    ],
    [
      { index: 1, address: '127.0.0.1', subnet: '127.0.0.1', length: 8 },
      { index: 2, address: '192.168.95.200', subnet: '192.168.95.200', length: 24 },
      { index: 2, address: 'fd95::200', subnet: 'fd95::200', length: 64 },
      { index: 3, address: '10.7.0.1', subnet: '10.7.0.1', length: 24 },
      { index: 4, address: '10.9.0.1', subnet: '10.9.0.2', length: 32 },
    ],
  )
  resolver.loadRoutes([
    line('192.168.95.0/24 dev eth0 proto 2 scope 253 src 192.168.95.200 '),
    line('default via 10.7.0.254 dev eth1 '),
    line('10.20.0.0/16 via 10.7.0.254 dev eth1 proto 4 metric 7 '),
    line('6 10.20.66.0/24 proto 4 '),
    line('fd20::/32 via fe80::9 dev eth0 metric 1024 pref medium'),
  ])
  resolver.publish()
  return resolver
}

t.test('connected, by route, or not at all', async (t) => {
  const resolver = setup()
  t.same(resolver.resolve('192.168.95.210'), {
    reachable: true,
    metric: 0,
    interface: 'eth0',
    connected: true,
  })
  t.same(resolver.resolve('fd95::210'), { reachable: true, metric: 0, interface: 'eth0', connected: true })
  t.same(resolver.resolve('10.9.0.2'), { reachable: true, metric: 0, interface: 'ppp0', connected: true })
  t.same(resolver.resolve('10.20.1.1'), { reachable: true, metric: 7, interface: 'eth1', connected: false })
  t.same(resolver.resolve('fd20::1'), { reachable: true, metric: 1024, interface: 'eth0', connected: false })
  t.match(resolver.resolveGateway({ address: '10.20.1.1' }), {
    via: { address: '10.7.0.254', device: 'eth1', ifindex: 3, word: 'if3' },
  })
  const reasons: Readonly<Record<string, string>> = {
    '10.20.66.1': 'the route to it is a dead end (blackhole or unreachable)',
    '8.8.8.8': 'there is no route to it',
    'fd99::1': 'there is no route to it',
    '192.168.95.200': 'it is an address of this machine',
    nonsense: 'it is no address',
  }
  for (const [address, reason] of Object.entries(reasons)) {
    t.same(resolver.resolve(address), { reachable: false, metric: 0, connected: false, reason }, address)
  }
  t.match(resolver.resolveGateway({ address: '10.20.66.1' }), { reason: /dead end/ })
  t.match(resolver.resolveGateway({ address: '192.168.95.200' }), { reason: /an address of this machine/ })
})

t.test('the default route leads to a next hop only when asked for', async (t) => {
  t.same(setup(true).resolve('8.8.8.8'), { reachable: true, metric: 0, interface: 'eth1', connected: false })
})

t.test('link-local addresses need their interface', async (t) => {
  const resolver = setup()
  t.match(resolver.resolve('fe80::1%eth1'), { reachable: true, interface: 'eth1', connected: true })
  t.match(resolver.resolveGateway({ address: 'fe80::1', interface: 'eth1' }), {
    via: { address: 'fe80::1', ifindex: 3 },
  })
  t.match(resolver.resolve('fe80::1%nope'), { reachable: false })
  t.match(resolver.resolve('fe80::1'), { reachable: false })
})

t.test('own addresses', async (t) => {
  const resolver = setup()
  t.ok(resolver.isOwn('192.168.95.200'))
  t.ok(resolver.isOwn('fd95::200%eth0'))
  t.notOk(resolver.isOwn('192.168.95.210'))
  t.same(resolver.interfaces(), ['eth0', 'eth1', 'ppp0'])
})

t.test('a more specific route wins over the connected subnet', async (t) => {
  const resolver = setup()
  resolver.route(line('192.168.95.210 via 10.7.0.9 dev eth1 proto 4 '))
  t.match(resolver.resolveGateway({ address: '192.168.95.210' }), {
    via: { address: '10.7.0.9', device: 'eth1' },
    connected: false,
  })
  resolver.route(line('Deleted 192.168.95.210 via 10.7.0.9 dev eth1 proto 4 '))
  t.match(resolver.resolve('192.168.95.210'), { interface: 'eth0', connected: true })
})

t.test('the lower metric wins, and the other stands by', async (t) => {
  const resolver = setup()
  resolver.route(line('10.20.0.0/16 via 192.168.95.9 dev eth0 proto 4 metric 3 '))
  t.match(resolver.resolve('10.20.1.1'), { metric: 3, interface: 'eth0' })
  resolver.link(link(2, 'eth0', 'NO-CARRIER,UP'))
  t.match(resolver.resolve('10.20.1.1'), { metric: 7, interface: 'eth1' })
})

t.test('a link without carrier, and one set down, with what the kernel drops silently', async (t) => {
  const resolver = setup()
  resolver.link(link(3, 'eth1', 'NO-CARRIER,BROADCAST,UP'))
  t.match(resolver.resolve('10.20.1.1'), { reachable: false })
  t.match(resolver.resolveGateway({ address: '10.7.0.9' }), { reason: 'eth1 is down' })
  resolver.link(link(3, 'eth1', UP))
  t.match(resolver.resolve('10.20.1.1'), { reachable: true }, 'the route was kept without carrier')
  resolver.link(link(3, 'eth1', 'BROADCAST'))
  resolver.link(link(3, 'eth1', UP))
  t.match(resolver.resolve('10.20.1.1'), { reachable: false }, 'but not when the link was set down')
  t.match(resolver.resolve('10.7.0.9'), { reachable: true })
})

t.test('addresses come and go', async (t) => {
  const resolver = setup()
  const text = '3: eth1    inet 10.55.0.1/16 scope 0 eth1\\       valid_lft forever'
  resolver.address(parseAddressLine(text)!)
  t.match(resolver.resolve('10.55.9.9'), { interface: 'eth1', connected: true })
  t.ok(resolver.isOwn('10.55.0.1'))
  resolver.address(parseAddressLine(`Deleted ${text}`)!)
  t.match(resolver.resolve('10.55.9.9'), { reachable: false })
})

t.test('renamed, replaced and removed interfaces', async (t) => {
  const resolver = setup()
  t.equal(resolver.link(link(2, 'eth0', UP)), false, 'nothing new')
  t.equal(resolver.link(link(2, 'lan', UP)), true)
  t.match(resolver.resolve('192.168.95.210'), { interface: 'lan' })
  t.equal(resolver.link(link(2, 'lan', 'BROADCAST', 'Deleted ')), false)
  t.equal(resolver.link(link(12, 'lan', UP)), true, 'removed, and made anew')
  resolver.link(link(12, 'lan', 'BROADCAST', 'Deleted '))
  t.match(resolver.resolve('192.168.95.210'), { reachable: false })
  t.equal(resolver.link(link(9, 'eth1', UP)), true, 'the name has passed to another')
  t.equal(resolver.ifindex('eth1'), 9)
})

t.test('an interface named like a number is not mistaken', async (t) => {
  const resolver = setup()
  resolver.link(link(8, 'if2', UP))
  t.match(resolver.resolveGateway({ address: '192.168.95.210' }), { via: { word: 'eth0' } })
})

t.test('listeners are told once for many changes', async (t) => {
  const resolver = setup()
  let told = 0
  const stop = resolver.onChange(() => told++)
  t.equal(resolver.changed, false)
  resolver.link(link(2, 'eth0', 'BROADCAST'))
  resolver.route(line('10.30.0.0/16 via 10.7.0.254 dev eth1 '))
  t.equal(resolver.changed, true)
  resolver.publish()
  t.equal(told, 1)
  stop()
  resolver.publish()
  t.equal(told, 1)
})
