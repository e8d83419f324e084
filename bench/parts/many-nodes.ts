import { setTimeout as sleep } from 'node:timers/promises'
import { monotonic } from '../../src/demo/client.js'
import type { TableSpec } from '../bytes/tables.js'
import { Feeder, GivenUp } from '../feeder/handle.js'
import { checkPaths, checkSamples, untilPaths } from '../lab/check.js'
import {
  buildNetwork,
  FEEDER,
  FEEDER_AS,
  feederAddress,
  SWITCH,
  SWITCH_ADDRESS,
  SWITCH_AS,
} from '../lab/network.js'
import { atRest, type Cost, costOf, cpuOf } from '../lab/process.js'
import type { Case, Figures, Part } from './part.js'

const EACH = 1000
/** Seconds. */
const HOLD = 9
/** Milliseconds before memory is read. */
const REST = 500
/** Milliseconds that sessions are watched for: longer than the hold time. */
const WATCH = 12_000
/** From so many sessions on memory is divided among them: with fewer it drowns in the noise of the heap. */
const ENOUGH = 100
const KIB = 1024

interface Work {
  readonly nodes: number
  readonly distinct: boolean
}

function workOf({ id }: Case): Work {
  const [kind, nodes] = id.split('-')
  return { nodes: Number(nodes), distinct: kind === 'distinct' }
}

function tableOf(index: number, distinct: boolean): TableSpec {
  return {
    ...{ kind: 'hosts', family: 'ipv4-unicast', prefixes: EACH, sets: 1 },
    ...{ first: distinct ? index * EACH : 0, as: FEEDER_AS, nextHop: feederAddress(index) },
  }
}

/** Many neighbors at once. */
export const manyNodes: Part = {
  name: 'many-nodes',
  title: 'Many nodes',
  text: `Neighbors connect all at once, without a pause between them, to a daemon that listens and has them configured; hold time
${HOLD} s. *All up* is the time from the first attempt to the last session's being Established (an attempt that is refused or
lost is repeated by TCP, or after 50 ms). Then all announce at once, the same ${EACH} host routes or ${EACH} of their own each;
*time* is that from the first octet to the daemon's answer that all paths are in its table. The neighbors are one process,
whose CPU in this time stands beside the daemon's. *Memory* a session is the growth
of the proportional set size from before the first session to all of them, a path's that from there to all paths: what is
needed once counts among it, and what the process had at hand does not: no figure where that was all (in ecmpd's heap,
after a collection, a session takes 10 KiB). Checked:
number of paths, paths of samples, and, with 1,000 neighbors, that no session ends within ${WATCH / 1000} s afterwards.`,
  metrics: [
    { id: 'up', title: 'all up, s', digits: 2 },
    { id: 'time', title: 'time, s', digits: 2, chart: 's' },
    { id: 'cpu', title: 'CPU, s', digits: 2 },
    { id: 'feeder', title: 'feeder’s CPU, s', digits: 2 },
    { id: 'session', title: 'memory a session, KiB', digits: 1 },
    { id: 'path', title: 'memory a path, octets', digits: 0 },
    { id: 'peak', title: 'peak memory, MiB', digits: 0 },
  ],
  cases: ({ quick }) =>
    (quick ? ['same-10', 'distinct-100'] : ['same-10', 'same-100', 'same-1000', 'distinct-100']).map((id) => {
      const [kind, nodes] = id.split('-')
      const count = Number(nodes).toLocaleString('en-US')
      const what = kind === 'same' ? 'the same 1,000 prefixes' : '1,000 prefixes of their own each'
      return { id, title: `${count} neighbors, ${what}`, limit: count === '1,000' ? 40 : 20 }
    }),
  suits: () => true,
  async run(daemon, work): Promise<Figures> {
    const { nodes, distinct } = workOf(work)
    const limit = work.limit * 1000
    const lab = await buildNetwork(nodes)
    try {
      const addresses = Array.from({ length: nodes }, (_, index) => feederAddress(index))
      const running = daemon.prepare(lab, {
        ...{ namespace: SWITCH, as: SWITCH_AS, address: SWITCH_ADDRESS, family: 'ipv4-unicast' },
        neighbors: addresses.map((address) => ({ address, as: FEEDER_AS, export: false })),
        ...{ multipath: 10, kernel: false, reflector: false, holdTime: HOLD },
      })()
      await untilPaths(running, 0, monotonic(), 30_000)
      // It listens when it answers, or soon after.
      const pids = running.children.map((child) => child.pid)
      await atRest(pids)
      const idle = costOf(pids)
      const feeder = await Feeder.start(lab, FEEDER, 'feeder', {
        ...{ family: 'ipv4-unicast', remote: SWITCH_ADDRESS, holdTime: HOLD, eager: false },
        peers: addresses.map((local, index) => {
          return { local, as: FEEDER_AS, routerId: local, table: tableOf(index, distinct) }
        }),
      })
      const up = await feeder.seen('established', 0, limit)
      const [connecting] = feeder.all('connecting')
      const { tables } = await feeder.seen('ready')
      await sleep(REST)
      // What an answer costs with all sessions up.
      for (let i = 0; i < 3; i++) await untilPaths(running, 0, monotonic(), limit)
      const joined = costOf(pids)
      const connected = (await feeder.report()).cpu

      const mark = feeder.mark
      const paths = nodes * EACH
      const began = await feeder.order('go')
      const ended = await untilPaths(running, paths, began, limit)
      const cpu = cpuOf(pids) - joined.cpu
      const fed = (await feeder.report()).cpu - connected
      await sleep(REST)
      const full = costOf(pids)
      await checkPaths(running, paths)
      await checkSamples(running, distinct ? tables.map(({ samples }) => samples[0]) : tables[0].samples, {
        paths: distinct ? 1 : nodes,
        nextHops: addresses,
      })
      if (nodes >= 1000) await sleep(WATCH)
      const [closed] = feeder.all('closed', mark)
      if (closed)
        throw new GivenUp(
          `session of ${closed.local} ended: ${closed.notification ?? 'closed'}`,
          'sessions ended',
        )
      return {
        up: (up.at - connecting.at) / 1000,
        time: (ended - began) / 1000,
        cpu,
        feeder: fed,
        ...(nodes >= ENOUGH
          ? { ...growth('session', idle, joined, nodes), ...growth('path', joined, full, paths / KIB) }
          : {}),
        peak: full.peak,
      }
    } finally {
      await lab.destroy()
    }
  },
}

/** What `count` took more each; no figure when the process had at hand, or gave back, more than that. */
function growth(id: string, before: Cost, after: Cost, count: number): Figures {
  const each = ((after.pss - before.pss) * KIB) / count
  return each > 0 ? { [id]: each } : {}
}
