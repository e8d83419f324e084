import t from 'tap'
import { diagnose } from '../../../src/diagnose/diagnose.js'
import { explain } from '../../../src/diagnose/explain.js'
import { explanationText, findingsText } from '../../../src/show/explain.js'
import { downNeighbor, vip } from '../show/fixtures.js'
import { facts } from './facts.js'

const down = facts({ neighbors: [downNeighbor()] })

t.test('a neighbor: the conclusion first, the next step last', async (t) => {
  const findings = diagnose(down)
  const explanation = explain('192.168.95.212', down, findings)
  t.match(explanation, { subject: { type: 'neighbor' }, findings: [{ id: findings[0].id }] })
  const lines = explanationText(explanation!).trimEnd().split('\n')
  t.match(lines[0], findings[0].text)
  t.match(lines.at(-1), /^Next step: /)
  t.match(findingsText(findings), /^error {4}/)
})

t.test('a prefix, with those who do not announce it', async (t) => {
  const story = facts({ asked: vip() })
  const explanation = explain('192.168.95.123/32', story, diagnose(story))
  t.match(explanation, {
    subject: { type: 'prefix', prefix: '192.168.95.123/32' },
    name: '192.168.95.123/32',
  })
  t.ok(explanation!.facts.some(({ label }) => label.startsWith('path from ')))
})

t.test('a next hop, this machine, and what nobody knows', async (t) => {
  const story = facts()
  const [{ nextHop }] = vip().paths
  const alone = facts({ neighbors: [] })
  t.match(explain(nextHop, alone, []), { subject: { type: 'next-hop', address: nextHop } })
  t.match(explain('host', story, []), { subject: { type: 'host' }, name: 'this machine' })
  t.equal(explain('203.0.113.9', story, []), undefined)
})
