import t from 'tap'
import { asOf, buildOpen, checkOpen, ownCapabilities } from '../../../src/session/open.js'
import { said } from '../../../src/session/reasons.js'
import { ADVERTISE, NO_DATA, OWN_ID, open, params } from './make.js'

const as4 = (as: number) => [{ code: 65, name: 'four-octet-as', as } as const]

function refusal(message = open(), changes: Parameters<typeof params>[0] = {}) {
  const verdict = checkOpen(message, params(changes))
  return verdict.ok ? undefined : { ...verdict, ...verdict.why, text: said(verdict.why) }
}

t.test('a correct OPEN is accepted', async (t) => {
  t.same(checkOpen(open(), params()), { ok: true, remoteAs: 64512 })
})

t.test('version: 2/1, data is the version supported, in network order', async (t) => {
  for (const version of [0, 3, 5]) {
    t.match(refusal(open({ version })), { code: 2, subcode: 1, data: Uint8Array.of(0, 4) })
  }
  t.match(refusal(open({ version: 3 }))?.text, /192\.0\.2\.2 speaks BGP version 3, not 4/)
})

t.test('an unacceptable AS is 2/2 and the sentence says what to set', async (t) => {
  const verdict = refusal(open({ myAs: 64599, capabilities: as4(64599) }))
  t.match(verdict, { code: 2, subcode: 2, data: NO_DATA })
  t.equal(
    verdict?.text,
    '192.0.2.2 says AS 64599, configured is 64512: set remote-as 64599 here, or correct localASN to 64512 on the node',
  )
})

t.test('the two numbers look swapped when the peer says our own AS', async (t) => {
  const text = refusal(open({ myAs: 64513, capabilities: as4(64513) }))?.text
  t.match(
    text,
    /says AS 64513, which is our own.*look swapped.*localASN is its own AS \(64512\).*peerASN ours \(64513\)/,
  )
})

t.test('the 4-octet AS in capability 65 is the one compared', async (t) => {
  const p = { remoteAs: 4200000001 }
  const message = open({ myAs: 23456, capabilities: as4(4200000001) })
  t.equal(refusal(message, p), undefined)
  t.equal(asOf(message), 4200000001)
  t.match(refusal(open({ myAs: 64512, capabilities: as4(64999) })), { subcode: 2 })
  t.equal(refusal(open({ capabilities: [] })), undefined, 'without it My AS counts')
})

t.test('AS 0 is refused in My AS and in the capability (RFC 7607)', async (t) => {
  t.match(refusal(open({ myAs: 0 })), { code: 2, subcode: 2, text: /AS 0/ })
  t.match(refusal(open({ capabilities: as4(0) })), { code: 2, subcode: 2 })
  t.match(refusal(open({ capabilities: as4(0) }), { remoteAs: 0 }), { subcode: 2 })
})

t.test('AS_TRANS without the capability is refused, whatever AS is accepted', async (t) => {
  t.match(refusal(open({ myAs: 23456, capabilities: [] }), { remoteAs: 0 }), { subcode: 2, text: /AS_TRANS/ })
})

t.test('hold time 1 and 2 are 2/6; 0 and from 3 on are accepted', async (t) => {
  for (const holdTime of [1, 2]) t.match(refusal(open({ holdTime })), { code: 2, subcode: 6, data: NO_DATA })
  for (const holdTime of [0, 3, 65535]) t.equal(refusal(open({ holdTime })), undefined)
})

t.test('identifier 0, or ours on iBGP: 2/3; ours on eBGP and multicast are accepted', async (t) => {
  t.match(refusal(open({ routerId: 0 })), { code: 2, subcode: 3 })
  const internal = { remoteAs: 64513 }
  const message = open({ myAs: 64513, capabilities: as4(64513), routerId: OWN_ID })
  t.match(refusal(message, internal), { subcode: 3, text: /our own router-id 192\.0\.2\.1 in our AS 64513/ })
  t.equal(refusal(open({ routerId: OWN_ID })), undefined)
  t.equal(refusal(open({ routerId: 0xe0000001 })), undefined)
})

