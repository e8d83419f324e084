/** What the inbound sides of all neighbors share. */

import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { UpdateFields } from '../../wire/update.js'
import type { Events } from '../events/events.js'
import type { SpeakerOptions } from '../model/options.js'
import type { NextHopTracking } from '../tables/next-hop-tracking.js'
import type { Tables } from '../tables/tables.js'
import type { DecodeContexts } from './decode-contexts.js'
import type { FaultReport } from './fault-report.js'
import type { PrefixLimit } from './prefix-limit.js'

/** One for the whole speaker. */
export interface InboundParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  readonly tables: Tables
  readonly tracking: NextHopTracking
  readonly contexts: DecodeContexts
  readonly faults: FaultReport
  readonly limit: PrefixLimit
  /** Where the parts of the UPDATE stand that is being read: one at a time. */
  readonly fields: UpdateFields
  options(): SpeakerOptions
  /** An End-of-RIB came: the first routes may be complete. */
  endOfRib(): void
}
