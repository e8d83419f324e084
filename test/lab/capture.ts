import { readFileSync } from 'node:fs'
import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'
import { until } from './wait.js'

/** A BGP message seen on the wire. */
export interface SeenMessage {
  /** Seconds since 1970, from the kernel. */
  readonly at: number
  readonly from: string
  readonly to: string
  /** 1 OPEN, 2 UPDATE, 3 NOTIFICATION, 4 KEEPALIVE, 5 ROUTE-REFRESH. */
  readonly type: number
  /** What follows the 19 octets of the header. */
  readonly body: Buffer
}

const MARKER = Buffer.alloc(16, 0xff)
/** UDP port to which a capture sends the datagram that ends it (discard, RFC 863). */
const LAST = 9

/** Records the BGP traffic of an interface with tcpdump. Reads its octets without ecmpd's own codec. */
export class Capture {
  readonly #child: DemoChild
  readonly #file: string
  readonly #sendLast: () => Promise<unknown>

  /** @param sendLast sends a datagram to port 9 on the interface */
  constructor(child: DemoChild, file: string, sendLast: () => Promise<unknown>) {
    this.#child = child
    this.#file = file
    this.#sendLast = sendLast
  }

  /** Resolves once tcpdump listens. */
  static async start(lab: Lab, namespace: string, device: string): Promise<Capture> {
    const file = lab.path(`capture-${lab.children.length}.pcap`)
    const child = lab.start(namespace, 'tcpdump', [
      ...['tcpdump', '-i', device, '-U', '--immediate-mode', '-s', '0', '-Z', 'root', '-w', file],
      `tcp port 179 or udp port ${LAST}`,
    ])
    await child.printed(/listening on/, 60_000)
    const script = `require('dgram').createSocket('udp6').send('', ${LAST}, 'ff02::1%${device}', (error) => {
      process.exit(error ? 1 : 0)
    })`
    return new Capture(child, file, () => lab.must(namespace, [process.execPath, '-e', script]))
  }

  /** Ends the recording. @returns every whole BGP message seen, in order */
  async stop(): Promise<SeenMessage[]> {
    // On a busy machine tcpdump may be behind: when it has written a datagram sent now, it has all before.
    await this.#sendLast()
    await until('tcpdump has caught up', () =>
      frames(readFileSync(this.#file)).some(({ octets }) => isLast(octets)),
    )
    // SIGINT makes it write out what it holds.
    this.#child.signal('SIGINT')
    await this.#child.exited
    return frames(readFileSync(this.#file)).flatMap(({ at, octets }) => messages(at, octets))
  }
}

/** Frames of a capture file (pcap, Ethernet, little endian as tcpdump writes it here); the last may not be whole yet. */
function frames(file: Buffer): { readonly at: number; readonly octets: Buffer }[] {
  const seen: { at: number; octets: Buffer }[] = []
  for (let offset = 24; offset + 16 <= file.length; ) {
    const length = file.readUInt32LE(offset + 8)
    const at = file.readUInt32LE(offset) + file.readUInt32LE(offset + 4) / 1e6
    if (offset + 16 + length > file.length) break
    seen.push({ at, octets: file.subarray(offset + 16, offset + 16 + length) })
    offset += 16 + length
  }
  return seen
}

/** Whether an Ethernet frame is an IPv6 UDP datagram to the port of the last one. */
const isLast = (octets: Buffer) =>
  octets.readUInt16BE(12) === 0x86dd && octets[20] === 17 && octets.readUInt16BE(56) === LAST

/** BGP messages of an Ethernet frame. */
function messages(at: number, octets: Buffer): SeenMessage[] {
  const etherType = octets.readUInt16BE(12)
  const packet = octets.subarray(14)
  if (etherType === 0x0800) {
    const header = (packet[0] & 15) * 4
    const [from, to] = [12, 16].map((start) => [...packet.subarray(start, start + 4)].join('.'))
    return segment(at, from, to, packet.subarray(header, packet.readUInt16BE(2)))
  }
  if (etherType === 0x86dd && packet[6] === 6) {
    const [from, to] = [8, 24].map((start) => packet.subarray(start, start + 16).toString('hex'))
    return segment(at, from, to, packet.subarray(40, 40 + packet.readUInt16BE(4)))
  }
  return []
}

function segment(at: number, from: string, to: string, tcp: Buffer): SeenMessage[] {
  const seen: SeenMessage[] = []
  const payload = tcp.subarray((tcp[12] >> 4) * 4)
  for (let start = payload.indexOf(MARKER); start >= 0 && start + 19 <= payload.length; ) {
    const length = payload.readUInt16BE(start + 16)
    seen.push({ at, from, to, type: payload[start + 18], body: payload.subarray(start + 19, start + length) })
    start = payload.indexOf(MARKER, start + length)
  }
  return seen
}

/** NOTIFICATIONs of a capture, read. */
export function notifications(
  seen: readonly SeenMessage[],
): { at: number; from: string; to: string; code: number; subcode: number; communication: string }[] {
  return seen
    .filter(({ type }) => type === 3)
    .map(({ at, from, to, body }) => {
      const text = body.subarray(3, 3 + (body[2] ?? 0)).toString('utf8')
      return { at, from, to, code: body[0], subcode: body[1], communication: text }
    })
}
