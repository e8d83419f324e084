import t from 'tap'
import { Batch, CHUNK } from '../../../../src/fib/groups/batch.js'
import type { ChildHandlers, Spawn } from '../../../../src/fib/kernel/process.js'
import { ManualClock } from '../fake.js'

/** A child whose input is kept and whose answers the test gives, in the pieces that it likes. */
class FakeChild {
  argv: readonly string[] = []
  handlers!: ChildHandlers
  input = ''
  ended = false
  killed = false
  memory: number | undefined

  get lines(): string[] {
    return this.input.split('\n').slice(0, -1)
  }

  say(text: string): void {
    this.handlers.stderr!(Buffer.from(text))
  }

  /** The barrier with this line number is reached. */
  barrier(line: number): void {
    this.say(`Object "barrier" is unknown, try "ip help".\nCommand failed -:${line}\n`)
  }
}

function setup() {
  const children: FakeChild[] = []
  const clock = new ManualClock()
  const events: string[] = []
  let ready = () => {}
  const spawn: Spawn = (argv, handlers) => {
    const child = new FakeChild()
    child.argv = argv
    child.handlers = handlers
    children.push(child)
    return {
      pid: children.length,
      write: (text) => {
        child.input += text
      },
      end: () => {
        child.ended = true
      },
      kill: () => {
        child.killed = true
      },
      memory: () => child.memory,
    }
  }
  const batch = new Batch<string>(['ip', '-n', 'lab'], clock, spawn, {
    done: (op, error) => events.push(error === undefined ? op : `${op}! ${error}`),
    ready: () => {
      events.push('ready')
      ready()
    },
    died: (lost, reason) => events.push(`died (${reason}), lost ${lost.join()}`),
  })
  batch.start()
  const take = () => events.splice(0)
  return {
    batch,
    children,
    clock,
    take,
    onReady: (fn: () => void) => {
      ready = fn
    },
  }
}

t.test('starts ip in batch mode', async (t) => {
  const { children } = setup()
  t.same(children[0].argv, ['ip', '-n', 'lab', '-force', '-batch', '-'])
})

t.test('a flush writes at once and ends with a barrier; its echo says that all is done', async (t) => {
  const { batch, children, take } = setup()
  batch.submit('route add a', 'a')
  t.equal(children[0].input, '', 'nothing before the flush')
  batch.submit('route add b', 'b')
  batch.flush()
  t.same(children[0].lines, ['route add a', 'route add b', 'barrier'])
  t.notOk(batch.idle)
  children[0].barrier(3)
  t.same(take(), ['a', 'b', 'ready'])
  t.ok(batch.idle)
})

t.test('a refused line is told by its number, the rest has succeeded', async (t) => {
  const { batch, children, take } = setup()
  for (const op of ['a', 'b', 'c', 'd']) batch.submit(`route add ${op}`, op)
  batch.flush()
  children[0].say('RTNETLINK answers: File exists\nCommand failed -:2\n')
  t.same(take(), ['a', 'b! File exists'])
  children[0].say('Error: Nexthop id does not exist.\nCommand failed -:4\n')
  t.same(take(), ['c', 'd! Nexthop id does not exist'])
  children[0].barrier(5)
  t.same(take(), ['ready'])
})

t.test('messages come in pieces', async (t) => {
  const { batch, children, take } = setup()
  batch.submit('x', 'a')
  batch.submit('y', 'b')
  batch.flush()
  const text =
    'Error: Device for nexthop is not up.\nCommand failed -:1\nObject "barrier" is unknown, try "ip help".\nCommand failed -:3\n'
  for (const letter of text) children[0].say(letter)
  t.same(take(), ['a! Device for nexthop is not up', 'b', 'ready'])
})

t.test('numbers count from the start of the child, barriers included', async (t) => {
  const { batch, children, take } = setup()
  batch.submit('x', 'a')
  batch.flush()
  children[0].barrier(2)
  batch.submit('y', 'b')
  batch.flush()
  children[0].say('RTNETLINK answers: No such process\nCommand failed -:3\n')
  children[0].barrier(4)
  t.same(take(), ['a', 'ready', 'b! No such process', 'ready'])
})

t.test('small flushes while a barrier is out share the next one', async (t) => {
  const { batch, children, take } = setup()
  for (const op of ['a', 'b', 'c']) {
    batch.submit(op, op)
    batch.flush()
  }
  t.same(children[0].lines, ['a', 'barrier', 'b', 'c'])
  children[0].barrier(2)
  t.same(children[0].lines.slice(4), ['barrier'], 'the one for b and c')
  t.same(take(), ['a', 'ready'])
  children[0].barrier(5)
  t.same(take(), ['b', 'c', 'ready'])
})

t.test('the window bounds what is in flight, and is refilled as chunks are done', async (t) => {
  const { batch, children, onReady } = setup()
  let next = 0
  const fill = () => {
    let lines = 0
    while (batch.room > 0 && next < 1000) {
      batch.submit('x', String(next++))
      if (++lines % CHUNK === 0) batch.flush()
    }
    batch.flush()
  }
  onReady(fill)
  fill()
  t.equal(next, 256)
  const first = children[0].lines.indexOf('barrier') + 1
  t.equal(first, CHUNK + 1)
  children[0].barrier(first)
  t.equal(next, 256 + CHUNK, 'a chunk more while three are still in flight')
  t.notOk(batch.idle)
})

