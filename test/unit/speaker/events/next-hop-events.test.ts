import t from 'tap'
import { Events } from '../../../../src/speaker/events/events.js'
import { NextHopEvents } from '../../../../src/speaker/events/next-hop-events.js'
import { ManualClock } from '../../../../src/testing/manual-clock.js'

const log = { debug() {}, info() {}, warn() {}, error() {} }

function made() {
  const clock = new ManualClock()
  const events = new Events(() => clock.wall(), log)
  return { clock, events, nextHops: new NextHopEvents(clock, events) }
}

t.test('a next hop is told when it cannot be used, once, and when it can again', async (t) => {
  const { events, nextHops } = made()
  nextHops.resolved('10.0.0.1', undefined)
  nextHops.resolved('10.0.0.1', 'there is no route to it')
  nextHops.resolved('10.0.0.1', 'there is no route to it')
  nextHops.resolved('10.0.0.1', undefined)
  nextHops.resolved('10.0.0.1', undefined)
  t.match(events.recent(), [
    { type: 'next-hop', nextHop: '10.0.0.1', change: 'unusable', reason: 'there is no route to it' },
    { type: 'next-hop', nextHop: '10.0.0.1', change: 'usable' },
  ])
  t.equal(events.recent().length, 2)
})

t.test('a storm is counted', async (t) => {
  const { clock, events, nextHops } = made()
  for (let i = 0; i < 5000; i++) nextHops.resolved(`10.${i >> 8}.${i & 255}.1`, 'eth0 is down')
  t.equal(events.recent().length, 100)
  await clock.advance(10_001)
  nextHops.resolved('192.0.2.1', 'eth0 is down')
  t.match(events.recent().at(-1), { nextHop: '192.0.2.1', more: 4900 })
})
