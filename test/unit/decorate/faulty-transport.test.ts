import t from 'tap'
import { decorated } from '../../../src/decorate/compose.js'
import { TransportFaults } from '../../../src/decorate/faulty-transport.js'
import type { Connection } from '../../../src/ports/transport.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { MemoryNetwork } from '../../../src/testing/memory-network.js'
import { Recorder } from '../net/pair.js'

const HERE = '10.0.0.1'
const THERE = '10.0.0.2'
const bytes = (text: string) => new TextEncoder().encode(text)

/** A connection from a machine with faults to one without. */
async function stage() {
  const clock = new ManualClock()
  const network = new MemoryNetwork(clock)
  const faults = new TransportFaults(clock)
  const transport = decorated(network.host(HERE), [faults.decorator])
  const arrived: Recorder[] = []
  await network
    .host(THERE)
    .listen({ address: '0.0.0.0', port: 179 }, (connection) => arrived.push(new Recorder(connection)))
  const dial = async () => {
    const results: (Connection | Error)[] = []
    transport.dial({ address: THERE, port: 179, timeout: 1000 }, (result) => results.push(result))
    await clock.run()
    return results[0]
  }
  const here = new Recorder((await dial()) as Connection)
  return { clock, network, faults, transport, dial, here, there: arrived[0], arrived }
}

t.test('nothing is wrong unless it is said', async (t) => {
  const { clock, here, there } = await stage()
  t.equal(here.connection.remote.address, THERE)
  t.equal(here.connection.incoming, false)
  here.connection.write(bytes('to'))
  there.connection.write(bytes('fro'))
  await clock.run()
  t.equal(there.text, 'to')
  t.equal(here.text, 'fro')
  here.connection.close(bytes('bye'))
  await clock.advance(2000)
  t.equal(there.text, 'tobye')
  t.equal(here.reasons.length, 1)
  t.equal(there.reasons.length, 1)
})

t.test('octets and the end come later, in their order', async (t) => {
  const { clock, faults, here, there } = await stage()
  faults.set(THERE, { in: { delay: 300 }, out: { delay: 200 } })
  here.connection.write(bytes('one '))
  there.connection.write(bytes('yes '))
  await clock.advance(100)
  t.equal(here.connection.queued, 4)
  here.connection.write(bytes('two '))
  await clock.advance(99)
  t.equal(there.text, '')
  await clock.advance(1)
  t.equal(there.text, 'one ')
  faults.set(THERE, {})
  here.connection.write(bytes('three'))
  await clock.run()
  t.equal(there.text, 'one ', 'no octet overtakes another')
  await clock.advance(100)
  t.equal(there.text, 'one two three')
  t.equal(here.text, 'yes ')
  faults.set(THERE, { in: { delay: 300 } })
  there.connection.close(bytes('bye'))
  await clock.advance(299)
  t.same(here.reasons, [])
  await clock.advance(1)
  t.equal(here.text, 'yes bye')
  t.same(here.reasons, ['closed by the peer'])
})

t.test('a paused reader gets nothing, delayed or not', async (t) => {
  const { clock, faults, here, there } = await stage()
  faults.set(THERE, { in: { delay: 100 } })
  there.connection.write(bytes('late'))
  await clock.run()
  here.connection.pause()
  await clock.advance(1000)
  t.equal(here.text, '')
  here.connection.resume()
  await clock.run()
  t.equal(here.text, 'late')
})

t.test('octets vanish in one direction, and nobody is told', async (t) => {
  const { clock, faults, here, there } = await stage()
  faults.set(THERE, { in: { lost: true } })
  here.connection.write(bytes('heard'))
  there.connection.write(bytes('unheard'))
  await clock.advance(10_000)
  t.equal(there.text, 'heard')
  t.equal(here.text, '')
  t.same([...here.reasons, ...there.reasons], [])
  faults.clear(THERE)
  there.connection.write(bytes('again'))
  await clock.run()
  t.equal(here.text, 'again')
})

t.test('a connection breaks after so many octets, counted from the fault on', async (t) => {
  const { clock, faults, here, there } = await stage()
  here.connection.write(bytes('before'))
  faults.set(THERE, { out: { cutAfter: 5 } })
  here.connection.write(bytes('123'))
  t.equal(here.connection.write(bytes('4567')), true)
  t.same(here.reasons, [], 'not during the call')
  await clock.run()
  t.equal(there.text, 'before12345')
  t.same(here.reasons, ['connection reset by peer'])
  t.equal(there.reasons.length, 1)
  here.connection.write(bytes('more'))
  here.connection.close()
  await clock.advance(5000)
  t.equal(here.reasons.length, 1, 'the end is told once')
})

t.test('the same for what arrives', async (t) => {
  const { clock, faults, here, there } = await stage()
  faults.set(THERE, { in: { cutAfter: 5 } })
  there.connection.write(bytes('1234567'))
  await clock.run()
  t.equal(here.text, '12345')
  t.same(here.reasons, ['connection reset by peer'])
})

t.test('connections are broken now', async (t) => {
  const { clock, faults, dial, here, there, arrived } = await stage()
  const second = new Recorder((await dial()) as Connection)
  t.equal(faults.break('10.0.0.3'), 0)
  t.equal(faults.break(THERE), 2)
  await clock.run()
  for (const end of [here, second, there, arrived[1]]) t.equal(end.reasons.length, 1)
  t.equal(faults.break(THERE), 0)
})

t.test('new connections are refused in both directions, those that are up stay', async (t) => {
  const { clock, network, faults, transport, dial, here, there } = await stage()
  const incoming: Connection[] = []
  await transport.listen({ address: '0.0.0.0', port: 179 }, (connection) => incoming.push(connection))
  const caller = network.host(THERE)
  const call = async () => {
    caller.dial({ address: HERE, port: 179, timeout: 1000 }, (result) => new Recorder(result as Connection))
    await clock.advance(2000)
  }
  faults.set(THERE, { refuse: true })
  t.match(await dial(), { message: 'connect ECONNREFUSED 10.0.0.2:179' })
  await call()
  t.equal(incoming.length, 0)
  transport
    .dial({ address: THERE, port: 179, timeout: 1000 }, () => t.fail('a dial that was given up'))
    .cancel()
  here.connection.write(bytes('still'))
  await clock.run()
  t.equal(there.text, 'still')
  faults.clear()
  await call()
  t.equal(incoming.length, 1)
})
