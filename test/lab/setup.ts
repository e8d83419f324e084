import type { Test } from 'tap'
import { clientCommand, readAnswers, tally } from '../../src/demo/client.js'
import { Lab } from '../../src/demo/lab.js'
import { buildTopology, CLIENT, type Host, HTTP_PORT, NODES } from '../../src/demo/topology.js'
import { webCommand } from '../../src/demo/web.js'

/** Last lines of each process's output that a failed test prints. */
const TAIL = 60

/** A lab that ends with the test; when the test failed, what its processes printed is shown first. */
export function openLab(t: Test): Lab {
  const lab = new Lab()
  t.teardown(async () => {
    if (!t.passing()) {
      for (const child of lab.children) {
        const lines = child.output.trim().split('\n').slice(-TAIL)
        const end = child.exit ? ` (ended: ${child.exit.signal ?? child.exit.code})` : ''
        t.comment(`--- ${child.name}${end}\n${lines.join('\n')}`)
      }
    }
    await lab.destroy()
  })
  return lab
}

/** A lab with the switch, the client and the nodes. */
export async function openNetwork(t: Test, nodes: readonly Host[] = NODES): Promise<Lab> {
  const lab = openLab(t)
  await buildTopology(lab, nodes)
  return lab
}

/** Web servers on the nodes, each answering with its node's name on the service addresses. */
export async function startWebServers(lab: Lab, addresses: readonly string[], nodes = NODES) {
  const servers = nodes.map(({ namespace, name }) =>
    lab.start(namespace, `web on ${name}`, webCommand(name, HTTP_PORT, addresses)),
  )
  await Promise.all(servers.map((server) => server.printed(/answers on port/, 60_000)))
  return servers
}

/** Requests a service address from the client, each on a connection of its own. @returns answers by name */
export async function requests(lab: Lab, address: string, count: number): Promise<Record<string, number>> {
  const options = { count, interval: 5, timeout: 20_000 }
  const client = lab.start(CLIENT, 'client', clientCommand(address, HTTP_PORT, options))
  await client.exited
  return tally(readAnswers(client.stdout))
}

/**
 * Steps of a story: subtests in order, of which those after a failed one are skipped (they would only wait
 * for what can't come).
 */
export function steps(t: Test): (name: string, run: (t: Test) => Promise<unknown>) => Promise<void> {
  let broken = false
  return async (name, run) => {
    const skip = broken ? 'an earlier step failed' : false
    await t.test(name, { skip }, async (t) => {
      await run(t)
    })
    broken ||= !t.passing()
  }
}
