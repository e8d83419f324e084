import t from 'tap'
import { BetterRoutes } from '../../../../src/fib/install/better-routes.js'
import { parseRouteLine } from '../../../../src/fib/kernel/route-line.js'

const P = '192.168.95.123/32'
const line = (text: string) => parseRouteLine(text)!

function routes(...installed: string[]) {
  const own = new Set(installed)
  return { better: new BetterRoutes(195, (prefix) => own.has(prefix)), own }
}

t.test("another's route with a better metric, and the command that removes it", async (t) => {
  const { better } = routes(P, 'fd95::7/128')
  better.route(line('192.168.95.123 via 192.168.95.1 dev eth0 proto 12 metric 32'))
  better.route(line('192.168.95.123 via 192.168.95.2 dev eth0 proto 4 metric 300'))
  better.route(line('192.168.95.124 via 192.168.95.1 dev eth0 proto 4 metric 20'))
  better.route(line('192.168.95.123 dev eth0 table 100 proto 4 metric 20'))
  better.route(line('fd95::7 via fe80::1 dev eth0 proto 186 metric 20 pref medium'))
  t.same(better.list(), [
    {
      prefix: P,
      via: '192.168.95.1',
      interface: 'eth0',
      protocol: 'bird',
      metric: 32,
      command: `ip route del ${P} proto bird metric 32`,
    },
    {
      prefix: 'fd95::7/128',
      via: 'fe80::1',
      interface: 'eth0',
      protocol: 'bgp',
      metric: 20,
      command: 'ip -6 route del fd95::7/128 proto bgp metric 20',
    },
  ])
})

t.test('added by hand: no protocol, no metric; a dead end', async (t) => {
  const { better } = routes(P)
  better.route(line('blackhole 192.168.95.123'))
  t.same(better.list(), [{ prefix: P, protocol: 'boot', metric: 0, command: `ip route del ${P} proto boot` }])
})

t.test('a route of ours that comes later is compared too', async (t) => {
  const { better, own } = routes()
  better.route(line('192.168.95.123 via 192.168.95.1 dev eth0 proto 4 metric 20'))
  t.same(better.list(), [])
  own.add(P)
  t.equal(better.list().length, 1)
  own.delete(P)
  t.same(better.list(), [])
})

t.test('it goes with its deletion, with its link, and with a reading that does not show it', async (t) => {
  const one = '192.168.95.123 via 192.168.95.1 dev eth0 proto 4 metric 20'
  const { better } = routes(P)
  better.route(line(one))
  better.route(line(`Deleted ${one}`))
  t.same(better.list(), [])
  better.route(line(one))
  better.linkDown('eth1')
  t.equal(better.list().length, 1)
  better.linkDown('eth0')
  t.same(better.list(), [])
  better.route(line(one))
  const reading = better.reading()
  t.equal(better.list().length, 1, 'until it is whole')
  reading.done()
  t.same(better.list(), [])
})

t.test("of another speaker's full table only what matters is kept", async (t) => {
  const { better } = routes(P)
  const reading = better.reading()
  for (let i = 0; i < 12_000; i++) {
    reading.route(line(`10.${i >> 8}.${i & 255}.0/24 via 192.168.95.1 dev eth0 proto 186 metric 20`))
  }
  reading.route(line('192.168.95.123 via 192.168.95.1 dev eth0 proto 186 metric 20'))
  reading.done()
  t.match(better.list(), [{ prefix: P, protocol: 'bgp' }])
})
