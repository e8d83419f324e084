import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Ticks of the CPU clock in a second (USER_HZ, fixed on Linux). */
const TICKS = 100

/** What processes cost. */
export interface Cost {
  /** CPU seconds of those that live and of children that ended. */
  readonly cpu: number
  /** Sum of the highest resident sizes, MiB. */
  readonly peak: number
  /** Proportional set size now, MiB: shared pages are divided among those who share them. */
  readonly pss: number
  /** Resident size now, MiB. */
  readonly rss: number
}

function parents(): Map<number, number> {
  const map = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      map.set(Number(name), Number(fields(Number(name))[1]))
    } catch {
      // It ended meanwhile.
    }
  }
  return map
}

/** Fields of /proc/PID/stat after the name, from `state` on. */
function fields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** These processes and everything below them. */
function family(pids: readonly number[]): number[] {
  const members = new Set(pids)
  const all = parents()
  for (let before = -1; before !== members.size; ) {
    before = members.size
    for (const [pid, parent] of all) if (members.has(parent)) members.add(pid)
  }
  return [...members]
}

const kib = (text: string, name: string) =>
  Number(text.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))?.[1] ?? 0)

/** CPU seconds of these processes and everything below them so far. */
export function cpuOf(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of family(pids)) {
    try {
      // utime, stime, cutime, cstime: fields 14 to 17 of proc(5), of which the first two are cut off.
      for (const value of fields(pid).slice(11, 15)) ticks += Number(value)
    } catch {
      // It ended meanwhile.
    }
  }
  return ticks / TICKS
}

/** What these processes and everything below them cost so far. */
export function costOf(pids: readonly number[]): Cost {
  let [peak, pss, rss] = [0, 0, 0]
  for (const pid of family(pids)) {
    try {
      peak += kib(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM')
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
      pss += kib(text, 'Pss')
      rss += kib(text, 'Rss')
    } catch {
      // It ended meanwhile.
    }
  }
  return { cpu: cpuOf(pids), peak: peak / 1024, pss: pss / 1024, rss: rss / 1024 }
}

/** Youngest a daemon is when its time counts, milliseconds. */
const UP = 3000
/** Then until it takes less than a twentieth of a core over as many milliseconds. */
const QUIET = 500
/** Milliseconds after which that is waited for no longer. */
const PATIENCE = 30_000

/**
 * Waits until processes that have just started are at rest: what a daemon does once it is up is no part of what is
 * measured.
 */
export async function atRest(pids: readonly number[]): Promise<void> {
  await sleep(Math.max(0, UP - Math.min(...pids.map(ageOf))))
  for (let waited = 0; waited < PATIENCE; waited += QUIET) {
    const before = cpuOf(pids)
    await sleep(QUIET)
    if (cpuOf(pids) - before < QUIET / 20_000) return
  }
}

/** Milliseconds since a process was started, to a hundredth of a second; 0 when it is gone. */
function ageOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // starttime is the 22nd field, the second of which ends at the last parenthesis (proc(5)).
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    const up = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
    return (up - ticks / TICKS) * 1000
  } catch {
    return 0
  }
}
