import t from 'tap'
import { NODES, SWITCH, SWITCH_HOST } from '../../src/demo/topology.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { PathBird } from '../lab/paths.js'
import { lacks } from '../lab/require.js'
import { gateways, RouteMonitor, untilGateways } from '../lab/routes.js'
import { openNetwork } from '../lab/setup.js'
import { until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

/** No node has this address, so BIRD has no better route of its own. */
const SERVICE = '192.168.95.125/32'
const OWN = '192.168.95.124/32'
const [first, second, shared] = NODES
const skip = await lacks('bird', 'birdc')

t.test('a gateway of two sessions goes with the second of them', { skip }, async (t) => {
  const lab = await openNetwork(t)
  const ecmpd = new Ecmpd(lab, { config: yaml([first, second].map((host) => nodeNeighbor(host))) })
  await ecmpd.start()
  const session = { address: SWITCH_HOST.address, as: 64513 }
  // A next hop of somebody else on the shared subnet (RFC 4271 §5.1.3).
  const service = { prefix: SERVICE, nextHop: shared.address }
  const peers = [
    new PathBird(lab, first, 64512, [session], [service, { prefix: OWN }]),
    new PathBird(lab, second, 64512, [session], [service]),
  ]
  await Promise.all(peers.map((peer) => peer.start()))
  await ecmpd.established([first.address, second.address])
  await untilGateways(lab, SWITCH, OWN, [first.address])
  await until('both paths are there', async () => {
    const paths = (await ecmpd.route(SERVICE))?.paths ?? []
    return paths.length === 2 && paths.every(({ nextHop }) => nextHop === shared.address)
  })
  await untilGateways(lab, SWITCH, SERVICE, [shared.address])

  const monitor = await RouteMonitor.start(lab, SWITCH)
  const about = (gateway: string) => monitor.changes.filter(({ text }) => text.includes(`via ${gateway} `))
  await peers[0].stop()
  await untilGateways(lab, SWITCH, OWN, [])
  await until('the table has settled', async () => (await ecmpd.route(SERVICE))?.paths.length === 1)
  await until("the first one's gateway was seen to go", () => about(first.address).length > 0)
  t.same(await gateways(lab, SWITCH, SERVICE), [shared.address])
  t.same(about(shared.address), [], 'neither the object of the shared gateway nor its route was touched')

  await peers[1].stop()
  await untilGateways(lab, SWITCH, SERVICE, [])
  await until('the object was seen to go', () => about(shared.address).length > 0)
  t.match(about(shared.address)[0].text, /^Deleted id \d+ via/, 'the object first: one command')
  t.equal(await ecmpd.route(SERVICE), undefined)
  await monitor.stop()
  t.same(await ecmpd.stop(), { code: 0, signal: null })
})
