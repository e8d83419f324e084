import type { NlriRows } from './bucket.js'

/**
 * What the rows of an update group's Adj-RIB-Out are, and how they follow the table: one for each prefix
 * (BestRoutes), or, with ADD-PATH, one for each path that is sent (PathRoutes). Rows are dense numbers; the log,
 * the members' bits and the packing of messages (adj-out.ts) know nothing else of them.
 */
export interface OutRoutes extends NlriRows {
  /** Calls `changed` with each prefix that may have to be sent otherwise. @returns undo */
  follow(changed: (prefix: number) => void, done: () => void): () => void
  /** Brings the rows of a prefix in line with the table. */
  update(prefix: number): void
  /** Sends an own route in the place of what the table has for a prefix. @param block outgoing block, 0: none */
  replace(prefix: number, block: number): void
  /** A row has something to say from now on. */
  opened(row: number): void
  /** Nothing is left to say of a row. */
  closed(row: number): void
  /** Whether some of the routes may be of this source. */
  hasFrom(source: number): boolean
  /** The rows of a prefix, for views. */
  rowsOf(prefix: number): readonly number[]
  /** The row of a prefix and path identifier, -1 for none. @param pathId 0 without ADD-PATH */
  find(prefix: number, pathId: number): number
  /** Prefix id, and path identifier (0 without ADD-PATH), of a row. */
  prefixOf(row: number): number
  pathIdOf(row: number): number
  /** One more than the largest row. */
  readonly limit: number
}