t.test('an urgent line is written behind the window, not behind the queue', async (t) => {
  const { batch, children } = setup()
  while (batch.room > 0) batch.submit('x', 'x')
  batch.flush()
  batch.submit('nexthop del id 7', 'urgent')
  batch.flush()
  t.equal(children[0].lines.filter((line) => line !== 'barrier').at(-1), 'nexthop del id 7')
})

t.test('a child that dies hands back what is in doubt, and a new one starts at line 1', async (t) => {
  const { batch, children, take } = setup()
  for (const op of ['a', 'b', 'c']) batch.submit(op, op)
  batch.flush()
  children[0].say('RTNETLINK answers: File exists\nCommand failed -:1\n')
  children[0].handlers.ended('signal SIGKILL')
  t.same(take(), ['a! File exists', 'died (signal SIGKILL), lost b,c'])
  t.equal(children.length, 2)
  children[0].say('RTNETLINK answers: File exists\nCommand failed -:2\n')
  t.same(take(), [], 'late words of the dead are not heard')
  batch.submit('d', 'd')
  batch.flush()
  children[1].barrier(2)
  t.same(take(), ['d', 'ready'])
})

t.test('a line that kills the child is found by writing one at a time', async (t) => {
  const { batch, children, clock, take } = setup()
  const poison = () => {
    const child = children[children.length - 1]
    child.say('Error: argument "ethx" is wrong: Device does not exist\n\n')
    child.handlers.ended('exit code 255')
  }
  batch.submit('a', 'a')
  batch.submit('bad', 'bad')
  batch.flush()
  poison()
  t.same(take(), ['died (exit code 255: argument "ethx" is wrong: Device does not exist), lost a,bad'])
  t.equal(batch.room, 1)
  batch.submit('a', 'a')
  batch.flush()
  t.equal(batch.room, 0)
  children[1].barrier(2)
  t.same(take(), ['a', 'ready'])
  batch.submit('bad', 'bad')
  batch.flush()
  poison()
  t.same(take(), ['bad! argument "ethx" is wrong: Device does not exist', 'ready'])
  clock.advance(50)
  t.equal(batch.room, 256, 'all suspects were heard')
})

t.test(
  'children that can not live are started at growing intervals; what is urgent waits for the next',
  async (t) => {
    const { batch, children, clock, take } = setup()
    for (let i = 0; i < 3; i++) {
      children[children.length - 1].handlers.ended('exit code 1')
      clock.advance(40)
    }
    take()
    t.equal(children.length, 4)
    children[3].handlers.ended('exit code 1')
    t.equal(children.length, 4, 'not at once')
    t.equal(batch.room, 0)
    batch.submit('nexthop del id 7', 'urgent')
    batch.flush()
    clock.advance(100)
    t.equal(children.length, 5)
    t.same(children[4].lines, ['nexthop del id 7', 'barrier'])
  },
)

t.test('a fresh child takes over when nothing is in flight', async (t) => {
  const { batch, children, take } = setup()
  batch.submit('a', 'a')
  batch.flush()
  batch.renew()
  t.equal(batch.room, 0, 'nothing more for the old one')
  t.equal(children.length, 1)
  children[0].barrier(2)
  t.ok(children[0].ended)
  t.equal(children.length, 2)
  batch.submit('b', 'b')
  batch.flush()
  children[0].handlers.ended('exit code 0')
  children[1].barrier(2)
  t.same(take(), ['a', 'ready', 'b', 'ready'])
  batch.renew()
  t.equal(children.length, 3, 'at once when idle')
})

t.test('a child that has grown large hands over to a fresh one', async (t) => {
  const { batch, children, take } = setup()
  const write = (lines: number) => {
    for (let i = 0; i < lines; i++) batch.submit(`route add ${i}`, '')
    batch.flush()
    children[0].barrier(children[0].lines.length)
  }
  children[0].memory = 90 << 20
  for (let i = 0; i < 80; i++) write(63)
  t.equal(children.length, 1, 'large, and not too large')
  children[0].memory = 97 << 20
  for (let i = 0; i < 40; i++) write(63)
  t.equal(children.length, 1, 'looked at now and then')
  for (let i = 0; i < 20 && children.length === 1; i++) write(63)
  t.equal(children.length, 2)
  t.equal(children[0].ended, true)
  t.equal(batch.room > 0, true)
  take()
  batch.submit('route add z', 'z')
  batch.flush()
  children[1].barrier(2)
  t.same(take(), ['z', 'ready'])
})

t.test('close lets the child finish, and kills one that does not', async (t) => {
  const { batch, children, clock } = setup()
  batch.submit('a', 'a')
  const closed = batch.close()
  t.same(children[0].lines, ['a', 'barrier'])
  t.ok(children[0].ended)
  children[0].handlers.ended('exit code 0')
  await closed
  t.equal(children.length, 1)
  clock.advance(5000)
  t.notOk(children[0].killed)

  const other = setup()
  const late = other.batch.close()
  other.clock.advance(5000)
  t.ok(other.children[0].killed)
  other.children[0].handlers.ended('signal SIGTERM')
  await late
})
