import { AttributeTable } from '../../src/rib/attributes/attributes.js'
import { block, context, reachableNextHops } from './blocks.js'
import type { Case } from './measure.js'

const SETS = 50_000

/** Interning of attribute sets (rib/attributes/attributes.ts). */
export function attributeCases(): Case[] {
  const blocks = Array.from({ length: SETS }, (_, n) => block(n))
  // MULTI_EXIT_DISC in front of ORIGIN: sound, and not in canonical order.
  const disordered = blocks.map((octets) => Uint8Array.of(0x80, 4, 4, 0, 0, 0, 1, ...octets))
  const fresh = () => new AttributeTable(reachableNextHops().nextHops)
  const intern = (table: AttributeTable, sets: readonly Uint8Array[]) => {
    for (const octets of sets) table.intern(octets, 0, octets.length, true, context)
  }
  let table = fresh()
  const full = fresh()
  intern(full, blocks)
  return [
    {
      name: 'attributes: intern a new set',
      operations: SETS,
      prepare: () => {
        table = fresh()
      },
      run: () => intern(table, blocks),
    },
    {
      name: 'attributes: intern a new set that is not canonical',
      operations: SETS,
      prepare: () => {
        table = fresh()
      },
      run: () => intern(table, disordered),
    },
    { name: 'attributes: intern a set that is known', operations: SETS, run: () => intern(full, blocks) },
  ]
}
