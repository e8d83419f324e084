import t from 'tap'
import type { ChildHandlers, Spawn } from '../../../../src/fib/kernel/process.js'
import { KernelRoutes } from '../../../../src/fib/resolve/kernel-routes.js'
import type { MachineRouteChange } from '../../../../src/ports/machine-routes.js'
import { ManualClock, MemoryLog } from '../fake.js'

const LINKS = JSON.stringify([{ ifindex: 2, ifname: 'eth0', flags: ['UP', 'LOWER_UP'] }])
const ADDRESSES = JSON.stringify([{ ifindex: 2, addr_info: [{ local: '192.168.95.200', prefixlen: 24 }] }])

/** An `ip` that answers from texts; monitors stay. */
function fake() {
  const answers: Record<string, string> = {
    'ip -j link show': LINKS,
    'ip -j address show': ADDRESSES,
    'ip -N -o -4 route show table main':
      '192.168.95.0/24 dev eth0 proto 2 scope 253\n10.1.0.1 nhid 7 via 192.168.95.9 dev eth0 proto 186 metric 195\n',
    'ip -N -o -6 route show table main': '',
  }
  const monitors: { argv: string; handlers: ChildHandlers; killed: boolean }[] = []
  const state = { fails: false, readings: 0 }
  const spawn: Spawn = (argv, handlers) => {
    const command = argv.join(' ')
    const child = { argv: command, handlers, killed: false }
    if (command.includes('monitor')) monitors.push(child)
    else {
      if (command.includes('-4')) state.readings++
      setImmediate(() => {
        if (!state.fails) handlers.stdout?.(Buffer.from(answers[command] ?? ''))
        handlers.ended(state.fails ? 'no such program: ip' : 'exit code 0')
      })
    }
    return {
      pid: undefined,
      write() {},
      end() {},
      kill() {
        child.killed = true
      },
    }
  }
  return { spawn, monitors, answers, state }
}

/** Waits until `done` holds; what does not come is left to the assertion behind it. */
const until = async (done: () => boolean) => {
  for (let i = 0; i < 5000 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 1))
}

function follow(clock = new ManualClock()) {
  const { spawn, monitors, answers, state } = fake()
  const log = new MemoryLog()
  const routes = new KernelRoutes({ log, clock, metric: 195, spawn })
  const told: string[] = []
  const listen = () =>
    routes.follow((changes: readonly MachineRouteChange[]) => {
      told.push(changes.map(({ prefix, route }) => `${prefix} ${route?.kind ?? 'gone'}`).join(', '))
    })
  return { clock, log, routes, monitors, answers, state, listen, told, take: () => told.splice(0) }
}

t.test('what there is, then what changes', async (t) => {
  const { monitors, listen, told, take } = follow()
  const end = listen()
  await until(() => told.length > 0)
  t.same(take(), ['192.168.95.0/24 connected'])
  const say = (text: string) => monitors[1].handlers.stdout!(Buffer.from(text))
  say('[ROUTE]10.2.0.0/16 via 192.168.95.1 dev eth0 proto 4 \n')
  t.same(take(), ['10.2.0.0/16 static'])
  say('[ROUTE]10.2.0.9 nhid 7 via 192.168.95.9 dev eth0 proto 186 metric 195 \n')
  t.same(take(), [])
  end()
  t.ok(monitors.every(({ killed }) => killed))
  say('[ROUTE]10.3.0.0/16 via 192.168.95.1 dev eth0 proto 4 \n')
  t.same(take(), [])
})

t.test('missed notifications: the kernel is read anew', async (t) => {
  const { clock, monitors, answers, state, listen, told, take } = follow()
  listen()
  await until(() => told.length > 0)
  take()
  answers['ip -N -o -4 route show table main'] = '10.9.0.0/16 via 192.168.95.1 dev eth0\n'
  monitors[1].handlers.stderr!(Buffer.from('netlink receive error No buffer space available (105)\n'))
  monitors[1].handlers.stderr!(Buffer.from('Dump terminated\n'))
  clock.advance(500)
  await until(() => told.length > 0)
  t.equal(state.readings, 2)
  t.same(take(), ['192.168.95.0/24 gone, 10.9.0.0/16 kernel'])
})

t.test('what can’t be read is said, and tried again', async (t) => {
  const { clock, log, state, routes, listen, told, take } = follow()
  state.fails = true
  listen()
  await until(() => log.lines.length > 0)
  t.same(take(), [])
  t.match(log.lines, [{ level: 'error', text: /can’t be read: .*install iproute2/ }])
  state.fails = false
  clock.advance(1000)
  await until(() => told.length > 0)
  t.same(take(), ['192.168.95.0/24 connected'])
  routes.stop()
})
