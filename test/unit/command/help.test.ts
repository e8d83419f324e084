import t from 'tap'
import { OPERATIONAL } from '../../../src/command/operational.js'
import { choicesText } from '../../../src/command/page.js'
import { columnOf, lineOf } from '../../../src/grammar/line.js'

const words = (text: string) => {
  const found = OPERATIONAL.choices(lineOf(text))
  return 'error' in found ? found.error : found.map(({ word }) => word)
}

t.test('`?`: what can follow', async (t) => {
  t.same(words(''), ['show', 'explain', 'neighbor', 'clear', 'maintenance'])
  t.same(words('show'), ['ip', 'ipv6', 'bgp', 'version', 'fib', 'running-config', 'events'])
  t.same(words('sh ip'), ['bgp', 'route'])
  t.same(words('show ip bgp neighbors 192.0.2.1'), [
    'advertised-routes',
    'routes',
    'received-routes',
    'json',
    '<cr>',
  ])
  t.same(words('show ip route 10.0.0.0'), ['<mask>', 'json', '<cr>'])
  t.same(words('clear ip bgp * soft'), ['in', 'out', '<cr>'], 'json goes with what shows something')
  t.same(words('maintenance on'), ['<cr>'])
})

t.test('`?`: behind what is no beginning, why', async (t) => {
  t.equal(words('show ip bgp sumary'), '% Invalid input: `show ip bgp sumary` (did you mean `summary`?)')
  t.match(words('show i'), /^% Ambiguous command: `show i` \(ip or ipv6\)/)
})

t.test('`?` as text: arguments as on a switch, each line with its help', async (t) => {
  const found = OPERATIONAL.choices(lineOf('show ip route'))
  if ('error' in found) throw new Error(found.error)
  t.equal(
    choicesText(found),
    `  bgp                          BGP
  A.B.C.D[/M] or X:X::X:X[/M]  a prefix, or an address: the longest prefix that covers it
  json                         JSON in the shape of FRR
  <cr>                         routes with next hops and the kernel's word on them
`,
  )
})

t.test('Tab: words, and values that somebody knows', async (t) => {
  const known = (kind: string) =>
    kind === 'neighbor'
      ? [
          { word: '192.0.2.1', help: 'node 1' },
          { word: '192.0.2.2', help: 'node 2' },
        ]
      : []
  const tab = (before: string, typed: string) =>
    OPERATIONAL.completions(lineOf(before), typed, known).map(({ word }) => word)
  t.same(tab('', 's'), ['show'])
  t.same(tab('show', 'i'), ['ip', 'ipv6'])
  t.same(tab('show ip bgp', 's'), ['summary'])
  t.same(tab('show ip bgp summary', ''), ['failed', 'json'])
  t.same(tab('show ip bgp summary', 'J'), ['json'])
  t.same(tab('show ip bgp neighbors', '192'), ['192.0.2.1', '192.0.2.2'])
  t.same(tab('neighbor', '192.0.2.2'), ['192.0.2.2'])
  t.same(tab('neighbor 192.0.2.2', 'dr'), ['drain'])
  t.same(tab('clear ip bgp', ''), ['ipv4', 'ipv6', 'all', '*', '192.0.2.1', '192.0.2.2'])
  t.same(tab('show nonsense', ''), [])
})

t.test('the place of a mistake, for a marker below the line', async (t) => {
  const place = (text: string) => {
    const parsed = OPERATIONAL.parse(lineOf(text))
    return 'error' in parsed ? columnOf(lineOf(text), parsed.word) : undefined
  }
  t.equal(place('show ip   bgp sumary'), 15)
  t.equal(place('show ip'), 8)
  t.equal(place('show ip bgp'), undefined)
})
