/**
 * Which packets the kernel hands to a packet socket, as programs of its classic filter (BPF): SYNs to ports of ours,
 * and ICMP messages that say that a segment of ours to a BGP port could not be delivered. Anything else costs the
 * kernel two or three instructions and this process nothing.
 */

import { endianness } from 'node:os'

/** Ports, 1 to 65535; at most some dozen. */
export interface FilterPorts {
  /** Those that this process listens on. */
  readonly own: readonly number[]
  /** Those of neighbors that it dials. */
  readonly dialled: readonly number[]
}

// linux/bpf_common.h: what is loaded, compared, returned.
const LOAD_BYTE = 0x30
const LOAD_HALF = 0x28
const LOAD_BYTE_BEHIND = 0x50
const LOAD_HALF_BEHIND = 0x48
/** Length of the IPv4 header, into the index register. */
const LOAD_HEADER_LENGTH = 0xb1
const IS = 0x15
const HAS = 0x45
const AND = 0x54
const RETURN = 0x06

/** Octets of a packet that are handed over: both headers with all their options. */
export const SNAP = 128

/** Where it goes on after a comparison; left out: at the next instruction. */
type Target = 'take' | 'drop' | 'icmp' | 'tcp'
type Step =
  | { readonly code: number; readonly k: number; readonly yes?: Target; readonly no?: Target }
  | Target

const step = (code: number, k: number, yes?: Target, no?: Target): Step => ({ code, k, yes, no })
const anyOf = (ports: readonly number[]): Step[] => [
  ...ports.map((port) => step(IS, port, 'take')),
  step(RETURN, 0),
]
const END: readonly Step[] = ['take', step(RETURN, SNAP), 'drop', step(RETURN, 0)]

/** SYN without ACK, RST and FIN, in the octet of flags. */
const SYN_ALONE = [step(AND, 0x17), step(IS, 0x02, undefined, 'drop')]
const TCP = 6

/** For IPv4, from its header on (RFC 791 §3.1, RFC 792, RFC 9293 §3.1). */
export function filterIPv4({ own, dialled }: FilterPorts): Uint8Array {
  const first = [step(LOAD_HALF, 6), step(HAS, 0x1fff, 'drop'), step(LOAD_HEADER_LENGTH, 0)]
  return assemble([
    step(LOAD_BYTE, 9),
    step(IS, TCP, 'tcp'),
    step(IS, 1, 'icmp', 'drop'),
    'icmp',
    ...first,
    step(LOAD_BYTE_BEHIND, 0),
    step(IS, 3, undefined, 'drop'),
    // What is quoted begins behind 8 octets; its header has no options, since ecmpd sends none.
    step(LOAD_BYTE_BEHIND, 17),
    step(IS, TCP, undefined, 'drop'),
    step(LOAD_HALF_BEHIND, 30),
    ...anyOf(dialled),
    'tcp',
    ...first,
    step(LOAD_BYTE_BEHIND, 13),
    ...SYN_ALONE,
    step(LOAD_HALF_BEHIND, 2),
    ...anyOf(own),
    ...END,
  ])
}

/** For IPv6, from its header on, without extension headers (RFC 8200 §3, RFC 4443 §3.1). */
export function filterIPv6({ own, dialled }: FilterPorts): Uint8Array {
  return assemble([
    step(LOAD_BYTE, 6),
    step(IS, TCP, 'tcp'),
    step(IS, 58, 'icmp', 'drop'),
    'icmp',
    step(LOAD_BYTE, 40),
    step(IS, 1, undefined, 'drop'),
    step(LOAD_BYTE, 54),
    step(IS, TCP, undefined, 'drop'),
    step(LOAD_HALF, 90),
    ...anyOf(dialled),
    'tcp',
    step(LOAD_BYTE, 53),
    ...SYN_ALONE,
    step(LOAD_HALF, 42),
    ...anyOf(own),
    ...END,
  ])
}

/** struct sock_filter, one after the other: code, two distances to jump, a number. */
function assemble(steps: readonly Step[]): Uint8Array {
  const places = new Map<Target, number>()
  let count = 0
  for (const one of steps) {
    if (typeof one === 'string') places.set(one, count)
    else count++
  }
  const little = endianness() === 'LE'
  const view = new DataView(new ArrayBuffer(count * 8))
  let at = 0
  for (const one of steps) {
    if (typeof one === 'string') continue
    const distance = (target?: Target) => (target === undefined ? 0 : places.get(target)! - at - 1)
    view.setUint16(at * 8, one.code, little)
    view.setUint8(at * 8 + 2, distance(one.yes))
    view.setUint8(at * 8 + 3, distance(one.no))
    view.setUint32(at * 8 + 4, one.k, little)
    at++
  }
  return new Uint8Array(view.buffer)
}
