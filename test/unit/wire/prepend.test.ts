import t from 'tap'
import { prepended, SEGMENT_MAX } from '../../../src/wire/prepend.js'
import { AS_SEQUENCE, AS_SET, type AsPathSegment } from '../../../src/wire/types.js'

const sequence = (...asns: number[]): AsPathSegment => ({ type: AS_SEQUENCE, asns })
const times = (count: number, as: number) => Array.from({ length: count }, () => as)

t.test('AS numbers join the first sequence', async (t) => {
  t.strictSame(prepended([sequence(64512, 65001)], [1, 2]), [sequence(1, 2, 64512, 65001)])
  t.strictSame(prepended([sequence(3), { type: AS_SET, asns: [4] }], [1]), [
    sequence(1, 3),
    { type: AS_SET, asns: [4] },
  ])
})

t.test('a path that opens with no sequence gets one', async (t) => {
  t.strictSame(prepended([], [7]), [sequence(7)])
  const set = { type: AS_SET, asns: [4] }
  t.strictSame(prepended([set], [7, 8]), [sequence(7, 8), set])
})

t.test('nothing to put in front', async (t) => {
  t.strictSame(prepended([], []), [])
  t.strictSame(prepended([sequence(1)], []), [sequence(1)])
  t.strictSame(prepended([{ type: AS_SET, asns: [4] }], []), [{ type: AS_SET, asns: [4] }])
})

t.test('a segment never holds more than its count can say', async (t) => {
  const full = sequence(...times(SEGMENT_MAX, 9))
  t.strictSame(prepended([full], [1]), [sequence(1), full])
  const almost = sequence(...times(SEGMENT_MAX - 1, 9))
  t.strictSame(prepended([almost], [1]), [sequence(1, ...almost.asns)])
  t.strictSame(prepended([almost], [1, 2]), [sequence(1, 2), almost])
  t.strictSame(prepended([sequence(9)], times(300, 1)), [
    sequence(...times(SEGMENT_MAX, 1)),
    sequence(...times(45, 1)),
    sequence(9),
  ])
})

t.test('the path given stays as it is', async (t) => {
  const path = Object.freeze([Object.freeze({ type: AS_SEQUENCE, asns: Object.freeze([5]) })])
  t.strictSame(prepended(path, [1]), [sequence(1, 5)])
  t.strictSame(path, [sequence(5)])
})
