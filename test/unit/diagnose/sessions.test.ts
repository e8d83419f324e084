/** Neighbors: why they are down, and what is up in vain. */

import t from 'tap'
import { diagnose } from '../../../src/diagnose/diagnose.js'
import type { Facts } from '../../../src/diagnose/model/facts.js'
import type { EndReason } from '../../../src/session/reasons.js'
import type { LastError, NeighborView } from '../../../src/views/model/neighbor.js'
import type { Capability } from '../../../src/wire/types.js'
import { CONFIG, downNeighbor, NOW, neighbor } from '../show/fixtures.js'
import { facts, host, reach, syn } from './facts.js'

const AT = '2026-11-22T11:59:00.000Z'
const failure = (reason: EndReason, text = `192.168.95.212 did ${reason}`): LastError => ({
  at: AT,
  reason,
  text,
  remedy: `mend ${reason}`,
})

/** Ids of what is found of one neighbor. */
const ids = (one: NeighborView, change: Partial<Facts> = {}) =>
  diagnose(facts({ neighbors: [one], routes: [], ...change })).map(({ id }) => id)

t.test('a failure that one side named is the cause, in the words of the log', async (t) => {
  for (const reason of ['as-wrong', 'as-swapped', 'peer-as-refused', 'hold-time-low', 'not-bgp'] as const) {
    const [finding, ...others] = diagnose(
      facts({ neighbors: [downNeighbor({ lastError: failure(reason) })], routes: [] }),
    )
    t.same(others, [])
    t.match(finding, { id: reason, severity: 'error', next: `mend ${reason}` })
    t.equal(finding.text, `k8s-master-2 (192.168.95.212) did ${reason}`)
  }
})

t.test('a dial that came to nothing does not hide what ended the session', async (t) => {
  const one = downNeighbor({ lastError: failure('dial-refused'), lastReset: failure('peer-shutdown') })
  t.same(ids(one), ['peer-shutdown'])
})

t.test('what lies on the way says more than an end without a word', async (t) => {
  const one = downNeighbor({ lastError: failure('dial-no-answer'), lastReset: failure('hold-expired') })
  t.same(ids(one), ['hold-expired'])
  t.same(ids(one, { host: host({ reach: reach({ table: 'FAILED' }) }) }), ['host-off'])
})

t.test('TCP-MD5: who signs, and who does not', async (t) => {
  const keyed = downNeighbor({ authentication: 'md5', lastError: failure('dial-no-answer') })
  const plain = downNeighbor({ authentication: undefined, lastError: failure('dial-no-answer') })
  t.same(ids(keyed, { host: host({ counters: { TCPMD5NotFound: 3 } }) }), ['md5-not-signed'])
  t.same(ids(keyed, { host: host({ counters: { TCPMD5Failure: 3 } }) }), ['md5-wrong'])
  t.same(ids(plain, { host: host({ counters: { TCPMD5Unexpected: 3 } }) }), ['md5-unexpected'])
  t.same(ids(keyed, { host: host({}) }), ['dial-no-answer'])
  // Where SYNs are seen, the counter alone accuses nobody.
  t.same(ids(keyed, { host: host({ counters: { TCPMD5NotFound: 3 }, syns: [] }) }), ['dial-no-answer'])
  const signed = host({ counters: { TCPMD5NotFound: 3, TCPMD5Failure: 1 }, syns: [syn({ signed: true })] })
  t.same(ids(keyed, { host: signed }), ['md5-wrong'])
})

t.test('GTSM: the TTL that came, and the least that is asked for', async (t) => {
  const one = downNeighbor({ ttlSecurity: 1, lastError: failure('dial-no-answer') })
  const seen = host({ counters: { TCPMinTTLDrop: 2 }, syns: [syn({ ttl: 1 })] })
  const [finding] = diagnose(facts({ neighbors: [one], routes: [], host: seen }))
  t.match(finding, { id: 'gtsm-drop', text: /TTL 1, and ttl-security asks for 255/ })
})

