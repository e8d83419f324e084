import t from 'tap'
import type { Lab } from '../../src/demo/lab.js'
import { buildTopology, type Host, join, SWITCH_HOST } from '../../src/demo/topology.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { PathBird, PathFrr, PathGobgp, type PathPeer, type PathSession } from '../lab/paths.js'
import { lacks } from '../lab/require.js'
import { openLab, steps } from '../lab/setup.js'
import { throughout, until } from '../lab/wait.js'

t.setTimeout(600_000)

const AS = 64513
/** Announced by every client, beside a prefix of its own. */
const ANYCAST = '198.51.100.0/24'
const FIRST = SWITCH_HOST

const host = (name: string, last: number): Host => ({
  namespace: name,
  name,
  address: `192.168.95.${last}`,
  address6: `fd00:95::${last}`,
})
const SECOND = host('second', 201)

async function network(t: Parameters<typeof openLab>[0], hosts: readonly Host[]): Promise<Lab> {
  const lab = openLab(t)
  await buildTopology(lab, [])
  for (const one of hosts) await join(lab, one)
  return lab
}

const skip = await lacks('bird', 'birdc', 'bgpd', 'vtysh', 'gobgpd', 'gobgp')

t.test('two reflectors of one cluster, one of them killed: no route is lost', { skip }, async (t) => {
  const hosts = [host('bird1', 11), host('bird2', 12), host('frr1', 13), host('frr2', 14)]
  const lab = await network(t, [SECOND, ...hosts])
  const own = (one: Host) => `203.0.113.${one.address.split('.')[3]}/32`
  const sessions: PathSession[] = [FIRST, SECOND].map(({ address }) => ({ address, as: AS }))
  const clients: PathPeer[] = hosts.map((one) => {
    const routes = [{ prefix: own(one) }, { prefix: ANYCAST }]
    return one.name.startsWith('bird')
      ? new PathBird(lab, one, AS, sessions, routes)
      : new PathFrr(lab, one, AS, sessions, routes)
  })
  const config = (self: Host, other: Host) =>
    [
      `as: ${AS}`,
      `routerId: ${self.address}`,
      'clusterId: 10.0.0.0',
      'gracefulRestart: false',
      'groups:',
      '  clients:',
      '    remoteAs: internal',
      '    routeReflectorClient: true',
      '    addPath: { receive: true, send: all }',
      '    timers: { hold: 9, keepalive: 3, connectRetry: 2 }',
      'neighbors:',
      `  - { address: ${other.address}, remoteAs: internal, timers: { hold: 9, keepalive: 3, connectRetry: 2 } }`,
      ...hosts.map(({ address }) => `  - { address: ${address}, group: clients }`),
      '',
    ].join('\n')
  const reflector = (self: Host, other: Host) =>
    new Ecmpd(lab, {
      config: config(self, other),
      fib: false,
      name: `reflector-${self.namespace}`,
      namespace: self.namespace,
    })
  const first = reflector(FIRST, SECOND)
  const second = reflector(SECOND, FIRST)
  const step = steps(t)

  /** What a client lacks: each route of the others from each of these reflectors. */
  async function missing(client: PathPeer, reflectors: readonly Host[]): Promise<string[]> {
    const table = await client.table()
    return hosts
      .filter((one) => one !== client.host)
      .flatMap((one) =>
        reflectors.flatMap(({ address }) =>
          [own(one), ANYCAST].flatMap((prefix) => {
            const paths = table.get(prefix) ?? []
            const found = paths.some(({ from, nextHop }) => from === address && nextHop === one.address)
            return found ? [] : [`${client.host.name} lacks ${prefix} via ${one.name} from ${address}`]
          }),
        ),
      )
  }
  const complete = (reflectors: readonly Host[]) =>
    until(
      'every client has every route',
      async () => {
        const lacking = (await Promise.all(clients.map((client) => missing(client, reflectors)))).flat()
        if (lacking.length > 0) throw new Error(lacking.join('; '))
        return true
      },
      60_000,
      500,
    )

  await step('every client has every path from both', async (t) => {
    await Promise.all([first.start(), second.start()])
    await Promise.all(clients.map((client) => client.start()))
    await complete([FIRST, SECOND])
    const views = await first.established([SECOND.address, ...hosts.map(({ address }) => address)])
    for (const { address, families } of views.slice(1)) {
      t.match(
        families,
        [{ routeReflectorClient: true, addPath: { receiving: true, sending: true } }],
        address,
      )
    }
  })

  await step('what comes round from the other reflector of the cluster is not used', async (t) => {
    const [route, copy] = await until('the copy is there', async () => {
      const view = await first.route(own(hosts[0]))
      const path = view?.paths.find(({ neighbor }) => neighbor === SECOND.address)
      return view && path && ([view, path] as const)
    })
    t.match(copy, {
      valid: false,
      reason: 'CLUSTER_LIST holds the own cluster id: the route has been reflected here before',
    })
    t.match(
      route.paths.find(({ best }) => best),
      { neighbor: hosts[0].address, fromClient: true },
    )
  })

  await step('one is killed: every client keeps every route, all the time', async () => {
    await first.child.kill()
    await throughout(
      'every client has every route from the second',
      async () => (await Promise.all(clients.map((client) => missing(client, [SECOND])))).flat().length === 0,
      6000,
      200,
    )
  })

  await step('it comes back and serves them again', async () => {
    await first.start()
    await complete([FIRST, SECOND])
  })
})

