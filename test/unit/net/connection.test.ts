import t from 'tap'
import { HIGH_WATER, normaliseAddress } from '../../../src/net/connection.js'
import { accepted, dialled, Recorder, unread, until } from './pair.js'

t.test('octets pass in both directions, and both ends know who they are', async (t) => {
  const { connection, peer, listener } = await accepted()
  const recorder = new Recorder(connection)
  peer.write('hello')
  await until(() => recorder.text === 'hello')
  let got = ''
  peer.on('data', (chunk) => {
    got += chunk
  })
  t.equal(connection.write(Buffer.from('world')), true)
  await until(() => got === 'world')
  t.equal(connection.incoming, true)
  t.same(connection.local, { address: '127.0.0.1', port: listener.port })
  t.same(connection.remote, { address: '127.0.0.1', port: peer.localPort })
  peer.end()
  await until(() => recorder.reasons.length > 0)
  t.same(recorder.reasons, ['closed by the peer'], 'FIN ends the connection')
  await listener.close()
})

t.test('a dialled connection is not incoming', async (t) => {
  const { connection, peer, server } = await dialled()
  const recorder = new Recorder(connection)
  t.equal(connection.incoming, false)
  t.equal(connection.remote.port, (server.address() as { port: number }).port)
  peer.resetAndDestroy()
  await until(() => recorder.reasons.length > 0)
  t.same(recorder.reasons, ['reset by the peer'])
  server.close()
})

t.test('octets that arrive before handle() are not lost', async (t) => {
  const { connection, peer, listener } = await accepted()
  peer.write('early')
  await until(() => peer.bytesWritten === 5)
  await new Promise((resolve) => setTimeout(resolve, 20))
  const recorder = new Recorder(connection)
  await until(() => recorder.text === 'early')
  t.equal(recorder.reasons.length, 0)
  connection.close()
  peer.end()
  await listener.close()
})

t.test('a connection that ended before handle() says so afterwards', async (t) => {
  const { connection, peer, listener } = await accepted()
  peer.resetAndDestroy()
  await new Promise((resolve) => setTimeout(resolve, 20))
  const recorder = new Recorder(connection)
  await until(() => recorder.reasons.length > 0)
  t.same(recorder.reasons, ['reset by the peer'])
  t.equal(connection.write(Buffer.from('x')), true, 'writing is harmless')
  connection.close(Buffer.from('y'))
  await listener.close()
})

t.test(
  'close(last): the peer reads it before EOF and never gets RST, though it goes on sending',
  async (t) => {
    const { connection, peer, listener } = await accepted()
    const recorder = new Recorder(connection)
    let got = ''
    const errors: Error[] = []
    let ended = false
    peer.on('data', (chunk) => {
      got += chunk
    })
    peer.on('error', (error) => errors.push(error))
    peer.on('end', () => {
      ended = true
      // A last burst after the FIN, as a speaker that has not noticed yet sends it.
      peer.write(Buffer.alloc(100_000))
      peer.end()
    })
    peer.write(Buffer.alloc(200_000))
    connection.close(Buffer.from('NOTIFICATION'))
    const after = recorder.chunks.length
    await until(() => recorder.reasons.length > 0)
    await until(() => peer.closed)
    t.equal(got, 'NOTIFICATION')
    t.equal(ended, true)
    t.same(errors, [], 'no ECONNRESET, no EPIPE')
    t.same(recorder.reasons, ['closed here'], 'called once')
    t.equal(recorder.chunks.length, after, 'nothing is delivered after close()')
    connection.close(Buffer.from('again'))
    t.equal(connection.write(Buffer.from('late')), true)
    await listener.close()
  },
)

t.test('close(): a peer that never closes does not keep the socket', async (t) => {
  const { connection, peer, listener } = await accepted()
  const recorder = new Recorder(connection)
  peer.on('error', () => {})
  peer.resume()
  connection.close()
  await until(() => recorder.reasons.length > 0)
  t.same(recorder.reasons, ['closed here'])
  peer.destroy()
  await listener.close()
})

t.test('close() before handle() works as well', async (t) => {
  const { connection, peer, listener } = await accepted()
  let got = ''
  let ended = false
  peer.on('data', (chunk) => {
    got += chunk
  })
  peer.on('end', () => {
    ended = true
    peer.end()
  })
  peer.write('unread')
  connection.close(Buffer.from('Cease'))
  await until(() => ended)
  t.equal(got, 'Cease')
  await listener.close()
})

