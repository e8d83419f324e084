import { readMrt } from '../../../src/wire/mrt.js'
import { recordings } from '../../support/mrt-bytes.js'
import { replay } from '../../support/mrt-replay.js'
import { u16, u32 } from '../../support/raw-bytes.js'
import { octets, pick } from '../engine/random.js'
import { check, type Target } from '../engine/target.js'
import { anyMessage } from './grammar.js'

/** MRT recordings: records that are whole, cut or broken, and what they hold. */
export const mrt: Target = {
  name: 'mrt',
  limit: 8192,
  batch: 64,
  seeds: () => recordings().values(),
  generate(random) {
    const out: number[] = []
    for (let count = 1 + random.below(3); count > 0; count--) {
      const type = pick(random, [16, 13, 17, 12, 5, random.below(64)])
      const subtype = random.below(12)
      const ends = [
        ...u32(64512),
        ...u32(64513),
        ...u16(1),
        ...u16(pick(random, [1, 2])),
        ...octets(random, 8),
      ]
      const body = type === 16 ? [...ends, ...anyMessage(random)] : octets(random, random.below(80))
      out.push(
        ...u32(1),
        ...u16(type),
        ...u16(subtype),
        ...u32(body.length + (random.below(10) === 0 ? 1 : 0)),
        ...body,
      )
    }
    return Uint8Array.from(out)
  },
  mutate(input, random) {
    // Mends the length of a record, so that what is behind it still lines up.
    const records = [...readMrt(input)]
    if (records.length === 0) return undefined
    const { offset } = records[random.below(records.length)]
    const mended = input.slice()
    const length = input.length - offset - 12
    if (length < 0) return undefined
    new DataView(mended.buffer).setUint32(offset + 8, random.below(length + 1))
    return mended
  },
  run(input) {
    let last = -1
    for (const { offset } of readMrt(input)) {
      check(offset >= last + 12 || last < 0, () => `a record at ${offset} behind one at ${last}`)
      last = offset
    }
    check(last < input.length || input.length === 0, () => 'a record behind the end')
    replay(input)
  },
}
