import t from 'tap'
import { BlockStore } from '../../../../src/rib/attributes/block-store.js'
import { changedPath, type ExportChanges, isPrivateAs } from '../../../../src/rib/export/export-changes.js'
import { type ExportTreatment, treatmentKey } from '../../../../src/rib/export/treatment.js'
import { AdjOut } from '../../../../src/rib/out/adj-out.js'
import { decodeUpdate } from '../../../../src/wire/decode.js'
import type { PathAttributes } from '../../../../src/wire/types.js'
import { split } from '../receiver.js'
import { EBGP } from '../treatments.js'
import { EBGP_CONTEXT, path, source, World } from '../world.js'

/** What a neighbor reads of a route. */
function sent(
  changes: ExportChanges,
  attributes: PathAttributes,
  more: Partial<ExportTreatment> = {},
): PathAttributes | undefined {
  const treatment = { ...EBGP, ...more, changes }
  const world = new World({}, 'ipv4-unicast')
  world.rib.setSource(source(1))
  const group = new AdjOut(world.rib, new BlockStore(), treatment, () => false, undefined)
  world.announce(1, '203.0.113.0/24', attributes)
  world.decide()
  const packed = group.next(group.join(9, undefined))
  if (packed === undefined) return undefined
  const { as4, type } = treatment
  const context = { ...EBGP_CONTEXT, as4, peerType: type, rejectAsSet: false }
  const update = decodeUpdate(split(packed.bytes)[0], context)
  if (update.verdict !== 'none') throw new Error(update.faults[0].text)
  return update.attributes
}

const sequence = (changes: ExportChanges, asns: readonly number[], more: Partial<ExportTreatment> = {}) =>
  sent(changes, path('192.0.2.1', asns), more)?.asPath?.flatMap((segment) => segment.asns)

t.test('private AS numbers (RFC 6996)', async (t) => {
  for (const as of [64512, 65534, 4_200_000_000, 4_294_967_294]) t.ok(isPrivateAs(as), `${as}`)
  for (const as of [1, 64511, 65535, 4_199_999_999, 4_294_967_295]) t.notOk(isPrivateAs(as), `${as}`)
})

t.test('remove-private-as', async (t) => {
  const plain = { removePrivateAs: { all: false, replace: false } }
  const all = { removePrivateAs: { all: true, replace: false } }
  const replace = { removePrivateAs: { all: false, replace: true } }
  const both = { removePrivateAs: { all: true, replace: true } }
  const wholly = [64512, 64520, 4_200_000_001]
  t.same(sequence(plain, wholly), [64513])
  t.same(sequence(replace, wholly), [64513, 64513, 64513, 64513])
  t.same(sequence(all, wholly), [64513])
  const mixed = [64512, 3356, 64520, 174]
  t.same(sequence(plain, mixed), [64513, ...mixed], 'a path with public numbers is left alone')
  t.same(sequence(replace, mixed), [64513, ...mixed])
  t.same(sequence(all, mixed), [64513, 3356, 174])
  t.same(sequence(both, mixed), [64513, 64513, 3356, 64513, 174])
  t.same(sequence(all, [3356]), [64513, 3356])
  t.same(sequence(all, []), [64513])
  t.same(sequence(all, [64512, 3356], { type: 'ibgp', remoteAs: 64513 }), [64512, 3356], 'eBGP alone')
  t.same(
    sequence(plain, [64513, 64513, 64512]),
    [64513, 64513, 64513],
    'own numbers at the front were put there by a policy',
  )
  t.same(sequence({ ...all, loops: true }, [64512, 65000, 3356], { remoteAs: 65000 }), [64513, 65000, 3356])
})

t.test('remove-private-as and sets', async (t) => {
  const set = {
    ...path('192.0.2.1', []),
    asPath: [
      { type: 2, asns: [3356, 64512] },
      { type: 1, asns: [64514, 64515] },
    ],
  }
  t.same(sent({ removePrivateAs: { all: true, replace: false } }, set)?.asPath, [
    { type: 2, asns: [64513, 3356] },
  ])
  t.same(sent({ removePrivateAs: { all: true, replace: true } }, set)?.asPath, [
    { type: 2, asns: [64513, 3356, 64513] },
    { type: 1, asns: [64513, 64513] },
  ])
})

