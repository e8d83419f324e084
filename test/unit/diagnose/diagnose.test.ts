import t from 'tap'
import { diagnose } from '../../../src/diagnose/diagnose.js'
import type { Rule } from '../../../src/diagnose/model/rule.js'
import { downNeighbor } from '../show/fixtures.js'
import { facts } from './facts.js'

const rule = (id: string, change: Partial<Rule> = {}): Rule => ({
  id,
  severity: 'warning',
  title: id,
  next: `mend ${id}`,
  *find() {
    yield { subject: { type: 'neighbor', key: '192.168.95.210' }, text: id }
  },
  ...change,
})

t.test('the worst first, and of one group the first for each subject', async (t) => {
  const findings = diagnose(facts(), [
    rule('certain', { group: 'down' }),
    rule('guessed', { group: 'down', severity: 'error' }),
    rule('grave', { severity: 'error' }),
    rule('note', { severity: 'note' }),
  ])
  t.same(
    findings.map(({ id, severity }) => [id, severity]),
    [
      ['grave', 'error'],
      ['certain', 'warning'],
      ['note', 'note'],
    ],
  )
  t.equal(findings[0].next, 'mend grave')
})

t.test('a neighbor that is not up is an error', async (t) => {
  const down = downNeighbor()
  const [finding, ...others] = diagnose(facts({ neighbors: [down], routes: [] }))
  t.same(others, [])
  t.match(finding, { severity: 'error', subject: { type: 'neighbor', key: down.key } })
})

t.test('the story has no findings', async (t) => {
  t.same(diagnose(facts()), [])
})
