import type { Child } from '../src/demo/child.js'
import { Lab } from '../src/demo/lab.js'
import { buildTopology, NODES, SWITCH, VIP } from '../src/demo/topology.js'
import { Gobgp } from '../test/lab/gobgp.js'
import { kernelRoutes } from '../test/lab/routes.js'
import { sleep, until } from '../test/lab/wait.js'
import { Stamps } from './stamps.js'
import { memoryOf } from './switches/memory.js'
import type { Memory, Switch } from './switches/switch.js'

/** One run of the story with one daemon. Times are milliseconds. */
export interface StoryRun {
  /** From just before the daemon's start to three next hops in the kernel. */
  readonly start: number
  /** From the withdrawing UPDATE on the wire to two next hops in the kernel. */
  readonly withdraw: number
  /** From the announcing UPDATE on the wire to three again. */
  readonly announce: number
  /** Ten seconds after the start, with three sessions and one route. */
  readonly memory: Memory
}

const PREFIX = `${VIP}/32`

/**
 * Plays start, withdrawal and announcement with three gobgpd nodes, which are up and wait for the switch. Time
 * stamps are the kernel's (packets) and those of `ip monitor` (routes), on one clock.
 */
export async function story(daemon: Switch): Promise<StoryRun> {
  const lab = new Lab()
  let children: Child[] = []
  try {
    await buildTopology(lab)
    const nodes = NODES.map((host) => new Gobgp(lab, host, { passive: true }))
    await Promise.all(nodes.map((node) => node.start()))
    await Promise.all(nodes.map((node) => node.announce(PREFIX)))
    const stamps = await Stamps.start(lab, SWITCH)
    const launch = daemon.prepare(
      lab,
      NODES.map((node) => node.address),
    )
    const wide = async (width: number) => {
      await until(`${width} next hops`, async () => {
        const routes = await kernelRoutes(lab, SWITCH, PREFIX)
        return routes.length === 1 && routes[0].gateways.length === width
      })
    }

    const started = performance.timeOrigin + performance.now()
    children = launch()
    await wide(3)
    await sleep(500)
    const start = stamps.reached(VIP, 3, started) - started

    await sleep(Math.max(0, started + 10_000 - performance.timeOrigin - performance.now()))
    const memory = memoryOf(children.map((child) => child.pid))

    const change = async (act: () => Promise<void>, width: number) => {
      const from = performance.timeOrigin + performance.now()
      await act()
      await wide(width)
      await sleep(500)
      const packet = stamps.update(NODES[1].address, from)
      return stamps.reached(VIP, width, packet) - packet
    }
    const withdraw = await change(() => nodes[1].withdraw(PREFIX), 2)
    const announce = await change(() => nodes[1].announce(PREFIX), 3)
    return { start, withdraw, announce, memory }
  } finally {
    for (const child of children) await child.stop(3000)
    await lab.destroy()
  }
}
