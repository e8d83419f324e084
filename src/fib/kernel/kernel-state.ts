/** Reads what the kernel holds: links, addresses, next-hop objects, routes. */
import type { Family } from '../../ip/family.js'
import { type Captured, capture, lineSplitter, type Spawn, spawnChild } from './process.js'
import { PROTOCOL_BGP } from './route-line.js'

export interface LinkState {
  readonly index: number
  readonly name: string
  /** Administratively up, with carrier: the kernel keeps next-hop objects on it. */
  readonly up: boolean
}

export interface AddressState {
  readonly index: number
  readonly address: string
  /** Subnet on the link: equals `address` except on point-to-point links. */
  readonly subnet: string
  readonly length: number
}

/** A link with its addresses, as those who follow the kernel keep it. */
export interface Link extends LinkState {
  readonly addresses: AddressState[]
}

/** A next-hop object or group of any owner. */
export interface NextHopState {
  readonly id: number
  readonly bgp: boolean
  /** Set for a plain `via A dev D` object. */
  readonly via?: string
  readonly device?: string
  /** Set for a group. */
  readonly group?: readonly number[]
}

/**
 * @param text output of `ip -j link`
 * @throws SyntaxError when it is no JSON
 */
export function parseLinks(text: string): LinkState[] {
  return list(text).map((link) => {
    const flags = Array.isArray(link.flags) ? link.flags : []
    return { index: Number(link.ifindex), name: String(link.ifname), up: isUp(flags) }
  })
}

/**
 * The kernel's own rule for next-hop objects (net/ipv4/nexthop.c): the device is up and has carrier. Right after
 * `link set up` it shows NO-CARRIER beside LOWER_UP for a moment, and takes objects already.
 */
export function isUp(flags: readonly string[]): boolean {
  return flags.includes('UP') && flags.includes('LOWER_UP')
}

/**
 * @param text output of `ip -j addr`
 * @throws SyntaxError when it is no JSON
 */
export function parseAddresses(text: string): AddressState[] {
  return list(text).flatMap((link) =>
    (Array.isArray(link.addr_info) ? (link.addr_info as Record<string, unknown>[]) : [])
      .filter((info) => typeof info.local === 'string')
      .map((info) => ({
        index: Number(link.ifindex),
        address: String(info.local),
        subnet: String(info.address ?? info.local),
        length: Number(info.prefixlen),
      })),
  )
}

/**
 * @param text output of `ip -N -j nexthop`
 * @throws SyntaxError when it is no JSON
 */
export function parseNextHops(text: string): NextHopState[] {
  return list(text).map((entry) => {
    const plain = entry.blackhole === undefined && entry.encap === undefined && entry.fdb === undefined
    const group = Array.isArray(entry.group) ? (entry.group as { id: number; weight?: number }[]) : undefined
    // A weighted or resilient group is none that ecmpd made: it counts as one without members.
    const even =
      entry.type === undefined || entry.type === 'mpath'
        ? group?.every((member) => (member.weight ?? 1) === 1)
        : false
    return {
      id: Number(entry.id),
      bgp: String(entry.protocol) === String(PROTOCOL_BGP) || entry.protocol === 'bgp',
      via: plain && group === undefined ? text_(entry.gateway) : undefined,
      device: plain && group === undefined ? text_(entry.dev) : undefined,
      group: group === undefined ? undefined : even ? group.map((member) => Number(member.id)) : [],
    }
  })
}

function text_(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function list(text: string): Record<string, unknown>[] {
  if (text.trim() === '') return []
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
}

/** Runs `ip` to read the kernel. Every method throws an Error with what `ip` said when that fails. */
export class KernelReader {
  readonly #ip: readonly string[]
  readonly #spawn: Spawn

  /** @param ip the `ip` command, with what selects the namespace */
  constructor(ip: readonly string[], spawn: Spawn = spawnChild) {
    this.#ip = ip
    this.#spawn = spawn
  }

  async links(): Promise<LinkState[]> {
    return parseLinks(await this.#read('-j', 'link', 'show'))
  }

  async addresses(): Promise<AddressState[]> {
    return parseAddresses(await this.#read('-j', 'address', 'show'))
  }

  async nextHops(): Promise<NextHopState[]> {
    return parseNextHops(await this.#read('-N', '-j', 'nexthop', 'show'))
  }

  /** Every route of the main table, both families, line by line as they are read: see parseRouteLine. */
  async routes(each: (line: string, family: Family) => void): Promise<void> {
    await Promise.all([this.#routes('ipv4-unicast', each), this.#routes('ipv6-unicast', each)])
  }

  #routes(family: Family, each: (line: string, family: Family) => void): Promise<void> {
    const six = family === 'ipv6-unicast'
    return new Promise((resolve, reject) => {
      let said = ''
      const argv = [...this.#ip, '-N', '-o', six ? '-6' : '-4', 'route', 'show', 'table', 'main']
      const child = this.#spawn(argv, {
        stdout: lineSplitter((text) => each(text, family)),
        stderr: (chunk) => {
          said += chunk.toString()
        },
        ended: (reason) => {
          // A kernel without IPv6 has no such table.
          if (reason === 'exit code 0' || six) resolve()
          else reject(new Error(`${argv.join(' ')}: ${said.trim() || reason}`))
        },
      })
      child.end()
    })
  }

  async #read(...args: string[]): Promise<string> {
    const argv = [...this.#ip, ...args]
    const result: Captured = await capture(argv, '', this.#spawn)
    if (result.code !== 0)
      throw new Error(`${argv.join(' ')}: ${result.stderr.trim() || `exit ${result.code}`}`)
    return result.stdout
  }
}
