import t from 'tap'
import { AttributeTable } from '../../../src/rib/attributes/attributes.js'
import { BlockStore } from '../../../src/rib/attributes/block-store.js'
import { NextHopSets } from '../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../src/rib/attributes/next-hops.js'
import { Exporter } from '../../../src/rib/export/export.js'
import type { ExportTreatment } from '../../../src/rib/export/treatment.js'
import { readOutgoing } from '../../../src/rib/out/outgoing.js'
import {
  POLICY_EXPORTED,
  POLICY_MED,
  POLICY_NEXT_HOP,
  POLICY_NEXT_HOP_SELF,
  POLICY_WEIGHT,
} from '../../../src/wire/policy-flags.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import { writeAttributes } from '../../../src/wire/write-attributes.js'
import { EBGP } from './treatments.js'
import { EBGP_CONTEXT, path, source } from './world.js'

const TREATMENT: ExportTreatment = {
  ...EBGP,
  nextHop: 'third-party',
  ownAddress: Uint8Array.of(192, 0, 2, 254),
}

function sent(attributes: PathAttributes, marks: number): PathAttributes | undefined {
  const table = new AttributeTable(new NextHops(new NextHopSets()))
  const blocks = new BlockStore(16, 0)
  const exporter = new Exporter(TREATMENT, table, blocks, () => false)
  const id = table.internAttributes(attributes, marks)
  const state = {
    source: source(1),
    received: 0,
    accepted: 0,
    best: 0,
    multipath: 0,
    stale: 0,
    refused: new Uint32Array(16),
  }
  const block = exporter.outgoing(id, state)
  return block === 0 ? undefined : readOutgoing(blocks, block, true)
}

t.test('marks make a set another one, are not among its attributes and are given back', async (t) => {
  const table = new AttributeTable(new NextHops(new NextHopSets()))
  const plain = table.internAttributes(path('192.0.2.1', [64512]))
  const marked = table.internAttributes(path('192.0.2.1', [64512]), POLICY_WEIGHT | 7)
  t.not(marked, plain)
  t.equal(table.internAttributes(path('192.0.2.1', [64512]), POLICY_WEIGHT | 7), marked)
  t.equal(table.policyFlagsOf(plain), 0)
  t.equal(table.policyFlagsOf(marked), POLICY_WEIGHT | 7)
  t.strictSame(
    Object.entries(table.get(marked)).filter(([, value]) => value !== undefined),
    Object.entries(table.get(plain)),
  )
  t.ok(table.sameAsPath(plain, marked))
})

t.test('a neighbor can not bring marks in', async (t) => {
  const table = new AttributeTable(new NextHops(new NextHopSets()))
  const marked = table.internAttributes(path('192.0.2.1', [64512]), POLICY_WEIGHT | 7)
  const octets = table.blocks.octets(marked).slice()
  t.equal(octets.length, writeAttributes(path('192.0.2.1', [64512])).length + 7)
  const { id } = table.intern(octets, 0, octets.length, true, EBGP_CONTEXT)
  t.not(id, 0)
  t.not(id, marked)
  t.equal(table.policyFlagsOf(id), 0)
})

t.test('marks are never sent, and say what is', async (t) => {
  const learned = path('192.0.2.1', [64512], {
    med: 5,
    unknown: [{ code: 200, flags: 0xe0, value: Uint8Array.of(1) }],
  })
  const plain = sent(learned, 0)!
  t.notOk('med' in plain)
  t.equal(plain.nextHop, '192.0.2.254')
  t.strictSame(sent(learned, POLICY_WEIGHT | 7), plain)
  t.equal(sent(learned, POLICY_EXPORTED | POLICY_MED)!.med, 5)
  t.equal(sent(learned, POLICY_EXPORTED | POLICY_NEXT_HOP)!.nextHop, '192.0.2.1')
  t.equal(sent(learned, POLICY_EXPORTED | POLICY_NEXT_HOP_SELF)!.nextHop, '192.0.2.254')
  t.equal(sent(learned, POLICY_EXPORTED | POLICY_MED)!.unknown?.length, 1)
})

t.test('a community that policy adds on the way out is sent', async (t) => {
  const noExport = path('192.0.2.1', [64512], { communities: [0xffffff01] })
  t.equal(sent(noExport, 0), undefined)
  t.strictSame(sent(noExport, POLICY_EXPORTED)!.communities, [0xffffff01])
})
