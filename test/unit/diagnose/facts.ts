/** Facts of the story, to be changed by tests. */

import type { Facts } from '../../../src/diagnose/model/facts.js'
import type { CounterName, HostFacts, IcmpRefusal, NeighborReach, SynFact } from '../../../src/host/model.js'
import type { PreferredRoute } from '../../../src/ports/fib.js'
import { CONFIG, FIB, NOW, neighbor, STATUS, vip } from '../show/fixtures.js'

/** Three nodes that are up, one prefix; what is not as it should be is put in by the test. */
export function facts(change: Partial<Facts> = {}): Facts {
  return {
    now: Date.parse(NOW),
    status: STATUS,
    config: CONFIG,
    neighbors: [
      neighbor(),
      neighbor({
        key: '192.168.95.211',
        address: '192.168.95.211',
        description: 'k8s-master-1',
        routerId: '192.168.95.211',
      }),
      neighbor({
        key: '192.168.95.212',
        address: '192.168.95.212',
        description: 'k8s-master-2',
        routerId: '192.168.95.212',
      }),
    ],
    fib: FIB,
    host: undefined,
    routes: [vip()],
    skipped: [],
    ...change,
  }
}

const AT = '2026-11-22T11:58:00.000Z'

/** A SYN of the third node. */
export function syn(change: Partial<SynFact> = {}): SynFact {
  return {
    from: '192.168.95.212',
    to: '192.168.95.200',
    port: 179,
    attempts: 4,
    packets: 6,
    first: AT,
    last: AT,
    ttl: 1,
    signed: false,
    index: 2,
    ...change,
  }
}

/** How the third node is reached. */
export function reach(change: Partial<NeighborReach> = {}): NeighborReach {
  return {
    address: '192.168.95.212',
    own: false,
    connected: true,
    subnet: '192.168.95.0/24',
    interface: 'eth0',
    table: 'REACHABLE',
    ...change,
  }
}

/** This machine; what is left out is not known, or as it should be. */
export function host(known: {
  readonly sysctls?: HostFacts['sysctls']
  readonly counters?: { readonly [N in CounterName]?: number }
  readonly reach?: NeighborReach
  readonly preferred?: readonly PreferredRoute[]
  readonly syns?: readonly SynFact[]
  readonly refusals?: readonly IcmpRefusal[]
}): HostFacts {
  const unknown = { known: false, why: 'not looked at' } as const
  const { sysctls = [], counters = {}, preferred, syns, refusals } = known
  return {
    at: AT,
    sysctls,
    counters: Object.entries(counters).map(([name, recent]) => ({
      name: name as CounterName,
      total: recent,
      grown: recent,
      recent,
      lastGrown: AT,
    })),
    network:
      known.reach === undefined ? unknown : { known: true, at: AT, links: [], neighbors: [known.reach] },
    preferred: preferred === undefined ? unknown : { known: true, routes: preferred },
    arrivals:
      syns === undefined && refusals === undefined
        ? unknown
        : { known: true, since: AT, listening: true, syns: syns ?? [], refusals: refusals ?? [] },
  }
}
