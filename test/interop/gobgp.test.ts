import t from 'tap'
import { Gobgp } from '../lab/gobgp.js'
import { lacks } from '../lab/require.js'
import { story } from './story.js'

t.setTimeout(600_000)

t.test(
  'gobgpd on the nodes, configured as Cilium configures it',
  { skip: await lacks('gobgpd', 'gobgp', 'tcpdump') },
  async (t) => {
    await story(t, { kind: Gobgp, keepsPaths: true })
  },
)
