import t from 'tap'
import { decorated } from '../../../src/decorate/compose.js'
import { FibCounters } from '../../../src/decorate/counted-fib.js'
import { FibFaults } from '../../../src/decorate/faulty-fib.js'
import type { FibPort } from '../../../src/ports/fib.js'
import { RecordingFib } from '../../support/recording-fib.js'

const PREFIX = '10.96.0.10/32'
const OTHER = '10.96.0.11/32'
const nextHops = { id: 1, gateways: [{ address: '10.0.0.2' }] }

t.test('what is asked of the kernel is counted, and handed on', async (t) => {
  const kernel = new RecordingFib(3)
  const counters = new FibCounters()
  const fib = decorated<FibPort>(kernel, [counters.decorator])
  fib.set('ipv4-unicast', PREFIX, nextHops)
  fib.set('ipv4-unicast', OTHER, nextHops)
  fib.set('ipv4-unicast', OTHER, undefined)
  fib.flush()
  fib.gatewayLost({ address: '10.0.0.2' })
  fib.sweep()
  t.same(counters.counts, { set: 2, unset: 1, flush: 1, gatewayLost: 1 })
  t.same(kernel.calls, [
    `set ${PREFIX} via 10.0.0.2`,
    `set ${OTHER} via 10.0.0.2`,
    `set ${OTHER} none`,
    'flush',
    'lost 10.0.0.2',
    'sweep',
  ])
  t.equal(fib.kept(), 3)
  t.match(fib.route(PREFIX), { state: 'installed' })
  t.equal(fib.status().installed, 1)
})

t.test('a prefix is refused until it is mended', async (t) => {
  const kernel = new RecordingFib()
  const faults = new FibFaults()
  const fib = decorated<FibPort>(kernel, [faults.decorator])
  fib.set('ipv4-unicast', PREFIX, nextHops)
  faults.refuse(PREFIX, 'No space left on device')
  t.match(fib.route(PREFIX), { state: 'installed' }, 'not before the next wish')
  fib.set('ipv4-unicast', PREFIX, nextHops)
  fib.set('ipv4-unicast', OTHER, nextHops)
  t.equal(kernel.via(PREFIX), undefined)
  t.same(kernel.via(OTHER), ['10.0.0.2'])
  const refused = { prefix: PREFIX, state: 'refused', reason: 'No space left on device' }
  t.match(fib.route(PREFIX), refused)
  t.match(fib.refused(), [refused])
  t.equal(fib.status().refused, 1)
  faults.mend(PREFIX)
  t.same(kernel.via(PREFIX), ['10.0.0.2'])
  t.equal(kernel.calls.at(-1), 'flush')
  t.same(fib.refused(), [])
  t.match(fib.route(PREFIX), { state: 'installed' })
})

t.test('a refused prefix that nobody wishes for any more is forgotten', async (t) => {
  const kernel = new RecordingFib()
  const faults = new FibFaults()
  const fib = decorated<FibPort>(kernel, [faults.decorator])
  faults.refuse(PREFIX, 'No space left on device')
  fib.set('ipv4-unicast', PREFIX, nextHops)
  fib.set('ipv4-unicast', PREFIX, undefined)
  t.same(fib.refused(), [])
  faults.mend(PREFIX)
  t.equal(kernel.via(PREFIX), undefined)
})