t.test('as-override: the neighbor takes its own AS back', async (t) => {
  t.same(sequence({ asOverride: true }, [64512, 65000, 65000, 3356]), [64513, 64512, 64513, 64513, 3356])
  t.equal(sequence({}, [64512, 65000]), undefined, 'without it such a path is not sent')
  t.same(sequence({ loops: true }, [64512, 65000]), [64513, 64512, 65000], 'unless loops are let pass')
})

t.test('local-as with the real AS behind it', async (t) => {
  const shown = { localAs: 64999 }
  t.same(sequence({}, [64512], shown), [64999, 64512])
  t.same(sequence({ ownAs: 64513 }, [64512], shown), [64999, 64513, 64512])
  t.same(sequence({ ownAs: 64513 }, [], shown), [64999, 64513])
  const full = Array.from({ length: 254 }, () => 3356)
  t.same(
    sent({ ownAs: 64513 }, path('192.0.2.1', full), shown)?.asPath?.map(({ asns }) => asns.length),
    [2, 254],
    'no segment grows beyond 255',
  )
  t.same(
    sequence({ ownAs: 64513, asOverride: true }, [65000], shown),
    [64999, 64513, 64513],
    'the real AS stands for others',
  )
  t.same(
    sequence({ ownAs: 4_200_000_007 }, [64512], { ...shown, as4: false }),
    [64999, 4_200_000_007, 64512],
    'AS4_PATH has it where AS_PATH can not',
  )
})

t.test('as-path and med as received', async (t) => {
  t.same(sequence({ asPathUnchanged: true }, [64512, 3356]), [64512, 3356])
  t.same(sequence({ asPathUnchanged: true }, []), [64513], 'an own route needs a neighboring AS')
  const med = path('192.0.2.1', [64512], { med: 7 })
  t.equal(sent({}, med)?.med, undefined)
  t.equal(sent({ medUnchanged: true }, med)?.med, 7)
})

t.test('send-community', async (t) => {
  const attributes = path('192.0.2.1', [64512], {
    communities: [0x1_0001],
    largeCommunities: [[1, 2, 3]],
    extendedCommunities: [Uint8Array.of(0, 2, 0, 1, 0, 0, 0, 1)],
  })
  const kinds = ([standard, extended, large]: readonly [boolean, boolean, boolean]) => {
    const got = sent({ communities: { standard, extended, large } }, attributes)
    return [got?.communities, got?.extendedCommunities, got?.largeCommunities].map((one) => one !== undefined)
  }
  for (const wanted of [
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, true],
    [false, false, false],
  ] as const) {
    t.same(kinds(wanted), wanted)
  }
})

t.test('neighbors with other changes are in another update group', async (t) => {
  const keys = [
    undefined,
    { ownAs: 1 },
    { removePrivateAs: { all: true, replace: false } },
    { removePrivateAs: { all: true, replace: true } },
    { asOverride: true },
    { loops: true },
    { asPathUnchanged: true },
    { medUnchanged: true },
    { communities: { standard: true, extended: false, large: true } },
    { communities: { standard: true, extended: true, large: false } },
  ].map((changes) => treatmentKey({ ...EBGP, changes }, '', ''))
  t.equal(new Set(keys).size, keys.length)
})

t.test('a path in the middle of a buffer', async (t) => {
  const octets = Uint8Array.of(9, 9, 2, 2, 0, 0, 0xfc, 0, 0, 0, 0, 5, 9)
  const changes = { removePrivateAs: { all: true, replace: false } }
  t.same(changedPath(octets, 2, 10, changes, 65000, [64513]), Uint8Array.of(2, 1, 0, 0, 0, 5))
})
