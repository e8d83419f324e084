import type { Family } from '../ip/family.js'

/** 'IPv4 Unicast', as the switch writes it. */
export function familyTitle(family: Family): string {
  return family === 'ipv4-unicast' ? 'IPv4 Unicast' : 'IPv6 Unicast'
}

/** 'ipv4Unicast', as FRR's JSON keys have it. */
export function familyKey(family: Family): 'ipv4Unicast' | 'ipv6Unicast' {
  return family === 'ipv4-unicast' ? 'ipv4Unicast' : 'ipv6Unicast'
}

/** 'ipv4' or 'ipv6'. */
export function afiName(family: Family): 'ipv4' | 'ipv6' {
  return family === 'ipv4-unicast' ? 'ipv4' : 'ipv6'
}
