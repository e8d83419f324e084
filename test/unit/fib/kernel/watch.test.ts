import t from 'tap'
import type { ChildHandlers, Spawn } from '../../../../src/fib/kernel/process.js'
import { lineSplitter } from '../../../../src/fib/kernel/process.js'
import { ScopedClock } from '../../../../src/fib/kernel/scoped-clock.js'
import { KernelWatch } from '../../../../src/fib/kernel/watch.js'
import { ManualClock, MemoryLog } from '../fake.js'

interface FakeMonitor {
  readonly argv: readonly string[]
  readonly handlers: ChildHandlers
  killed: boolean
}

async function setup() {
  const clock = new ManualClock()
  const log = new MemoryLog()
  const monitors: FakeMonitor[] = []
  const events: string[] = []
  const spawn: Spawn = (argv, handlers) => {
    const monitor = { argv, handlers, killed: false }
    monitors.push(monitor)
    return {
      pid: undefined,
      write: () => {},
      end: () => {},
      kill: () => {
        monitor.killed = true
      },
    }
  }
  const watch = new KernelWatch(['ip', '-n', 'lab'], 195, clock, log, spawn, {
    link: (event) => events.push(`link ${event.name} ${event.up ? 'up' : 'down'}`),
    address: (event) => events.push(`address ${event.address}${event.deleted ? ' gone' : ''}`),
    nextHop: (event) => events.push(`nexthop ${event.id}${event.deleted ? ' gone' : ''}`),
    route: (route) => events.push(`route ${route.prefix}${route.deleted ? ' gone' : ''}`),
    eventsEnd: () => events.push('settled'),
    gap: (what, reason) => events.push(`gap ${what}: ${reason}`),
  })
  await watch.start()
  const take = () => events.splice(0)
  /** What is told once the kernel has been asked whether the monitor listens: that takes its time. */
  const later = async () => {
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    return take()
  }
  return { watch, clock, log, monitors, take, later }
}

t.test('links and routes are watched apart', async (t) => {
  const { monitors } = await setup()
  t.same(
    monitors.map(({ argv }) => argv.join(' ')),
    ['ip -n lab -N -o monitor label link address nexthop', 'ip -n lab -N -o monitor label route'],
  )
})

t.test('events come in pieces, and are told when a piece is done', async (t) => {
  const { monitors, take } = await setup()
  const say = (text: string) => monitors[0].handlers.stdout!(Buffer.from(text))
  say(
    '[LINK]2: eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 \\    link/[1] 42:da\n[ADDR]Deleted 3: eth1    inet 10.7',
  )
  t.same(take(), ['link eth0 up', 'settled'])
  say('.0.1/24 scope 0 eth1\n[NEXTHOP]Deleted id 7 via 10.0.0.1 dev eth0 proto 186 \n[NEIGH]nonsense\n')
  t.same(take(), ['address 10.7.0.1 gone', 'nexthop 7 gone', 'settled'])
})

t.test('own routes are heard of only when they are deleted', async (t) => {
  const { monitors, take } = await setup()
  const own = '1.1.1.3 nhid 2003 proto 186 metric 195 \\\tnexthop via 192.168.95.210 dev eth0 weight 1 '
  monitors[1].handlers.stdout!(
    Buffer.from(
      [
        `[ROUTE]${own}`,
        `[ROUTE]Deleted ${own}`,
        '[ROUTE]1.1.1.4 via 10.0.0.1 dev eth0 proto 186 metric 1950 ',
        '[ROUTE]10.67.0.0/16 via 192.168.95.1 dev eth0 table 100 ',
        '[ROUTE]2 10.9.0.1 dev v1 table 255 proto 2 scope 254 src 10.9.0.1 ',
        '[ROUTE]default via 192.168.95.1 dev eth0 ',
        '',
      ].join('\n'),
    ),
  )
  t.same(take(), ['route 1.1.1.3/32 gone', 'route 1.1.1.4/32', 'route 0.0.0.0/0', 'settled'])
})

t.test('a monitor that dies is started again, at growing intervals, and the gap is told', async (t) => {
  const { monitors, clock, log, later } = await setup()
  monitors[0].handlers.ended('signal SIGKILL')
  t.equal(monitors.length, 2)
  clock.advance(60)
  t.equal(monitors.length, 3)
  t.match(monitors[2].argv.join(' '), /monitor label link/)
  t.same(await later(), ['gap links: monitor: signal SIGKILL'])
  monitors[2].handlers.ended('exit code 1')
  clock.advance(60)
  t.equal(monitors.length, 3, 'not so soon again')
  clock.advance(60)
  t.equal(monitors.length, 4)
  t.equal(log.texts('warn').length, 2)
})

t.test('lost notifications are a gap', async (t) => {
  const { monitors, take } = await setup()
  monitors[1].handlers.stderr!(
    Buffer.from('netlink receive error No buffer space available (105)\nDump terminated\n'),
  )
  t.same(take(), ['gap routes: netlink receive error No buffer space available (105)'])
})

t.test('routes are not watched during a bulk', async (t) => {
  const { watch, monitors, later, log } = await setup()
  watch.pauseRoutes()
  t.ok(monitors[1].killed)
  monitors[1].handlers.ended('signal SIGTERM')
  t.same(log.texts('warn'), [], 'its end is no surprise')
  t.equal(monitors.length, 2)
  watch.resumeRoutes()
  watch.resumeRoutes()
  t.equal(monitors.length, 3)
  t.same(await later(), ['gap routes: monitor: paused'])
})

t.test('after a stop nothing is heard and nothing started', async (t) => {
  const { watch, monitors, clock, take } = await setup()
  watch.stop()
  monitors[0].handlers.stdout!(Buffer.from('[LINK]2: eth0: <UP,LOWER_UP> mtu 1500\n'))
  for (const { handlers } of monitors.slice()) handlers.ended('signal SIGTERM')
  clock.advance(60_000)
  t.same(take(), [])
  t.equal(monitors.length, 2)
  t.ok(monitors.every(({ killed }) => killed))
})

t.test('lines are cut wherever the chunks end', async (t) => {
  const text = 'one\n\nzwei äöü\nthree\nrest'
  for (let size = 1; size < 8; size++) {
    const lines: string[] = []
    const take = lineSplitter((line) => lines.push(line))
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size))
    t.same(lines, ['one', '', 'zwei äöü', 'three'], `in pieces of ${size}`)
  }
})

t.test('timers end with their clock', async (t) => {
  const clock = new ManualClock()
  const scoped = new ScopedClock(clock)
  const fired: string[] = []
  scoped.after(10, () => fired.push('a'))
  const cancel = scoped.after(10, () => fired.push('b'))
  scoped.after(100, () => fired.push('c'))
  cancel()
  clock.advance(50)
  scoped.end()
  scoped.after(1, () => fired.push('d'))
  scoped.soon(() => fired.push('e'))
  clock.advance(1000)
  t.same(fired, ['a'])
  t.equal(scoped.now(), clock.now())
})
