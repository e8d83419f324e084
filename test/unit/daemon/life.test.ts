import t from 'tap'
import { systemClock } from '../../../src/daemon/clock.js'
import { fibOff } from '../../../src/daemon/fib-off.js'
import { waitingFor } from '../../../src/daemon/readiness.js'
import { bindSignals } from '../../../src/daemon/signals.js'
import { packageVersion } from '../../../src/daemon/version.js'
import { silent } from '../../../src/ports/log.js'
import { FakeSpeaker } from '../api/fixtures.js'

t.test('the clock', async (t) => {
  const before = systemClock.now()
  await new Promise<void>((resolve) => systemClock.after(5, resolve))
  t.ok(systemClock.now() >= before)
  t.ok(Math.abs(systemClock.wall() - Date.now()) < 1000)
  const from = Date.now()
  const micros = Array.from({ length: 1000 }, () => systemClock.micros())
  const to = Date.now()
  t.ok(micros.every((one) => Number.isInteger(one) && one > (from - 2) * 1000 && one < (to + 2) * 1000))
  t.ok(new Set(micros).size > to - from + 1, 'finer than milliseconds')
  await new Promise<void>((resolve) => systemClock.soon(resolve))
  const far = systemClock.after(2 ** 40, () => t.fail('an interval above 32 bits fired at once'))
  const cancelled = systemClock.after(1, () => t.fail('a cancelled timer fired'))
  cancelled()
  cancelled()
  await new Promise<void>((resolve) => systemClock.after(20, resolve))
  far()
})

t.test('ready says why not', async (t) => {
  const speaker = new FakeSpeaker()
  t.same(waitingFor(speaker, fibOff, false), ['BGP does not listen yet'])
  t.same(waitingFor(speaker, fibOff, true), [])
  speaker.converged = () => false
  t.same(
    waitingFor(speaker, fibOff, true),
    [],
    'nobody is expected: kernel routes of an earlier run are kept',
  )
  speaker.incomplete = () => ['192.0.2.1', '192.0.2.2']
  t.same(waitingFor(speaker, fibOff, true), ['first routes: End-of-RIB of 192.0.2.1, 192.0.2.2'])
  speaker.incomplete = () => Array.from({ length: 7 }, (_, host) => `192.0.2.${host}`)
  const many = 'first routes: End-of-RIB of 192.0.2.0, 192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4 and 2 more'
  t.same(waitingFor(speaker, fibOff, true), [many])
  const fib = { ...fibOff, status: () => ({ ...fibOff.status(), problem: '`ip` ends again and again' }) }
  t.match(waitingFor(speaker, fib, true)[1], 'FIB: `ip` ends again and again')
})

t.test('signals: stop once, abort at the second, reload until then', async (t) => {
  const calls: string[] = []
  let finish = () => {}
  const unbind = bindSignals(
    {
      stop: (signal) => {
        calls.push(`stop ${signal}`)
        return new Promise((resolve) => {
          finish = resolve
        })
      },
      abort: () => calls.push('abort'),
      reload: async () => calls.push('reload'),
    },
    silent,
  )
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGTERM', 'SIGTERM')
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGINT', 'SIGINT')
  finish()
  unbind()
  t.same(calls, ['reload', 'stop SIGTERM', 'abort'])
})

t.test('an end in good order that fails is an end all the same', async (t) => {
  const aborted = new Promise<void>((resolve) => {
    const unbind = bindSignals(
      {
        stop: async () => {
          throw new Error('no')
        },
        abort: () => {
          unbind()
          resolve()
        },
        reload: async () => {},
      },
      silent,
    )
  })
  process.emit('SIGTERM', 'SIGTERM')
  await aborted
  t.pass('it was aborted')
})

t.test('the version is that of package.json', async (t) => {
  t.match(packageVersion(), /^\d+\.\d+\.\d+/)
})
