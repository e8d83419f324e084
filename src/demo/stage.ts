import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { RouteView } from '../views/model/route.js'
import type { DemoChild } from './child.js'
import { type Answer, ask, clientCommand, readAnswers } from './client.js'
import type { Lab } from './lab.js'
import type { NodePlace } from './nodes.js'
import { RUIJIE } from './ruijie.js'
import { script } from './script.js'
import { getJson } from './socket.js'
import {
  buildTopology,
  CLIENT,
  cutOff,
  HTTP_PORT,
  NODE_AS,
  NODES,
  rejoin,
  SWITCH,
  SWITCH_AS,
  SWITCH_HOST,
  VIP,
} from './topology.js'
import { webCommand } from './web.js'

/** Where the story plays: what differs between namespaces and loopback addresses. */
export interface Stage {
  readonly lab: Lab
  /** One sentence: where it plays and what forwards. */
  readonly description: string
  readonly socket: string
  /** What `ecmpd run` reads, and under which name to show it. */
  readonly config: { readonly file: string; readonly title: string }
  /** The nodes, in the order of their addresses. */
  readonly places: readonly NodePlace[]
  /** Where the next hops that `nextHops` returns come from: 'in the kernel'. */
  readonly where: string
  /** Builds the network and starts the nodes' web servers. */
  build(): Promise<void>
  startSwitch(): DemoChild
  /** Next hops of the service now, sorted. */
  nextHops(): Promise<string[]>
  /** Requests of the client to the service. */
  ask(count: number): Promise<Answer[]>
  /** Commands for looking at the kernel; empty where it is not involved. */
  readonly kernelCommands: readonly string[]
}

/** The service's prefix. */
export const SERVICE = `${VIP}/32`

const TIMEOUT = 10_000

function run(
  lab: Lab,
  namespace: string | undefined,
  file: string,
  socket: string,
  ...more: string[]
): DemoChild {
  return lab.start(namespace, 'ecmpd', [
    ...[process.execPath, script('../cli/main.js'), 'run', '-c', file],
    ...['--socket', socket, '--api', 'off', '--log-format', 'json', ...more],
  ])
}

async function startWeb(lab: Lab, servers: readonly { namespace?: string; argv: readonly string[] }[]) {
  const children = servers.map(({ namespace, argv }) => lab.start(namespace, 'web server', argv))
  await Promise.all(children.map((child) => child.printed(/answers on port/, 60_000)))
}

/**
 * Network namespaces with the kernel's ECMP; the switch reads the Ruijie text.
 * @param enter command that enters this process's user namespace, when it has one of its own
 */
export function namespaceStage(lab: Lab, enter: string): Stage {
  const file = lab.path('ruijie.conf')
  const socket = lab.path('ecmpd.sock')
  const inSwitch = `${enter}ip netns exec ${lab.namespace(SWITCH)}`
  return {
    lab,
    socket,
    description: 'network namespaces: the kernel forwards and spreads the flows',
    config: { file, title: 'the text of a Ruijie switch' },
    where: 'in the kernel',
    places: NODES.map((host) => ({
      name: host.name,
      namespace: host.namespace,
      address: host.address,
      port: 179,
      neighbor: { address: SWITCH_HOST.address, port: 179 },
      isolate: async () => {
        await cutOff(lab, host)
        return () => rejoin(lab, host)
      },
    })),
    kernelCommands: [
      `${inSwitch} ip route show ${VIP}`,
      `${inSwitch} ip nexthop`,
      `${enter}ip netns exec ${lab.namespace(CLIENT)} curl http://${VIP}:${HTTP_PORT}`,
    ],
    async build() {
      await buildTopology(lab)
      writeFileSync(file, RUIJIE)
      await startWeb(
        lab,
        NODES.map(({ namespace, name }) => ({ namespace, argv: webCommand(name, HTTP_PORT, [VIP]) })),
      )
    },
    startSwitch: () => run(lab, SWITCH, file, socket, '--fib'),
    async nextHops() {
      const text = await lab.must(SWITCH, ['ip', 'route', 'show', 'exact', SERVICE, 'proto', 'bgp'])
      return [...text.matchAll(/via (\S+)/g)].map((match) => match[1]).sort()
    },
    async ask(count) {
      const options = { count, interval: 5, timeout: TIMEOUT }
      const client = lab.start(CLIENT, 'client', clientCommand(VIP, HTTP_PORT, options))
      await client.exited
      return readAnswers(client.stdout)
    },
  }
}

/** A TCP port that is free on an address now. */
async function freePort(address: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, address, resolve)
  })
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Loopback addresses, no privileges: BGP on a high port, the FIB off, the client takes the switch's part. */
export async function loopbackStage(lab: Lab, reason: string): Promise<Stage> {
  const own = '127.0.95.200'
  const port = await freePort(own)
  const webPort = await freePort(own)
  const file = lab.path('ecmpd.yaml')
  const socket = lab.path('ecmpd.sock')
  const places = NODES.map(({ name }, index) => ({
    name,
    address: `127.0.95.${210 + index}`,
    port,
    neighbor: { address: own, port },
  }))
  const nextHops = async () => {
    const query = `family=ipv4-unicast&prefix=${encodeURIComponent(SERVICE)}`
    const { routes } = await getJson<{ routes: RouteView[] }>(socket, `/api/v1/routes?${query}`)
    return [...(routes[0]?.nextHops ?? [])].sort()
  }
  let requests = 0
  return {
    lab,
    socket,
    description: `loopback addresses, routes only in ecmpd, because no network namespace could be made (${reason})`,
    config: { file, title: 'a YAML file' },
    where: 'in ecmpd (its FIB is off here)',
    places,
    kernelCommands: [],
    nextHops,
    async build() {
      const neighbors = places.map(
        ({ address, name }) => `  - address: ${address}
    description: ${name}
    remoteAs: ${NODE_AS}
    port: ${port}
    localAddress: ${own}
    passive: true
`,
      )
      writeFileSync(
        file,
        `as: ${SWITCH_AS}
routerId: ${SWITCH_HOST.address}
listen: ${own}:${port}
neighbors:
${neighbors.join('')}`,
      )
      await startWeb(
        lab,
        places.map(({ name, address }) => ({ argv: webCommand(name, webPort, [address]) })),
      )
    },
    startSwitch: () => run(lab, undefined, file, socket),
    async ask(count) {
      const hops = await nextHops()
      if (!hops.length) throw new Error(`ecmpd has no route to ${SERVICE}`)
      // In turn: what the kernel does by the hash of a flow's addresses and ports.
      const targets = Array.from({ length: count }, () => hops[requests++ % hops.length])
      return Promise.all(targets.map((address) => ask(address, webPort, TIMEOUT)))
    },
  }
}
