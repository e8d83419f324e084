import { PrefixTable } from '../../src/ip/prefix-table.js'
import { manyNlri } from './blocks.js'
import type { Case } from './measure.js'

const PREFIXES = 200_000

/** The prefix table (ip/prefix-table.ts): prefixes in order, and with their octets shuffled. */
export function prefixCases(): Case[] {
  const ordered = manyNlri(PREFIXES)
  const shuffled = ordered.slice()
  let seed = 12_345
  for (let i = PREFIXES - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    const j = seed % (i + 1)
    const one = shuffled.slice(i * 4, i * 4 + 4)
    shuffled.copyWithin(i * 4, j * 4, j * 4 + 4)
    shuffled.set(one, j * 4)
  }
  const six = new Uint8Array(PREFIXES * 6)
  for (let n = 0; n < PREFIXES; n++) six.set([0x20, 1, 0x0d, 0xb8, n >>> 8, n & 255], n * 6)
  const fill = (octets: Uint8Array) => {
    const table = new PrefixTable('ipv4-unicast')
    for (let n = 0; n < PREFIXES; n++) table.intern(octets, n * 4 + 1, 24)
    return table
  }
  const full = fill(ordered)
  let leaving = full
  return [
    { name: 'prefixes: new ones in order', operations: PREFIXES, run: () => void fill(ordered) },
    { name: 'prefixes: new ones in any order', operations: PREFIXES, run: () => void fill(shuffled) },
    {
      name: 'prefixes: new ones of IPv6',
      operations: PREFIXES,
      run() {
        const table = new PrefixTable('ipv6-unicast')
        for (let n = 0; n < PREFIXES; n++) table.intern(six, n * 6, 48)
      },
    },
    {
      name: 'prefixes: find known ones in any order',
      operations: PREFIXES,
      run() {
        for (let n = 0; n < PREFIXES; n++) full.find(shuffled, n * 4 + 1, 24)
      },
    },
    {
      name: 'prefixes: release',
      operations: PREFIXES,
      prepare: () => {
        leaving = fill(ordered)
      },
      run() {
        for (let id = 0; id < PREFIXES; id++) leaving.release(id)
      },
    },
  ]
}
