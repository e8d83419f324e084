import { Lab } from '../../src/demo/lab.js'
import {
  buildTopology,
  NODE_AS,
  NODES,
  SWITCH,
  SWITCH_AS,
  SWITCH_HOST,
  VIP,
} from '../../src/demo/topology.js'
import { Gobgp } from '../../test/lab/gobgp.js'
import { kernelRoutes } from '../../test/lab/routes.js'
import { sleep, until } from '../../test/lab/wait.js'
import type { Running } from '../daemons/daemon.js'
import { costOf } from '../lab/process.js'
import { Stamps } from '../lab/stamps.js'
import type { Figures, Part } from './part.js'

const PREFIX = `${VIP}/32`
/** Milliseconds after the start at which memory is read. */
const REST = 5000
/** Milliseconds for the recorders to write what they saw. */
const FLUSH = 500

const wall = () => performance.timeOrigin + performance.now()

/** The story with three nodes: start, withdrawal, announcement, memory at rest. */
export const start: Part = {
  name: 'start',
  title: 'Start, and one node of three',
  text: `Three gobgpd nodes, configured as Cilium configures its library, are up with one service address and wait for the switch.
Times run from just before the daemon's process is started to the first session (a KEEPALIVE in both directions) and to three
next hops in the kernel; then one node withdraws and announces the address again, timed from its UPDATE on the wire to the
kernel's route. Stamps are those of tcpdump and \`ip -ts monitor\`. Memory is that of all processes ${REST / 1000} s after the start,
PSS (shared pages divided among those who share them: for ecmpd, the other Node.js processes of the benchmark too) and RSS. BIRD's delays before an attempt to connect are set to the second that it allows at least.`,
  metrics: [
    { id: 'session', title: 'first session, ms', digits: 0 },
    { id: 'start', title: 'three next hops, ms', digits: 0, chart: 'ms' },
    { id: 'withdraw', title: 'withdrawal to two, ms', digits: 2 },
    { id: 'announce', title: 'announcement to three, ms', digits: 2 },
    { id: 'pss', title: 'PSS, MiB', digits: 1 },
    { id: 'rss', title: 'RSS, MiB', digits: 1 },
  ],
  cases: () => [{ id: 'story', title: 'Three nodes', limit: 60 }],
  needs: { tcpdump: 'tcpdump', gobgpd: 'gobgpd', gobgp: 'gobgpd' },
  suits: () => true,
  async run(daemon, work): Promise<Figures> {
    const lab = new Lab()
    let running: Running | undefined
    try {
      await buildTopology(lab)
      const nodes = NODES.map((host) => new Gobgp(lab, host, { passive: true }))
      await Promise.all(nodes.map((node) => node.start()))
      await Promise.all(nodes.map((node) => node.announce(PREFIX)))
      const stamps = await Stamps.start(lab, SWITCH)
      const launch = daemon.prepare(lab, {
        ...{ namespace: SWITCH, as: SWITCH_AS, address: SWITCH_HOST.address, family: 'ipv4-unicast' },
        neighbors: NODES.map(({ address }) => ({ address, as: NODE_AS, export: false, dial: true })),
        ...{ multipath: 10, kernel: daemon.kernel, reflector: false, holdTime: 90 },
      })
      const wide = (width: number) =>
        until(
          `${width} next hops`,
          async () => {
            const routes = await kernelRoutes(lab, SWITCH, PREFIX)
            return routes.length === 1 && routes[0].gateways.length === width
          },
          work.limit * 1000,
        )

      const began = wall()
      running = launch()
      const pids = running.children.map((child) => child.pid)
      const addresses = NODES.map(({ address }) => address)
      const session = async () =>
        (await until('a session', () => stamps.session(addresses, began), work.limit * 1000)) - began
      if (!daemon.kernel) {
        const first = await session()
        await sleep(Math.max(0, began + REST - wall()))
        const { pss, rss } = costOf(pids)
        return { session: first, pss, rss }
      }
      await wide(3)
      await sleep(FLUSH)
      const three = stamps.reached(VIP, 3, began) - began
      await sleep(Math.max(0, began + REST - wall()))
      const { pss, rss } = costOf(pids)
      const change = async (act: () => Promise<void>, width: number) => {
        const from = wall()
        await act()
        await wide(width)
        await sleep(FLUSH)
        return stamps.reached(VIP, width, from) - stamps.update(NODES[1].address, from)
      }
      const withdraw = await change(() => nodes[1].withdraw(PREFIX), 2)
      const announce = await change(() => nodes[1].announce(PREFIX), 3)
      return { session: await session(), start: three, withdraw, announce, pss, rss }
    } finally {
      await running?.stop()
      await lab.destroy()
    }
  },
}
