import t from 'tap'
import { type Host, NODES, SWITCH, VIP } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Capture, notifications } from '../lab/capture.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Frr } from '../lab/frr.js'
import { Gobgp } from '../lab/gobgp.js'
import { lacks } from '../lab/require.js'
import { untilGateways } from '../lab/routes.js'
import { openNetwork } from '../lab/setup.js'
import { throughout, until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
const daemons = [Gobgp, Frr, Bird]
/** The same nodes with addresses, and so BGP Identifiers, below the switch's. */
const BELOW: readonly Host[] = NODES.map((node, index) => ({
  ...node,
  address: `192.168.95.${11 + index}`,
  address6: `fd00:95::${11 + index}`,
}))

const skip = await lacks('gobgpd', 'gobgp', 'vtysh', 'bird', 'birdc', 'tcpdump', 'ss')

for (const [name, hosts] of Object.entries({ above: NODES, below: BELOW })) {
  t.test(
    `both sides dial at once; the nodes' BGP Identifiers are ${name} the switch's`,
    { skip },
    async (t) => {
      const lab = await openNetwork(t, hosts)
      const config = yaml(hosts.map((host) => nodeNeighbor(host, 'timers: { connectRetry: 1 }')))
      const ecmpd = new Ecmpd(lab, { config })
      const peers = daemons.map((Kind, index) => new Kind(lab, hosts[index]))
      const addresses = hosts.map(({ address }) => address)

      /** TCP connections of port 179 in the switch's namespace that are up, by the nodes' addresses. */
      const connections = async () => {
        const text = await lab.must(SWITCH, ['ss', '-Htn', 'state', 'established'])
        const remote = text.split('\n').map((line) => line.trim().split(/\s+/).slice(2, 4).join(' '))
        return addresses.map((address) => remote.filter((ends) => ends.includes(`${address}:`)).length)
      }

      // While ecmpd stands still its kernel accepts what the nodes dial; when it goes on it finds these
      // connections and its own overdue dials together.
      await ecmpd.start()
      const capture = await Capture.start(lab, SWITCH, 'eth0')
      ecmpd.child.signal('SIGSTOP')
      for (const peer of peers) await peer.announce(SERVICE)
      await Promise.all(peers.map((peer) => peer.start()))
      await until('every node has dialled', async () => (await connections()).every((count) => count >= 1))
      ecmpd.child.signal('SIGCONT')

      await ecmpd.established(addresses)
      await untilGateways(lab, SWITCH, SERVICE, addresses)
      await until('one connection each', async () => (await connections()).every((count) => count === 1))
      // A node may have finished on the connection that it then gave up: those that are left count.
      const views = await ecmpd.established(addresses)
      const before = views.map(({ localPort, remotePort }) => [localPort, remotePort])
      await throughout(
        'every session stays',
        async () => (await ecmpd.neighbors()).every(({ state }) => state === 'Established'),
        4000,
      )
      const after = await ecmpd.neighbors()
      t.same(
        after.map(({ localPort, remotePort }) => [localPort, remotePort]),
        before,
        'the connections are those that won',
      )
      // RFC 4271 §6.8 lets a node do so.
      t.ok(
        after.every(({ established }) => established <= 2),
        'at most one session each was given up',
      )
      const seen = await capture.stop()
      const opens = addresses.map(
        (address) => seen.filter(({ to, type }) => to === address && type === 1).length,
      )
      t.comment(`OPENs sent to each node: ${opens}; NOTIFICATIONs:`, notifications(seen))
      t.ok(
        opens.some((count) => count > 1),
        'there were two connections in OpenSent at once',
      )
      for (const { code, subcode } of notifications(seen))
        t.same([code, subcode], [6, 7], 'Connection Collision')
    },
  )
}
