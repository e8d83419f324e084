import t from 'tap'
import { silent } from '../../../../src/ports/log.js'
import { Events } from '../../../../src/speaker/events/events.js'
import type { SpeakerEvent } from '../../../../src/views/model/event.js'

const added = (neighbor: string) => ({ type: 'neighbor', neighbor, change: 'added' }) as const

t.test('events are numbered from 1 and stamped', async (t) => {
  const events = new Events(() => Date.UTC(2026, 0, 1), silent)
  events.add(added('10.0.0.1'))
  events.add(added('10.0.0.2'))
  t.same(events.recent(), [
    { type: 'neighbor', neighbor: '10.0.0.1', change: 'added', id: 1, at: '2026-01-01T00:00:00.000Z' },
    { type: 'neighbor', neighbor: '10.0.0.2', change: 'added', id: 2, at: '2026-01-01T00:00:00.000Z' },
  ])
  t.same(
    events.recent(1).map((event) => event.id),
    [2],
  )
  t.same(events.recent(2), [])
  t.same(events.recent(99), [])
})

t.test('only the last ones are kept', async (t) => {
  const events = new Events(() => 0, silent, undefined, 3)
  for (let i = 1; i <= 8; i++) events.add(added(`10.0.0.${i}`))
  t.same(
    events.recent().map((event) => event.id),
    [6, 7, 8],
  )
  t.same(
    events.recent(7).map((event) => event.id),
    [8],
  )
})

t.test('listeners hear each event until they leave; one that throws harms nobody', async (t) => {
  const errors: string[] = []
  const log = { ...silent, error: (_fields: object, text: string) => errors.push(text) }
  const events = new Events(() => 0, log)
  const heard: SpeakerEvent[] = []
  t.equal(events.watched, false)
  const leaveBroken = events.subscribe(() => {
    throw new Error('broken')
  })
  const leave = events.subscribe((event) => heard.push(event))
  t.equal(events.watched, true)
  events.add(added('10.0.0.1'))
  leave()
  leaveBroken()
  events.add(added('10.0.0.2'))
  t.equal(heard.length, 1)
  t.same(errors, ['a listener to events failed'])
})
