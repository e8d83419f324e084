import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { AddressTaken, ApiListeners } from '../../../../src/api/http/listeners.js'

const handler = async () => (_request: unknown, response: { end(text: string): void }) =>
  response.end('hello')

function folder(t: { teardown(fn: () => unknown): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'ecmpd-doors-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

t.test('the socket is for owner and group, in a folder of its own, and gone at the end', async (t) => {
  const path = join(folder(t), 'new', 'api.sock')
  const doors = new ApiListeners(handler)
  await doors.openSocket(path)
  t.equal(statSync(path).mode & 0o777, 0o660)
  t.equal(statSync(join(path, '..')).mode & 0o777, 0o750)
  await doors.close()
  t.notOk(existsSync(path))
})

t.test('a live daemon keeps its socket', async (t) => {
  const path = join(folder(t), 'api.sock')
  const first = new ApiListeners(handler)
  await first.openSocket(path)
  t.teardown(() => first.close())
  const second = new ApiListeners(handler)
  await t.rejects(second.openSocket(path), {
    message: /another program has .* and does not answer as ecmpd does .*--socket PATH/,
  })
  await second.close()
  t.ok(existsSync(path), 'closing the second leaves the first alone')
})

t.test('a dead daemon leaves a file that is no hindrance', async (t) => {
  const path = join(folder(t), 'api.sock')
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.ok(existsSync(path))
  const doors = new ApiListeners(handler)
  await doors.openSocket(path)
  t.equal(statSync(path).mode & 0o777, 0o660)
  await doors.close()
})

t.test('a port that is taken is said', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as { port: number }
  const doors = new ApiListeners(handler)
  t.ok((await doors.openTcp('127.0.0.1', port).catch((error) => error)) instanceof AddressTaken)
  await t.rejects(doors.openTcp('127.0.0.1', port), {
    message: /is in use by another program.*--api ADDR:PORT/,
  })
  await t.rejects(doors.openTcp('192.0.2.77', 0), { message: /no address of this machine/ })
  await doors.close()
})

t.test('requests wait for the application, and are told when it does not come', async (t) => {
  let ready: (() => void) | undefined
  const waiting = new Promise<void>((resolve) => {
    ready = resolve
  })
  const doors = new ApiListeners(async () => {
    await waiting
    return handler()
  })
  const { port } = await doors.openTcp('127.0.0.1', 0)
  t.teardown(() => doors.close())
  const answer = fetch(`http://127.0.0.1:${port}/`)
  ready?.()
  t.equal(await (await answer).text(), 'hello')

  const broken = new ApiListeners(async () => {
    throw new Error('no')
  })
  const other = await broken.openTcp('127.0.0.1', 0)
  t.teardown(() => broken.close())
  const told = await fetch(`http://127.0.0.1:${other.port}/`)
  t.equal(told.status, 503)
  t.match(await told.json(), { error: { code: 'starting' } })
})

t.test('a file that is no socket is not removed', async (t) => {
  const path = join(folder(t), 'precious')
  writeFileSync(path, 'data')
  const doors = new ApiListeners(handler)
  await t.rejects(doors.openSocket(path), { message: 'a file that is no socket has this name' })
  t.equal(readFileSync(path, 'utf8'), 'data')
  await doors.close()
})
