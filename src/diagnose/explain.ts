/** Explains one subject: which one a person means, and what the facts say of it. */

import { canonicalAddress } from '../ip/address.js'
import { findNeighbor } from '../session/neighbor-key.js'
import { explainHost } from './explain/host.js'
import { explainNeighbor } from './explain/neighbor.js'
import { explainNextHop } from './explain/next-hop.js'
import { explainPrefix } from './explain/prefix.js'
import type { Explanation } from './model/explanation.js'
import type { Facts } from './model/facts.js'
import type { Finding } from './model/finding.js'

/** The word for this machine. */
const HOST = 'host'

/**
 * Explains what a person names: 'host', a neighbor's name (session/neighbor-key.ts), an address that is a next hop, and
 * else the prefix that was asked about, or that covers the address (`facts.asked`).
 * @returns undefined when there is nothing of that name
 */
export function explain(
  subject: string,
  facts: Facts,
  findings: readonly Finding[],
): Explanation | undefined {
  if (subject === HOST) return explainHost(facts, findings)
  if (!subject.includes('/')) {
    const found = findNeighbor(facts.neighbors, subject)
    if ('neighbor' in found) return explainNeighbor(found.neighbor, facts, findings)
    const address = canonicalAddress(subject)
    const nextHop = address && explainNextHop(address, facts, findings)
    if (nextHop) return nextHop
  }
  return explainPrefix(facts, findings)
}