t.test('ADD-PATH both ways with FRR, BIRD and gobgpd', { skip }, async (t) => {
  const origin = host('origin', 10)
  const frr = host('frr', 21)
  const bird = host('bird', 22)
  const gobgp = host('gobgp', 23)
  const middle: [Host, number][] = [
    [frr, 65011],
    [bird, 65012],
    [gobgp, 65013],
  ]
  const lab = await network(t, [SECOND, origin, frr, bird, gobgp])
  const ways = [31, 32, 33]
  const routes = ways.map((last, i) => ({
    prefix: ANYCAST,
    nextHop: `192.168.95.${last}`,
    community: `65001:${i + 1}`,
  }))
  const source = new PathBird(lab, origin, 65001, [{ address: FIRST.address, as: AS }], routes)
  const both: PathSession[] = [
    { address: FIRST.address, as: AS },
    { address: SECOND.address, as: 64514 },
  ]
  const peers: PathPeer[] = [
    new PathFrr(lab, frr, 65011, both),
    new PathBird(lab, bird, 65012, both),
    new PathGobgp(lab, gobgp, 65013, both),
  ]
  const sender = (send: string) =>
    [
      `as: ${AS}`,
      `routerId: ${FIRST.address}`,
      'neighbors:',
      `  - { address: ${origin.address}, remoteAs: 65001, addPath: { receive: true } }`,
      ...middle.map(
        ([{ address }, as]) =>
          `  - { address: ${address}, remoteAs: ${as}, import: none, export: all, nextHop: unchanged, addPath: { send: ${send} } }`,
      ),
      '',
    ].join('\n')
  // The receiver has the switch's text.
  const receiver = [
    'router bgp 64514',
    ` bgp router-id ${SECOND.address}`,
    ' bgp additional-paths receive',
    ...middle.map(([{ address }, as]) => ` neighbor ${address} remote-as ${as}`),
    '',
  ].join('\n')
  const first = new Ecmpd(lab, { config: sender('all'), fib: false, name: 'sender' })
  const second = new Ecmpd(lab, {
    config: receiver,
    fib: false,
    name: 'receiver',
    namespace: SECOND.namespace,
  })
  const step = steps(t)

  const marks = (count: number) => Array.from({ length: count }, (_, i) => `65001:${i + 1}`)
  const sent = (expected: readonly string[]) =>
    until(
      `each has ${expected.join(' ')} from the first`,
      async () => {
        for (const peer of peers) {
          const paths = (await peer.table()).get(ANYCAST) ?? []
          const found = paths.filter(({ from }) => from === FIRST.address).flatMap((path) => path.communities)
          if (found.sort().join() !== expected.join()) throw new Error(`${peer.host.name} has ${found}`)
        }
        return true
      },
      60_000,
      300,
    )
  /** The paths that the second has, and their identifiers, by neighbor. */
  const received = (expected: readonly string[]) =>
    until(
      `the second has ${expected.join(' ')} from each`,
      async () => {
        const paths = (await second.route(ANYCAST))?.paths ?? []
        for (const [{ address, name }] of middle) {
          const from = paths.filter(({ neighbor }) => neighbor === address)
          const found = from.flatMap(({ communities }) => communities).sort()
          if (found.join() !== expected.join()) throw new Error(`${found} from ${name}`)
          if (new Set(from.map(({ pathId }) => pathId)).size !== from.length) {
            throw new Error(`${name} gives one identifier twice`)
          }
        }
        return true
      },
      60_000,
      300,
    )

  await step('all paths are handed on, each with its identifier', async (t) => {
    await Promise.all([first.start(), second.start()])
    await Promise.all([source, ...peers].map((peer) => peer.start()))
    await sent(marks(3))
    await received(marks(3))
    const shown = await first.show('ip', 'bgp', 'neighbors', frr.address)
    t.match(shown, /Additional Paths Capability: advertised and received\n {6}IPv4 Unicast: send advertised/)
    t.match(shown, /Additional paths: all paths\n/)
    const views = await first.established(middle.map(([{ address }]) => address))
    for (const { prefixesAdvertised } of views) t.equal(prefixesAdvertised, 3)
  })

  await step('a path that goes is withdrawn, the others stay', async () => {
    await source.change(routes.slice(0, 2))
    await sent(marks(2))
    await received(marks(2))
    await source.change(routes)
    await received(marks(3))
  })

  await step('the best two', async (t) => {
    first.write(sender('{ best: 2 }'))
    const { code, stderr } = await first.reload()
    t.equal(code, 0, stderr)
    await until('two are sent to each', async () => {
      const views = await first.established(middle.map(([{ address }]) => address))
      return views.every(({ prefixesAdvertised, dropped }) => prefixesAdvertised === 2 && dropped === 0)
    })
    await until('each has two', async () => {
      for (const peer of peers) {
        const paths = (await peer.table()).get(ANYCAST) ?? []
        if (paths.filter(({ from }) => from === FIRST.address).length !== 2) return false
      }
      return true
    })
  })
})
