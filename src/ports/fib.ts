import type { Family } from '../ip/family.js'
import type { Gateway, NextHopSet } from '../rib/attributes/next-hop-sets.js'

export type { Gateway, NextHopSet }

/** State of one prefix in the kernel, for `show` and the API. */
export interface FibRouteView {
  readonly prefix: string
  /** installed; pending: queued; refused: the kernel or a guard said no, `reason` says why. */
  readonly state: 'installed' | 'pending' | 'refused'
  readonly reason?: string
  readonly gateways: readonly { readonly address: string; readonly interface?: string }[]
}

export interface FibStatusView {
  readonly enabled: boolean
  /** 'nexthop-objects' or 'plain' (multipath routes without objects); 'off' when disabled. */
  readonly mode: 'off' | 'nexthop-objects' | 'plain'
  readonly installed: number
  readonly pending: number
  readonly refused: number
  readonly operations: { readonly add: number; readonly replace: number; readonly delete: number }
  readonly errors: number
  /** Routes of an earlier run that stay until the first routes are complete (FibPort.kept); absent: none. */
  readonly kept?: number
  /** Why the kernel can't be written to at the moment, for people and for `/readyz`; absent when all is well. */
  readonly problem?: string
}

/** A route of another's that is better than ours for the same prefix, so that the kernel uses that one. */
export interface PreferredRoute {
  /** 'address/length'. */
  readonly prefix: string
  /** Gateway of its first hop. */
  readonly via?: string
  /** Interface of its first hop; absent for a blackhole. */
  readonly interface?: string
  /** 'bird', 'static', 'boot' (added by hand): as `ip` takes it. */
  readonly protocol: string
  readonly metric: number
  /** Removes it: `ip route del …`. */
  readonly command: string
}

/** The kernel as the speaker sees it. All calls return at once; work is queued and batched. */
export interface FibPort {
  /** Desired gateways of a prefix; undefined: no route. The last call for a prefix wins. */
  set(family: Family, prefix: string, nextHops: NextHopSet | undefined): void
  /** End of a batch of set() calls: start writing. */
  flush(): void
  /**
   * Ahead of the batch: the last session whose paths use this gateway is gone; every group drops it with one
   * kernel command, however many prefixes use it.
   */
  gatewayLost(gateway: Gateway): void
  /** The first complete set of routes is known (all End-of-RIBs or the deferral timer): remove own routes left over. */
  sweep(): void
  /**
   * Routes of an earlier run that are still as it left them. They stay so until `sweep`, whatever is set, or until
   * all their gateways are wanted again.
   */
  kept(): number
  route(prefix: string): FibRouteView | undefined
  /** Every refused prefix with its reason. */
  refused(): readonly FibRouteView[]
  status(): FibStatusView
}

/** Reachability of a next hop. */
export interface Reachability {
  readonly reachable: boolean
  /** IGP metric, 0 for a connected one. */
  readonly metric: number
  readonly interface?: string
  /** Why it can't be reached, a phrase for people: 'there is no route to it', 'eth0 is down'. */
  readonly reason?: string
  /** True when the address lies in a subnet of an own, up interface. */
  readonly connected: boolean
}

/** Answers whether a next hop can be used (RFC 4271 §5.1.3, §9.1.2.1). */
export interface Resolver {
  resolve(nextHop: string): Reachability
  /** True when `address` is one of this machine's own addresses. */
  isOwn(address: string): boolean
  /** Calls back when answers may have changed (link, address or route change). @returns unsubscribe */
  onChange(listener: () => void): () => void
}
