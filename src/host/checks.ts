/** Is Linux set up to forward as a switch does? ecmpd only says so; it sets nothing. */

import type { Log } from '../ports/log.js'
import type { SysctlFact } from './model.js'

/** Something that keeps the routes from working, with the command to paste. */
export interface Warning {
  /** The sysctl it is about: 'net.ipv4.ip_forward'. */
  readonly name: string
  readonly text: string
  readonly command: string
}

/** What a value does harm to, as a sentence; undefined: none. */
function harm({ setting, family, value, interface: device }: SysctlFact): string | undefined {
  const six = family === 'ipv6'
  if (setting === 'ip_forward' && value === 0)
    return `${six ? 'IPv6' : 'IPv4'} forwarding is off: packets for learned routes are dropped`
  if (setting === 'fib_multipath_hash_policy' && value === 0)
    return `${six ? 'IPv6 ECMP' : 'ECMP'} hashes addresses only: all connections of one client to one service go to the same node`
  // The kernel sends redirects when either `all` or the interface says so.
  if (setting === 'send_redirects' && value === 1)
    return `ICMP redirects are sent (${device}): a client in a neighbor's subnet is pinned to one node and misses failover`
  return undefined
}

/** All warnings, in the order of the settings. */
export function settingWarnings(sysctls: readonly SysctlFact[]): Warning[] {
  return sysctls.flatMap((one) => {
    const text = harm(one)
    const want = one.setting === 'send_redirects' ? 0 : 1
    return text === undefined ? [] : [{ name: one.name, text, command: `sysctl -w ${one.name}=${want}` }]
  })
}

/**
 * Logs what has become wrong between two looks, and what has become right again.
 * @param before empty at the first look
 */
export function logSettings(log: Log, before: readonly SysctlFact[], after: readonly SysctlFact[]): void {
  const past = new Map(before.map((one) => [one.name, one]))
  const wrong = new Set(settingWarnings(before).map(({ name }) => name))
  const warnings = settingWarnings(after)
  for (const { name, text, command } of warnings) {
    if (wrong.has(name)) continue
    const value = past.get(name)?.value
    const changed = value === undefined ? '' : ` (${name} was ${value} before)`
    log.warn({ sysctl: name, command }, `${text}${changed}; set it with: ${command}`)
  }
  const still = new Set(warnings.map(({ name }) => name))
  for (const { name, value } of after) {
    if (wrong.has(name) && !still.has(name)) log.info({ sysctl: name, value }, `${name} is ${value} again`)
  }
}
