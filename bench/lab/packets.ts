import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'

/** The first packet that a filter lets through, with the kernel's time stamp. */
export class FirstPacket {
  readonly #child: DemoChild

  constructor(child: DemoChild) {
    this.#child = child
  }

  /** Starts listening on eth0 of a namespace; resolves once it listens. */
  static async start(lab: Lab, namespace: string, filter: string): Promise<FirstPacket> {
    const options = ['-i', 'eth0', '-n', '-tt', '-q', '-c', '1', '--immediate-mode']
    const child = lab.start(namespace, 'tcpdump', ['tcpdump', ...options, filter])
    await child.printed(/listening on/, 10_000)
    return new FirstPacket(child)
  }

  /** When it was on the wire, milliseconds since 1970. */
  async seen(): Promise<number> {
    const [, seconds] = await this.#child.printed(/^(\d+\.\d+) /m, 20_000)
    return Number(seconds) * 1000
  }
}

/** A neighbor's connection ends. */
export const ending = (address: string): string =>
  `src host ${address} and tcp port 179 and tcp[tcpflags] & (tcp-fin|tcp-rst) != 0`

/** A neighbor sends more than a KEEPALIVE: with Ethernet, IP and TCP (time stamps) that has 85 octets. */
export const updating = (address: string): string => `src host ${address} and tcp port 179 and greater 90`
