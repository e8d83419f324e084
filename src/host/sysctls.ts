/** Settings of the kernel that forwarding depends on. */

import type { ReadProc } from './files.js'
import type { SysctlFact, SysctlSetting } from './model.js'

/** Whose settings are read. */
export interface SysctlScope {
  readonly ipv4: boolean
  readonly ipv6: boolean
  /** Interfaces in use, by name. */
  readonly interfaces: readonly string[]
}

interface Row {
  readonly setting: SysctlSetting
  readonly family: 'ipv4' | 'ipv6'
  /** Below /proc/sys; an interface stands for `*`, and 'all' too unless `alone`. */
  readonly path: string
  /** The interface's own value counts alone. */
  readonly alone?: true
  /** How the value of `all` and an interface's own make one (include/linux/inetdevice.h, IN_DEV_MAXCONF, IN_DEV_ORCONF). */
  readonly both?: (all: number, own: number) => number
}

/** The gravest first, which is the order in which people read them. */
const ROWS: readonly Row[] = [
  { setting: 'ip_forward', family: 'ipv4', path: 'net/ipv4/ip_forward' },
  { setting: 'ip_forward', family: 'ipv6', path: 'net/ipv6/conf/all/forwarding' },
  { setting: 'fib_multipath_hash_policy', family: 'ipv4', path: 'net/ipv4/fib_multipath_hash_policy' },
  { setting: 'fib_multipath_hash_policy', family: 'ipv6', path: 'net/ipv6/fib_multipath_hash_policy' },
  { setting: 'fib_multipath_use_neigh', family: 'ipv4', path: 'net/ipv4/fib_multipath_use_neigh' },
  {
    setting: 'send_redirects',
    family: 'ipv4',
    path: 'net/ipv4/conf/*/send_redirects',
    both: (all, own) => (all !== 0 || own !== 0 ? 1 : 0),
  },
  { setting: 'rp_filter', family: 'ipv4', path: 'net/ipv4/conf/*/rp_filter', both: Math.max },
  { setting: 'accept_ra', family: 'ipv6', path: 'net/ipv6/conf/*/accept_ra', alone: true },
]

/** The settings that can be read, the gravest first; `since` and `before` are for those who look again. */
export function readSysctls(read: ReadProc, scope: SysctlScope): SysctlFact[] {
  return ROWS.filter(({ family }) => scope[family]).flatMap((row) => {
    if (!row.path.includes('*')) {
      const value = number(read, row.path)
      return value === undefined ? [] : [fact(row, row.path, value, value)]
    }
    const all = number(read, row.path.replace('*', 'all'))
    return [...(row.alone ? [] : ['all']), ...scope.interfaces].flatMap((name) => {
      const path = row.path.replace('*', () => name)
      const value = number(read, path)
      if (value === undefined) return []
      return [fact(row, path, value, row.both?.(all ?? value, value) ?? value, name)]
    })
  })
}

function fact(row: Row, path: string, value: number, effective: number, device?: string): SysctlFact {
  return {
    // sysctl takes the name with slashes too, which an interface like eth0.100 needs.
    name: path.includes('.') ? path : path.replaceAll('/', '.'),
    setting: row.setting,
    family: row.family,
    ...(device === undefined ? {} : { interface: device }),
    value,
    effective,
  }
}

function number(read: ReadProc, path: string): number | undefined {
  const text = read(`sys/${path}`)?.trim()
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text)
}

/**
 * Tells since when each has its value.
 * @param before the last look
 * @param now the time of this one, ISO 8601
 */
export function dated(
  before: readonly SysctlFact[],
  after: readonly SysctlFact[],
  now: string,
): SysctlFact[] {
  const known = new Map(before.map((one) => [one.name, one]))
  return after.map((one) => {
    const last = known.get(one.name)
    if (last === undefined) return one
    if (last.value !== one.value) return { ...one, since: now, before: last.value }
    return {
      ...one,
      ...(last.since === undefined ? {} : { since: last.since }),
      ...(last.before === undefined ? {} : { before: last.before }),
    }
  })
}
