import type { Config } from '../config/model/model.js'
import type { KernelRoutes } from '../fib/resolve/kernel-routes.js'
import type { Clock } from '../ports/clock.js'
import type { FibPort, PreferredRoute, Resolver } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { MachineRouteChange, MachineRoutes } from '../ports/machine-routes.js'
import { fibOff } from './fib-off.js'

/** The kernel's side of the daemon. */
export interface Kernel {
  readonly fib: FibPort
  /** Absent when no routes are installed: every next hop counts as reachable then. */
  readonly resolver?: Resolver
  /** The machine's routes, read when somebody follows them. */
  readonly machine: MachineRoutes
  /** Others' routes that the kernel uses instead of ours. Absent when no routes are installed. */
  readonly preferred?: () => readonly PreferredRoute[]
  /** Neighbors came or went. */
  neighborsChanged(): void
  /** Ends the kernel's side. @param keep leave own routes where they are */
  stop(keep: boolean): Promise<void>
}

/**
 * Opens the kernel's side as the configuration says. Without the FIB nothing of it is even loaded.
 * @param neighbors addresses that no learned prefix may cover
 * @throws Error, one sentence with the remedy, when routes can't be installed (no capability, no `ip`, another daemon)
 */
export async function openKernel(
  config: Config,
  clock: Clock,
  log: Log,
  neighbors: () => readonly string[],
): Promise<Kernel> {
  if (!config.fib.enabled) {
    const machine = new LateRoutes(config, clock, log)
    return { fib: fibOff, machine, neighborsChanged() {}, stop: async () => machine.stop() }
  }
  const [{ KernelFib }, { FibClaim }] = await Promise.all([
    import('../fib/kernel-fib.js'),
    import('../fib/claim.js'),
  ])
  const claim = await FibClaim.take(config.fib.metric, config.fib.nextHopIds.base)
  const fib = new KernelFib({
    log,
    clock,
    options: config.fib,
    protected: neighbors,
  })
  try {
    await fib.start()
  } catch (error) {
    await claim.release()
    throw error
  }
  return {
    fib,
    resolver: fib.resolver,
    machine: fib.machine,
    preferred: () => fib.preferred(),
    neighborsChanged: () => fib.protectedChanged(),
    stop: async (keep) => {
      await fib.stop({ keep })
      await claim.release()
    },
  }
}

/** Loads what follows the kernel when somebody asks for it. */
class LateRoutes implements MachineRoutes {
  readonly #open: () => Promise<KernelRoutes>
  #opened: Promise<KernelRoutes> | undefined
  #stopped = false

  constructor(config: Config, clock: Clock, log: Log) {
    this.#open = async () => {
      const { KernelRoutes } = await import('../fib/resolve/kernel-routes.js')
      return new KernelRoutes({ log, clock, metric: config.fib.metric })
    }
  }

  follow(listener: (changes: readonly MachineRouteChange[]) => void): () => void {
    let ended = false
    let end: (() => void) | undefined
    this.#opened ??= this.#open()
    this.#opened.then((routes) => {
      if (!ended && !this.#stopped) end = routes.follow(listener)
    })
    return () => {
      ended = true
      end?.()
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const routes = await this.#opened
    routes?.stop()
  }
}
