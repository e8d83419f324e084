/** BGP roles (RFC 9234 §4.1): what a speaker is to its eBGP neighbor. */

/** Ascending by the capability's value: 0 Provider to 4 Peer (RFC 9234 §4.1, table 1). */
export const ROLES = ['provider', 'rs', 'rs-client', 'customer', 'peer'] as const

/** What the own side is to the neighbor. 'rs': a route server. */
export type Role = (typeof ROLES)[number]

/** The only role that the other side may have (RFC 9234 §4.2, table 2). */
export const COUNTERPART: Readonly<Record<Role, Role>> = {
  provider: 'customer',
  customer: 'provider',
  rs: 'rs-client',
  'rs-client': 'rs',
  peer: 'peer',
}

/** The role with this value of the capability; undefined for an unassigned one. */
export function roleOf(value: number): Role | undefined {
  return ROLES[value]
}

/** True when routes come from above or beside: they must go to customers only (RFC 9234 §5). */
export function learnsOnlyForCustomers(own: Role): boolean {
  return own === 'customer' || own === 'peer' || own === 'rs-client'
}

/** True when routes sent must go no further than down: OTC is put on them (RFC 9234 §5). */
export function addsOtcOnEgress(own: Role): boolean {
  return own === 'provider' || own === 'peer' || own === 'rs'
}
