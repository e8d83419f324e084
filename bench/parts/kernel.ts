import { writeFileSync } from 'node:fs'
import { monotonic } from '../../src/demo/client.js'
import { Ecmp, exactly, GATEWAYS } from '../lab/ecmp.js'
import { dump } from '../lab/kernel-watch.js'
import { buildNetwork, SWITCH } from '../lab/network.js'
import { costOf, cpuOf } from '../lab/process.js'
import type { Case, Figures, Part } from './part.js'

/** Lines for `ip -batch` that install these routes by themselves. */
export function batch(routes: number, objects: boolean): string {
  const lines = objects
    ? [
        ...GATEWAYS.map((gateway, index) => `nexthop add id ${index + 1} via ${gateway} dev eth0`),
        `nexthop add id 10 group ${GATEWAYS.map((_, index) => index + 1).join('/')}`,
      ]
    : []
  const hops = objects ? 'nhid 10' : GATEWAYS.map((gateway) => `nexthop via ${gateway} dev eth0`).join(' ')
  for (let i = 0; i < routes; i++) {
    lines.push(`route add 16.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}/32 ${hops}`)
  }
  return `${lines.join('\n')}\n`
}

async function floor(work: Case, objects: boolean): Promise<Figures> {
  const routes = Number(work.id)
  const lab = await buildNetwork(GATEWAYS.length)
  try {
    const file = lab.path('batch')
    writeFileSync(file, batch(routes, objects))
    const began = monotonic()
    await lab.must(SWITCH, ['ip', '-batch', file])
    const time = (monotonic() - began) / 1000
    const right = (await dump(lab, SWITCH)).count(exactly(GATEWAYS))
    if (right !== routes) throw new Error(`ip -batch left ${right} routes`)
    return { time }
  } finally {
    await lab.destroy()
  }
}

/** ECMP routes into the kernel. */
export const kernel: Part = {
  name: 'kernel',
  title: 'Into the kernel',
  text: `Three neighbors announce the same host routes at once; the daemon installs an ECMP route with three next hops for each.
Time is taken from the first octet of the feeders to the moment from which on the kernel has every route with all three next
hops, by the stamps of \`ip -ts monitor\`, and checked by a dump. CPU is that of the daemon's processes. The rows *ip -batch* are
iproute2 alone with the same routes, by next-hop id and with next hops of their own: what the kernel takes. GoBGP and OpenBGPD
don't install multipath routes into Linux's kernel by themselves.`,
  metrics: [
    { id: 'time', title: 'time, s', digits: 2, chart: 's' },
    { id: 'cpu', title: 'CPU, s', digits: 2 },
    { id: 'peak', title: 'peak memory, MiB', digits: 0 },
  ],
  cases: ({ quick }) =>
    (quick ? [1000, 10_000] : [10_000, 100_000]).map((routes) => ({
      id: String(routes),
      title: `${routes.toLocaleString('en-US')} routes with three next hops`,
      limit: 60,
    })),
  suits: (daemon) => daemon.kernel,
  async run(daemon, work) {
    const ecmp = await Ecmp.start(daemon, Number(work.id))
    try {
      const pids = ecmp.running.children.map((child) => child.pid)
      const before = cpuOf(pids)
      ecmp.expect(GATEWAYS)
      const began = await ecmp.announce()
      const ended = await ecmp.watch.reached(work.limit * 1000)
      const { cpu, peak } = costOf(pids)
      await ecmp.check(GATEWAYS)
      return { time: (ended - began) / 1000, cpu: cpu - before, peak }
    } finally {
      await ecmp.lab.destroy()
    }
  },
  floors: [
    { name: 'ip -batch, nhid', run: (work) => floor(work, true) },
    { name: 'ip -batch, plain', run: (work) => floor(work, false) },
  ],
}
