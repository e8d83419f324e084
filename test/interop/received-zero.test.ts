import t from 'tap'
import { type Host, SWITCH, VIP } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Exabgp } from '../lab/exabgp.js'
import { Frr } from '../lab/frr.js'
import { Gobgp } from '../lab/gobgp.js'
import { Openbgpd } from '../lab/openbgpd.js'
import { lacks } from '../lab/require.js'
import { untilGateways } from '../lab/routes.js'
import { openNetwork } from '../lab/setup.js'
import { sleep } from '../lab/wait.js'
import { yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
const daemons = [Gobgp, Frr, Bird, Openbgpd, Exabgp]
const hosts: readonly Host[] = daemons.map((_, index) => ({
  namespace: `node${index}`,
  name: `k8s-node-${index}`,
  address: `192.168.95.${210 + index}`,
  address6: `fd00:95::${210 + index}`,
}))

const skip = await lacks('gobgpd', 'gobgp', 'vtysh', 'bird', 'birdc', 'bgpctl', 'exabgp')

/** The switch's text with all of them as neighbors: what a real switch would hand on to everyone else. */
const ios = `router bgp 64513
 bgp router-id 192.168.95.200
 bgp graceful-restart
 maximum-paths ebgp 10
${hosts.map(({ address }) => ` neighbor ${address} remote-as 64512\n`).join('')}end
`
const exporting = yaml(hosts.map(({ address }) => ({ address, lines: ['export: all'] })))

for (const [name, config] of Object.entries({
  "the switch's text": ios,
  'YAML that exports all': exporting,
})) {
  t.test(`five kinds of daemon on the nodes receive 0, with ${name}`, { skip }, async (t) => {
    const lab = await openNetwork(t, hosts)
    const ecmpd = new Ecmpd(lab, { config })
    const peers = daemons.map((Kind, index) => new Kind(lab, hosts[index]))
    await ecmpd.start()
    for (const peer of peers) await peer.announce(SERVICE)
    // A route of one node only: with one path alone there is no tie in which it could be hidden.
    await peers[0].announce('192.168.95.125/32')
    await Promise.all(peers.map((peer) => peer.start()))
    const all = hosts.map(({ address }) => address)
    await untilGateways(lab, SWITCH, SERVICE, all)
    await untilGateways(lab, SWITCH, '192.168.95.125/32', [all[0]])
    // Long enough for an announcement to arrive if there were one.
    await sleep(2000)
    for (const peer of peers) {
      const sessions = await peer.sessions()
      t.ok(
        sessions.every(({ established }) => established),
        `${peer.kind} is Established`,
      )
      t.same(await peer.received(), [], `${peer.kind} received 0`)
    }
    for (const view of await ecmpd.neighbors()) t.equal(view.prefixesAdvertised, 0, `${view.address}: sent 0`)
  })
}
