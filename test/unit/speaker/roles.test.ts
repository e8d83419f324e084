import t from 'tap'
import { COUNTERPART, ROLES, type Role } from '../../../src/wire/role.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  asPath,
  attribute,
  capability,
  fourOctetAs,
  mpReachIpv6,
  multiprotocol,
  nextHop,
  origin,
  u32,
  update,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const FROM = '192.168.95.210'
const TO = '192.168.95.211'
const PREFIX = '10.0.0.0/8'
const otc = (as: number) => attribute(0xc0, 35, u32(as))

async function up(lab: SpeakerLab, address: string, as: number, roles: readonly number[]): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  const capabilities = [multiprotocol(1), multiprotocol(2), ...roles.map((role) => capability(9, [role]))]
  peer.greet({ as, routerId: address, capabilities: [...capabilities, fourOctetAs(as)] })
  await lab.clock.run()
  return peer
}

const both = (more = {}) => [family('ipv4-unicast', more), family('ipv6-unicast', more)]

/** A speaker that is `from` to AS 64512, which announces, and `to` to AS 64999, which listens. */
async function pair(from: Role | undefined, to: Role | undefined) {
  const lab = new SpeakerLab()
  const role = (own: Role | undefined) => (own === undefined ? {} : { role: { own, strict: false } })
  const sw = await lab.start(
    SWITCH,
    speakerOptions([
      neighbor(FROM, { passive: true, families: both(), ...role(from) }),
      neighbor(TO, { passive: true, remoteAs: 64999, families: both({ export: 'all' }), ...role(to) }),
    ]),
  )
  const theirs = (own: Role | undefined) => (own === undefined ? [] : [ROLES.indexOf(COUNTERPART[own])])
  const source = await up(lab, FROM, 64512, theirs(from))
  const sink = await up(lab, TO, 64999, theirs(to))
  return { lab, sw, source, sink }
}

/** AS of the OTC that the listener got: 0 for none, undefined when the route did not come at all. */
function received(sink: RawPeer): number | undefined {
  const message = sink.updates.find(({ hex }) => hex.includes('080a'))
  if (message === undefined) return undefined
  const mark = /c02304([0-9a-f]{8})/.exec(message.hex)
  return mark === null ? 0 : Number.parseInt(mark[1], 16)
}

// RFC 9234 §5. What comes from a customer or client (own role provider, rs) goes everywhere; the rest down only.
const UPWARD: readonly Role[] = ['customer', 'peer', 'rs-client']

t.test('Only to Customer: from every role to every role', async (t) => {
  for (const from of ROLES) {
    for (const to of ROLES) {
      const { lab, source, sink } = await pair(from, to)
      source.send(update({ attributes: [origin(), asPath(64512), nextHop(FROM)], announced: [PREFIX] }))
      await lab.clock.run()
      const marked = UPWARD.includes(from)
      const expected =
        marked && UPWARD.includes(to)
          ? undefined
          : marked
            ? 64512
            : UPWARD.includes(to) && to !== 'peer'
              ? 0
              : 64513
      t.equal(received(sink), expected, `${from} -> ${to}`)
    }
  }
})

t.test('a leaked route is stored and not used; IPv6 too', async (t) => {
  for (const [own, as, leaked] of [
    ['provider', 64512, true],
    ['rs', 1, true],
    ['peer', 64700, true],
    ['peer', 64512, false],
    ['customer', 64700, false],
    ['rs-client', 64700, false],
    [undefined, 64700, false],
  ] as const) {
    const { lab, sw, source, sink } = await pair(own, undefined)
    const attributes = [origin(), asPath(64512)]
    source.send(update({ attributes: [...attributes, nextHop(FROM), otc(as)], announced: [PREFIX] }))
    source.send(update({ attributes: [...attributes, mpReachIpv6('2001:db8::1', '2001:db8::/32'), otc(as)] }))
    await lab.clock.run()
    for (const name of ['ipv4-unicast', 'ipv6-unicast'] as const) {
      const [route] = sw.views.routes({ family: name, limit: 10 }).routes
      t.match(route.paths, [{ valid: !leaked, onlyToCustomer: as }], `${own} ${as} ${name}`)
      if (leaked) t.match(route.paths[0].reason, /route leak/)
    }
    t.equal(received(sink), leaked ? undefined : as)
  }
})

t.test('a new policy keeps the mark', async (t) => {
  const { lab, sw, source, sink } = await pair('customer', undefined)
  source.send(update({ attributes: [origin(), asPath(64512), nextHop(FROM)], announced: [PREFIX] }))
  await lab.clock.run()
  t.equal(received(sink), 64512)
  const rule = { action: 'permit', prefix: '10.0.0.0/8', ge: 8, le: 32 } as const
  const role = { own: 'customer', strict: false } as const
  await sw.speaker.apply(
    speakerOptions([
      neighbor(FROM, { passive: true, families: both({ import: [rule] }), role }),
      neighbor(TO, { passive: true, remoteAs: 64999, families: both({ export: 'all' }) }),
    ]),
  )
  await lab.clock.run()
  const [route] = sw.views.routes({ family: 'ipv4-unicast', limit: 1 }).routes
  t.match(route.paths, [{ valid: true, onlyToCustomer: 64512 }])
})

t.test('roles that do not fit refuse the session with 2/11', async (t) => {
  const cases: readonly (readonly [Role, boolean, readonly number[], string | undefined])[] = [
    ...ROLES.flatMap((own) =>
      ROLES.map((theirs, value) => {
        const fits = COUNTERPART[own] === theirs
        return [own, false, [value], fits ? undefined : '2/11'] as const
      }),
    ),
    ['peer', false, [], undefined],
    ['peer', true, [], '2/11'],
    ['peer', true, [4], undefined],
    ['peer', false, [4, 4], undefined],
    ['peer', false, [4, 0], '2/11'],
    ['peer', false, [9], '2/11'],
  ]
  for (const [own, strict, theirs, answer] of cases) {
    const lab = new SpeakerLab()
    const options = neighbor(FROM, { passive: true, role: { own, strict } })
    const sw = await lab.start(SWITCH, speakerOptions([options]))
    const peer = await up(lab, FROM, 64512, theirs)
    const what = `${own} with ${theirs.join(' ')}`
    t.equal(peer.notification, answer, what)
    const open = peer.received.find(({ type }) => type === 1)
    t.match(open?.hex, `0901${String(ROLES.indexOf(own)).padStart(2, '0')}`, 'capability 9')
    const view = sw.views.neighbor(FROM)
    t.match(view, { role: { own, strict }, state: answer === undefined ? 'Established' : /Active|Idle/ })
    if (answer === undefined)
      t.equal(view?.role?.neighbor, theirs.length === 0 ? undefined : ROLES[theirs[0]])
    else t.match(view?.lastError?.text, /RFC 9234/)
  }
})
