/**
 * What has crashed, hung or confused other BGP daemons, and is not among the malformed messages of
 * test/fixtures: one message each, with the advisory or the change that tells of it.
 */
import {
  asPath,
  attribute,
  communities,
  ipv4,
  ipv6,
  message,
  nextHop,
  origin,
  u16,
  u32,
  update,
} from './raw-bytes.js'

const route = (...others: number[][]): Uint8Array =>
  update({
    attributes: [origin(), asPath(64512), nextHop('192.168.95.210'), ...others],
    announced: ['10.1.2.0/24'],
  })
const zeros = (count: number): number[] => new Array<number>(count).fill(0)
const reach = (afi: number, safi: number, hop: number[], nlri: number[]): number[] =>
  attribute(0x80, 14, [...u16(afi), safi, hop.length, ...hop, 0, ...nlri])
const mandatory = [origin(), asPath(64512)]

/** By the product and the place where it was told. */
export const CRASH_INPUTS: Readonly<Record<string, Uint8Array>> = {
  'FRR CVE-2023-38407: labelled unicast past the end': update({
    attributes: [reach(1, 4, ipv4('192.168.95.210'), [200, 0, 0, 0x10, 10]), ...mandatory],
  }),
  'GoBGP 2026: label stack without bottom bit': update({
    attributes: [reach(1, 4, ipv4('192.168.95.210'), [80, ...zeros(9), 10]), ...mandatory],
  }),
  'ExaBGP 2026: endless label stack': update({
    attributes: [reach(1, 128, [...zeros(8), ...ipv4('192.168.95.210')], [255, ...zeros(32)]), ...mandatory],
  }),
  'FRR CVE-2026-37457: flowspec with many operators': update({
    attributes: [
      reach(1, 133, [], [240, 64, 3, ...new Array<number[]>(31).fill([1, 6]).flat(), 0x81, 6]),
      ...mandatory,
    ],
  }),
  'FRR issue 22041: Prefix-SID type 4 alone': route(attribute(0xc0, 40, [4, 0, 1, 0])),
  'FRR CVE-2026-37459: length of a TLV below its header': route(
    attribute(0xc0, 40, [5, 0, 0]),
    attribute(0xc0, 23, [0, 1, 0, 0]),
  ),
  'GoBGP 2026: unknown SRv6 sub-TLV': route(attribute(0xc0, 40, [5, 0, 4, 0, 9, 0, 0])),
  'FRR CVE-2024-31949: CAPABILITY message': message(6, [1, 0, 64, 255]),
  'FRR CVE-2022-37032: CAPABILITY message past its end': message(6, [0]),
  'BIRD CVE-2026-49943: a path of 3,000 ASes': update({
    attributes: [
      origin(),
      attribute(
        0x40,
        2,
        new Array<number[]>(12).fill([2, 250, ...new Array<number[]>(250).fill(u32(64512)).flat()]).flat(),
      ),
      nextHop('192.168.95.210'),
    ],
    announced: ['10.1.2.0/24'],
  }),
  'BIRD 2025-10-24: OTC with the long form of length': route([0xd0, 35, 0, 4, ...u32(64512)]),
  'BIRD 2025-10-24: OTC of 1,024 octets': route([0xd0, 35, 4, 0, ...zeros(1024)]),
  'OpenBGPD 2026: 200 optional attributes': route(
    ...Array.from({ length: 200 }, (_, i) => attribute(0xc0, 41 + i, [i])),
  ),
  'OpenBSD 2009: a segment of 255 ASes': update({
    attributes: [
      origin(),
      attribute(0x40, 2, [2, 255, ...u32(64512), ...new Array<number[]>(254).fill(u32(7)).flat()]),
      nextHop('192.168.95.210'),
    ],
    announced: ['10.1.2.0/24'],
  }),
  'FRR issue 22045: an unknown attribute near the maximum, and communities': route(
    communities(1, 2, 3),
    attribute(0xc0, 201, zeros(3990)),
  ),
  'Junos VU#347067: entropy label': route(attribute(0xc0, 28, [0, 1, 0, 0])),
  'GoBGP CVE-2025-43972: IPv6 extended community': route(
    attribute(0xc0, 25, [0, 11, ...ipv6('2001:db8::1'), 0, 1]),
  ),
  'GoBGP GHSA-frrj-87jh-2772: an empty path': update({
    attributes: [origin(), asPath(), nextHop('192.168.95.210')],
    announced: ['10.1.2.0/24'],
  }),
  'OpenBGPD CVE-2023-38283: treat-as-withdraw in the middle': route(
    [0xc0, 8, 3, 1, 2, 3],
    attribute(0xc0, 99, [1]),
  ),
  'Quagga CVE-2017-15865: an attribute longer than the message': route([0xd0, 99, 0xff, 0xff, 1]),
  'FRR e7bc47b501: link bandwidth cut': route(attribute(0xc0, 16, [0x40, 4, 0, 1])),
}
