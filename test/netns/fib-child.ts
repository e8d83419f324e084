/** Installs one route in the namespace that it runs in, says how it went as JSON, removes it and ends. */
import { KernelFib } from '../../src/fib/kernel-fib.js'
import { clock, ip, until } from './fib-lab.js'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const fib = new KernelFib({
  log,
  clock,
  protected: () => [],
  options: {
    metric: 195,
    nextHopIds: { base: 195_000_000, count: 100 },
    keepOnStop: false,
    mode: 'auto',
    allow: [],
    retry: 1,
  },
})
try {
  await fib.start()
  fib.set('ipv4-unicast', '192.168.95.123/32', { id: 1, gateways: [{ address: '192.168.95.210' }] })
  fib.flush()
  // The clock's timers keep no process alive; this one does.
  const alive = setInterval(() => {}, 1000)
  await until('installed', () => fib.status().installed === 1 && fib.status().pending === 0)
  const route = ip('route', 'show', '192.168.95.123')
  await fib.stop()
  clearInterval(alive)
  console.log(
    JSON.stringify({
      uid: process.getuid?.(),
      mode: fib.status().mode,
      route,
      after: ip('route', 'show', '192.168.95.123'),
    }),
  )
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }))
}
