import t from 'tap'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { Waiting } from '../../../src/testing/waiting.js'

const now = () => 'it is cloudy'

t.test('a condition that is fulfilled already is not waited for', async (t) => {
  const clock = new ManualClock()
  const waiting = new Waiting(clock)
  t.equal(await waiting.until('sun', () => 7, 1000, now), 7)
  t.equal(clock.pending, 0, 'no timer is left')
})

t.test('it is looked at when something has happened, once however much it was', async (t) => {
  const clock = new ManualClock()
  const waiting = new Waiting(clock)
  let looks = 0
  let value: string | undefined
  const sun = waiting.until(
    'sun',
    () => {
      looks++
      return value
    },
    1000,
    now,
  )
  t.equal(looks, 1)
  waiting.touch()
  waiting.touch()
  await clock.run()
  t.equal(looks, 2)
  value = 'bright'
  await clock.advance(500)
  t.equal(looks, 2, 'not by the clock')
  waiting.touch()
  t.equal(await clock.until(sun), 'bright')
  t.equal(clock.pending, 0)
})

t.test('the time is over: the error says what was waited for and what there is', async (t) => {
  const clock = new ManualClock()
  const waiting = new Waiting(clock)
  const sun = waiting.until('sun', () => false, 1000, now)
  await t.rejects(clock.until(sun), { message: 'sun: not within 1000 ms; it is cloudy' })
  t.equal(clock.now(), 1000)
})

t.test('what came at the last moment without anybody noticing counts', async (t) => {
  const clock = new ManualClock()
  const waiting = new Waiting(clock)
  t.equal(await clock.until(waiting.until('noon', () => clock.now() >= 1000, 1000, now)), true)
})

t.test('a condition that throws ends the waiting with its error', async (t) => {
  const waiting = new Waiting(new ManualClock())
  const failing = () => {
    throw new Error('no such star')
  }
  await t.rejects(waiting.until('sun', failing, 1000, now), { message: 'no such star' })
})

t.test('at the end nobody waits on', async (t) => {
  const clock = new ManualClock()
  const waiting = new Waiting(clock)
  const sun = waiting.until('sun', () => false, 1000, now)
  waiting.close('night fell')
  await t.rejects(sun, { message: 'sun: night fell' })
  await t.rejects(
    waiting.until('moon', () => false, 1000, now),
    { message: 'moon: night fell' },
  )
  t.equal(clock.pending, 0)
})

t.test('a clock that has nothing left to do says so', async (t) => {
  await t.rejects(new ManualClock().until(new Promise(() => {})), { message: /never comes/ })
})
