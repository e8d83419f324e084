import t from 'tap'
import { DropsLog, type HostRange } from '../../../src/host/drops-log.js'
import type { CounterName } from '../../../src/host/model.js'
import type { Log } from '../../../src/ports/log.js'
import type { DropsReport } from '../../../src/speaker/model/event.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import type { NeighborView } from '../../../src/views/model/neighbor.js'

type Neighbor = Pick<NeighborView, 'address' | 'state' | 'adminDown' | 'dynamic'> &
  Partial<Pick<NeighborView, 'authentication' | 'name' | 'ttlSecurity'>>

const one = (address: string, more: Partial<Neighbor> = {}): Neighbor => ({
  address,
  state: 'Active',
  adminDown: false,
  dynamic: false,
  ...more,
})
const keyed = (address: string, more: Partial<Neighbor> = {}) =>
  one(address, { authentication: 'md5', ...more })
const near = (address: string, more: Partial<Neighbor> = {}) => one(address, { ttlSecurity: 1, ...more })

function watch(neighbors: () => readonly Neighbor[], ranges: readonly HostRange[] = []) {
  const clock = new ManualClock()
  const lines: { fields: object; text: string }[] = []
  const drop = () => {}
  const warn = (fields: object, text: string) => void lines.push({ fields, text })
  const log: Log = { debug: drop, info: drop, error: drop, warn }
  const events: DropsReport[] = []
  const drops = new DropsLog(clock, log, (event) => events.push(event))
  const look = async (grown: { readonly [Name in CounterName]?: number }) => {
    await clock.advance(10_000)
    drops.look(new Map(Object.entries(grown) as [CounterName, number][]), 10, () => ({
      neighbors: neighbors() as readonly NeighborView[],
      ranges,
    }))
    return lines.splice(0)
  }
  const texts = async (grown: { readonly [Name in CounterName]?: number }) =>
    (await look(grown)).map(({ text }) => text)
  return { clock, look, texts, events }
}

t.test('drops are logged with their kind and with who is not up', async (t) => {
  const { look, texts } = watch(() => [
    keyed('192.168.95.210', { name: 'k8s-master-0' }),
    keyed('192.168.95.211', { state: 'Established' }),
    keyed('192.168.95.212', { adminDown: true }),
    one('10.0.0.9'),
    near('10.0.0.8', { authentication: 'md5' }),
    near('10.0.0.7', { state: 'Established' }),
  ])
  t.same(await texts({}), [])
  t.same(await texts({ ListenDrops: 4, ForwDatagrams: 1000 }), [], 'none of these')
  t.same(await look({ TCPMD5NotFound: 2, TCPMD5Failure: 1 }), [
    {
      fields: { md5: { missing: 2, wrong: 1 } },
      text: 'TCP segments dropped by MD5 in the last 10 s: 2 without a signature [not found], 1 signed with another password [bad]; not up: 192.168.95.210 (k8s-master-0), 10.0.0.8; the kernel does not say whose they were: compare the password on both sides',
    },
  ])
  t.match(await texts({ TCPMD5Unexpected: 1 }), [
    /1 signed where no password is set \[unexpected\]; not up: 10\.0\.0\.9; .*set `password` here too/,
  ])
  t.match(await look({ TCPMinTTLDrop: 3 }), [
    {
      fields: { gtsm: { lowTtl: 3 } },
      text: /dropped by GTSM in the last 10 s: 3 with a TTL that is too low; not up: 10\.0\.0\.8; .*ttl-security/,
    },
  ])
})

t.test('MD5 and GTSM at once are two lines', async (t) => {
  const { texts } = watch(() => [keyed('10.0.0.1'), near('10.0.0.2')])
  t.match(await texts({ TCPMD5Failure: 1, TCPMinTTLDrop: 1 }), [
    /by MD5.*10\.0\.0\.1;/,
    /by GTSM.*10\.0\.0\.2;/,
  ])
  t.same(await texts({ TCPMD5Failure: 1, TCPMinTTLDrop: 1 }), [], 'each is quiet by itself')
})

t.test('what repeats itself is logged again after five minutes, what is new at once', async (t) => {
  for (const [make, counter] of [
    [keyed, 'TCPMD5NotFound'],
    [near, 'TCPMinTTLDrop'],
  ] as const) {
    let neighbors = [make('10.0.0.1')]
    const { clock, texts } = watch(() => neighbors)
    t.equal((await texts({ [counter]: 1 })).length, 1)
    t.equal((await texts({ [counter]: 1 })).length, 0)
    neighbors = [make('10.0.0.1'), make('10.0.0.2')]
    t.match(await texts({ [counter]: 1 }), [/not up: 10\.0\.0\.1, 10\.0\.0\.2;/])
    await clock.advance(300_000)
    t.equal((await texts({ [counter]: 1 })).length, 1)
  }
})

t.test('nobody down, nothing logged; a range may miss anybody', async (t) => {
  const all = { TCPMD5NotFound: 4, TCPMD5Unexpected: 4, TCPMD5Failure: 4, TCPMinTTLDrop: 4 }
  const up = watch(() => [
    keyed('10.0.0.1', { state: 'Established' }),
    near('10.0.0.2', { state: 'Established' }),
  ])
  t.same(await up.texts(all), [])
  const open = watch(() => [], [{ prefix: '10.1.0.0/16', password: true, ttlSecurity: true }])
  t.match(await open.texts({ TCPMD5NotFound: 1, TCPMinTTLDrop: 1 }), [
    /by MD5.*not up: anybody in 10\.1\.0\.0\/16/,
    /by GTSM.*not up: anybody in 10\.1\.0\.0\/16/,
  ])
  const many = watch(() => Array.from({ length: 7 }, (_, i) => keyed(`10.0.0.${i}`)))
  t.match(await many.texts({ TCPMD5Failure: 1 }), [/10\.0\.0\.4 and 2 more;/])
})

t.test('each line is an event, too', async (t) => {
  const { look, events } = watch(() => [keyed('192.168.95.210', { name: 'k8s-master-0' })])
  const [{ text }] = await look({ TCPMD5NotFound: 2, TCPMD5Failure: 1 })
  await look({ TCPMD5NotFound: 2, TCPMD5Failure: 1 })
  t.same(events, [
    { type: 'drops', protection: 'MD5', segments: 3, missing: ['192.168.95.210 (k8s-master-0)'], text },
  ])
})
