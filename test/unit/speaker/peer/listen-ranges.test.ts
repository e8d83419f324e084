import t from 'tap'
import { dynamicOptions, rangeFor } from '../../../../src/speaker/peer/listen-ranges.js'
import { neighbor } from '../../../support/options.js'

const { address: _address, ...template } = neighbor('0.0.0.0')
const ranges = [
  { prefix: '10.0.0.0/8', template },
  { prefix: '10.1.0.0/16', template: { ...template, remoteAs: 0 } },
  { prefix: '2001:db8::/32', template },
]

t.test('the longest match wins', async (t) => {
  t.equal(rangeFor(ranges, '10.2.0.1')?.prefix, '10.0.0.0/8')
  t.equal(rangeFor(ranges, '10.1.0.1')?.prefix, '10.1.0.0/16')
  t.equal(rangeFor(ranges, '2001:db8::1')?.prefix, '2001:db8::/32')
  t.equal(rangeFor(ranges, '192.0.2.1'), undefined)
  t.equal(rangeFor(ranges, 'nonsense'), undefined)
})

t.test('a neighbor from a range waits to be dialled', async (t) => {
  t.match(dynamicOptions(ranges[1], '10.1.0.1'), { address: '10.1.0.1', passive: true, remoteAs: 0 })
})
