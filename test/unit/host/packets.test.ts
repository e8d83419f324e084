import t from 'tap'
import { filterIPv4, filterIPv6 } from '../../../src/host/filter.js'
import { parsePacket } from '../../../src/host/packets.js'
import { runFilter } from './bpf.js'
import { icmp4, icmp6, ipv4, ipv6, tcp } from './made-packets.js'

const PORTS = { own: [179, 1790], dialled: [179, 2179] }
const taken4 = (packet: Uint8Array) => runFilter(filterIPv4(PORTS), packet) > 0
const taken6 = (packet: Uint8Array) => runFilter(filterIPv6(PORTS), packet) > 0
const A = '192.168.95.210'
const B = '192.168.95.200'
const SIX = 'fd95::210'
const OWN_SIX = 'fd95::200'

t.test('the filter takes SYNs to own ports, and nothing else of TCP', async (t) => {
  for (const [taken, wrap] of [
    [taken4, (payload: Uint8Array) => ipv4(A, B, 6, payload)],
    [taken6, (payload: Uint8Array) => ipv6(SIX, OWN_SIX, 6, payload)],
  ] as const) {
    t.ok(taken(wrap(tcp({ to: 179 }))))
    t.ok(taken(wrap(tcp({ to: 1790 }))))
    t.ok(taken(wrap(tcp({ to: 179, flags: 0xc2 }))), 'with ECN')
    t.notOk(taken(wrap(tcp({ to: 80 }))), 'another port')
    t.notOk(taken(wrap(tcp({ to: 2179 }))), 'one that is only dialled')
    t.notOk(taken(wrap(tcp({ to: 179, flags: 0x12 }))), 'SYN and ACK')
    t.notOk(taken(wrap(tcp({ to: 179, flags: 0x10 }))), 'ACK')
    t.notOk(taken(wrap(tcp({ to: 179, flags: 0x04 }))), 'RST')
  }
  t.ok(taken4(ipv4(A, B, 6, tcp({ to: 179 }), { options: 8 })), 'IP options before it')
  t.notOk(taken4(ipv4(A, B, 6, tcp({ to: 179 }), { fragment: 100 })), 'a later fragment')
  t.notOk(taken4(ipv4(A, B, 17, tcp({ to: 179 }))), 'UDP')
  t.notOk(taken6(ipv6(SIX, OWN_SIX, 17, tcp({ to: 179 }))), 'UDP')
  t.notOk(taken4(ipv4(A, B, 6, new Uint8Array(4))), 'cut short')
})

t.test('the filter takes ICMP unreachable about segments to dialled ports', async (t) => {
  const quoted4 = (to: number, protocol = 6) => ipv4(B, A, protocol, tcp({ to }))
  const quoted6 = (to: number) => ipv6(OWN_SIX, SIX, 6, tcp({ to }))
  t.ok(taken4(ipv4(A, B, 1, icmp4(3, 13, quoted4(179)))))
  t.ok(taken4(ipv4(A, B, 1, icmp4(3, 1, quoted4(2179)))))
  t.notOk(taken4(ipv4(A, B, 1, icmp4(3, 13, quoted4(80)))), 'another port')
  t.notOk(taken4(ipv4(A, B, 1, icmp4(3, 13, quoted4(179, 17)))), 'about UDP')
  t.notOk(taken4(ipv4(A, B, 1, icmp4(11, 0, quoted4(179)))), 'time exceeded')
  t.ok(taken6(ipv6(SIX, OWN_SIX, 58, icmp6(1, 1, quoted6(179)))))
  t.notOk(taken6(ipv6(SIX, OWN_SIX, 58, icmp6(1, 1, quoted6(80)))))
  t.notOk(taken6(ipv6(SIX, OWN_SIX, 58, icmp6(135, 0, quoted6(179)))), 'neighbor discovery')
})

t.test('a SYN is read: who, where to, TTL, signature', async (t) => {
  const syn = tcp({ from: 40000, to: 179, sequence: 0xfffffffe })
  t.same(parsePacket(ipv4(A, B, 6, syn, { ttl: 63 })), {
    type: 'syn',
    from: A,
    to: B,
    sourcePort: 40000,
    port: 179,
    sequence: 0xfffffffe,
    ttl: 63,
    signed: false,
  })
  t.match(parsePacket(ipv6(SIX, OWN_SIX, 6, syn, 255)), { from: SIX, to: OWN_SIX, port: 179, ttl: 255 })
  const options = (...octets: number[]) => parsePacket(ipv4(A, B, 6, tcp({ to: 179, options: octets })))
  const key = new Array(16).fill(0)
  t.match(options(2, 4, 5, 180, 1, 1, 19, 18, ...key, 0, 0), { signed: true })
  t.match(options(2, 4, 5, 180, 0, 0, 19, 18, ...key, 0, 0), { signed: false }, 'behind the end')
  t.match(options(8, 0, 19, 18), { signed: true }, 'a length of 0 does not hold it up')
  t.match(options(2, 20, 19, 18), { signed: false }, 'inside another option')
  t.match(options(1, 1, 1, 19), { signed: true }, 'cut short')
})

t.test('an ICMP message is read: who refuses whom, and why', async (t) => {
  const quoted = ipv4(B, '10.0.0.9', 6, tcp({ to: 2179 }))
  const reason = (code: number) => parsePacket(ipv4(A, B, 1, icmp4(3, code, quoted)))
  t.same(reason(13), {
    type: 'unreachable',
    from: A,
    to: '10.0.0.9',
    sender: B,
    port: 2179,
    reason: 'prohibited',
  })
  t.match([0, 1, 3, 9, 10, 4].map(reason), [
    { reason: 'network' },
    { reason: 'host' },
    { reason: 'port' },
    { reason: 'prohibited' },
    { reason: 'prohibited' },
    { reason: 'other' },
  ])
  const six = ipv6(OWN_SIX, SIX, 6, tcp({ to: 179 }))
  t.match(parsePacket(ipv6(SIX, OWN_SIX, 58, icmp6(1, 1, six))), {
    from: SIX,
    to: SIX,
    sender: OWN_SIX,
    port: 179,
    reason: 'prohibited',
  })
})

t.test('what is cut short is none', async (t) => {
  const whole = [
    ipv4(A, B, 6, tcp({ to: 179 })),
    ipv6(SIX, OWN_SIX, 6, tcp({ to: 179 })),
    ipv4(A, B, 1, icmp4(3, 13, ipv4(B, A, 6, tcp({ to: 179 })))),
    ipv6(SIX, OWN_SIX, 58, icmp6(1, 1, ipv6(OWN_SIX, SIX, 6, tcp({ to: 179 })))),
  ]
  for (const packet of whole) {
    for (let length = 0; length < packet.length; length++) {
      t.doesNotThrow(() => parsePacket(packet.subarray(0, length)))
    }
  }
  t.equal(parsePacket(new Uint8Array(0)), undefined)
  t.equal(parsePacket(whole[0].subarray(0, 39)), undefined)
})
