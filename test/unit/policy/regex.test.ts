import t from 'tap'
import { Regex, regexProblem } from '../../../src/policy/regex.js'
import fc from '../../support/properties.js'

const found = (regex: string, text: string) => new Regex(regex).test(text)

t.test('an expression of a switch is found where it stands', async (t) => {
  t.ok(found('^$', ''))
  t.notOk(found('^$', '64512'))
  t.ok(found('^64512$', '64512'))
  t.notOk(found('^64512$', '64512 65001'))
  t.ok(found('_65001_', '64512 65001'))
  t.ok(found('_65001_', '65001'))
  t.ok(found('_65001_', '64512 {65001,65002}'))
  t.ok(found('_65001$', '64512 65001'))
  t.notOk(found('_6500_', '64512 65001'))
  t.ok(found('^64512(_[0-9]+)*$', '64512 1 22 333'))
  t.ok(found('^(64512|64513)_', '64513 1'))
  t.notOk(found('^(64512|64513)_', '64514 1'))
  t.ok(found('^645[1-3]?2$', '64532'))
  t.ok(found('^645[^0-4]+$', '64599'))
  t.notOk(found('^645[^0-4]+$', '64549'))
  t.ok(found('.*', ''))
  t.ok(found('', 'anything'))
  t.ok(found('\\{65001\\}', '{65001}'))
  t.ok(found('(a|)+b', 'b'))
})

t.test('what is no expression says why', async (t) => {
  for (const source of ['(', ')', '[1', '*', 'a|+', '\\', '\\1', '[9-1]', 'ä', 'a'.repeat(513)]) {
    t.type(regexProblem(source), 'string', source.slice(0, 10))
  }
  t.equal(regexProblem('^64512_'), undefined)
})

t.test('no expression and no text takes more than the product of both', async (t) => {
  const text = `${'1'.repeat(20000)}!`
  t.notOk(found('^(1+)+$', text))
  t.notOk(found('^(1|1|1*)*$', text))
})

t.test('agrees with an expression of JavaScript', async () => {
  const atom = fc.constantFrom('1', '2', ' ', '.', '[12]', '[^1]', '(1|2 )', '^', '$')
  const part = fc
    .tuple(atom, fc.constantFrom('', '', '*', '+', '?'))
    .map(([one, sign]) => (one === '^' || one === '$' ? one : one + sign))
  const regex = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''))
  const text = fc.string({ unit: fc.constantFrom('1', '2', ' '), maxLength: 8 })
  fc.assert(
    fc.property(regex, text, (source, text) => found(source, text) === new RegExp(source, 's').test(text)),
    {
      numRuns: 2000,
    },
  )
})
