import { basename } from 'node:path'
import { monotonic } from '../../src/demo/client.js'
import { readRecording } from '../bytes/recording.js'
import type { TableSpec } from '../bytes/tables.js'
import type { Daemon, SwitchSpec } from '../daemons/daemon.js'
import { Feeder } from '../feeder/handle.js'
import { checkPaths, checkSamples, untilPaths } from '../lab/check.js'
import {
  buildNetwork,
  FEEDER,
  FEEDER_AS,
  feederAddress,
  feederAddress6,
  SWITCH,
  SWITCH_ADDRESS,
  SWITCH_ADDRESS6,
  SWITCH_AS,
} from '../lab/network.js'
import { atRest, costOf, cpuOf } from '../lab/process.js'
import type { Case, Figures, Options, Part } from './part.js'

const LOCAL = feederAddress(0)
const LOCAL6 = feederAddress6(0)

interface Work {
  readonly table: TableSpec
  readonly feederAs: number
  readonly switchAs: number
}

function workOf(work: Case, options: Options): Work {
  const scale = options.quick ? 0.1 : 1
  const table = (kind: TableSpec['kind'], prefixes: number, sets: number): TableSpec => ({
    ...{ kind, family: 'ipv4-unicast', nextHop: LOCAL, as: FEEDER_AS },
    ...{ prefixes: prefixes * scale, sets: kind === 'packed' ? sets : sets * scale },
  })
  const own = { feederAs: FEEDER_AS, switchAs: SWITCH_AS }
  switch (work.id) {
    case 'packed':
      return { ...own, table: table('packed', 1_000_000, 10) }
    case 'internet':
      return { ...own, table: table('internet', 1_000_000, 250_000) }
    case 'ipv6':
      return {
        ...own,
        table: { ...table('internet', 200_000, 50_000), family: 'ipv6-unicast', nextHop: LOCAL6 },
      }
    default: {
      const file = work.id === 'mrt' ? options.mrt! : options.replay!
      const { as, neighborAs } = readRecording(file, LOCAL)
      return { table: { ...table('file', 1, 1), file }, feederAs: as, switchAs: neighborAs }
    }
  }
}

const feeding = (work: Work, eager = false) => ({
  family: work.table.family,
  remote: work.table.family === 'ipv4-unicast' ? SWITCH_ADDRESS : SWITCH_ADDRESS6,
  holdTime: 90,
  eager,
})

