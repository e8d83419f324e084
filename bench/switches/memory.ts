import { readdirSync, readFileSync } from 'node:fs'
import type { Memory } from './switch.js'

function parents(): Map<number, number> {
  const map = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      map.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It ended meanwhile.
    }
  }
  return map
}

/** Memory of these processes and everything below them. */
export function memoryOf(pids: readonly number[]): Memory {
  const family = new Set(pids)
  const all = parents()
  for (let before = -1; before !== family.size; ) {
    before = family.size
    for (const [pid, parent] of all) if (family.has(parent)) family.add(pid)
  }
  let pss = 0
  let rss = 0
  for (const pid of family) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
      pss += Number(text.match(/^Pss:\s+(\d+)/m)?.[1] ?? 0)
      rss += Number(text.match(/^Rss:\s+(\d+)/m)?.[1] ?? 0)
    } catch {
      // It ended meanwhile.
    }
  }
  return { pss: pss / 1024, rss: rss / 1024 }
}
