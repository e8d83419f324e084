import t from 'tap'
import { readHostFacts } from '../../../src/host/read.js'
import { netstat, proc } from './proc.js'

t.test('one look, without a daemon', async (t) => {
  const { read } = proc(t, {
    'sys/net/ipv4/ip_forward': '0',
    'sys/net/ipv4/conf/all/rp_filter': '0',
    'sys/net/ipv4/conf/eth0/rp_filter': '1',
    'net/netstat': netstat({ TCPMinTTLDrop: 7 }),
  })
  const link = {
    ifindex: 2,
    ifname: 'eth0',
    flags: ['UP', 'LOWER_UP'],
    mtu: 1500,
    addr_info: [{ local: '192.168.95.200', prefixlen: 24 }],
  }
  const run = async (argv: readonly string[]) => (argv.includes('address') ? JSON.stringify([link]) : '[]')
  const sources = { read, run, ip: ['ip'] }
  const question = { forwards: true, ipv4: true, ipv6: false, addresses: ['192.168.95.210'] }
  const facts = await readHostFacts(sources, question, Date.UTC(2026, 0, 1))
  t.match(facts, {
    at: '2026-01-01T00:00:00.000Z',
    sysctls: [
      { name: 'net.ipv4.ip_forward', value: 0 },
      { name: 'net.ipv4.conf.all.rp_filter', value: 0 },
      { name: 'net.ipv4.conf.eth0.rp_filter', effective: 1 },
    ],
    network: { known: true, neighbors: [{ address: '192.168.95.210', interface: 'eth0', table: 'NONE' }] },
    preferred: { known: false },
    arrivals: { known: false },
  })
  t.match(
    facts.counters.find(({ name }) => name === 'TCPMinTTLDrop'),
    { total: 7, grown: 0, recent: 0 },
  )
  t.notOk(
    facts.sysctls.some((one) => 'since' in one),
    'nothing has a past',
  )
  t.same(JSON.parse(JSON.stringify(facts)), facts, 'plain JSON')
  t.same((await readHostFacts(sources, { ...question, forwards: false }, 0)).sysctls, [])
  const blind = { ...sources, run: () => Promise.reject(new Error('no such program: ip')) }
  t.match(await readHostFacts(blind, question, 0), {
    sysctls: [{ name: 'net.ipv4.ip_forward' }, { name: 'net.ipv4.conf.all.rp_filter' }],
    network: { known: false, why: /install iproute2/ },
  })
})
