import { PROTOCOL_BGP } from '../kernel/route-line.js'
import type { KernelDialect } from './dialect.js'
import type { NextHopGroup } from './kernel-objects.js'

/**
 * Multipath routes that spell their gateways out, for kernels without next-hop objects (before 5.3). A lost
 * gateway is then one command per prefix.
 */
export class PlainDialect implements KernelDialect {
  readonly objects = false
  readonly #tail: string

  /** @param metric of own routes */
  constructor(metric: number) {
    this.#tail = ` proto ${PROTOCOL_BGP} metric ${metric}`
  }

  add(prefix: string, group: NextHopGroup): string {
    return `route add ${prefix}${this.#tail}${hops(prefix, group)}`
  }

  replace(prefix: string, group: NextHopGroup): string {
    return `route replace ${prefix}${this.#tail}${hops(prefix, group)}`
  }

  delete(prefix: string): string {
    return `route del ${prefix}${this.#tail}`
  }
}

function hops(prefix: string, group: NextHopGroup): string {
  const six = prefix.includes(':')
  const word = group.members.length > 1 ? ' nexthop via ' : ' via '
  let text = ''
  for (const { address, device, ifindex } of group.members) {
    // An IPv4 route by way of an IPv6 router (RFC 8950) names the family.
    const family = !six && address.includes(':') ? 'inet6 ' : ''
    // Names are looked up once, numbers each time: five times slower, so only for names that need quoting.
    text += `${word}${family}${address} dev ${/^[\w.-]+$/.test(device) ? device : `if${ifindex}`}`
  }
  return text
}