/** Full table in from one neighbor: nothing goes into the kernel, nothing is announced. */
export const fullTable: Part = {
  name: 'full-table',
  title: 'Full table in',
  text: `One neighbor announces a whole table to a daemon that installs and announces nothing. Time is taken from the feeder's
first octet to the daemon's answer that all paths are in its table and none waits for a decision; CPU is that of all its
processes in this time; memory the sum of their highest resident sizes (VmHWM). Checked: the number of paths, and
AS path, next hop and communities of samples. *Packed* is 1,000,000 /24s in 10 attribute sets, *Internet-like* 1,000,000
prefixes with the Internet's lengths in 250,000 attribute sets, *IPv6* 200,000 in 50,000. The row *feeder alone* is the same
feeder writing into a process that does nothing but count. *fulltable-2015.bgp.gz* is an iBGP session that RIPE RIS recorded in 2015. AS_SETs
are accepted for it; four of its paths hold AS 0 (RFC 7607), which ecmpd treats as withdrawn, and one prefix is 0.0.0.0/32,
which it ignores: the column *prefixes* says how many each daemon has in the end.`,
  metrics: [
    { id: 'time', title: 'time, s', digits: 2, chart: 's' },
    { id: 'cpu', title: 'CPU, s', digits: 2 },
    { id: 'peak', title: 'peak memory, MiB', digits: 0, chart: 'MiB' },
    { id: 'prefixes', title: 'prefixes', digits: 0 },
  ],
  cases(options) {
    const size = options.quick ? ['100,000', '20,000'] : ['1,000,000', '200,000']
    return [
      { id: 'packed', title: `${size[0]} IPv4 prefixes, packed`, limit: 60 },
      options.mrt
        ? { id: 'mrt', title: `IPv4 prefixes of an MRT file, ${basename(options.mrt)}`, limit: 90 }
        : { id: 'internet', title: `${size[0]} IPv4 prefixes, Internet-like`, limit: 90 },
      { id: 'ipv6', title: `${size[1]} IPv6 prefixes, Internet-like`, limit: 60 },
      ...(options.replay
        ? [{ id: 'replay', title: `A recorded session, ${basename(options.replay)}`, limit: 90 }]
        : []),
    ]
  },
  suits: () => true,
  async run(daemon: Daemon, work: Case, options: Options): Promise<Figures> {
    const { table, feederAs, switchAs } = workOf(work, options)
    const lab = await buildNetwork(1)
    try {
      const local = table.family === 'ipv4-unicast' ? LOCAL : LOCAL6
      const foreign = table.kind === 'file'
      const spec: SwitchSpec = {
        ...{ namespace: SWITCH, as: switchAs, address: SWITCH_ADDRESS, family: table.family },
        neighbors: [{ address: local, as: feederAs, export: false }],
        ...{ multipath: 1, kernel: false, reflector: false, holdTime: 90 },
        ...(foreign ? { asSets: true, gateway: LOCAL } : {}),
      }
      if (foreign) await lab.ip(SWITCH, [`route add default via ${LOCAL}`])
      const feeder = await Feeder.start(lab, FEEDER, 'feeder', {
        ...feeding({ table, feederAs, switchAs }),
        peers: [{ local, as: feederAs, routerId: LOCAL, table }],
      })
      const [expected] = (await feeder.seen('ready')).tables
      const running = daemon.prepare(lab, spec)()
      await feeder.seen('established')
      await untilPaths(running, 0, monotonic(), 20_000)
      const pids = running.children.map((child) => child.pid)
      await atRest(pids)
      const before = cpuOf(pids)
      const began = await feeder.order('go')
      const refused = (daemon.asSets ? 0 : expected.asSets) + (daemon.strict ? expected.faulty : 0)
      const prefixes = expected.prefixes - refused
      const ended = await untilPaths(running, prefixes, began, work.limit * 1000)
      const cost = costOf(pids)
      await checkPaths(running, prefixes)
      await checkSamples(running, expected.samples)
      return {
        time: (ended - began) / 1000,
        cpu: cost.cpu - before,
        peak: cost.peak,
        ...(foreign ? { prefixes } : {}),
      }
    } finally {
      await lab.destroy()
    }
  },
  floors: [
    {
      name: 'feeder alone',
      async run(work, options) {
        const own = workOf(work, options)
        const lab = await buildNetwork(1)
        try {
          const v4 = own.table.family === 'ipv4-unicast'
          const local = v4 ? LOCAL : LOCAL6
          const feeder = await Feeder.start(lab, FEEDER, 'feeder', {
            ...feeding(own),
            peers: [{ local, as: own.feederAs, routerId: LOCAL, table: own.table }],
          })
          const [{ prefixes, hash }] = (await feeder.seen('ready')).tables
          const sink = await Feeder.start(lab, SWITCH, 'sink', {
            ...feeding(own),
            ...{ listen: true, expect: prefixes },
            peers: [{ local, as: own.switchAs, routerId: SWITCH_ADDRESS }],
          })
          await feeder.seen('established')
          const began = await feeder.order('go')
          const { at } = await sink.seen('complete')
          const { sessions } = await sink.report()
          if (work.id !== 'replay' && sessions[0].hash !== hash)
            throw new Error('the sink got other prefixes')
          return { time: (at - began) / 1000 }
        } finally {
          await lab.destroy()
        }
      },
    },
  ],
}
