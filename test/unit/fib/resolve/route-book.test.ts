import t from 'tap'
import { parseRouteLine, type RouteLine } from '../../../../src/fib/kernel/route-line.js'
import { parseAddressLine, parseLinkLine } from '../../../../src/fib/kernel/watch.js'
import { kindOf, RouteBook } from '../../../../src/fib/resolve/route-book.js'
import type { MachineRouteChange } from '../../../../src/ports/machine-routes.js'

const line = (text: string): RouteLine => parseRouteLine(text)!
const UP = 'BROADCAST,UP,LOWER_UP'
const link = (index: number, name: string, flags: string, deleted = '') =>
  parseLinkLine(`${deleted}${index}: ${name}: <${flags}> mtu 1500`)!

function setup() {
  const batches: string[][] = []
  const book = new RouteBook((changes: readonly MachineRouteChange[]) => {
    batches.push(
      changes.map(({ prefix, route }) =>
        route === undefined ? `- ${prefix}` : `+ ${prefix} ${route.kind} ${route.metric}`,
      ),
    )
  })
  const take = () => {
    book.publish()
    return batches.splice(0).map((batch) => batch.sort())
  }
  return { book, take }
}

function loaded() {
  const { book, take } = setup()
  book.loadLinks(
    [
      { index: 1, name: 'lo', up: true },
      { index: 2, name: 'eth0', up: true },
      { index: 3, name: 'eth1', up: false },
    ],
    [
      { index: 1, address: '127.0.0.1', subnet: '127.0.0.1', length: 8 },
      { index: 1, address: '10.255.0.1', subnet: '10.255.0.1', length: 32 },
      { index: 2, address: '192.168.95.200', subnet: '192.168.95.200', length: 24 },
      { index: 2, address: '10.9.0.1', subnet: '10.9.0.2', length: 32 },
      { index: 3, address: '10.255.0.3', subnet: '10.255.0.3', length: 32 },
    ],
  )
  book.loadRoutes([
    line('192.168.95.0/24 dev eth0 proto 2 scope 253 src 192.168.95.200 '),
    line('10.7.0.0/24 dev eth1 proto 2 scope 253 src 10.7.0.1 linkdown '),
    line('default via 192.168.95.1 dev eth0 '),
    line('10.20.0.0/16 via 192.168.95.1 dev eth0 proto 4 metric 7 '),
    line('6 10.66.0.0/16 proto 4 '),
    line('192.168.95.123 nhid 195000001 via 192.168.95.210 dev eth0 proto 186 metric 195 '),
    line('fd95::/64 dev eth0 proto 2 metric 256 pref medium'),
  ])
  t.same(take(), [
    [
      '+ 0.0.0.0/0 kernel 0',
      '+ 10.20.0.0/16 static 7',
      '+ 10.255.0.1/32 connected 0',
      '+ 10.66.0.0/16 static 0',
      '+ 192.168.95.0/24 connected 0',
      '+ fd95::/64 connected 256',
    ],
  ])
  return { book, take }
}

t.test('what a route is for redistribution', async (t) => {
  const kind = (text: string) => kindOf(line(text))
  t.equal(kind('10.0.0.0/8 dev eth0 proto 2 scope 253'), 'connected')
  t.equal(kind('10.0.0.0/8 via 10.1.0.1 dev eth0 proto 2'), 'kernel')
  t.equal(kind('10.0.0.0/8 via 10.1.0.1 dev eth0 proto 4'), 'static')
  t.equal(kind('10.0.0.0/8 via 10.1.0.1 dev eth0 proto 196'), 'static', 'FRR’s')
  t.equal(kind('10.0.0.0/8 via 10.1.0.1 dev eth0'), 'kernel', 'added by hand')
  t.equal(kind('10.0.0.0/8 via 10.1.0.1 dev eth0 proto 188'), 'kernel', 'of OSPF')
  t.equal(kind('10.0.0.0/8 via 10.1.0.1 dev eth0 proto 186'), undefined)
  t.equal(kind('10.0.0.0/8 via 10.1.0.1 dev eth0 proto 1'), undefined)
  t.equal(kind('2 10.0.0.1 dev eth0 proto 2'), undefined, 'a local address')
})

t.test('nothing is told before links and routes have been read', async (t) => {
  const { book, take } = setup()
  book.loadRoutes([])
  t.same(take(), [])
  book.loadLinks([], [])
  t.same(take(), [[]])
  t.same(take(), [])
})

t.test('routes come, change and go', async (t) => {
  const { book, take } = loaded()
  book.route(line('10.21.0.0/16 via 192.168.95.1 dev eth0 proto 4 '))
  book.route(line('10.20.0.0/16 via 192.168.95.1 dev eth0 metric 3 '))
  t.same(take(), [['+ 10.20.0.0/16 kernel 3', '+ 10.21.0.0/16 static 0']])
  book.route(line('Deleted 10.20.0.0/16 via 192.168.95.1 dev eth0 metric 3 '))
  book.route(line('Deleted 10.21.0.0/16 via 192.168.95.1 dev eth0 proto 4 '))
  t.same(take(), [['+ 10.20.0.0/16 static 7', '- 10.21.0.0/16']])
  book.route(line('10.20.0.0/16 via 192.168.95.9 dev eth0 proto 186 metric 7 '))
  t.same(take(), [['- 10.20.0.0/16']], 'BGP has taken its place')
  book.route(line('10.99.0.0/16 via 192.168.95.9 dev eth0 proto 186 metric 7 '))
  t.same(take(), [])
})

t.test('links and addresses', async (t) => {
  const { book, take } = loaded()
  t.equal(book.link(link(3, 'eth1', UP)), false)
  t.same(take(), [['+ 10.255.0.3/32 connected 0', '+ 10.7.0.0/24 connected 0']])
  book.link(link(3, 'eth1', 'BROADCAST,UP'))
  t.same(take(), [['- 10.255.0.3/32', '- 10.7.0.0/24']], 'no carrier')
  book.link(link(2, 'eth0', 'BROADCAST'))
  t.same(
    take(),
    [['- 0.0.0.0/0', '- 10.20.0.0/16', '- 192.168.95.0/24', '- fd95::/64']],
    'the kernel has dropped them',
  )
  book.link(link(2, 'eth0', UP))
  t.same(take(), [], 'and they do not come back by themselves')
  book.address(parseAddressLine('Deleted 1: lo    inet 10.255.0.1/32 scope 0 lo')!)
  t.same(take(), [['- 10.255.0.1/32']])
  book.address(parseAddressLine('2: eth0    inet 10.255.0.9/32 scope 0 eth0')!)
  t.same(take(), [['+ 10.255.0.9/32 connected 0']])
  t.equal(book.link(link(9, 'eth0', UP)), true, 'the name is another interface’s now')
})

t.test('a new reading is compared with what was told', async (t) => {
  const { book, take } = loaded()
  book.loadRoutes([
    line('192.168.95.0/24 dev eth0 proto 2 scope 253 src 192.168.95.200 '),
    line('10.20.0.0/16 via 192.168.95.1 dev eth0 proto 4 metric 8 '),
  ])
  t.same(take(), [['+ 10.20.0.0/16 static 8', '- 0.0.0.0/0', '- 10.66.0.0/16', '- fd95::/64']])
})
