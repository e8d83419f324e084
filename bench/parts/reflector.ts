import { setTimeout as sleep } from 'node:timers/promises'
import { monotonic } from '../../src/demo/client.js'
import { attributeBlock, readSample } from '../bytes/recording.js'
import type { TableSpec } from '../bytes/tables.js'
import { Feeder } from '../feeder/handle.js'
import type { SessionReport } from '../feeder/protocol.js'
import { untilPaths } from '../lab/check.js'
import { buildNetwork, FEEDER, feederAddress, SWITCH, SWITCH_ADDRESS, SWITCH_AS } from '../lab/network.js'
import { atRest, costOf, cpuOf } from '../lab/process.js'
import type { Case, Figures, Options, Part } from './part.js'

const ORIGINATOR_ID = 9
const CLUSTER_LIST = 10
const LOCAL = feederAddress(0)
/** Milliseconds: how fast clients may come is measured elsewhere, and some daemons lose them at once. */
const STAGGER = 10
/** FRR sends the first UPDATE a second after Established. */
const SETTLE = 2000

function workOf({ id }: Case, { quick }: Options): { clients: number; table: TableSpec } {
  const [kind, clients] = id.split('-')
  const prefixes = quick ? 10_000 : 100_000
  const table: TableSpec = {
    ...{ kind: kind as 'packed' | 'internet', family: 'ipv4-unicast', prefixes },
    ...{ sets: kind === 'packed' ? 10 : prefixes / 4, nextHop: LOCAL },
  }
  return { clients: Number(clients), table }
}

/** @throws Error when a client did not get exactly the table, reflected */
function checkClient(report: SessionReport, expected: { prefixes: number; hash: number }): void {
  const { local, announced, hash, withdrawn } = report
  if (announced !== expected.prefixes || withdrawn !== 0 || hash !== expected.hash) {
    throw new Error(
      `${local} got ${announced} prefixes and ${withdrawn} withdrawals, or others than announced`,
    )
  }
  for (const block of report.attributes.map((hex) => Buffer.from(hex, 'hex'))) {
    const { nextHop } = readSample('', block)
    const originator = attributeBlock(block, ORIGINATOR_ID)
    const cluster = attributeBlock(block, CLUSTER_LIST)
    if (nextHop !== LOCAL || originator?.join('.') !== LOCAL || cluster?.length !== 4) {
      throw new Error(`${local} got next hop ${nextHop}, originator ${originator?.join('.')}`)
    }
  }
}

/** Routes out to the clients of a route reflector. */
export const reflector: Part = {
  name: 'reflector',
  title: 'Out: route reflector',
  text: `A client of a route reflector announces a table; the other clients, whose sessions are up, get it. Time is taken from the
feeder's first octet to the moment at which the last client has every prefix. *Packed* is 10 attribute sets, *Internet-like*
one for four prefixes. *Messages* and *octets* are those of the UPDATEs that one client got. The clients are one process that
counts; its CPU is the last column. Checked at each client: number and sum of hashes of the prefixes, next hop, ORIGINATOR_ID,
CLUSTER_LIST.`,
  metrics: [
    { id: 'time', title: 'time, s', digits: 2, chart: 's' },
    { id: 'cpu', title: 'CPU, s', digits: 2 },
    { id: 'peak', title: 'peak memory, MiB', digits: 0 },
    { id: 'messages', title: 'messages', digits: 0 },
    { id: 'octets', title: 'octets', digits: 0 },
    { id: 'clients', title: 'clients’ CPU, s', digits: 2 },
  ],
  cases: ({ quick }) =>
    ['packed-10', 'packed-100', 'internet-10'].map((id) => {
      const [kind, clients] = id.split('-')
      const routes = quick ? '10,000' : '100,000'
      const table = kind === 'packed' ? 'packed' : 'Internet-like'
      return { id, title: `${clients} clients, ${routes} routes, ${table}`, limit: 40 }
    }),
  suits: () => true,
  async run(daemon, work, options): Promise<Figures> {
    const { clients, table } = workOf(work, options)
    const limit = work.limit * 1000
    const lab = await buildNetwork(clients + 1)
    try {
      const addresses = Array.from({ length: clients }, (_, index) => feederAddress(index + 1))
      const common = { family: 'ipv4-unicast', remote: SWITCH_ADDRESS, holdTime: 90, eager: false } as const
      const feeder = await Feeder.start(lab, FEEDER, 'feeder', {
        ...common,
        peers: [{ local: LOCAL, as: SWITCH_AS, routerId: LOCAL, table }],
      })
      const [expected] = (await feeder.seen('ready')).tables
      const running = daemon.prepare(lab, {
        ...{ namespace: SWITCH, as: SWITCH_AS, address: SWITCH_ADDRESS, family: 'ipv4-unicast' },
        neighbors: [LOCAL, ...addresses].map((address) => ({ address, as: SWITCH_AS, export: true })),
        ...{ multipath: 1, kernel: false, reflector: true, holdTime: 90, gateway: LOCAL },
      })()
      const receivers = await Feeder.start(lab, FEEDER, 'receivers', {
        ...{ ...common, expect: expected.prefixes, stagger: STAGGER },
        peers: addresses.map((local) => ({ local, as: SWITCH_AS, routerId: local })),
      })
      await feeder.seen('established', 0, limit)
      await receivers.seen('established', 0, limit)
      await untilPaths(running, 0, monotonic(), 30_000)
      const pids = running.children.map((child) => child.pid)
      await sleep(SETTLE)
      await atRest(pids)
      receivers.forget()
      const before = await receivers.report()
      const idle = cpuOf(pids)
      const began = await feeder.order('go')
      const { at } = await receivers.seen('complete', 0, limit, ({ all }) => all)
      const { cpu, peak } = costOf(pids)
      const { sessions, cpu: spent } = await receivers.report()
      for (const session of sessions) checkClient(session, expected)
      const mean = (value: (session: SessionReport) => number) =>
        sessions.reduce((sum, session) => sum + value(session), 0) / sessions.length
      return {
        time: (at - began) / 1000,
        cpu: cpu - idle,
        peak,
        messages: mean(({ updates }) => updates),
        octets: mean(({ octets }) => octets),
        clients: spent - before.cpu,
      }
    } finally {
      await lab.destroy()
    }
  },
}
