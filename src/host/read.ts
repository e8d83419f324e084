/** One look at this machine: what a running daemon begins with, and all that is to be had without one. */

import type { Run } from './commands.js'
import { CounterHistory, readCounters } from './counters.js'
import type { ReadProc } from './files.js'
import type { HostFacts } from './model.js'
import { interfacesInUse, readNetwork } from './network.js'
import { readSysctls } from './sysctls.js'

/** Where the facts come from. */
export interface HostSources {
  readonly read: ReadProc
  readonly run: Run
  /** The `ip` command, with what selects the namespace. */
  readonly ip: readonly string[]
}

/** What of a machine matters. */
export interface HostQuestion {
  /** Routes are, or are to be, installed: the kernel's settings matter. */
  readonly forwards: boolean
  /** Routes of this family are expected. */
  readonly ipv4: boolean
  readonly ipv6: boolean
  /** Of the neighbors, with their zones. */
  readonly addresses: readonly string[]
}

/**
 * Reads this machine once; nothing has a past then. Never rejects.
 * @param wall the time, milliseconds since 1970
 */
export async function readHostFacts(
  { read, run, ip }: HostSources,
  { forwards, addresses, ...families }: HostQuestion,
  wall: number,
): Promise<HostFacts> {
  const at = new Date(wall).toISOString()
  const network = await readNetwork(run, ip, addresses, at)
  const interfaces = network.known ? interfacesInUse(network) : []
  const history = new CounterHistory()
  history.add(readCounters(read), wall)
  return {
    at,
    sysctls: forwards ? readSysctls(read, { ...families, interfaces }) : [],
    counters: history.facts(),
    network,
    preferred: { known: false, why: 'only a running daemon compares its routes with the kernel’s' },
    arrivals: { known: false, why: 'only a running daemon listens for them' },
  }
}
