import t from 'tap'
import { didYouMean, distance, nearest } from '../../../src/grammar/nearest.js'

t.test('the nearest name', async (t) => {
  t.equal(distance('kitten', 'sitting'), 3)
  t.equal(distance('', 'abc'), 3)
  t.equal(nearest('neigbors', ['neighbors', 'groups']), 'neighbors')
  t.equal(nearest('remote_as', ['remoteAs', 'localAs']), 'remoteAs')
  t.equal(nearest('colour', ['level', 'format']), undefined)
  t.equal(nearest('', ['a']), undefined)
  t.equal(nearest('x'.repeat(10_000), ['x']), undefined, 'no work on what can’t be meant')
  t.equal(nearest('b', ['*']), undefined, 'what has no letter is near nothing')
  t.equal(didYouMean('hodl', ['hold']), 'did you mean `hold`?')
})
