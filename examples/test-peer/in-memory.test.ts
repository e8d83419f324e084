import assert from 'node:assert/strict'
import test from 'node:test'
import { ManualClock, MemoryNetwork, TestPeer } from 'ecmpd/testing'

/** A network in memory and a clock of its own: 90 s of silence take no time. */
test('a node that falls silent loses its session with its hold time', async () => {
  const clock = new ManualClock()
  const network = new MemoryNetwork(clock)
  const host = network.host('10.0.0.1')
  const top = await TestPeer.start({
    clock,
    transport: host,
    configuration: 'as: 64513\nrouterId: 10.0.0.1\nneighbors: [{ address: 10.0.0.2, remoteAs: 64512 }]',
  })
  const node = await TestPeer.start({
    clock,
    transport: network.host('10.0.0.2'),
    configuration:
      'as: 64512\nrouterId: 10.0.0.2\nneighbors: [{ address: 10.0.0.1, remoteAs: 64513, passive: true }]',
  })
  const { holdTime } = await clock.until(top.established('10.0.0.2'))
  const before = clock.now()

  const cable = host.to('10.0.0.2')
  assert.ok(cable)
  cable.cut = true
  await clock.until(top.down('10.0.0.2', 120_000))

  const silent = (clock.now() - before) / 1000
  assert.ok(silent > holdTime - 30 && silent <= holdTime, `down after ${silent} s`)
  assert.match(top.neighbor('10.0.0.2')?.lastReset?.text ?? '', /hold time/i)
  await clock.until(Promise.all([top.stop(), node.stop()]))
})