t.test('back-pressure: false above the high-water mark, drain below the low one, order kept', async (t) => {
  const { connection, peer, listener } = await accepted()
  const recorder = new Recorder(connection)
  peer.pause()
  const message = Buffer.alloc(4096)
  let count = 0
  let more = true
  while (more && count < 100_000) {
    message.writeUInt32BE(count++)
    more = connection.write(Buffer.from(message))
    if (count % 512 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  t.equal(more, false, 'the peer does not read')
  t.ok(connection.queued >= HIGH_WATER)
  t.equal(recorder.drains, 0)
  const stuck = connection.queued
  let received = 0
  let ordered = true
  peer.on('data', (chunk) => {
    for (let i = 0; i < chunk.length; i++) {
      const at = received + i
      if (at % 4096 === 3) ordered &&= chunk[i] === (Math.floor(at / 4096) & 255)
    }
    received += chunk.length
  })
  peer.resume()
  await until(() => recorder.drains > 0)
  t.ok(connection.queued < stuck)
  t.equal(recorder.drains, 1, 'drain is called once')
  await until(() => received === count * 4096)
  t.equal(connection.queued, 0)
  t.equal(ordered, true)
  connection.close()
  peer.end()
  await listener.close()
})

t.test('close(last) with a long queue: whole messages, then the last one', async (t) => {
  const { connection, peer, listener } = await accepted()
  new Recorder(connection)
  peer.pause()
  const message = Buffer.alloc(4096, 0x55)
  while (connection.write(message)) {
    if (connection.queued === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  connection.close(Buffer.from('LAST'))
  const chunks: Buffer[] = []
  let ended = false
  peer.on('data', (chunk) => chunks.push(chunk))
  peer.on('end', () => {
    ended = true
    peer.end()
  })
  peer.resume()
  await until(() => ended)
  const all = Buffer.concat(chunks)
  t.equal(all.subarray(-4).toString(), 'LAST')
  t.equal((all.length - 4) % 4096, 0, 'no message was cut')
  t.ok(all.subarray(0, -4).every((octet) => octet === 0x55))
  await listener.close()
})

t.test('pause() stops the flow, resume() starts it', async (t) => {
  const { connection, peer, listener } = await accepted()
  const recorder = new Recorder(connection)
  connection.pause()
  peer.write('held')
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal(recorder.text, '')
  connection.resume()
  await until(() => recorder.text === 'held')
  connection.close()
  peer.end()
  await listener.close()
})

t.test('readPending() reads what the kernel has, also while paused, and leaves the pause', async (t) => {
  const { connection, peer, listener } = await accepted()
  const recorder = new Recorder(connection)
  await connection.readPending()
  t.equal(recorder.text, '', 'nothing there')
  connection.pause()
  peer.write('in the kernel')
  await until(() => unread(connection) === 'in the kernel'.length)
  t.equal(recorder.text, '')
  await connection.readPending()
  t.equal(recorder.text, 'in the kernel', 'delivered before it resolves')
  peer.write(' later')
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal(recorder.text, 'in the kernel', 'still paused')
  connection.close()
  await connection.readPending()
  peer.end()
  await listener.close()
})

t.test('readPending() sees octets that arrived while the process was busy', async (t) => {
  const { connection, peer, listener } = await accepted()
  const recorder = new Recorder(connection)
  await connection.readPending()
  // Written to the kernel at once, and no turn of the event loop between this and readPending().
  peer.write(Buffer.alloc(300_000, 1))
  while (unread(connection) === 0);
  await connection.readPending()
  t.ok(recorder.chunks.length > 0)
  connection.close()
  peer.end()
  await listener.close()
})

t.test('addresses have one spelling', async (t) => {
  t.equal(normaliseAddress('::ffff:192.0.2.1'), '192.0.2.1')
  t.equal(normaliseAddress('::FFFF:192.0.2.1'), '192.0.2.1')
  t.equal(normaliseAddress('2001:DB8:0::1'), '2001:db8::1')
  t.equal(normaliseAddress('fe80::1%eth0'), 'fe80::1%eth0')
  t.equal(normaliseAddress('192.0.2.1'), '192.0.2.1')
})
