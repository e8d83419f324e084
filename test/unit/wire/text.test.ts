import t from 'tap'
import { checkNlri, nlriFault, nlriOctets, readNlri } from '../../../src/wire/nlri.js'
import { Reader } from '../../../src/wire/reader.js'
import {
  asPathText,
  communityText,
  largeCommunityText,
  parseCommunity,
  parseLargeCommunity,
} from '../../../src/wire/text.js'
import { Writer } from '../../../src/wire/writer.js'

t.test('paths', async (t) => {
  t.equal(asPathText([]), '')
  t.equal(
    asPathText([
      { type: 3, asns: [65010, 65011] },
      { type: 2, asns: [64512, 4200000000] },
      { type: 1, asns: [1, 2] },
      { type: 4, asns: [3, 4] },
    ]),
    '(65010 65011) 64512 4200000000 {1,2} [3,4]',
  )
})

t.test('communities both ways', async (t) => {
  for (const text of [
    '0:0',
    '64512:100',
    '65535:65284',
    'no-export',
    'no-advertise',
    'no-export-subconfed',
    'graceful-shutdown',
    'llgr-stale',
    'no-llgr',
    'blackhole',
  ]) {
    const value = parseCommunity(text)
    t.equal(value === undefined ? undefined : communityText(value), text)
  }
  t.equal(parseCommunity('65535:65281'), 0xffffff01)
  t.equal(parseCommunity('No_Export'), 0xffffff01)
  t.equal(parseCommunity('4294967041'), 0xffffff01)
  for (const text of [
    '',
    ':',
    '1:',
    ':1',
    '1:2:3',
    '65536:1',
    '1:65536',
    '-1:1',
    '01:1',
    'x',
    '4294967296',
    '1: 2',
  ]) {
    t.equal(parseCommunity(text), undefined, JSON.stringify(text))
  }
})

t.test('COM-1: large communities in canonical text', async (t) => {
  t.equal(largeCommunityText([64512, 0, 4294967295]), '64512:0:4294967295')
  t.same(parseLargeCommunity('64512:0:4294967295'), [64512, 0, 4294967295])
  for (const text of ['', '1:2', '1:2:3:4', '01:2:3', '1:2:4294967296', '1:2:-3', '1:2:', 'a:b:c']) {
    t.equal(parseLargeCommunity(text), undefined, JSON.stringify(text))
  }
})

t.test('NLRI', async (t) => {
  t.same([0, 1, 8, 9, 32, 128].map(nlriOctets), [0, 1, 1, 2, 4, 16])
  const good = Uint8Array.of(99, 0, 8, 10, 20, 10, 1, 255, 32, 1, 2, 3, 4)
  t.equal(checkNlri(good, 1, good.length, 32, false), -1)
  t.same(
    readNlri(good, 1, good.length, 4, false).map(({ prefix }) => prefix),
    ['0.0.0.0/0', '10.0.0.0/8', '10.1.240.0/20', '1.2.3.4/32'],
  )
  t.equal(checkNlri(good, 1, good.length - 1, 32, false), 8)
  t.equal(checkNlri(good, 1, good.length, 31, false), 8)
  t.equal(checkNlri(good, 1, 1, 32, false), -1)
  const ids = Uint8Array.of(0, 0, 0, 1, 8, 10, 255, 255, 255, 255, 0)
  t.equal(checkNlri(ids, 0, ids.length, 32, true), -1)
  for (let end = 1; end < ids.length; end++) {
    t.equal(checkNlri(ids, 0, end, 32, true), end < 6 ? 0 : end === 6 ? -1 : 6, `cut at ${end}`)
  }
  const view = ids.subarray(6)
  t.same(readNlri(view, 0, view.length, 4, true), [{ prefix: '0.0.0.0/0', pathId: 0xffffffff }])
  t.match(nlriFault('reach', good, 1, 13, 8), { verdict: 'reset', code: 3, subcode: 9, attribute: 14 })
  t.match(nlriFault('unreach', good, 1, 13, 8), { subcode: 9, attribute: 15 })
  t.match(nlriFault('withdrawn', good, 1, 13, 8), { subcode: 10, attribute: undefined })
})

t.test('a reader never reaches past its end', async (t) => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7)
  const reader = new Reader(bytes, 0, 5)
  t.equal(reader.u16(), 0x0102)
  const sub = reader.sub(2)
  t.equal(sub.u32(), 0x0304 * 65536, 'the half that is not there counts as 0')
  t.ok(sub.failed)
  t.notOk(reader.failed)
  t.equal(reader.left, 1)
  t.ok(reader.sub(2).failed)
  t.ok(reader.failed)
  t.equal(reader.u8(), 0)
  t.same(reader.take(1), new Uint8Array(0))
  t.equal(new Reader(bytes, 3, 99).left, 4)
  t.equal(new Reader(bytes, 99).left, 0)
  t.equal(new Reader(Uint8Array.of(255, 255, 255, 255)).u32(), 0xffffffff)
  t.equal(new Reader(bytes).u24(), 0x010203)
})

t.test('a writer grows', async (t) => {
  const writer = new Writer(1).u8(1).u16(0x0203).u24(0x040506).u32(0xffffffff).bytes([9, 8, 7], 1, 3)
  writer.patch8(0, 77)
  writer.patch16(1, 0x0a0b)
  t.same([...writer.take()], [77, 10, 11, 4, 5, 6, 255, 255, 255, 255, 8, 7])
})
