import t from 'tap'
import type { RequestOf } from '../../../src/command/request.js'
import { parseAs } from './parse.js'

t.test('clear in the words of the switch', async (t) => {
  const parse = (line: string) => {
    const { command, ...request } = parseAs('clear', `clear ${line}`) as RequestOf<'clear'>
    return request
  }
  const reset = { type: 'reset' }
  const refresh = (direction: string) => ({ type: 'refresh', direction })
  const address = { neighbor: '192.0.2.1' }
  t.same(parse('ip bgp 192.0.2.1'), { target: address, operation: reset })
  t.same(parse('ip bgp *'), { target: 'all', operation: reset })
  t.same(parse('bgp 64512'), { target: { as: 64512 }, operation: reset })
  t.same(parse('ip bgp * soft'), { target: 'all', operation: refresh('both') })
  t.same(parse('ip bgp 192.0.2.1 soft in'), { target: address, operation: refresh('in') })
  t.same(parse('ip bgp 192.0.2.1 out'), { target: address, operation: refresh('out') })
  t.same(parse('bgp ipv6 unicast 2001:DB8::0001 s i'), {
    target: { neighbor: '2001:db8::1' },
    operation: refresh('in'),
  })
  t.same(parse('bgp all *'), { target: 'all', operation: reset })
})

t.test('what is no clear command is said in one line', async (t) => {
  const error = (line: string) => (parseAs('clear', `clear ${line}`) as { error: string }).error
  t.match(error('ip bgp'), /^% Incomplete command: `clear ip bgp` \(clear ip bgp ADDRESS\|AS\|\*/)
  t.match(error('ip ospf'), /^% Invalid input: .* at `ospf`/)
  t.match(error('ip bgp node'), /at `node`/)
  t.match(error('ip bgp 0'), /at `0`/)
  t.match(error('ip bgp * hard'), /at `hard`/)
  t.match(error('ip bgp * soft in out'), /at `out`/)
})
