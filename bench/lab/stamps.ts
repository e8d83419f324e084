import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'
import { until } from '../../test/lab/wait.js'

interface RouteStamp {
  readonly at: number
  readonly text: string
}

/**
 * Time stamps taken outside of the daemons measured: tcpdump's (the kernel's, of each packet) and those that
 * `ip -ts monitor` writes beside each message of the kernel. Both are milliseconds since 1970 with fractions.
 */
export class Stamps {
  readonly #packets: DemoChild
  readonly #routes: DemoChild

  constructor(packets: DemoChild, routes: DemoChild) {
    this.#packets = packets
    this.#routes = routes
  }

  /** Starts both recorders in a namespace and waits until they record. */
  static async start(lab: Lab, namespace: string): Promise<Stamps> {
    const packets = lab.start(namespace, 'tcpdump', [
      ...['tcpdump', '-i', 'eth0', '-n', '-tt', '-U', '-l', '-x', '-B', '8192', '--immediate-mode'],
      ...['tcp', 'port', '179', 'and', 'greater', '80'],
    ])
    const routes = lab.start(namespace, 'ip monitor', ['ip', '-o', '-ts', 'monitor', 'route'])
    await packets.printed(/listening on/, 10_000)
    await until('ip monitor records', async () => {
      await lab.ip(namespace, ['route add 198.51.100.255/32 dev lo', 'route del 198.51.100.255/32 dev lo'])
      return routes.stdout.includes('198.51.100.255')
    })
    return new Stamps(packets, routes)
  }

  #changes(): RouteStamp[] {
    // The stamp stands on a line of its own or before the message, according to the version of iproute2.
    const changes: RouteStamp[] = []
    for (const match of this.#routes.stdout.matchAll(/\[(\d{4}-\d\d-\d\dT[\d:]+)\.(\d+)\]\s*([^[]*)/g)) {
      changes.push({ at: Date.parse(match[1]) + Number(`0.${match[2]}`) * 1000, text: match[3] })
    }
    return changes
  }

  /**
   * When a prefix first had so many next hops, after a moment.
   * @throws Error when that was never seen
   */
  reached(prefix: string, width: number, from: number): number {
    for (const { at, text } of this.#changes()) {
      if (at < from || text.startsWith('Deleted') || !text.startsWith(`${prefix} `)) continue
      const hops = text.match(/via /g)?.length ?? 0
      if (hops === width) return at
    }
    throw new Error(`ip monitor never showed ${prefix} with ${width} next hops:\n${this.#routes.stdout}`)
  }

  *#seen(from: number): Generator<{ at: number; source: string; target: string; hex: string }> {
    for (const block of this.#packets.stdout.split(/\n(?=\d)/)) {
      const head = block.match(/^(\d+)\.(\d+) IP (\S+) > (\S+):/)
      if (!head) continue
      const at = Number(head[1]) * 1000 + Number(`0.${head[2]}`) * 1000
      if (at < from) continue
      const hex = block
        .replace(/^.*\n/, '')
        .replace(/^\s+0x[0-9a-f]+:\s+/gm, '')
        .replace(/\s+/g, '')
      yield { at, source: head[3], target: head[4], hex }
    }
  }

  /**
   * When the first session with one of these addresses was up, after a moment: a KEEPALIVE was seen in both
   * directions. undefined: not yet.
   */
  session(addresses: readonly string[], from: number): number | undefined {
    const spoke = new Set<string>()
    for (const { at, source, target, hex } of this.#seen(from)) {
      if (!/f{32}001304/.test(hex)) continue
      for (const address of addresses) {
        if (source.startsWith(`${address}.`)) spoke.add(`from ${address}`)
        if (target.startsWith(`${address}.`)) spoke.add(`to ${address}`)
        if (spoke.has(`from ${address}`) && spoke.has(`to ${address}`)) return at
      }
    }
    return undefined
  }

  /**
   * When the first UPDATE of an address was on the wire, after a moment.
   * @throws Error when there was none
   */
  update(address: string, from: number): number {
    for (const { at, source, hex } of this.#seen(from)) {
      if (source.startsWith(`${address}.`) && /f{32}[0-9a-f]{4}02/.test(hex)) return at
    }
    throw new Error(`tcpdump saw no UPDATE of ${address}:\n${this.#packets.output}`)
  }
}
