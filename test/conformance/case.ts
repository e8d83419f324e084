import type { Context } from './context.js'
import type { Capability, GlobalOptions, NeighborModel, NeighborOptions } from './model.js'

/** A peer of a case: a tester's address of its own, and a neighbor of the device under test. */
export interface PeerSpec extends Partial<Pick<NeighborModel, 'passive' | 'families' | 'hold'>> {
  /** Its AS; default 65001 for a case's first peer, 65002 for the next; 'internal': the device under test's. */
  readonly as?: number | 'internal'
  readonly options?: NeighborOptions
  /** The session runs over IPv6. */
  readonly over6?: boolean
  /** True: the device under test does not know it. */
  readonly unknown?: boolean
}

/** One test of one requirement over real TCP sessions. */
export interface Case {
  /** The row of the checklist, with a word behind a dot where a row has several cases: 'OPN-5.expiry'. */
  readonly id: string
  /** The requirement in short. */
  readonly title: string
  readonly rfc: string
  /** Name of the configuration that it needs (setups.ts); default 'main'. */
  readonly setup?: string
  /** By name. */
  readonly peers: Readonly<Record<string, PeerSpec>>
  /** What the daemon must be able to, beside the options of its setup and its peers. */
  readonly needs?: readonly Capability[]
  /** Part of ecmpd that it belongs to; where ecmpd says that the part is still to come, it is not played. */
  readonly feature?: Feature
  /** Waits for a fixed timer of minutes: run only when asked for. */
  readonly long?: boolean
  /** Runs after all others of its setup, alone. */
  readonly alone?: boolean
  /** Milliseconds until it is given up, default 40,000. */
  readonly timeout?: number
  /** @throws Failure when the device under test does otherwise; Skip when this machine can't test it */
  run(c: Context): Promise<void>
}

/** Parts of the protocol that cases are about. */
export type Feature =
  | 'fallback-open'
  | 'send-hold'
  | 'graceful-shutdown'
  | 'long-lived'
  | 'notification-restart'
  | 'hard-reset'
  | 'enhanced-refresh'
  | 'add-path'
  | 'roles'
  | 'reflection'
  | 'extended-message'
  | 'soft-reconfiguration'

/** Why a case can't be judged for a daemon or on this machine. */
export class Skip extends Error {}

/** A configuration that cases share. */
export interface Setup extends GlobalOptions {
  readonly name: string
  /** Cases that run at a time. */
  readonly parallel?: number
  /** TCP buffers of tester and device under test are as small as the kernel allows. */
  readonly smallBuffers?: boolean
}

/** What became of a case. */
export interface Result {
  readonly id: string
  /** 'n/a': the daemon lacks what it needs; 'long': not run, it waits for minutes. */
  readonly outcome: 'pass' | 'fail' | 'n/a' | 'long'
  /** What was seen, or what is lacking. */
  readonly detail: string
  /** Milliseconds. */
  readonly took: number
  /** Of a failed one: the last lines of the daemon's log that name its peers. */
  readonly log?: readonly string[]
}
