/** This machine's facts on a real kernel: the daemon in a namespace with one node, and what goes wrong around it. */

import t from 'tap'
import { NODES, SWITCH } from '../../src/demo/topology.js'
import type { HostFacts } from '../../src/host/model.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Gobgp } from '../lab/gobgp.js'
import { lacks } from '../lab/require.js'
import { openNetwork, steps } from '../lab/setup.js'
import { until } from '../lab/wait.js'
import { yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const skip = await lacks('gobgpd', 'gobgp', 'nft')
const [NODE, OFF] = NODES
const VIP = '192.168.95.123/32'

t.test('what keeps sessions and routes from working', { skip }, async (t) => {
  const lab = await openNetwork(t, [NODE])
  const step = steps(t)
  const nft = (namespace: string, ...lines: string[]) =>
    lab.must(namespace, ['nft', '-f', '-'], `${lines.join('\n')}\n`)
  const guard = (verdict: string) => [
    'table inet guard {',
    '  chain input { type filter hook input priority 0;',
    `    tcp flags syn / syn,ack tcp dport 179 ${verdict}`,
    '  }',
    '}',
  ]
  const ecmpd = new Ecmpd(lab, {
    config: yaml([
      { address: NODE.address, lines: ['timers: { connectRetry: 2 }'] },
      { address: OFF.address, lines: ['timers: { connectRetry: 2 }'] },
      { address: '203.0.113.9', lines: ['ebgpMultihop: 2'] },
    ]),
  })
  const facts = () => ecmpd.get<HostFacts>('/api/v1/host')
  const arrivals = async () => {
    const { arrivals } = await facts()
    if (!arrivals.known) throw new Error(arrivals.why)
    return arrivals
  }
  const node = new Gobgp(lab, NODE)

  await step('how each neighbor is reached', async (t) => {
    await ecmpd.start()
    const neighbor = (address: string) => async () => {
      const { network } = await facts()
      if (!network.known) throw new Error(network.why)
      return network.neighbors.find((one) => one.address === address)
    }
    await until('the host that is off answers no ARP', async () => {
      const found = await neighbor(OFF.address)()
      return found?.table === 'FAILED' || found?.table === 'INCOMPLETE'
    })
    t.match(await neighbor(OFF.address)(), { connected: true, interface: 'eth0', subnet: '192.168.95.0/24' })
    t.match(await neighbor('203.0.113.9')(), { connected: false, table: 'NONE' })
  })

  await step("SYNs are seen that the switch's own firewall drops", async (t) => {
    // Dropped both ways: no session comes up by our own dialling either.
    await nft(SWITCH, ...guard('drop'))
    await nft(NODE.namespace, ...guard('drop'))
    await node.start()
    const syn = await until('the SYN of the node', async () =>
      (await arrivals()).syns.find(({ from }) => from === NODE.address),
    )
    t.match(syn, { to: '192.168.95.200', port: 179, signed: false })
    t.ok(syn.attempts >= 1 && syn.packets >= syn.attempts && syn.ttl > 0, JSON.stringify(syn))
    t.not((await ecmpd.neighbor(NODE.address)).state, 'Established')
    t.equal((await facts()).arrivals.known, true)
  })

  await step('a firewall that rejects says so, over IPv4', async (t) => {
    await nft(NODE.namespace, 'flush ruleset', ...guard('reject with icmpx admin-prohibited'))
    const refusal = await until('the ICMP message of the node', async () =>
      (await arrivals()).refusals.find(({ to, reason }) => to === NODE.address && reason === 'prohibited'),
    )
    t.match(refusal, { from: NODE.address })
    await nft(NODE.namespace, 'flush ruleset')
    await nft(SWITCH, 'flush ruleset')
    await until('the session', async () => (await ecmpd.neighbor(NODE.address)).state === 'Established')
  })

  await step("another's better route for our prefix", async (t) => {
    await node.announce(VIP)
    await until('our route', async () =>
      (await lab.must(SWITCH, ['ip', 'route', 'show', VIP])).includes('metric 195'),
    )
    t.match((await facts()).preferred, { known: true, routes: [] })
    await lab.ip(SWITCH, [`route add ${VIP} via 192.168.95.1 dev eth0 onlink proto static metric 20`])
    const routes = await until('the better route', async () => {
      const { preferred } = await facts()
      return preferred.known && preferred.routes.length > 0 && preferred.routes
    })
    t.match(routes, [{ prefix: VIP, via: '192.168.95.1', interface: 'eth0', protocol: 'static', metric: 20 }])
    await lab.must(SWITCH, routes[0].command.split(' '))
    await until('it is gone', async () => {
      const { preferred } = await facts()
      return preferred.known && preferred.routes.length === 0
    })
    t.match(await lab.must(SWITCH, ['ip', 'route', 'show', VIP]), /metric 195/, 'ours is left')
  })

  await step('forwarding switched off while running', async (t) => {
    const forward = async () => (await facts()).sysctls.find(({ name }) => name === 'net.ipv4.ip_forward')
    t.match(await forward(), { value: 1, effective: 1 })
    t.notOk((await forward())?.since)
    await lab.sysctl(SWITCH, { 'net/ipv4/ip_forward': '0' })
    await until('it is seen', async () => (await forward())?.value === 0)
    const seen = await forward()
    t.match(seen, { before: 1, since: /^20/ })
    await ecmpd.child.printed(/IPv4 forwarding is off.*net\.ipv4\.ip_forward was 1 before/, 60_000)
    await lab.sysctl(SWITCH, { 'net/ipv4/ip_forward': '1' })
    await until('it is seen again', async () => (await forward())?.value === 1)
    await ecmpd.child.printed(/net\.ipv4\.ip_forward is 1 again/, 60_000)
  })

  await step('a second daemon names who has the port', async (t) => {
    const second = await lab.run(SWITCH, [
      ...[process.execPath, 'dist/cli/main.js', 'run', '-c', ecmpd.file, '--api', 'off'],
      ...['--socket', lab.path('second.sock')],
    ])
    t.not(second.code, 0)
    t.match(
      second.stderr,
      new RegExp(`port 179 on .* is in use by \\S+ \\(PID ${ecmpd.child.pid}\\): stop that`),
    )
  })

  await ecmpd.stop()
})
