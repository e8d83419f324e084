import { readFileSync } from 'node:fs'
import { monotonic } from '../../src/demo/client.js'
import type { TableSpec } from '../bytes/tables.js'
import { changeNextHop } from '../feeder/changes.js'
import { Feeder } from '../feeder/handle.js'
import type { ChurnSpec } from '../feeder/protocol.js'
import { untilPaths } from '../lab/check.js'
import { wallOffset } from '../lab/clock.js'
import { exactly } from '../lab/ecmp.js'
import { dump, KernelWatch, type Stamped } from '../lab/kernel-watch.js'
import { latencies, matchEvents, percentile, type RouteEvent } from '../lab/latency.js'
import {
  buildNetwork,
  FEEDER,
  FEEDER_AS,
  feederAddress,
  SWITCH,
  SWITCH_ADDRESS,
  SWITCH_AS,
} from '../lab/network.js'
import { atRest, cpuOf } from '../lab/process.js'
import type { Figures, Part } from './part.js'

const RATE = 10_000
const RECEIVER_AS = 64514
const RECEIVER = feederAddress(0)
/**
 * Next hops in turn. With so many a route of the kernel says which change it stands for, as long as the daemon
 * is no more than seven seconds behind.
 */
const NEXT_HOPS = Array.from({ length: 8 }, (_, index) => feederAddress(index + 1))
const LOCAL = NEXT_HOPS[0]

/** Doubles of a file that a feeder wrote. */
function doubles(file: string): Float64Array {
  const octets = readFileSync(file)
  return new Float64Array(octets.buffer.slice(octets.byteOffset, octets.byteOffset + octets.length))
}

/** Reads '16.0.1.2 … via G …' into an event. */
function eventOf({ at, text }: Stamped, offset: number): RouteEvent | undefined {
  const match = text.match(/^16\.(\d+)\.(\d+)\.(\d+) .*?\bvia (\S+)/)
  if (!match) return undefined
  const prefix = (Number(match[1]) << 16) | (Number(match[2]) << 8) | Number(match[3])
  return { at: at - offset, prefix, gateway: match[4] }
}

