import t from 'tap'
import { Bird } from '../lab/bird.js'
import { lacks } from '../lab/require.js'
import { story } from './story.js'

t.setTimeout(600_000)

t.test('BIRD on the nodes', { skip: await lacks('bird', 'birdc', 'tcpdump') }, async (t) => {
  await story(t, { kind: Bird, keepsPaths: true })
})
