import t from 'tap'
import { BlockStore } from '../../../../src/rib/attributes/block-store.js'
import fc from '../../../support/properties.js'

t.test('behaves as a counted map from octets to ids', async (t) => {
  const block = fc.tuple(fc.constantFrom(0, 1, 5, 8, 9, 300, 65535), fc.nat(3)).map(([length, fill]) => {
    return new Uint8Array(length).fill(fill)
  })
  const step = fc.tuple(fc.constantFrom('retain', 'release', 'reclaim'), block)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const store = new BlockStore(1, 42)
      const freed: number[] = []
      store.onFree((id) => freed.push(id))
      const counts = new Map<string, { id: number; count: number; octets: Uint8Array }>()
      for (const [kind, octets] of steps) {
        const key = `${octets.length}/${octets[0]}`
        const known = counts.get(key)
        if (kind === 'retain') {
          const id = store.intern(octets, 0, octets.length)
          if (known !== undefined && known.id !== id) return false
          store.retain(id)
          counts.set(key, { id, count: (known?.count ?? 0) + 1, octets })
        } else if (kind === 'release') {
          if (known === undefined || known.count === 0) continue
          store.release(known.id)
          known.count--
        } else {
          store.reclaim()
          for (const [text, { id, count }] of counts) {
            if (count > 0) continue
            counts.delete(text)
            if (!freed.includes(id)) return false
          }
          freed.length = 0
          if (store.size !== counts.size) return false
        }
        for (const { id, octets: expected } of counts.values()) {
          const found = store.octets(id)
          if (found.length !== expected.length || found.some((octet, i) => octet !== expected[i]))
            return false
        }
      }
      return true
    }),
    { numRuns: 100 },
  )
  t.pass('in every run')
})

t.test('room is used again', async (t) => {
  const store = new BlockStore()
  const block = new Uint8Array(60000)
  for (let round = 0; round < 200; round++) {
    block[0] = round
    store.intern(block, 0, block.length)
    store.reclaim()
  }
  t.equal(store.size, 0)
  t.equal(store.limit, 2, 'one id served all')
  // Seventeen blocks of this size fill a slab; all rounds must have found room in the first.
  const first = store.slab(store.intern(block, 0, block.length))
  t.equal(store.slab(store.intern(block, 0, 59999)), first)
})

t.test('a block beyond 65535 octets is refused', async (t) => {
  t.throws(() => new BlockStore().intern(new Uint8Array(65536), 0, 65536), RangeError)
})
