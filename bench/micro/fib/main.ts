/**
 * What the kernel side of ecmpd costs, in a namespace of its own: the latency of one change, many routes at
 * once beside `ip -batch` alone, the loss of a gateway with many prefixes. Needs root.
 *
 *     node main.js [ROUTES] [objects|plain]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KernelFib } from '../../../src/fib/kernel-fib.js'
import type { NextHopSet } from '../../../src/ports/fib.js'
import { clock, DeletionClock, ip, log, makeLab, NAMESPACE, removeLab, until } from './lab.js'

const ROUTES = Number(process.argv[2] ?? 100_000)
const mode = process.argv[3] === 'plain' ? 'plain' : 'nexthop-objects'

const CHURN_MS = 5000

const gateways = ['192.168.95.210', '192.168.95.211', '192.168.95.212'].map((address) => ({ address }))
const three: NextHopSet = { id: 1, gateways }
const two: NextHopSet = { id: 2, gateways: gateways.slice(0, 2) }

const prefix = (i: number) => `16.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}/32`
const quantile = (values: number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * q)]
const ms = (value: number) => `${value.toFixed(2)} ms`

function report(name: string, text: string): void {
  console.log(`${name.padEnd(44)} ${text}`)
}

/** Seconds that `ip -batch` alone takes for the same routes. */
function batchAlone(): number {
  const folder = mkdtempSync(join(tmpdir(), 'ecmpd-bench-'))
  const file = join(folder, 'batch')
  const hops = gateways.map(({ address }) => `nexthop via ${address} dev eth0`).join(' ')
  const lines = gateways.map(({ address }, i) => `nexthop add id ${i + 1} via ${address} dev eth0`)
  lines.push('nexthop add id 9 group 1/2/3')
  for (let i = 0; i < ROUTES; i++) {
    lines.push(`route add ${prefix(i)} proto 186 metric 7 ${mode === 'plain' ? hops : 'nhid 9'}`)
  }
  writeFileSync(file, `${lines.join('\n')}\n`)
  const from = performance.now()
  execFileSync('ip', ['-n', NAMESPACE, '-force', '-batch', file])
  const seconds = (performance.now() - from) / 1000
  ip('-n', NAMESPACE, 'link', 'set', 'eth0', 'down')
  ip('-n', NAMESPACE, 'link', 'set', 'eth0', 'up')
  rmSync(folder, { recursive: true })
  return seconds
}

async function main(): Promise<void> {
  makeLab()
  report('ip -batch alone', `${batchAlone().toFixed(2)} s for ${ROUTES} routes`)
  const fib = new KernelFib({
    log,
    clock,
    ip: ['ip', '-n', NAMESPACE],
    protected: () => [],
    audit: 0,
    options: {
      metric: 195,
      nextHopIds: { base: 195_000_000, count: 1_000_000 },
      keepOnStop: false,
      mode,
      allow: [],
      retry: 5,
    },
  })
  await until(() => ip('-n', NAMESPACE, '-j', 'link', 'show', 'eth0').includes('LOWER_UP'))
  await fib.start()
  fib.sweep()
  const idle = () => fib.status().pending === 0

  const latencies: number[] = []
  for (let i = 0; i < 500; i++) {
    const from = performance.now()
    fib.set('ipv4-unicast', '15.0.0.1/32', i % 2 === 0 ? three : two)
    fib.flush()
    await until(idle)
    latencies.push(performance.now() - from)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  report(
    'one change, set() to confirmed',
    `p50 ${ms(quantile(latencies, 0.5))}, p99 ${ms(quantile(latencies, 0.99))}`,
  )

  let from = performance.now()
  const cpu = process.cpuUsage()
  for (let i = 0; i < ROUTES; i++) fib.set('ipv4-unicast', prefix(i), three)
  fib.flush()
  const taken = performance.now() - from
  await until(idle, 2)
  const used = process.cpuUsage(cpu)
  report(
    `${ROUTES} routes, three next hops`,
    `${((performance.now() - from) / 1000).toFixed(2)} s (set() calls ${ms(taken)}, CPU of this process ` +
      `${((used.user + used.system) / 1e6).toFixed(2)} s)`,
  )

  const deletions = new DeletionClock()
  if (mode === 'plain') {
    from = performance.now()
    fib.gatewayLost(gateways[2])
    await until(idle, 1)
    report(`a gateway of ${ROUTES} routes lost`, ms(performance.now() - from))
  } else {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    from = performance.now()
    fib.gatewayLost(gateways[2])
    report(
      `a gateway of ${ROUTES} routes lost`,
      `${ms(await deletions.after(from))} until the kernel says so`,
    )
  }

  const before = fib.status().operations
  from = performance.now()
  for (let i = 0; i < ROUTES; i++) fib.set('ipv4-unicast', prefix(i), two)
  fib.flush()
  await until(idle, 2)
  const after = fib.status().operations
  const rewritten = after.replace - before.replace + after.add - before.add
  report('the RIB settles behind it', `${ms(performance.now() - from)}, ${rewritten} routes rewritten`)

  from = performance.now()
  for (let i = 0; i < ROUTES; i++) fib.set('ipv4-unicast', prefix(i), three)
  fib.flush()
  await until(idle, 2)
  report('the node is back, all routes changed', `${((performance.now() - from) / 1000).toFixed(2)} s`)

  // 10,000 changes a second, written every millisecond: from the flush until nothing is pending.
  const waits: number[] = []
  const began = performance.now()
  const churn = process.cpuUsage()
  for (let tick = 0, next = 0; tick < CHURN_MS; tick++) {
    while (performance.now() < began + tick) await new Promise((resolve) => setImmediate(resolve))
    for (let i = 0; i < 10; i++, next++) {
      fib.set('ipv4-unicast', prefix(next % ROUTES), Math.floor(next / ROUTES) % 2 === 0 ? two : three)
    }
    const flushed = performance.now()
    fib.flush()
    while (!idle()) await new Promise((resolve) => setImmediate(resolve))
    waits.push(performance.now() - flushed)
  }
  const spent = process.cpuUsage(churn)
  const seconds = (performance.now() - began) / 1000
  report(
    `churn, ${Math.round((CHURN_MS * 10) / seconds)} changes a second`,
    `p50 ${ms(quantile(waits, 0.5))}, p99 ${ms(quantile(waits, 0.99))} to confirmed ` +
      `(this process polls: ${((spent.user + spent.system) / 1e6).toFixed(1)} s CPU)`,
  )

  if (mode !== 'plain') {
    const busy: number[] = []
    for (let round = 0; round < 5; round++) {
      // The RIB moves every route to two gateways, and in the midst of it the third one's session ends.
      for (let i = 0; i < ROUTES; i++) fib.set('ipv4-unicast', prefix(i), i % 2 === round % 2 ? three : two)
      fib.flush()
      await new Promise((resolve) => setTimeout(resolve, 50))
      from = performance.now()
      fib.gatewayLost(gateways[2])
      busy.push(await deletions.after(from))
      for (let i = 0; i < ROUTES; i++) fib.set('ipv4-unicast', prefix(i), two)
      fib.flush()
      await until(idle, 2)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    report('a gateway lost while all routes change', `${busy.map(ms).join(', ')} until the kernel says so`)
  }
  deletions.stop()

  from = performance.now()
  await fib.stop()
  report('stop, routes removed', ms(performance.now() - from))
}

try {
  await main()
} finally {
  removeLab()
}
