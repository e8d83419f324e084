import t from 'tap'
import { Work } from '../../../../src/speaker/turn/work.js'
import { ManualClock } from '../../../../src/testing/manual-clock.js'

/** A clock that a task can spend time on. */
class BusyClock extends ManualClock {
  spent = 0
  override now(): number {
    return super.now() + this.spent
  }
}

t.test('long work runs in slices and lets other callbacks through between them', async (t) => {
  const clock = new BusyClock()
  const order: string[] = []
  const work = new Work(clock, {
    budget: 5,
    failed: (error) => t.fail(String(error)),
    sliceEnd: () => order.push('end of slice'),
  })
  let steps = 0
  work.add({
    step() {
      clock.spent += 2
      order.push(`step ${++steps}`)
      return steps === 5
    },
    done: () => order.push('done'),
  })
  clock.soon(() => order.push('socket'))
  await clock.run()
  t.same(order, [
    'step 1',
    'step 2',
    'step 3',
    'end of slice',
    'socket',
    'step 4',
    'step 5',
    'done',
    'end of slice',
  ])
  t.equal(work.size, 0)
})

t.test('tasks take turns', async (t) => {
  const clock = new BusyClock()
  const order: string[] = []
  const work = new Work(clock, { budget: 5, failed: (error) => t.fail(String(error)) })
  for (const name of ['a', 'b', 'c']) {
    let left = 3
    work.add({
      step() {
        clock.spent += 3
        order.push(name)
        return --left === 0
      },
    })
  }
  await clock.run()
  t.equal(order.join(''), 'abcabcabc')
})

t.test('a task that throws is dropped and reported; the others go on', async (t) => {
  const clock = new BusyClock()
  const failures: unknown[] = []
  const work = new Work(clock, { failed: (error) => failures.push(error) })
  let ran = 0
  work.add({
    step() {
      throw new Error('broken')
    },
  })
  work.add({
    step() {
      return ++ran === 3
    },
  })
  await clock.run()
  t.equal(ran, 3)
  t.match(failures, [{ message: 'broken' }])
})

t.test('a cancelled task runs no further step and is not done', async (t) => {
  const clock = new BusyClock()
  const work = new Work(clock, { failed: (error) => t.fail(String(error)) })
  let ran = 0
  const task = work.add({
    step() {
      ran++
      return false
    },
    done: () => t.fail('done was called'),
  })
  work.cancel(task)
  await clock.run()
  t.equal(ran, 0)
})

t.test('a turn is exhausted after its budget, and a new turn starts afresh', async (t) => {
  const clock = new BusyClock()
  const work = new Work(clock, { budget: 5, failed: (error) => t.fail(String(error)) })
  t.equal(work.exhausted(), false)
  clock.spent += 4
  t.equal(work.exhausted(), false)
  clock.spent += 1
  t.equal(work.exhausted(), true)
  await clock.run()
  t.equal(work.exhausted(), false)
})
