import { readFileSync } from 'node:fs'
import t from 'tap'
import { findingsMarkdown } from '../../../src/diagnose/page.js'
import { FAMILIES, RULES } from '../../../src/diagnose/registry.js'

t.test('docs/findings.md is made from the registry', async (t) => {
  t.equal(readFileSync('docs/findings.md', 'utf8'), findingsMarkdown(), '`npm run generate` writes it')
})

t.test('every kind has an id of its own, and words', async (t) => {
  const ids = RULES.map(({ id }) => id)
  t.same([...new Set(ids)], ids)
  for (const { id, title, next } of RULES) {
    t.match(id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    t.notMatch(`${title} ${next}`, /\.( |$)/, `${id}: phrases have no full stop`)
  }
  t.equal(new Set(FAMILIES.map(({ title }) => title)).size, FAMILIES.length)
})
