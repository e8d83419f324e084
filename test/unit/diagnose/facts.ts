/** Facts of the story, to be changed by tests. */

import type { Facts } from '../../../src/diagnose/model/facts.js'
import { CONFIG, FIB, NOW, neighbor, STATUS, vip } from '../show/fixtures.js'

/** Three nodes that are up, one prefix; what is not as it should be is put in by the test. */
export function facts(change: Partial<Facts> = {}): Facts {
  return {
    now: Date.parse(NOW),
    status: STATUS,
    config: CONFIG,
    neighbors: [
      neighbor(),
      neighbor({ key: '192.168.95.211', address: '192.168.95.211', description: 'k8s-master-1' }),
      neighbor({ key: '192.168.95.212', address: '192.168.95.212', description: 'k8s-master-2' }),
    ],
    fib: FIB,
    host: undefined,
    routes: [vip()],
    skipped: [],
    ...change,
  }
}
