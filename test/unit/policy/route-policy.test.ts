import t from 'tap'
import type { Family } from '../../../src/ip/family.js'
import { contains, formatPrefix, mask, parsePrefix } from '../../../src/ip/prefix.js'
import { compilePolicy as compile, policyKey } from '../../../src/policy/route-policy.js'
import type { PrefixRule, RoutePolicy } from '../../../src/policy/types.js'
import fc from '../../support/properties.js'
import { Sets } from './sets.js'

const compilePolicy = (policy: RoutePolicy, family: Family) => compile(policy, family, new Sets(), 'in')

function verdict(rules: readonly PrefixRule[], prefix: string, family: Family = 'ipv4-unicast'): number {
  const { bytes, length } = parsePrefix(prefix)!
  return compilePolicy(rules, family)!.apply(bytes, 0, length, 7)
}

const rule = (action: 'permit' | 'deny', prefix: string, ge?: number, le?: number): PrefixRule => {
  const length = Number(prefix.split('/')[1])
  return { action, prefix, ge: ge ?? length, le: le ?? ge ?? length }
}

t.test("'all' needs no filter, 'none' rejects, an empty list rejects", async (t) => {
  t.equal(compilePolicy('all', 'ipv4-unicast'), undefined)
  t.equal(compilePolicy('none', 'ipv4-unicast')!.apply(Uint8Array.of(10), 0, 8, 7), 0)
  t.equal(verdict([], '10.0.0.0/8'), 0)
})

t.test('a matching permit gives the attribute set back, a deny 0; the first match decides', async (t) => {
  const rules = [
    rule('deny', '192.168.95.5/32'),
    rule('permit', '192.168.95.0/24', 32, 32),
    rule('permit', '10.0.0.0/8', 16, 24),
    rule('deny', '0.0.0.0/0', 0, 32),
  ]
  t.equal(verdict(rules, '192.168.95.123/32'), 7)
  t.equal(verdict(rules, '192.168.95.5/32'), 0)
  t.equal(verdict(rules, '192.168.95.0/24'), 0)
  t.equal(verdict(rules, '10.1.0.0/16'), 7)
  t.equal(verdict(rules, '10.0.0.0/8'), 0)
  t.equal(verdict(rules, '10.1.2.0/25'), 0)
  t.equal(verdict([rule('permit', '0.0.0.0/0')], '0.0.0.0/0'), 7)
})

t.test('rules of the other family match nothing', async (t) => {
  const rules = [rule('permit', '2001:db8::/32', 32, 128), rule('permit', '10.0.0.0/8')]
  t.equal(verdict(rules, '2001:db8::1/128', 'ipv6-unicast'), 7)
  t.equal(verdict(rules, '2001:db9::1/128', 'ipv6-unicast'), 0)
  t.equal(verdict(rules, '10.0.0.0/8'), 7)
})

t.test('agrees with reading the list from the top', async () => {
  const octet = fc.constantFrom(0, 10, 128, 255)
  const prefix = fc
    .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }))
    .map(([a, b, c, d, n]) => {
      const bytes = Uint8Array.of(a, b, c, d)
      mask(bytes, n)
      return formatPrefix(bytes, n)
    })
  const rules = fc.array(
    fc.tuple(fc.constantFrom('permit' as const, 'deny' as const), prefix, fc.nat(32), fc.nat(32)),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(rules, prefix, (drafts, text) => {
      const list = drafts.map(([action, of, a, b]): PrefixRule => {
        const length = Number(of.split('/')[1])
        const ge = Math.max(length, Math.min(a, b))
        return { action, prefix: of, ge, le: Math.max(ge, a, b) }
      })
      const route = parsePrefix(text)!
      const match = list.find(
        (one) =>
          contains(parsePrefix(one.prefix)!, route) && route.length >= one.ge && route.length <= one.le,
      )
      return verdict(list, text) === (match?.action === 'permit' ? 7 : 0)
    }),
    { numRuns: 500 },
  )
})

t.test('a rule that makes no sense is refused with its prefix', async (t) => {
  t.throws(() => compilePolicy([rule('permit', '10.0.0.0/33')], 'ipv4-unicast'), /10\.0\.0\.0\/33/)
  t.throws(() => compilePolicy([rule('permit', '10.0.0.0/8', 4, 24)], 'ipv4-unicast'), /between 8 and 32/)
  t.throws(() => compilePolicy([rule('permit', '10.0.0.0/8', 24, 16)], 'ipv4-unicast'), RangeError)
})

t.test('the key tells policies apart', async (t) => {
  t.equal(policyKey('all'), 'all')
  t.equal(policyKey([rule('permit', '10.0.0.0/8')]), policyKey([rule('permit', '10.0.0.0/8')]))
  t.not(policyKey([rule('permit', '10.0.0.0/8')]), policyKey([rule('deny', '10.0.0.0/8')]))
})
