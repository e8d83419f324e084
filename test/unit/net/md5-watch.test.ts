import t from 'tap'
import { md5Counters } from '../../../src/net/md5-counters.js'
import { Md5Watch } from '../../../src/net/md5-watch.js'
import type { Log } from '../../../src/ports/log.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import type { NeighborView } from '../../../src/views/model/neighbor.js'

const netstat = (missing: number, unexpected: number, wrong: number) =>
  [
    'TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted',
    `TcpExt: 17 ${missing} ${unexpected} ${wrong} 4`,
    'IpExt: InNoRoutes InTruncatedPkts',
    'IpExt: 2 0',
    '',
  ].join('\n')

t.test('the counters of /proc/net/netstat', async (t) => {
  t.same(md5Counters(netstat(1, 2, 3)), { missing: 1, unexpected: 2, wrong: 3 })
  t.equal(md5Counters(''), undefined)
  t.equal(md5Counters('TcpExt: A B\nTcpExt: 1 2\n'), undefined, 'a kernel without TCP-MD5')
  t.equal(md5Counters(netstat(1, 2, 3).replace(/^TcpExt: 17.*$/m, 'TcpExt: 17 1')), undefined, 'cut short')
  t.equal(md5Counters('TcpExt: TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure\n'), undefined)
})

type Neighbor = Pick<NeighborView, 'address' | 'state' | 'adminDown' | 'dynamic'> &
  Partial<Pick<NeighborView, 'authentication' | 'description'>>

const one = (address: string, more: Partial<Neighbor> = {}): Neighbor => ({
  address,
  state: 'Active',
  adminDown: false,
  dynamic: false,
  ...more,
})
const keyed = (address: string, more: Partial<Neighbor> = {}) =>
  one(address, { authentication: 'md5', ...more })

function watch(neighbors: () => readonly Neighbor[], ranges: { prefix: string; password: boolean }[] = []) {
  const clock = new ManualClock()
  const lines: string[] = []
  const counters = { text: netstat(5, 5, 5) }
  const drop = () => {}
  const log: Log = { debug: drop, info: drop, error: drop, warn: (_, text) => lines.push(text) }
  const watching = new Md5Watch({
    clock,
    log,
    read: () => counters.text,
    neighbors: () => neighbors() as readonly NeighborView[],
    ranges: () => ranges,
  })
  watching.start()
  const later = async (missing: number, unexpected: number, wrong: number) => {
    counters.text = netstat(missing, unexpected, wrong)
    await clock.advance(10_000)
    return lines.splice(0)
  }
  return { clock, watching, later }
}

t.test('drops are said with their kind and with who is not up', async (t) => {
  const { later } = watch(() => [
    keyed('192.168.95.210', { description: 'k8s-master-0' }),
    keyed('192.168.95.211', { state: 'Established' }),
    keyed('192.168.95.212', { adminDown: true }),
    one('10.0.0.9'),
  ])
  t.same(await later(5, 5, 5), [], 'what was there at the start is old')
  t.same(await later(7, 5, 6), [
    'TCP segments dropped by MD5 in the last 10 s: 2 without a signature [not found], 1 signed with another password [bad]; not up: 192.168.95.210 (k8s-master-0); the kernel does not say whose they were: compare the password on both sides',
  ])
  t.match(await later(7, 6, 6), [
    /1 signed where no password is set \[unexpected\]; not up: 10\.0\.0\.9; .*set `password` here too/,
  ])
})

t.test('what repeats itself is said again after five minutes, what is new at once', async (t) => {
  let neighbors = [keyed('10.0.0.1')]
  const { clock, later } = watch(() => neighbors)
  t.equal((await later(6, 5, 5)).length, 1)
  t.equal((await later(7, 5, 5)).length, 0)
  neighbors = [keyed('10.0.0.1'), keyed('10.0.0.2')]
  t.match(await later(8, 5, 5), [/not up: 10\.0\.0\.1, 10\.0\.0\.2;/])
  await clock.advance(300_000)
  t.equal((await later(9, 5, 5)).length, 1)
})

t.test('nobody down, nothing said; a range may miss anybody', async (t) => {
  const up = watch(() => [
    keyed('10.0.0.1', { state: 'Established' }),
    one('10.0.0.2', { state: 'Established' }),
  ])
  t.same(await up.later(9, 9, 9), [])
  const open = watch(() => [], [{ prefix: '10.1.0.0/16', password: true }])
  t.match(await open.later(6, 6, 5), [/not up: anybody in 10\.1\.0\.0\/16/])
  const many = watch(() => Array.from({ length: 7 }, (_, i) => keyed(`10.0.0.${i}`)))
  t.match(await many.later(5, 5, 6), [/10\.0\.0\.4 and 2 more;/])
})

t.test('without the counters nothing is waited for, and stop() ends it', async (t) => {
  const clock = new ManualClock()
  const drop = () => {}
  const parts = {
    clock,
    log: { debug: drop, info: drop, warn: drop, error: drop },
    neighbors: () => [],
    ranges: () => [],
  }
  new Md5Watch({ ...parts, read: () => '' }).start()
  new Md5Watch({
    ...parts,
    read: () => {
      throw new Error('ENOENT')
    },
  }).start()
  t.equal(clock.pending, 0)
  const watching = new Md5Watch({ ...parts, read: () => netstat(0, 0, 0) })
  watching.start()
  t.equal(clock.pending, 1)
  watching.stop()
  t.equal(clock.pending, 0)
})
