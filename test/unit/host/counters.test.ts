import t from 'tap'
import { CounterHistory, growth, readCounters } from '../../../src/host/counters.js'
import { netstat, proc } from './proc.js'

const SNMP = 'Ip: Forwarding ForwDatagrams OutNoRoutes\nIp: 1 4711 3\nIcmp: InMsgs\nIcmp: 1'

t.test('the counters of /proc/net', async (t) => {
  const text = netstat({ TCPMD5NotFound: 1, TCPMD5Unexpected: 2, TCPMD5Failure: 3, TCPMinTTLDrop: 4 })
  const counters = readCounters(proc(t, { 'net/netstat': text, 'net/snmp': SNMP }).read)
  t.same(Object.fromEntries(counters), {
    TCPMD5NotFound: 1,
    TCPMD5Unexpected: 2,
    TCPMD5Failure: 3,
    TCPMinTTLDrop: 4,
    ListenDrops: 0,
    ListenOverflows: 0,
    IPReversePathFilter: 0,
    ForwDatagrams: 4711,
    OutNoRoutes: 3,
  })
})

t.test('what a kernel does not count is left out', async (t) => {
  const of = (text: string) => [...readCounters(proc(t, { 'net/netstat': text }).read).keys()]
  t.same([...readCounters(() => undefined)], [], 'no files')
  t.same(of(''), [])
  t.same(of('TcpExt: A B\nTcpExt: 1 2'), [], 'a kernel without TCP-MD5')
  t.same(of('TcpExt: A TCPMD5Failure TCPMinTTLDrop\nTcpExt: 1 2'), ['TCPMD5Failure'], 'cut short')
  t.same(of('TcpExt: TCPMD5NotFound TCPMD5Unexpected'), [], 'no values')
})

t.test('growth', async (t) => {
  const before = new Map([
    ['ListenDrops', 1],
    ['TCPMinTTLDrop', 5],
  ] as const)
  const after = new Map([
    ['ListenDrops', 4],
    ['TCPMinTTLDrop', 5],
    ['TCPMD5Failure', 9],
  ] as const)
  t.same([...growth(before, after)], [['ListenDrops', 3]], 'what is new says nothing of its growth')
})

t.test('totals, growth since the start, the last five minutes, and the last time', async (t) => {
  const history = new CounterHistory()
  const start = Date.UTC(2026, 0, 1)
  const at = (seconds: number, drops: number) =>
    history.add(new Map([['TCPMinTTLDrop', drops]]), start + seconds * 1000)
  at(0, 7)
  t.same(history.facts(), [{ name: 'TCPMinTTLDrop', total: 7, grown: 0, recent: 0 }])
  at(10, 9)
  at(20, 9)
  at(200, 10)
  t.same(history.facts(), [
    { name: 'TCPMinTTLDrop', total: 10, grown: 3, recent: 3, lastGrown: '2026-01-01T00:03:20.000Z' },
  ])
  at(400, 10)
  t.match(history.facts(), [{ grown: 3, recent: 1 }])
  at(600, 10)
  t.match(history.facts(), [{ total: 10, grown: 3, recent: 0, lastGrown: '2026-01-01T00:03:20.000Z' }])
})
