/** Interfaces with their addresses, and how each neighbor is reached. */

import { canonicalAddress } from '../ip/address.js'
import { contains, formatPrefix, type Prefix, parsePrefix } from '../ip/prefix.js'
import type { Run } from './commands.js'
import type { Known, LinkFact, NeighborReach, NeighborTableState, NetworkFacts } from './model.js'

const STATES: readonly string[] = [
  'INCOMPLETE',
  'REACHABLE',
  'STALE',
  'DELAY',
  'PROBE',
  'FAILED',
  'PERMANENT',
  'NOARP',
] satisfies NeighborTableState[]

/** An entry of the kernel's neighbor table. */
export interface TableEntry {
  readonly address: string
  readonly interface: string
  readonly state: NeighborTableState
  readonly lladdr?: string
}

/**
 * @param text output of `ip -j address show`
 * @throws SyntaxError when it is no JSON
 */
export function parseLinks(text: string): LinkFact[] {
  return list(text)
    .filter((link) => typeof link.ifname === 'string')
    .map((link) => {
      const flags = Array.isArray(link.flags) ? link.flags : []
      const addresses = Array.isArray(link.addr_info) ? (link.addr_info as Record<string, unknown>[]) : []
      return {
        index: Number(link.ifindex),
        name: String(link.ifname),
        adminUp: flags.includes('UP'),
        up: flags.includes('UP') && flags.includes('LOWER_UP'),
        mtu: Number(link.mtu),
        addresses: addresses
          .filter(({ local }) => typeof local === 'string')
          .map((one) => ({
            address: String(one.local),
            length: Number(one.prefixlen),
            ...(typeof one.address === 'string' ? { peer: one.address } : {}),
          })),
      }
    })
}

/**
 * @param text output of `ip -j neighbor show`
 * @throws SyntaxError when it is no JSON
 */
export function parseTable(text: string): TableEntry[] {
  return list(text).flatMap((entry) => {
    const state = (Array.isArray(entry.state) ? entry.state : []).find((one) => STATES.includes(one))
    if (typeof entry.dst !== 'string' || state === undefined) return []
    return {
      address: entry.dst,
      interface: String(entry.dev),
      state: state as NeighborTableState,
      ...(typeof entry.lladdr === 'string' ? { lladdr: entry.lladdr } : {}),
    }
  })
}

function list(text: string): Record<string, unknown>[] {
  if (text.trim() === '') return []
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
}

interface Subnet extends Prefix {
  readonly link: LinkFact
}

function subnetsOf(links: readonly LinkFact[]): Subnet[] {
  return links.flatMap((link) =>
    link.addresses.flatMap(({ address, peer = address, length }) => {
      const subnet = parsePrefix(`${peer}/${length}`)
      return subnet === undefined ? [] : [{ ...subnet, link }]
    }),
  )
}

/**
 * How each address is reached: the longest subnet of an interface that holds it, an up one first.
 * @param addresses with their zones, if they have one
 */
export function reaches(
  addresses: readonly string[],
  links: readonly LinkFact[],
  table: readonly TableEntry[],
): NeighborReach[] {
  const subnets = subnetsOf(links)
  const entries = new Map(
    table.map((entry) => [`${canonicalAddress(entry.address)} ${entry.interface}`, entry]),
  )
  return addresses.map((address) => {
    const [plain, zone] = address.split('%')
    const target = parsePrefix(`${plain}/${plain.includes(':') ? 128 : 32}`)
    let best: Subnet | undefined
    for (const subnet of subnets) {
      const { link } = subnet
      if (target === undefined || (zone !== undefined && link.name !== zone) || !contains(subnet, target))
        continue
      const better = best === undefined || (link.up !== best.link.up ? link.up : subnet.length > best.length)
      if (better) best = subnet
    }
    const entry = best && entries.get(`${canonicalAddress(plain)} ${best.link.name}`)
    return {
      address,
      own: links.some((link) => link.addresses.some((one) => one.address === plain)),
      connected: best !== undefined,
      ...(best === undefined
        ? {}
        : { subnet: formatPrefix(best.bytes, best.length), interface: best.link.name }),
      table: entry?.state ?? 'NONE',
      ...(entry?.lladdr === undefined ? {} : { lladdr: entry.lladdr }),
    }
  })
}

/**
 * Interfaces towards these addresses, by name; all others than loopback that are up and have an address while none
 * is known.
 */
export function interfacesInUse({ links, neighbors }: Pick<NetworkFacts, 'links' | 'neighbors'>): string[] {
  const used = neighbors.flatMap(({ interface: name, own }) => (name === undefined || own ? [] : [name]))
  if (used.length > 0) return [...new Set(used)]
  return links
    .filter(({ name, up, addresses }) => up && name !== 'lo' && addresses.length > 0)
    .map(({ name }) => name)
}

/**
 * Reads interfaces and neighbor table: two commands. Never rejects.
 * @param ip the `ip` command, with what selects the namespace
 * @param now ISO 8601
 */
export async function readNetwork(
  run: Run,
  ip: readonly string[],
  addresses: readonly string[],
  now: string,
): Promise<Known<NetworkFacts>> {
  try {
    const [links, table] = await Promise.all([
      run([...ip, '-j', 'address', 'show']).then(parseLinks),
      run([...ip, '-j', 'neighbor', 'show']).then(parseTable),
    ])
    return { known: true, at: now, links, neighbors: reaches(addresses, links, table) }
  } catch (error) {
    const why = (error as Error).message
    return { known: false, why: why.startsWith('no such program') ? `${why}; install iproute2` : why }
  }
}
