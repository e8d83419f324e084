import t from 'tap'
import type { Lab } from '../../src/demo/lab.js'
import { CLIENT, type Host, join, NODES, SWITCH, SWITCH_HOST, VIP } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Gobgp } from '../lab/gobgp.js'
import type { Peer } from '../lab/peer.js'
import { lacks } from '../lab/require.js'
import { untilGateways } from '../lab/routes.js'
import { withNeighbor } from '../lab/ruijie.js'
import { openNetwork, steps } from '../lab/setup.js'
import { sleep, until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
const ALL = NODES.map(({ address }) => address)
const UPSTREAM_AS = 64999

/** A router in the nodes' own subnet: a next hop of theirs is of use to it. */
const NEAR: Host = {
  namespace: 'upstream',
  name: 'upstream',
  address: '192.168.95.1',
  address6: 'fd00:95::1',
}
/** A router behind another interface of the switch: only the switch itself is of use to it. */
const FAR: Host = { namespace: CLIENT, name: 'far', address: '192.168.96.2', address6: 'fd00:96::2' }
const FAR_SWITCH: Host = { ...SWITCH_HOST, address: '192.168.96.1', address6: 'fd00:96::1' }

const skip = await lacks('gobgpd', 'gobgp', 'bird', 'birdc')

/** What an upstream has for a prefix: next hops and AS path as BIRD tells them. */
async function learned(lab: Lab, host: Host): Promise<{ nextHop: string; asPath: string }[]> {
  const socket = lab.path(`${host.namespace}-bird.ctl`)
  const text = await lab.must(host.namespace, ['birdc', '-s', socket, 'show', 'route', 'all', 'for', VIP])
  const paths = [...text.matchAll(/BGP\.as_path: (.*)/g)].map((match) => match[1].trim())
  const nextHops = [...text.matchAll(/BGP\.next_hop: (\S+)/g)].map((match) => match[1])
  return nextHops.map((nextHop, index) => ({ nextHop, asPath: paths[index] }))
}

/** Waits until an upstream has exactly this path. */
const untilLearned = (lab: Lab, host: Host, nextHop: string) =>
  until(`${host.name} has the route via ${nextHop}`, async () => {
    const now = JSON.stringify(await learned(lab, host))
    if (now !== JSON.stringify([{ nextHop, asPath: '64513 64512' }])) throw new Error(now)
    return true
  })

async function network(t: Parameters<typeof openNetwork>[0]) {
  const lab = await openNetwork(t)
  await join(lab, NEAR)
  const options = { as: UPSTREAM_AS, neighborAs: 64513 }
  return {
    lab,
    nodes: NODES.map((host) => new Gobgp(lab, host)) as Peer[],
    near: new Bird(lab, NEAR, options),
    far: new Bird(lab, FAR, { ...options, neighbor: FAR_SWITCH }),
  }
}

async function startAll(lab: Lab, ecmpd: Ecmpd, nodes: readonly Peer[], upstreams: readonly Peer[]) {
  await ecmpd.start()
  for (const node of nodes) await node.announce(SERVICE)
  await Promise.all([...nodes, ...upstreams].map((peer) => peer.start()))
  await untilGateways(lab, SWITCH, SERVICE, ALL)
}

t.test("the switch's text: an upstream router gets the best path, as from a switch", { skip }, async (t) => {
  const { lab, nodes, near, far } = await network(t)
  const text = withNeighbor(NEAR.address, UPSTREAM_AS, 'upstream').replace(
    '  # CRITICAL',
    `  neighbor ${FAR.address} remote-as ${UPSTREAM_AS}\n  # CRITICAL`,
  )
  const ecmpd = new Ecmpd(lab, { config: text })
  const step = steps(t)

  await step('in the subnet of the nodes: with the best node as third-party next hop', async (t) => {
    await startAll(lab, ecmpd, nodes, [near, far])
    await untilLearned(lab, NEAR, ALL[0])
    t.equal((await ecmpd.neighbor(NEAR.address)).prefixesAdvertised, 1)
  })

  await step('behind another interface: with the switch itself as next hop', () =>
    untilLearned(lab, FAR, FAR_SWITCH.address),
  )

  await step('the nodes still receive 0', async (t) => {
    for (const node of nodes) t.same(await node.received(), [])
  })

  await step('when the best node withdraws, the upstream gets the next best', async () => {
    await nodes[0].withdraw(SERVICE)
    await until('the next hop is the second node', async () => {
      const [path] = await learned(lab, NEAR)
      return path?.nextHop === ALL[1]
    })
  })

  await step('when all withdraw, so does the switch', async () => {
    await nodes[1].withdraw(SERVICE)
    await nodes[2].withdraw(SERVICE)
    for (const upstream of [near, far]) {
      await until('the upstream lost the route', async () => (await upstream.received()).length === 0)
    }
  })
})

t.test('YAML: an upstream router gets nothing until export says what', { skip }, async (t) => {
  const { lab, nodes, near, far } = await network(t)
  const neighbors = NODES.map((host) => nodeNeighbor(host))
  const upstreams = (...lines: string[]) =>
    [NEAR, FAR].map(({ address, name }) => ({ address, as: UPSTREAM_AS, description: name, lines }))
  const ecmpd = new Ecmpd(lab, { config: yaml([...neighbors, ...upstreams()]) })
  const step = steps(t)

  await step('without export: nothing', async (t) => {
    await startAll(lab, ecmpd, nodes, [near, far])
    await ecmpd.established([NEAR.address, FAR.address])
    await sleep(2000)
    t.same(await near.received(), [])
    t.same(await far.received(), [])
  })

  await step(
    'with export: the route, with the switch as next hop, so that traffic passes the ECMP',
    async (t) => {
      ecmpd.write(yaml([...neighbors, ...upstreams('export: all')]))
      const result = await ecmpd.reload()
      t.equal(result.code, 0, result.stderr)
      await untilLearned(lab, NEAR, SWITCH_HOST.address)
      await untilLearned(lab, FAR, FAR_SWITCH.address)
    },
  )

  await step('a withdrawal of one node says nothing upstream: best path and next hop stay', async (t) => {
    const before = (await ecmpd.neighbor(NEAR.address)).messages.sent.update
    await nodes[2].withdraw(SERVICE)
    await untilGateways(lab, SWITCH, SERVICE, ALL.slice(0, 2))
    await sleep(1000)
    t.equal((await ecmpd.neighbor(NEAR.address)).messages.sent.update, before)
  })

  await step('export by prefix: what no rule permits is taken back', async (t) => {
    ecmpd.write(yaml([...neighbors, ...upstreams('export: [{ permit: 203.0.113.0/24, le: 32 }]')]))
    t.equal((await ecmpd.reload()).code, 0)
    for (const upstream of [near, far]) {
      await until('the upstream lost the route', async () => (await upstream.received()).length === 0)
    }
  })
})
