import type { Case } from '../case.js'
import { check, same } from '../context.js'
import { Failure } from '../conversation.js'
import type { NeighborOptions } from '../model.js'
import { onlyToCustomer, role } from '../octets.js'

type Role = NonNullable<NeighborOptions['role']>

/** Values of the capability (RFC 9234 §4.1). */
const VALUES: Readonly<Record<Role, number>> = {
  provider: 0,
  'rs-server': 1,
  'rs-client': 2,
  customer: 3,
  peer: 4,
}

const OPPOSITE: Readonly<Record<Role, Role>> = {
  provider: 'customer',
  customer: 'provider',
  'rs-server': 'rs-client',
  'rs-client': 'rs-server',
  peer: 'peer',
}

const ROLES = Object.keys(VALUES) as Role[]
const TESTERS = ['p', 's', 'c', 'u', 'e'] as const

/** One role of the device under test against the five of the peer. */
const pairs = (own: Role): Case => ({
  id: `ROL-1.${own}`,
  title: `role ${own}: only ${OPPOSITE[own]} fits, others get 2/11; none and one repeated are accepted`,
  rfc: '9234 4.2',
  feature: 'roles',
  peers: Object.fromEntries(
    [...TESTERS, 'none', 'twice', 'two'].map((name) => [name, { options: { role: own } }]),
  ),
  async run(c) {
    for (const [index, theirs] of ROLES.entries()) {
      const capabilities = [role(VALUES[theirs])]
      if (theirs === OPPOSITE[own]) {
        const t = await c.session(TESTERS[index], { capabilities })
        await c.sleep(200)
        t.alive()
      } else {
        const t = await c.connect(TESTERS[index])
        t.send(c.openMessage(TESTERS[index], { capabilities }))
        await t.ends('2/11').catch((error) => {
          throw error instanceof Failure ? new Failure(`${theirs}: ${error.message}`) : error
        })
      }
    }
    await c.session('none')
    const fitting = role(VALUES[OPPOSITE[own]])
    await c.session('twice', { capabilities: [fitting, fitting] })
    const two = await c.connect('two')
    two.send(c.openMessage('two', { capabilities: [fitting, role((VALUES[OPPOSITE[own]] + 1) % 5)] }))
    await two.ends('2/11')
  },
})

/** What becomes of a route of a peer in a role: the OTC value at an observer, or that it is not used. */
const ingress = (
  own: Role,
  what: string,
  sent: 'none' | 'own' | 'other',
  expected: 'none' | 'own' | 'other' | 'ignored',
): Case => ({
  id: `ROL-2.from-${OPPOSITE[own]}-${what}`,
  title: `from ${OPPOSITE[own]}, OTC ${{ none: 'absent', own: "the peer's", other: "another's" }[sent]}: ${{ none: 'passed on without', own: "the peer's AS is in it", other: 'kept', ignored: 'a leak, not used' }[expected]}`,
  rfc: '9234 5',
  feature: 'roles',
  peers: { t: { options: { role: own } } },
  async run(c) {
    const o = await c.observer()
    const t = await c.session('t', { capabilities: [role(VALUES[OPPOSITE[own]])] })
    const { as } = t.speaker
    const values = { none: undefined, own: as, other: 65199 }
    t.announce(c.prefix())
    await o.has(c.prefix())
    const value = values[sent]
    t.announce(c.prefix(), {
      path: [as, 65199],
      communities: ['65001:8'],
      more: value === undefined ? [] : [onlyToCustomer(value)],
    })
    if (expected === 'ignored') {
      await o.lacks(c.prefix())
      return
    }
    const route = await o.hasWith(c.prefix(), 'the second announcement', ({ communities }) =>
      communities.includes('65001:8'),
    )
    same(route.otc, values[expected], 'OTC')
  },
})

/** What is sent to a peer in a role. */
const egress = (own: Role, present: boolean, expected: 'absent' | 'added' | 'kept' | 'withheld'): Case => ({
  id: `ROL-2.to-${OPPOSITE[own]}-${present ? 'with' : 'without'}`,
  title: `to ${OPPOSITE[own]}, route ${present ? 'with' : 'without'} OTC: ${{ absent: 'sent without', added: 'the own AS is added', kept: 'sent as it is', withheld: 'not sent' }[expected]}`,
  rfc: '9234 5',
  feature: 'roles',
  peers: { t: { options: { role: own } }, s: {} },
  async run(c) {
    const t = await c.session('t', { capabilities: [role(VALUES[OPPOSITE[own]])] })
    const s = await c.session('s')
    const o = await c.observer()
    s.announce(c.prefix(), { more: present ? [onlyToCustomer(65199)] : [] })
    s.announce(c.prefix6(), { more: present ? [onlyToCustomer(65199)] : [] })
    await o.has(c.prefix())
    await o.has(c.prefix6())
    if (expected === 'withheld') {
      await c.settled(s, o)
      check(!t.table.has(c.prefix()) && !t.table.has(c.prefix6()), 'the route was sent')
      return
    }
    const otc = { absent: undefined, added: 65000, kept: 65199 }[expected]
    same([(await t.has(c.prefix())).otc, (await t.has(c.prefix6())).otc], [otc, otc], 'OTC')
  },
})

/** Section 7, BGP roles and route leaks (RFC 9234). */
export const roleCases: readonly Case[] = [
  ...ROLES.map(pairs),
  {
    id: 'ROL-1.strict',
    title: 'strict: a peer without a role gets 2/11',
    rfc: '9234 4.2',
    feature: 'roles',
    peers: { t: { options: { role: 'provider', roleStrict: true } } },
    async run(c) {
      const t = await c.connect('t')
      t.send(c.openMessage('t'))
      await t.ends('2/11')
    },
  },
  ingress('provider', 'absent', 'none', 'none'),
  ingress('provider', 'present', 'other', 'ignored'),
  ingress('rs-server', 'absent', 'none', 'none'),
  ingress('rs-server', 'present', 'other', 'ignored'),
  ingress('customer', 'absent', 'none', 'own'),
  ingress('customer', 'present', 'other', 'other'),
  ingress('rs-client', 'absent', 'none', 'own'),
  ingress('rs-client', 'present', 'other', 'other'),
  ingress('peer', 'absent', 'none', 'own'),
  ingress('peer', 'own', 'own', 'own'),
  ingress('peer', 'other', 'other', 'ignored'),
  egress('provider', false, 'added'),
  egress('provider', true, 'kept'),
  egress('rs-server', false, 'added'),
  egress('rs-server', true, 'kept'),
  egress('peer', false, 'added'),
  egress('peer', true, 'withheld'),
  egress('customer', false, 'absent'),
  egress('customer', true, 'withheld'),
  egress('rs-client', false, 'absent'),
  egress('rs-client', true, 'withheld'),
]
