import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { notify } from '../../../src/daemon/notify.js'
import { silent } from '../../../src/ports/log.js'

/** Puts a program called systemd-notify in front of the path that writes down what it is told. */
function stage(t: { teardown(fn: () => unknown): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecmpd-notify-'))
  const told = join(folder, 'told')
  const program = join(folder, 'systemd-notify')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> '${told}'\n`)
  chmodSync(program, 0o755)
  writeFileSync(told, '')
  const { PATH, NOTIFY_SOCKET } = process.env
  process.env.PATH = `${folder}:${PATH}`
  process.env.NOTIFY_SOCKET = '/none'
  t.teardown(() => {
    process.env.PATH = PATH
    if (NOTIFY_SOCKET === undefined) delete process.env.NOTIFY_SOCKET
    else process.env.NOTIFY_SOCKET = NOTIFY_SOCKET
    rmSync(folder, { recursive: true })
  })
  return told
}

t.test('systemd is told in order', async (t) => {
  const told = stage(t)
  notify('READY', 'AS 64513', silent)
  notify('RELOADING', 'applies', silent)
  notify('READY', 'AS 64513 again', silent)
  let text = ''
  while (!text.includes('again')) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    text = readFileSync(told, 'utf8')
  }
  t.equal(text, 'READY=1 STATUS=AS 64513\nRELOADING=1 STATUS=applies\nREADY=1 STATUS=AS 64513 again\n')
})

t.test('without systemd-notify it is said, and nothing fails', async (t) => {
  stage(t)
  process.env.PATH = '/nonexistent'
  const said = await new Promise<string>((resolve) => {
    notify('READY', '', { ...silent, warn: (_fields, text) => resolve(text) })
  })
  t.match(said, /READY=1: is systemd-notify installed\?/)
})

t.test('outside of systemd nothing is started', async (t) => {
  stage(t)
  delete process.env.NOTIFY_SOCKET
  notify('READY', '', { ...silent, warn: () => t.fail('something was tried') })
  t.pass('nothing')
})
