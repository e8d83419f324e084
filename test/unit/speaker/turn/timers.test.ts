import t from 'tap'
import { Timers } from '../../../../src/speaker/turn/timers.js'
import { ManualClock } from '../../../../src/testing/manual-clock.js'

t.test('a timer fires once, at its deadline, and is stopped by then', async (t) => {
  const clock = new ManualClock()
  const fired: string[] = []
  const timers = new Timers<'hold'>(clock, (name) =>
    fired.push(`${name} ${clock.now()} ${timers.running(name)}`),
  )
  timers.start('hold', 90_000)
  t.equal(timers.remaining('hold'), 90_000)
  await clock.advance(89_999)
  t.same(fired, [])
  await clock.advance(1)
  t.same(fired, ['hold 90000 false'])
  await clock.advance(500_000)
  t.equal(fired.length, 1)
})

t.test('restarting a running timer moves the deadline without a second clock timer', async (t) => {
  const clock = new ManualClock()
  const fired: number[] = []
  const timers = new Timers<'hold'>(clock, () => fired.push(clock.now()))
  for (let i = 0; i < 1000; i++) {
    timers.start('hold', 9000)
    await clock.advance(5)
  }
  t.equal(clock.pending, 1)
  await clock.advance(8994)
  t.same(fired, [])
  await clock.advance(1)
  t.same(fired, [999 * 5 + 9000])
})

t.test('an earlier deadline is kept', async (t) => {
  const clock = new ManualClock()
  const fired: number[] = []
  const timers = new Timers<'hold'>(clock, () => fired.push(clock.now()))
  timers.start('hold', 240_000)
  timers.start('hold', 9000)
  await clock.advance(9000)
  t.same(fired, [9000])
  t.equal(clock.pending, 0)
})

t.test('a stopped timer does not fire, and a restart from within the callback works', async (t) => {
  const clock = new ManualClock()
  const fired: string[] = []
  const timers = new Timers<'a' | 'b'>(clock, (name) => {
    fired.push(`${name} ${clock.now()}`)
    if (fired.length < 3) timers.start(name, 10)
  })
  timers.start('a', 10)
  timers.start('b', 10)
  timers.stop('b')
  await clock.advance(100)
  t.same(fired, ['a 10', 'a 20', 'a 30'])
  timers.start('a', 10)
  timers.start('b', 20)
  timers.stopAll()
  await clock.advance(100)
  t.equal(fired.length, 3)
  t.equal(clock.pending, 0)
})
