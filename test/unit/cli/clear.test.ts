import t from 'tap'
import { parseClear } from '../../../src/cli/clear.js'
import { addressFirst } from '../../../src/cli/neighbor.js'
import { userName } from '../../../src/cli/operate.js'

t.test('clear in the words of the switch', async (t) => {
  const parse = (line: string) => parseClear(line.split(' '))
  const reset = { name: 'reset' }
  const refresh = (direction: string) => ({ name: 'refresh', direction })
  const address = { address: '192.0.2.1' }
  t.same(parse('ip bgp 192.0.2.1'), { target: address, operation: reset })
  t.same(parse('ip bgp *'), { target: 'all', operation: reset })
  t.same(parse('bgp 64512'), { target: { as: 64512 }, operation: reset })
  t.same(parse('ip bgp * soft'), { target: 'all', operation: refresh('both') })
  t.same(parse('ip bgp 192.0.2.1 soft in'), { target: address, operation: refresh('in') })
  t.same(parse('ip bgp 192.0.2.1 out'), { target: address, operation: refresh('out') })
  t.same(parse('bgp ipv6 unicast 2001:DB8::0001 s i'), {
    target: { address: '2001:db8::1' },
    operation: refresh('in'),
  })
  t.same(parse('bgp all *'), { target: 'all', operation: reset })
})

t.test('what is no clear command is said in one line', async (t) => {
  const error = (line: string) => (parseClear(line.split(' ')) as { error: string }).error
  t.match(error('ip bgp'), /^% Incomplete command: `clear ip bgp` \(clear ip bgp ADDRESS\|AS\|\*/)
  t.match(error('ip ospf'), /^% Invalid input: .* at `ospf`/)
  t.match(error('ip bgp node'), /at `node`/)
  t.match(error('ip bgp 0'), /at `0`/)
  t.match(error('ip bgp * hard'), /at `hard`/)
  t.match(error('ip bgp * soft in out'), /at `out`/)
})

t.test('who asks', async (t) => {
  t.equal(userName({ SUDO_USER: 'ann' }), 'ann')
  t.not(userName({}), '')
})

t.test('neighbor: address and action in either order', async (t) => {
  t.same(addressFirst('192.0.2.1', 'reset'), ['192.0.2.1', 'reset'])
  t.same(addressFirst('reset', '192.0.2.1'), ['192.0.2.1', 'reset'])
  t.same(addressFirst('reset', undefined), [undefined, 'reset'])
  t.same(addressFirst('192.0.2.1', 'explode'), ['192.0.2.1', 'explode'], 'the mistake stays where it is')
})
