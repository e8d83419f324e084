import { monotonic } from '../../src/demo/client.js'
import type { Lab } from '../../src/demo/lab.js'
import type { Daemon, Running } from '../daemons/daemon.js'
import { Feeder } from '../feeder/handle.js'
import { untilPaths } from './check.js'
import { wallOffset } from './clock.js'
import { dump, KernelWatch } from './kernel-watch.js'
import {
  buildNetwork,
  FEEDER,
  FEEDER_AS,
  feederAddress,
  SWITCH,
  SWITCH_ADDRESS,
  SWITCH_AS,
} from './network.js'
import { atRest } from './process.js'

const WIDTH = 3
export const GATEWAYS = Array.from({ length: WIDTH }, (_, index) => feederAddress(index))

/** Sets of gateways are compared without regard to order. */
export const exactly = (expected: readonly string[]) => {
  const wanted = [...expected].sort().join(' ')
  return (gateways: readonly string[]) => [...gateways].sort().join(' ') === wanted
}

/** A daemon with three feeders that announce the same host routes, and its kernel under watch. */
export class Ecmp {
  readonly lab: Lab
  readonly running: Running
  readonly watch: KernelWatch
  readonly feeders: Feeder[]
  readonly routes: number

  constructor(lab: Lab, running: Running, watch: KernelWatch, feeders: Feeder[], routes: number) {
    this.lab = lab
    this.running = running
    this.watch = watch
    this.feeders = feeders
    this.routes = routes
  }

  /**
   * Builds network and feeders, starts the daemon and waits for the sessions; nothing is announced yet.
   * @param punctual see KernelWatch.start
   */
  static async start(daemon: Daemon, routes: number, punctual = false): Promise<Ecmp> {
    const lab = await buildNetwork(WIDTH)
    try {
      const watch = await KernelWatch.start(lab, SWITCH, punctual)
      const feeders = await Promise.all(GATEWAYS.map((_, index) => Ecmp.#feeder(lab, index, routes, false)))
      const running = daemon.prepare(lab, {
        ...{ namespace: SWITCH, as: SWITCH_AS, address: SWITCH_ADDRESS, family: 'ipv4-unicast' },
        neighbors: GATEWAYS.map((address) => ({ address, as: FEEDER_AS, export: false })),
        ...{ multipath: 10, kernel: true, reflector: false, holdTime: 90 },
      })()
      await Promise.all(feeders.map((feeder) => feeder.seen('established')))
      await untilPaths(running, 0, monotonic(), 20_000)
      await atRest(running.children.map((child) => child.pid))
      return new Ecmp(lab, running, watch, feeders, routes)
    } catch (error) {
      await lab.destroy()
      throw error
    }
  }

  static #feeder(lab: Lab, index: number, routes: number, eager: boolean): Promise<Feeder> {
    const local = GATEWAYS[index]
    return Feeder.start(lab, FEEDER, `feeder${index}${eager ? '-again' : ''}`, {
      ...{ family: 'ipv4-unicast', remote: SWITCH_ADDRESS, holdTime: 90, eager },
      peers: [
        {
          ...{ local, as: FEEDER_AS, routerId: local },
          table: {
            ...{ kind: 'hosts', family: 'ipv4-unicast', prefixes: routes, sets: 1 },
            ...{ as: FEEDER_AS, nextHop: local },
          },
        },
      ],
    })
  }

  /** A feeder that was killed comes back and announces at once. */
  async again(index: number): Promise<void> {
    this.feeders[index] = await Ecmp.#feeder(this.lab, index, this.routes, true)
  }

  /** Expects all routes with exactly these gateways. */
  expect(gateways: readonly string[]): void {
    const same = exactly(gateways)
    this.watch.expect((model) => model.count(same) === this.routes)
  }

  /**
   * All feeders announce.
   * @returns when the first began, milliseconds since 1970
   */
  async announce(): Promise<number> {
    const offset = wallOffset()
    const began = await Promise.all(this.feeders.map((feeder) => feeder.order('go')))
    return Math.min(...began) + offset
  }

  /** @throws Error when a dump of the kernel shows other routes than all with exactly these gateways */
  async check(gateways: readonly string[]): Promise<void> {
    const model = await dump(this.lab, SWITCH)
    const right = model.count(exactly(gateways))
    if (right !== this.routes || model.size !== this.routes) {
      const wanted = `${this.routes} via ${gateways.join(' ')}`
      throw new Error(`of ${model.size} routes in the kernel ${right} are right, expected ${wanted}`)
    }
  }
}
