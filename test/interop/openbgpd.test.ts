import t from 'tap'
import { Openbgpd } from '../lab/openbgpd.js'
import { lacks } from '../lab/require.js'
import { story } from './story.js'

t.setTimeout(600_000)

t.test('OpenBGPD on the nodes', { skip: await lacks('bgpctl', 'tcpdump') }, async (t) => {
  await story(t, { kind: Openbgpd, keepsPaths: false })
})
