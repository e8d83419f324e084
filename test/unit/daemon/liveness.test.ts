import t from 'tap'
import { loadText } from '../../../src/config/load.js'
import { Daemon } from '../../../src/daemon/daemon.js'
import { silent } from '../../../src/ports/log.js'
import { freePort } from '../../../src/testing/free-port.js'
import { ManualLiveness } from '../../../src/testing/manual-liveness.js'
import { TestPeer } from '../../../src/testing/test-peer.js'

t.test('a source given to the daemon ends a session, and its words stand in the view', async (t) => {
  const port = await freePort('127.0.0.25')
  const { config } = loadText(
    [
      'as: 64513',
      'routerId: 127.0.0.25',
      `listen: 127.0.0.25:${port}`,
      'neighbors: [{ address: 127.0.0.26, remoteAs: 64512, passive: true }]',
      'api: { socket: off, tcp: off }',
    ].join('\n'),
    'test.yaml',
  )
  const probes = new ManualLiveness('probes')
  const daemon = await Daemon.start({
    config: config!,
    overrides: {},
    log: { ...silent, setLevel() {}, async flush() {} },
    liveness: [probes],
  })
  const node = await TestPeer.start({
    configuration: {
      as: 64512,
      routerId: '127.0.0.26',
      listen: 'off',
      neighbors: [{ address: '127.0.0.25', port, remoteAs: 64513, localAddress: '127.0.0.26' }],
    },
  })
  await node.established('127.0.0.25')
  probes.neighbor('127.0.0.26', { cause: 'no answer', forwardingDead: true, strict: true })
  await node.down('127.0.0.25')
  const [view] = daemon.views.neighbors()
  t.match(view.lastReset?.text, /probes: no answer/)
  t.match(view.dead, [{ source: 'probes', cause: 'no answer' }])
  await node.stop()
  await daemon.stop('the test is over')
})
