import t from 'tap'
import { Frr } from '../lab/frr.js'
import { lacks } from '../lab/require.js'
import { story } from './story.js'

t.setTimeout(600_000)

t.test('FRR on the nodes', { skip: await lacks('vtysh', 'tcpdump') }, async (t) => {
  await story(t, { kind: Frr, keepsPaths: true })
})
