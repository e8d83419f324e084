import t from 'tap'
import { parseAs } from './parse.js'

const neighbor = (line: string) => parseAs('neighbor', `neighbor ${line}`)
const error = (line: string) => (neighbor(line) as { error: string }).error

t.test('neighbor: address and operation in either order', async (t) => {
  const reset = { command: 'neighbor', neighbor: '192.0.2.1', operation: { type: 'reset' } }
  t.same(neighbor('192.0.2.1 reset'), reset)
  t.same(neighbor('reset 192.0.2.1'), reset)
  t.match(error('reset'), /^% Incomplete command: `neighbor reset` \(neighbor ADDRESS shutdown\|/)
  t.match(error('192.0.2.1 explode'), /at `explode`/, 'the mistake stays where it is')
})

t.test('neighbor: what goes with which operation', async (t) => {
  t.match(neighbor('2001:DB8::1 shutdown message kernel update, back at noon'), {
    neighbor: '2001:db8::1',
    operation: { type: 'shutdown', message: 'kernel update, back at noon' },
  })
  t.match(neighbor('192.0.2.1 ref'), { operation: { type: 'refresh', direction: 'both' } })
  t.match(neighbor('192.0.2.1 refresh out'), { operation: { type: 'refresh', direction: 'out' } })
  t.match(neighbor('192.0.2.1#64512 drain'), { neighbor: '192.0.2.1#64512', operation: { type: 'drain' } })
  t.match(error('192.0.2.1 start in'), /^% Too many parameters: .* at `in` \(neighbor ADDRESS/)
  t.match(error('192.0.2.1 drain message x'), /^% Too many parameters/)
  t.match(error('192.0.2.1 shutdwn'), /did you mean `shutdown`\?/)
  t.match(error('192.0.2.300 drain'), /`192\.0\.2\.300` is no IP address; 300 is above 255/)
  t.match(error('192.0.2.1 re'), /^% Ambiguous command: .*\(reset or refresh\)/)
})

t.test('maintenance is on or off', async (t) => {
  t.same(parseAs('maintenance', 'maintenance on'), { command: 'maintenance', on: true })
  t.same(parseAs('maintenance', 'main of'), { command: 'maintenance', on: false })
  t.match(parseAs('maintenance', 'maintenance'), {
    error: /^% Incomplete command: .*\(maintenance on\|off\)/,
  })
  t.match(parseAs('maintenance', 'maintenance om'), {
    error: /at `om` \(did you mean `on`\?; maintenance on/,
  })
})
