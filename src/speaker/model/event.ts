/**
 * What the speaker says of itself as it happens. Plain JSON values: the HTTP API gives them as they are. Times are
 * ISO 8601 texts in UTC; `neighbor` is the neighbor's key (session/neighbor-key.ts), `name` what people call it, where
 * somebody gave it a name (speaker/peer/given-name.ts).
 */

import type { Family } from '../../ip/family.js'
import type { State } from '../../session/types.js'
import type { NeighborOperation } from './operation.js'

/** What happened, for `/api/v1/events`, journal and alerts. `id` ascends by one within a run. */
export type SpeakerEvent =
  | {
      readonly type: 'session'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      readonly description?: string
      readonly from: State
      readonly to: State
      /** Why, for people. */
      readonly cause: string
    }
  | {
      readonly type: 'route'
      readonly id: number
      readonly at: string
      readonly family: Family
      readonly prefix: string
      /** 'announced': the first path; 'changed': best or ECMP set; 'withdrawn': the last path is gone. */
      readonly change: 'announced' | 'changed' | 'withdrawn'
      readonly nextHops: readonly string[]
      readonly best?: { readonly neighbor: string; readonly asPath: string }
    }
  /**
   * Changes that were too many to tell one by one: a full table that arrives or goes, a storm. They are
   * counted instead, and the single 'route' events of that time are incomplete.
   */
  | {
      readonly type: 'routes'
      readonly id: number
      readonly at: string
      readonly family: Family
      readonly announced: number
      readonly changed: number
      readonly withdrawn: number
    }
  | {
      readonly type: 'neighbor'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      readonly change: 'added' | 'removed' | 'changed'
    }
  /** An operator acted on a neighbor. */
  | {
      readonly type: 'operation'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      readonly operation: NeighborOperation['type']
      /** Who asked. */
      readonly by: string
      readonly message?: string
      readonly direction?: 'in' | 'out' | 'both'
    }
  /** Maintenance of the whole speaker began or ended. */
  | {
      readonly type: 'maintenance'
      readonly id: number
      readonly at: string
      readonly on: boolean
      /** Who asked: an operator, or 'the configuration'. */
      readonly by: string
    }
  /** A source of liveness called a neighbor or a gateway dead, or took it back. */
  | {
      readonly type: 'liveness'
      readonly id: number
      readonly at: string
      readonly subject: 'neighbor' | 'gateway'
      /** Canonical text, with a zone for link-local addresses. */
      readonly address: string
      readonly name?: string
      /** 'BFD', 'neighbor table', 'probe'. */
      readonly source: string
      /** What this source says now. */
      readonly change: 'dead' | 'alive'
      /** Whether it is dead, by the word of this source or another one. */
      readonly dead: boolean
      /** Why this source calls it dead, half a sentence; absent with 'alive'. */
      readonly cause?: string
    }
  /** What becomes of a neighbor's paths that outlive what announced them (RFC 4724, RFC 9494, RFC 7313), or do not. */
  | {
      readonly type: 'retention'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      readonly families: readonly Family[]
      /** 'kept': stale, and used as before; 'last-choice': stale for long; 'removed'. */
      readonly change: 'kept' | 'last-choice' | 'removed'
      readonly paths: number
      /** Why, for people. */
      readonly reason: string
      /** Until when they stay so at most; absent with 'removed'. */
      readonly until?: string
    }
  /** A next hop, however many routes have it, can't be used or can be used again. */
  | {
      readonly type: 'next-hop'
      readonly id: number
      readonly at: string
      /** Canonical text, with a zone for link-local addresses. */
      readonly nextHop: string
      readonly change: 'unusable' | 'usable'
      /** Why it can't, half a sentence; absent with 'usable'. */
      readonly reason?: string
      /** From this neighbor alone; absent: whoever announces it. */
      readonly neighbor?: string
      readonly name?: string
      /** Changes of other next hops before it that were too many to tell one by one. */
      readonly more?: number
    }
  /** A neighbor nears the prefixes that it may announce, has announced more, or is let in again after that. */
  | {
      readonly type: 'maximum-prefix'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      readonly family: Family
      readonly change: 'near' | 'exceeded' | 'over'
      readonly limit: number
      readonly count: number
      /** When it is let in again; absent where it is not kept out (`warning-only`). */
      readonly until?: string
    }
  /** A route is not in the kernel, which or whose guard refused it, or is there now. */
  | {
      readonly type: 'fib'
      readonly id: number
      readonly at: string
      readonly change: 'refused' | 'installed'
      readonly prefix: string
      /** Why, half a sentence; absent with 'installed'. */
      readonly reason?: string
      /** So many other routes of which the same is true, too many to tell one by one. */
      readonly more?: number
    }
  /** The kernel dropped TCP segments because of TCP-MD5 (RFC 2385) or GTSM (RFC 5082) while somebody is not up. */
  | {
      readonly type: 'drops'
      readonly id: number
      readonly at: string
      readonly protection: 'MD5' | 'GTSM'
      readonly segments: number
      /** Neighbors that are not up, and ranges whose neighbors may not be: nobody knows whose segments they were. */
      readonly missing: readonly string[]
      /** Cause and next step, one line. */
      readonly text: string
    }
  /** Something is not as it should be, or is again (docs/findings.md). */
  | {
      readonly type: 'finding'
      readonly id: number
      readonly at: string
      readonly change: 'raised' | 'cleared'
      /** Kind of finding. */
      readonly finding: string
      readonly severity: 'error' | 'warning' | 'note'
      /** 'neighbor 192.168.95.210', 'host'. */
      readonly subject: string
      /** Key of the neighbor that it is about. */
      readonly neighbor?: string
      readonly name?: string
      /** Cause and next step, one line. */
      readonly text: string
    }
  /**
   * A neighbor was dialled again and again without a session: the changes of state of the first dial are events, these
   * are not. It comes with the 10th, the 100th …, with another cause, and before the next change of state.
   */
  | {
      readonly type: 'dials'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      readonly description?: string
      /** Dials in a row that came to nothing. */
      readonly count: number
      /** Why the last one did, for people. */
      readonly cause: string
    }
  /** Sessions and connections of a neighbor fail one after the other: it is let in at growing distances. */
  | {
      readonly type: 'damped'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      /** How many failed in a row. */
      readonly failures: number
      /** Connections refused since the last such event. */
      readonly refused: number
      /** When it is let in again. */
      readonly until: string
      /** Why the last one failed, for people. */
      readonly cause: string
    }
  | {
      readonly type: 'refused'
      readonly id: number
      readonly at: string
      /** Who connected. */
      readonly address: string
      readonly name?: string
      readonly port: number
      readonly cause: string
    }
  | {
      readonly type: 'fault'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly name?: string
      readonly verdict: 'discard' | 'withdraw' | 'reset'
      readonly rule: string
      readonly text: string
      readonly prefixes: readonly string[]
      /** The whole message in hex (RFC 7606 §6). */
      readonly message: string
    }

type Unstamped<Type extends SpeakerEvent['type']> = Omit<
  Extract<SpeakerEvent, { readonly type: Type }>,
  'id' | 'at' | 'name'
>

/** A finding before it gets its place among the events. */
export type FindingReport = Unstamped<'finding'>

/** What the kernel refused or took, before it gets its place among the events. */
export type FibReport = Unstamped<'fib'>

/** Dropped segments before they get their place among the events. */
export type DropsReport = Unstamped<'drops'>
