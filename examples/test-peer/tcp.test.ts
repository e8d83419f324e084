import assert from 'node:assert/strict'
import test from 'node:test'
import { freePort, TestPeer } from 'ecmpd/testing'

/** Two nodes announce the same service address to a switch: three speakers over TCP, without root. */
test('a service that two nodes announce has two next hops', async (t) => {
  const port = await freePort()
  const nodes = ['127.0.0.11', '127.0.0.12']
  const top = await TestPeer.start({
    configuration: {
      as: 64513,
      routerId: '127.0.0.1',
      listen: `127.0.0.1:${port}`,
      neighbors: nodes.map((address) => ({ address, remoteAs: 64512, passive: true })),
    },
  })
  t.after(() => top.stop())
  for (const address of nodes) {
    const node = await TestPeer.start({
      configuration: {
        as: 64512,
        routerId: address,
        listen: 'off',
        announce: ['10.96.0.10/32'],
        neighbors: [{ address: '127.0.0.1', port, remoteAs: 64513, localAddress: address, export: 'all' }],
      },
    })
    t.after(() => node.stop())
  }

  for (const address of nodes) await top.established(address)
  const { nextHops, paths } = await top.routed('10.96.0.10/32', nodes)

  assert.deepEqual(nextHops, nodes)
  assert.equal(paths[0].asPath, '64512')
})