/** A steady stream of changes. */
export const churn: Part = {
  name: 'churn',
  title: 'Churn',
  text: `A neighbor that has announced 10,000 host routes changes ${RATE.toLocaleString('en-US')} of them a second, one UPDATE each, every time with
another next hop and with a community that numbers the change; another neighbor gets what the daemon makes of it. A change's
latency runs from the feeder's write to the moment at which the other neighbor, or the kernel (by \`ip -ts monitor\`), has it
or a later one of the same prefix, which replaces it; *one by one* is the share that was not overtaken. CPU is in percent of
one core over the time of sending. Checked: the last change of every prefix arrives at the neighbor, and a dump shows it
in the kernel. GoBGP and OpenBGPD work without a kernel.`,
  metrics: [
    { id: 'out50', title: 'neighbor p50, ms', digits: 1 },
    { id: 'out99', title: 'neighbor p99, ms', digits: 1, chart: 'ms' },
    { id: 'kernel50', title: 'kernel p50, ms', digits: 1 },
    { id: 'kernel99', title: 'kernel p99, ms', digits: 1, chart: 'ms' },
    { id: 'single', title: 'one by one, %', digits: 0 },
    { id: 'cpu', title: 'CPU, %', digits: 0 },
    { id: 'feeder', title: 'feeder’s CPU, %', digits: 0 },
    { id: 'receiver', title: 'receiver’s CPU, %', digits: 0 },
  ],
  cases: ({ quick, seconds }) => {
    const time = quick ? 3 : seconds
    return [
      {
        id: 'steady',
        title: `${RATE.toLocaleString('en-US')} changes a second for ${time} s`,
        ...{ limit: time + 60, lasts: time },
      },
    ]
  },
  suits: () => true,
  async run(daemon, work, { quick, seconds }): Promise<Figures> {
    const limit = work.limit * 1000
    const lab = await buildNetwork(1 + NEXT_HOPS.length)
    try {
      const spec = (role: ChurnSpec['role']): ChurnSpec => ({
        ...{ prefixes: RATE, rate: RATE, seconds: quick ? 3 : seconds },
        ...{ nextHops: NEXT_HOPS, role, file: lab.path(`${role}.times`) },
      })
      const sending = spec('send')
      const common = { family: 'ipv4-unicast', remote: SWITCH_ADDRESS, holdTime: 90, eager: false } as const
      const table: TableSpec = {
        ...{ kind: 'hosts', family: 'ipv4-unicast', prefixes: RATE, sets: 1 },
        ...{ as: FEEDER_AS, nextHop: LOCAL },
      }
      const watch = await KernelWatch.start(lab, SWITCH)
      const feeder = await Feeder.start(lab, FEEDER, 'feeder', {
        ...{ ...common, churn: sending },
        peers: [{ local: LOCAL, as: FEEDER_AS, routerId: LOCAL, table }],
      })
      const receiver = await Feeder.start(lab, FEEDER, 'receiver', {
        ...{ ...common, churn: spec('receive') },
        peers: [{ local: RECEIVER, as: RECEIVER_AS, routerId: RECEIVER }],
      })
      const running = daemon.prepare(lab, {
        ...{ namespace: SWITCH, as: SWITCH_AS, address: SWITCH_ADDRESS, family: 'ipv4-unicast' },
        neighbors: [
          { address: LOCAL, as: FEEDER_AS, export: false },
          { address: RECEIVER, as: RECEIVER_AS, export: true },
        ],
        ...{ multipath: 1, kernel: daemon.kernel, reflector: false, holdTime: 90 },
      })()
      await Promise.all([feeder.seen('established'), receiver.seen('established')])
      await atRest(running.children.map((child) => child.pid))
      const loading = await feeder.order('go')
      await untilPaths(running, RATE, loading, limit)
      if (daemon.kernel) {
        watch.expect((model) => model.count(exactly([LOCAL])) === RATE)
        await watch.reached(limit)
      }

      const events: RouteEvent[] = []
      const offset = wallOffset()
      watch.onLine = (line) => {
        const event = eventOf(line, offset)
        if (event) events.push(event)
      }
      const pids = running.children.map((child) => child.pid)
      const spent = async () => ({
        daemon: cpuOf(pids),
        feeder: (await feeder.report()).cpu,
        receiver: (await receiver.report()).cpu,
      })
      const before = await spent()
      const mark = feeder.mark
      const began = await feeder.order('churn')
      await feeder.seen('sent', mark, limit)
      const during = (monotonic() - began) / 1000
      const after = await spent()
      await receiver.seen('complete', 0, limit)
      const sent = doubles(sending.file)
      const out = latencies(sent, doubles(spec('receive').file), RATE)
      const share = (who: keyof typeof after) => (100 * (after[who] - before[who])) / during
      const figures = {
        out50: percentile(out.sorted, 0.5),
        out99: percentile(out.sorted, 0.99),
        single: 100 * out.single,
        ...{ cpu: share('daemon'), feeder: share('feeder'), receiver: share('receiver') },
      }
      if (!daemon.kernel) return figures

      const last = changeNextHop(sending, sent.length - 1)
      watch.expect((model) => model.count(exactly([last])) === RATE)
      await watch.reached(limit)
      const right = (await dump(lab, SWITCH)).count(exactly([last]))
      if (right !== RATE) throw new Error(`${right} routes in the kernel have the last next hop`)
      const seen = matchEvents(sent, events, RATE, (number) => changeNextHop(sending, number))
      const into = latencies(sent, seen, RATE)
      return { ...figures, kernel50: percentile(into.sorted, 0.5), kernel99: percentile(into.sorted, 0.99) }
    } finally {
      await lab.destroy()
    }
  },
}
