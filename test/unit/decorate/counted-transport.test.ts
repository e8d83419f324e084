import t from 'tap'
import { decorated } from '../../../src/decorate/compose.js'
import { TransportCounters } from '../../../src/decorate/counted-transport.js'
import type { Connection, Transport } from '../../../src/ports/transport.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { MemoryNetwork } from '../../../src/testing/memory-network.js'
import { Recorder } from '../net/pair.js'

const bytes = (text: string) => new TextEncoder().encode(text)

t.test('without decorators there is nothing around a port', async (t) => {
  const plain = new MemoryNetwork(new ManualClock()).host('10.0.0.1')
  t.equal(decorated(plain, []), plain)
})

t.test('the last decorator is the outermost', async (t) => {
  const letters = ['b', 'c'].map((letter) => (inner: string) => `${letter}(${inner})`)
  t.equal(decorated('a', letters), 'c(b(a))')
})

t.test('connections and octets are counted by remote address', async (t) => {
  const clock = new ManualClock()
  const network = new MemoryNetwork(clock)
  const counters = new TransportCounters()
  const transport = decorated(network.host('10.0.0.1'), [counters.decorator])
  const far = network.host('10.0.0.2')
  const ends: Recorder[] = []
  const keep = (result: Connection | Error) => {
    if (!(result instanceof Error)) ends.push(new Recorder(result))
  }
  await transport.listen({ address: '0.0.0.0', port: 179 }, keep)
  transport.dial({ address: '10.0.0.2', port: 179, timeout: 1000 }, keep)
  await clock.run()
  t.same(counters.of('10.0.0.2'), zero({ failed: 1 }), 'nobody listens there yet')

  await far.listen({ address: '0.0.0.0', port: 179 }, keep)
  transport.dial({ address: '10.0.0.2', port: 179, timeout: 1000 }, keep)
  transport.dial({ address: '10.0.0.2', port: 179, timeout: 1000 }, keep).cancel()
  await clock.run()
  const [dialled, accepted] = ends
  dialled.connection.write(bytes('hello'))
  accepted.connection.write(bytes('hi'))
  await clock.run()
  dialled.connection.close(bytes('bye'))
  await clock.advance(2000)
  t.equal(accepted.text, 'hellobye')
  t.same(counters.of('10.0.0.2'), zero({ failed: 1, opened: 1, octetsOut: 8, octetsIn: 2 }))

  far.dial({ address: '10.0.0.1', port: 179, timeout: 1000 }, keep)
  await clock.run()
  t.match(counters.of('10.0.0.2'), { accepted: 1, refused: 0 })
  t.equal(counters.of('10.0.0.9'), undefined)
  t.same(
    [...counters.all()].map(([address]) => address),
    ['10.0.0.2'],
  )
})

t.test('a connection that may not be used is no accepted one', async (t) => {
  const counters = new TransportCounters()
  const refusal = { cause: 'it has no signature', remedy: 'give it the password' }
  let accept: (connection: Connection) => void = () => {}
  const plain = {
    async listen(_options: unknown, accepting: typeof accept) {
      accept = accepting
      return { address: '10.0.0.1', port: 179, async close() {} }
    },
    dial: () => ({ cancel() {} }),
    protect() {},
  }
  await decorated(plain, [counters.decorator]).listen({ address: '10.0.0.1', port: 179 }, (connection) =>
    t.equal(connection.refusal, refusal),
  )
  accept({ remote: { address: '10.0.0.2', port: 40_000 }, incoming: true, refusal } as Connection)
  t.same(counters.of('10.0.0.2'), zero({ refused: 1 }))
})

t.test('strangers do not fill the memory: beyond 10,000 addresses they are counted together', async (t) => {
  const counters = new TransportCounters()
  const failing: Transport = {
    listen: () => Promise.reject(new Error('no')),
    dial(_options, done) {
      done(new Error('unreachable'))
      return { cancel() {} }
    },
    protect() {},
  }
  const transport = decorated(failing, [counters.decorator])
  for (let host = 0; host < 10_002; host++)
    transport.dial({ address: `10.0.${host >> 8}.${host & 255}`, port: 179, timeout: 1 }, () => {})
  t.equal([...counters.all()].length, 10_000)
  t.equal(counters.others.failed, 2)
})

function zero(more: object) {
  return { opened: 0, failed: 0, accepted: 0, refused: 0, octetsIn: 0, octetsOut: 0, ...more }
}
