import t from 'tap'
import { loadText } from '../../../src/config/load.js'
import { Daemon } from '../../../src/daemon/daemon.js'
import { TransportCounters } from '../../../src/decorate/counted-transport.js'
import { silent } from '../../../src/ports/log.js'
import { freePort } from '../../../src/testing/free-port.js'
import { TestPeer } from '../../../src/testing/test-peer.js'

t.test('observers of a daemon see every octet of its sessions, from the first connection on', async (t) => {
  const port = await freePort('127.0.0.23')
  const { config } = loadText(
    [
      'as: 64513',
      'routerId: 127.0.0.23',
      `listen: 127.0.0.23:${port}`,
      'neighbors: [{ address: 127.0.0.24, remoteAs: 64512, passive: true }]',
      'api: { socket: off, tcp: off }',
    ].join('\n'),
    'test.yaml',
  )
  const counters = new TransportCounters()
  const octets = { in: 0, out: 0 }
  let ended = () => {}
  const end = new Promise<void>((resolve) => {
    ended = resolve
  })
  const daemon = await Daemon.start({
    config: config!,
    overrides: {},
    log: { ...silent, setLevel() {}, async flush() {} },
    decorators: { transport: [counters.decorator] },
    observers: [
      {
        name: 'test',
        sessions: {
          message: (_session, { direction, octets: message }) => {
            octets[direction] += message.length
          },
          ended: () => ended(),
        },
      },
    ],
  })
  const node = await TestPeer.start({
    configuration: {
      as: 64512,
      routerId: '127.0.0.24',
      listen: 'off',
      neighbors: [{ address: '127.0.0.23', port, remoteAs: 64513, localAddress: '127.0.0.24' }],
    },
  })
  await node.established('127.0.0.23')
  await node.stop()
  await end
  const { octetsIn, octetsOut } = counters.of('127.0.0.24')!
  t.same(octets, { in: octetsIn, out: octetsOut })
  t.ok(octets.in > 29 + 19 + 21, 'OPEN, KEEPALIVE, NOTIFICATION at least')
  await daemon.stop('the test is over')
})
