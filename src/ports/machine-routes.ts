import type { Family } from '../ip/family.js'

/**
 * Where a route of the machine comes from. 'connected': the subnet of an own address; 'static': routes with
 * `proto static` (of a network manager, of `ip route add … proto static`, of FRR's staticd); 'kernel': all
 * others that are not BGP's, those added by hand without a protocol among them.
 */
export type MachineRouteKind = 'connected' | 'static' | 'kernel'

/** A route of the machine's main table that no BGP speaker has put there. */
export interface MachineRoute {
  readonly kind: MachineRouteKind
  /** As the kernel has it, unsigned 32 bits. */
  readonly metric: number
}

/** A prefix with its best route; without `route` it has none any more. */
export interface MachineRouteChange {
  readonly family: Family
  /** Canonical text. */
  readonly prefix: string
  readonly route?: MachineRoute
}

/** The machine's routes, followed. */
export interface MachineRoutes {
  /**
   * Follows the routes. The first call of `listener`, on a later turn, brings all there are (none may be an
   * empty list), later ones what has changed.
   * @returns ends it
   */
  follow(listener: (changes: readonly MachineRouteChange[]) => void): () => void
}