t.test('firewalls: here, there, both', async (t) => {
  const one = downNeighbor({ lastError: failure('dial-refused') })
  t.same(ids(one, { host: host({ syns: [syn()] }) }), ['firewall-here'])
  t.same(ids(one, { host: host({ syns: [] }) }), ['nothing-comes'])
  t.same(ids(downNeighbor({ lastError: failure('dial-rejected') })), ['firewall-rejects'])
  const refusals = [{ to: '192.168.95.212', from: '192.168.95.1', reason: 'prohibited', count: 2, last: AT }]
  t.same(
    ids(downNeighbor({ lastError: failure('dial-unreachable') }), {
      host: host({ refusals: refusals as never }),
    }),
    ['firewall-rejects'],
  )
})

t.test('a neighbor on no connected subnet needs multihop, on both sides', async (t) => {
  const [options] = CONFIG.bgp.neighbors
  const neighbors = [{ ...options, address: '192.168.95.212' }]
  const away = {
    config: { ...CONFIG, bgp: { ...CONFIG.bgp, neighbors } },
    host: host({ reach: reach({ connected: false, table: 'NONE' }) }),
  }
  t.same(ids(downNeighbor({ lastError: failure('dial-no-answer') }), away), ['multihop-missing'])
  const up = neighbor({ key: '192.168.95.212', address: '192.168.95.212' })
  t.same(ids(up, away), ['multihop-one-side'])
})

t.test('kept down here: shut down, too many prefixes, failed again and again', async (t) => {
  const until = new Date(Date.parse(NOW) + 40_000).toISOString()
  t.same(ids(downNeighbor({ adminDown: true })), ['shut-down-here'])
  const paused = { reason: 'maximum-prefix', family: 'ipv4-unicast', limit: 3, count: 5, until } as const
  const [finding] = diagnose(facts({ neighbors: [downNeighbor({ paused })], routes: [] }))
  t.match(finding, {
    id: 'prefix-limit',
    text: /announced 5 ipv4-unicast prefixes, and may announce 3.* in 40 s/,
  })
  const again = { reason: 'failures', count: 7, refused: 2, until } as const
  t.same(ids(downNeighbor({ paused: again, lastError: failure('faulty-update') })), ['fails-again'])
})

const [family] = neighbor().families
const offers = (...afis: number[]): Capability[] =>
  afis.map((afi) => ({ code: 1, name: 'multiprotocol', afi, safi: 1 }))

t.test('up in vain: no family in common, nothing announced, routes held back', async (t) => {
  const none = neighbor({
    families: [{ ...family, negotiated: false }],
    capabilities: { sent: offers(1), received: offers(2) },
  })
  const [finding] = diagnose(facts({ neighbors: [none], routes: [] }))
  t.match(finding, { id: 'no-common-family', text: /offers ipv6-unicast, this side ipv4-unicast/ })
  const silent = neighbor({
    prefixesReceived: 0,
    families: [{ ...family, prefixesReceived: 0, endOfRibReceived: true }],
  })
  t.same(ids(silent), ['no-prefixes'])
  const since = new Date(Date.parse(NOW) - 30_000).toISOString()
  const restarting: Capability = {
    code: 64,
    name: 'graceful-restart',
    restarting: true,
    notification: false,
    time: 120,
    families: [],
  }
  const waiting = neighbor({
    prefixesReceived: 0,
    since,
    families: [{ ...family, prefixesReceived: 0, endOfRibReceived: false }],
    capabilities: { sent: offers(1), received: [...offers(1), restarting] },
  })
  const [held, ...others] = diagnose(facts({ neighbors: [waiting], routes: [] }))
  t.match(held, { id: 'waits-for-end-of-rib', text: /up to 360 s \(330 s left\)|up to 360 s/ })
  t.same(others, [])
})

t.test('router ids: ours, and one that two nodes share', async (t) => {
  t.same(ids(neighbor({ routerId: '192.168.95.200' })), ['router-id-ours'])
  const two = [
    neighbor({ routerId: '192.168.95.9' }),
    neighbor({ key: '192.168.95.211', address: '192.168.95.211', routerId: '192.168.95.9' }),
  ]
  t.same(
    diagnose(facts({ neighbors: two, routes: [] })).map(({ id, subject }) => [id, subject]),
    two.map(({ key }) => ['router-id-shared', { type: 'neighbor', key }]),
  )
})

t.test('a restart that is bridged is no error', async (t) => {
  const waiting = downNeighbor({
    lastReset: failure('connection-lost'),
    gracefulRestart: { negotiated: false, restartTime: 120, helper: 'waiting', remaining: 90 },
  })
  t.same(ids(waiting), ['connection-lost', 'stale-kept'])
})
