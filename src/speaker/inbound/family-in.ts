/** What the inbound side knows of one family of a neighbor. It alone writes this; others see it read-only. */

import type { Family } from '../../ip/family.js'
import { compilePolicy } from '../../policy/route-policy.js'
import type { Rib, RouteFilter } from '../../rib/table.js'
import type { FamilyOptions } from '../model/options.js'

/** One family of a neighbor, as its routes come in. */
export interface FamilyIn {
  readonly family: Family
  readonly rib: Rib
  options: FamilyOptions
  /** Import policy; undefined accepts all. */
  filter: RouteFilter | undefined
  /** Both sides announced the family in the session that is up. */
  negotiated: boolean
  /** The neighbor's NLRI carry path identifiers (RFC 7911), in the session that is up. */
  addPathReceive: boolean
  /** In the session that is up or, without one, in the last. */
  endOfRibReceived: boolean
  /** The maximum was exceeded: nothing more is read from this session. */
  overLimit: boolean
  /** What the log has said of the number of paths: nothing, that it nears the maximum, that it exceeds it. */
  limitSaid: 'nothing' | 'threshold' | 'exceeded'
}

/** A family of a neighbor that has no session yet. @throws RangeError for a policy that is none */
export function familyIn(options: FamilyOptions, rib: Rib): FamilyIn {
  return {
    family: options.family,
    rib,
    options,
    filter: compilePolicy(options.import, options.family, rib.attributes, 'in'),
    negotiated: false,
    addPathReceive: false,
    endOfRibReceived: false,
    overLimit: false,
    limitSaid: 'nothing',
  }
}
