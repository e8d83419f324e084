/**
 * What may pass, per neighbour, family and direction. 'all' and 'none' say it whole; a list of rules is read
 * from the top, the first match decides, and what matches none is denied.
 */
export type RoutePolicy = 'all' | 'none' | readonly PrefixRule[]

/** A line of a prefix list. */
export interface PrefixRule {
  readonly action: 'permit' | 'deny'
  /** Masked prefix text, 'a.b.c.d/n' or IPv6. */
  readonly prefix: string
  /** Shortest and longest prefix length matched; both equal the prefix's own length by default. */
  readonly ge: number
  readonly le: number
}
