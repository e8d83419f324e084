import t from 'tap'
import { loadText } from '../../../src/config/load.js'
import { Daemon } from '../../../src/daemon/daemon.js'
import { TransportCounters } from '../../../src/decorate/counted-transport.js'
import { FibFaults } from '../../../src/decorate/faulty-fib.js'
import { silent } from '../../../src/ports/log.js'
import { freePort } from '../../../src/testing/free-port.js'
import { TestPeer } from '../../../src/testing/test-peer.js'

t.test('the daemon puts decorators around transport and kernel', async (t) => {
  const port = await freePort('127.0.0.21')
  const { config } = loadText(
    [
      'as: 64513',
      'routerId: 127.0.0.21',
      `listen: 127.0.0.21:${port}`,
      'neighbors: [{ address: 127.0.0.22, remoteAs: 64512, passive: true }]',
      'api: { socket: off, tcp: off }',
    ].join('\n'),
    'test.yaml',
  )
  const counters = new TransportCounters()
  const faults = new FibFaults()
  const daemon = await Daemon.start({
    config: config!,
    overrides: {},
    log: { ...silent, setLevel() {}, async flush() {} },
    decorators: {
      transport: [counters.decorator],
      fib: [faults.decorator, (inner) => ({ ...inner, status: () => ({ ...inner.status(), errors: 7 }) })],
    },
  })
  t.equal(daemon.status().fib.errors, 7)

  const node = await TestPeer.start({
    configuration: {
      as: 64512,
      routerId: '127.0.0.22',
      listen: 'off',
      neighbors: [{ address: '127.0.0.21', port, remoteAs: 64513, localAddress: '127.0.0.22' }],
    },
  })
  await node.established('127.0.0.21')
  const counts = counters.of('127.0.0.22')
  t.match(counts, { accepted: 1, opened: 0, refused: 0, failed: 0 })
  t.ok(counts !== undefined && counts.octetsIn > 29 && counts.octetsOut > 29, 'OPENs at least')
  await node.stop()
  await daemon.stop('the test is over')
})
