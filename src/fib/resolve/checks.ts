/** Is Linux set up to forward as a switch does? ecmpd only says so; it sets nothing. */
import { readFile } from 'node:fs/promises'
import type { Family } from '../../ip/family.js'
import type { Log } from '../../ports/log.js'
import type { KernelResolver } from './resolver.js'

/** Something that keeps the routes from working, with the command to paste. */
export interface Warning {
  /** The sysctl it is about: 'net.ipv4.ip_forward'. */
  readonly name: string
  readonly text: string
  readonly command: string
}

export interface CheckOptions {
  /** Interfaces towards neighbors. */
  readonly interfaces: readonly string[]
  /** Routes of this family are expected. */
  readonly ipv4: boolean
  readonly ipv6: boolean
  /** Where sysctls are read; default /proc/sys. */
  readonly root?: string
}

interface Rule {
  /** With / between its parts, as in /proc/sys: an interface's name may hold dots. */
  readonly path: string
  readonly want: string
  /** True when this value does harm. */
  readonly bad: (value: string) => boolean
  readonly text: string
}

const FORWARD_4: Rule = {
  path: 'net/ipv4/ip_forward',
  want: '1',
  bad: (value) => value === '0',
  text: 'IPv4 forwarding is off: packets for learned routes are dropped',
}
const HASH_4: Rule = {
  path: 'net/ipv4/fib_multipath_hash_policy',
  want: '1',
  bad: (value) => value === '0',
  text: 'ECMP hashes addresses only: all connections of one client to one service go to the same node',
}
const FORWARD_6: Rule = {
  path: 'net/ipv6/conf/all/forwarding',
  want: '1',
  bad: (value) => value === '0',
  text: 'IPv6 forwarding is off: packets for learned routes are dropped',
}
const HASH_6: Rule = {
  path: 'net/ipv6/fib_multipath_hash_policy',
  want: '1',
  bad: (value) => value === '0',
  text: 'IPv6 ECMP hashes addresses only: all connections of one client to one service go to the same node',
}

/** The kernel sends redirects when either `all` or the interface says so. */
function redirects(device: string): Rule {
  return {
    path: `net/ipv4/conf/${device}/send_redirects`,
    want: '0',
    bad: (value) => value === '1',
    text: `ICMP redirects are sent (${device}): a client in a neighbor's subnet is pinned to one node and misses failover`,
  }
}

/** All warnings, the gravest first; a sysctl that can't be read gives none. */
export async function check(options: CheckOptions): Promise<Warning[]> {
  const rules: Rule[] = []
  if (options.ipv4) rules.push(FORWARD_4)
  if (options.ipv6) rules.push(FORWARD_6)
  if (options.ipv4) rules.push(HASH_4)
  if (options.ipv6) rules.push(HASH_6)
  if (options.ipv4) for (const device of ['all', ...options.interfaces]) rules.push(redirects(device))
  const found = await Promise.all(
    rules.map(async ({ path, want, bad, text }) => {
      const value = await read(`${options.root ?? '/proc/sys'}/${path}`)
      if (value === undefined || !bad(value)) return []
      // sysctl takes the name with slashes too, which an interface like eth0.100 needs.
      const name = path.includes('.') ? path : path.replaceAll('/', '.')
      return [{ name, text, command: `sysctl -w ${name}=${want}` }]
    }),
  )
  return found.flat()
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch {
    return undefined
  }
}

/**
 * Logs the warnings for the links towards the neighbors, or for all links while none is known.
 * @param families in which routes are expected; default: those of the neighbors' addresses
 */
export async function warnSettings(
  log: Log,
  resolver: KernelResolver,
  neighbors: readonly string[],
  families?: readonly Family[],
): Promise<void> {
  const six = families?.includes('ipv6-unicast') ?? neighbors.some((address) => address.includes(':'))
  const four =
    families?.includes('ipv4-unicast') ?? (!six || neighbors.some((address) => !address.includes(':')))
  const links = neighbors.flatMap((address) => resolver.resolve(address).interface ?? [])
  const interfaces = links.length > 0 ? [...new Set(links)] : resolver.interfaces()
  for (const { name, text, command } of await check({ interfaces, ipv4: four, ipv6: six })) {
    log.warn({ sysctl: name, command }, `${text}; set it with: ${command}`)
  }
}