t.test('a required capability that is missing: 2/7 with the capability as in an OPEN', async (t) => {
  const required = [
    { code: 1, family: 'ipv6-unicast' },
    { code: 2 },
    { code: 5 },
    { code: 64 },
    { code: 65 },
    { code: 70 },
  ] as const
  const verdict = refusal(open({ capabilities: [] }), { required, remoteAs: 64512 })
  t.match(verdict, { code: 2, subcode: 7 })
  t.equal(
    Buffer.from(verdict!.data).toString('hex'),
    ['010400020001', '0200', '0506000100010002', '40020000', '41040000fc00', '4600'].join(''),
  )
  t.match(verdict?.text, /multiprotocol ipv6-unicast, capability route refresh/)
  t.equal(refusal(open(), { required: [required[0], required[1], required[3], required[4]] }), undefined)
})

t.test('the first error in the order of the RFC counts', async (t) => {
  t.match(refusal(open({ version: 3, myAs: 0, holdTime: 1, routerId: 0 })), { subcode: 1 })
  t.match(refusal(open({ myAs: 0, holdTime: 1, routerId: 0 })), { subcode: 2 })
})

t.test('own OPEN: My AS is AS_TRANS when the AS does not fit, the capability has it all', async (t) => {
  const big = buildOpen(params({ localAs: 4200000001 }))
  t.equal(big.myAs, 23456)
  t.equal(asOf(big), 4200000001)
  t.match(buildOpen(params()), { version: 4, myAs: 64513, holdTime: 90, routerId: OWN_ID })
  t.same(buildOpen(params(), true).capabilities, [])
})

t.test('own capabilities are those of the parameters, in ascending order', async (t) => {
  t.same(ownCapabilities(params()), [
    { code: 1, name: 'multiprotocol', afi: 1, safi: 1 },
    { code: 1, name: 'multiprotocol', afi: 2, safi: 1 },
    { code: 2, name: 'route-refresh' },
    { code: 6, name: 'extended-message' },
    {
      code: 64,
      name: 'graceful-restart',
      restarting: false,
      notification: false,
      time: 120,
      families: [],
    },
    { code: 65, name: 'four-octet-as', as: 64513 },
    { code: 70, name: 'enhanced-route-refresh' },
    { code: 73, name: 'fqdn', host: 'switch', domain: '' },
  ])
  const few = { ...ADVERTISE, families: [], routeRefresh: false, enhancedRouteRefresh: false } as const
  const bare = { ...few, extendedMessage: false, fqdn: undefined, gracefulRestart: undefined }
  t.same(ownCapabilities(params({ advertise: bare })), [{ code: 65, name: 'four-octet-as', as: 64513 }])
})

t.test('software version goes to iBGP neighbors only', async (t) => {
  const codes = (remoteAs: number) => ownCapabilities(params({ remoteAs })).map((c) => c.code)
  t.ok(codes(64513).includes(75))
  t.notOk(codes(64512).includes(75))
  t.notOk(codes(0).includes(75))
})

t.test('graceful restart tuples, extended next hop and add-path are written when asked for', async (t) => {
  const advertise = {
    ...ADVERTISE,
    extendedNextHop: true,
    gracefulRestart: {
      time: 60,
      restarting: true,
      notification: true,
      families: [{ family: 'ipv6-unicast', forwarding: true }],
    },
    addPath: [
      { family: 'ipv4-unicast', receive: true, send: false },
      { family: 'ipv6-unicast', receive: true, send: true },
    ],
  } as const
  const list = ownCapabilities(params({ advertise }))
  t.same(
    list.find((c) => c.code === 64),
    {
      code: 64,
      name: 'graceful-restart',
      restarting: true,
      notification: true,
      time: 60,
      families: [{ afi: 2, safi: 1, forwarding: true }],
    },
  )
  t.same(
    list.find((c) => c.code === 5),
    { code: 5, name: 'extended-next-hop', tuples: [{ afi: 1, safi: 1, nextHopAfi: 2 }] },
  )
  t.same(
    list.find((c) => c.code === 69),
    {
      code: 69,
      name: 'add-path',
      families: [
        { afi: 1, safi: 1, mode: 1 },
        { afi: 2, safi: 1, mode: 3 },
      ],
    },
  )
  const v6only = { ...advertise, families: ['ipv6-unicast'] } as const
  t.notOk(
    ownCapabilities(params({ advertise: v6only })).some((c) => c.code === 5),
    'pointless without IPv4',
  )
})
