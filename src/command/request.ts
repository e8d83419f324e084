/**
 * What an operator asks of a running daemon, once the words are understood: the typed requests of the
 * operational commands. Who answers them is bound above: the command line through the API, a shell the same way.
 */

import type { Family } from '../ip/family.js'
import type { NeighborKey } from '../session/neighbor-key.js'
import type { NeighborOperation } from '../speaker/model/operation.js'

/** A request of any operational command. */
export type Request =
  | { readonly command: 'show'; readonly show: ShowRequest }
  | {
      readonly command: 'clear'
      readonly target: ClearTarget
      /** 'reset' or 'refresh'. */
      readonly operation: NeighborOperation
    }
  | { readonly command: 'neighbor'; readonly neighbor: NeighborKey; readonly operation: NeighborOperation }
  | { readonly command: 'maintenance'; readonly on: boolean }
  /** Without a subject: everything that is not as it should be. */
  | { readonly command: 'explain'; readonly subject?: string }

/** The request of one command. */
export type RequestOf<C extends Request['command']> = Extract<Request, { readonly command: C }>

/** Whom `clear` means: one neighbor, those of an AS (1 to 4294967295), or all. */
export type ClearTarget = { readonly neighbor: NeighborKey } | { readonly as: number } | 'all'

/** Which routes of a neighbor are asked for. */
export type NeighborTable = 'advertised-routes' | 'routes' | 'received-routes'

/**
 * Shape of JSON about several families: 'keyed' by family; 'bare' for a single one that was named; 'vrf' bare
 * under its VRF's name, as FRR answers to `show bgp vrf all …`.
 */
export type JsonForm = 'keyed' | 'bare' | 'vrf'

/** What a view of several families is about. */
export interface Scope {
  /** Families asked for, in fixed order; with more than one each gets a heading. */
  readonly families: readonly Family[]
  readonly form: JsonForm
}

/** An exact prefix, or the longest one that covers an address; both in canonical text. */
export type Target = { readonly prefix: string } | { readonly longest: string }

/** What is to be shown. */
export type ShowRequest =
  | ({ readonly view: 'summary'; readonly failed?: true } & Scope)
  | ({ readonly view: 'table' } & Scope)
  | { readonly view: 'prefix'; readonly family: Family; readonly target: Target }
  | ({ readonly view: 'neighbors'; readonly address?: NeighborKey } & Scope)
  | {
      readonly view: 'neighbor-routes'
      readonly address: NeighborKey
      readonly table: NeighborTable
      /** Those asked for; of several, the ones that the neighbor has are shown. */
      readonly families: readonly Family[]
    }
  | { readonly view: 'routes'; readonly family: Family }
  | { readonly view: 'route'; readonly family: Family; readonly target: Target }
  | { readonly view: 'version' | 'fib' | 'running-config' | 'events' }
