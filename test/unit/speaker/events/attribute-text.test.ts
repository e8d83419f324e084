import t from 'tap'
import { extendedCommunityText } from '../../../../src/speaker/events/attribute-text.js'

t.test('extended communities: route targets and origins by name, others as octets', async (t) => {
  t.equal(extendedCommunityText(Uint8Array.of(0, 2, 0xfc, 0, 0, 0, 0, 100)), 'rt:64512:100')
  t.equal(extendedCommunityText(Uint8Array.of(1, 3, 192, 0, 2, 1, 0, 5)), 'ro:192.0.2.1:5')
  t.equal(extendedCommunityText(Uint8Array.of(2, 2, 0, 1, 0, 0, 0, 7)), 'rt:65536:7')
  t.equal(extendedCommunityText(Uint8Array.of(0x40, 4, 0, 0, 0, 0, 0, 1)), '4004000000000001')
})
