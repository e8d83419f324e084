/** This machine's facts for the running configuration. */

import type { Config } from '../config/model/model.js'
import { runCommand } from '../host/commands.js'
import { procReader } from '../host/files.js'
import { type HostScope, HostWatch } from '../host/watch.js'
import type { Clock } from '../ports/clock.js'
import type { PreferredRoute } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { DropsReport } from '../speaker/model/event.js'
import type { NeighborView } from '../views/model/neighbor.js'

/** What a watch is made of. */
export interface HostParts {
  readonly clock: Clock
  readonly log: Log
  /** The running one. */
  config(): Config
  neighbors(): readonly NeighborView[]
  /** Segments were dropped. */
  report(event: DropsReport): void
  /** Others' routes that the kernel uses instead of ours; absent: no routes are installed. */
  readonly preferred?: () => readonly PreferredRoute[]
}

/** The watch of this machine, not started yet. */
export function watchHost({ clock, log, config, neighbors, report, preferred }: HostParts): HostWatch {
  return new HostWatch({
    clock,
    log,
    report,
    read: procReader(),
    run: runCommand,
    ip: ['ip'],
    scope: () => hostScope(config(), neighbors()),
    preferred: () => preferred?.(),
    loadPacketSocket: async () => (await import('../host/packet-socket.js')).openPacketSocket,
  })
}

/** What of a machine matters to a configuration. */
function hostScope({ fib, bgp }: Config, neighbors: readonly NeighborView[]): HostScope {
  const families = new Set(
    [...bgp.neighbors, ...bgp.listenRanges.map(({ template }) => template)].flatMap((options) =>
      options.families.map(({ family }) => family),
    ),
  )
  return {
    forwards: fib.enabled,
    ipv4: families.has('ipv4-unicast') || families.size === 0,
    ipv6: families.has('ipv6-unicast'),
    neighbors,
    ports: {
      own: bgp.listen.map(({ port }) => port),
      dialled: bgp.neighbors.filter(({ passive }) => !passive).map(({ port }) => port),
    },
    ranges: bgp.listenRanges.map(({ prefix, template }) => ({
      prefix,
      password: template.password !== undefined,
      ttlSecurity: template.ttlSecurity !== undefined,
    })),
  }
}
