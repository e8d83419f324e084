import t from 'tap'
import { announcement } from '../../../bench/bytes/messages.js'
import { attributeBlock, readSample } from '../../../bench/bytes/recording.js'
import { ChangeTimes, changeMessage, changeNextHop } from '../../../bench/feeder/changes.js'
import { Inbox } from '../../../bench/feeder/inbox.js'
import type { ChurnSpec } from '../../../bench/feeder/protocol.js'

t.test('attributes are read as they were written', async (t) => {
  const set = { asPath: [64512, 4_200_000_000], nextHop: '192.0.2.1', communities: [0x0a0b0c0d, 5], med: 7 }
  const update = announcement(set, 'ipv4-unicast', Uint8Array.of(8, 16))
  const block = update.subarray(23, update.length - 2)
  t.same(readSample('16.0.0.0/8', block), {
    prefix: '16.0.0.0/8',
    asPath: [64512, 4_200_000_000],
    nextHop: '192.0.2.1',
    communities: ['0:5', '2571:3085'],
  })
  t.same(attributeBlock(block, 4), Buffer.from([0, 0, 0, 7]))
  t.equal(attributeBlock(block, 9), undefined)
})

t.test('changes: a receiver notes each by its community', async (t) => {
  const spec: ChurnSpec = {
    ...{ prefixes: 4, rate: 4, seconds: 3, nextHops: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] },
    ...{ role: 'receive', file: '' },
  }
  t.same(
    [0, 3, 4, 8].map((number) => changeNextHop(spec, number)),
    ['192.0.2.2', '192.0.2.2', '192.0.2.3', '192.0.2.1'],
  )
  const times = new ChangeTimes(spec)
  const inbox = new Inbox(false, () => t.fail('not an UPDATE'), times)
  // The first round is overtaken, but for one.
  for (const number of [2, 4, 5, 6, 7, 8, 9, 10]) inbox.push(changeMessage(spec, 64512, number))
  t.notOk(times.complete)
  inbox.push(changeMessage(spec, 64512, 11))
  t.ok(times.complete)
  t.same(
    [...times.times].map((at) => at > 0),
    [false, false, true, false, ...Array(8).fill(true)],
  )
})

t.test('a NOTIFICATION and other messages are handed on', async (t) => {
  const seen: [number, string][] = []
  const inbox = new Inbox(true, (type, body) => seen.push([type, body.toString('hex')]))
  const marker = 'ff'.repeat(16)
  inbox.push(Buffer.from(`${marker}001304${marker}0015030602`, 'hex'))
  t.same(seen, [
    [4, ''],
    [3, '0602'],
  ])
})
