import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { playDemo } from '../../src/demo/demo.js'
import { until } from '../lab/wait.js'

t.setTimeout(600_000)

/** Processes that have this temporary directory in their environment. */
function processesOf(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TMPDIR=${directory}`)
      } catch {
        // Gone meanwhile, or another user's.
        return false
      }
    })
}

t.test('the whole story on loopback addresses, with own speakers: no privileges, no gobgpd', async (t) => {
  const lines: string[] = []
  const code = await playDemo({
    once: true,
    stage: 'loopback',
    nodes: 'own',
    // Long enough for a machine that is short of time: the story itself waits for its ends.
    times: { holdTime: 6, keepalive: 2, restartTime: 12 },
    say: (line) => void lines.push(line),
  })
  const text = lines.join('\n')
  if (code !== 0) t.comment(text)
  t.equal(code, 0)
  t.match(text, /three sessions Established/)
  t.match(text, /60 requests, answered by: k8s-master-0 20, k8s-master-1 20, k8s-master-2 20/)
  t.match(text, /60 requests, answered by: k8s-master-0 30, k8s-master-2 30/)
  t.match(text, /went at once/)
  t.match(text, /none stale/)
  t.match(text, /restart time of 12 s was over/)
  t.match(text, /hold time of 6 s was over/)
  t.match(text, /The story is complete/)
})

for (const [how, signal, expected] of [
  ['Ctrl-C', 'SIGINT', 130],
  ['a crash', 'SIGKILL', null],
] as const) {
  t.test(`${how} in the middle leaves nothing behind`, async (t) => {
    // Short, as a UNIX socket's path must be.
    const directory = mkdtempSync(join(tmpdir(), 'ecmpd-test-'))
    t.teardown(() => rmSync(directory, { recursive: true, force: true }))
    const argv = [resolve('dist/cli/main.js'), 'demo', '--stage', 'loopback', '--nodes', 'own']
    const child = spawn(process.execPath, argv, { env: { ...process.env, TMPDIR: directory } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        output += piece
      })
    }
    await until('sessions are up', () => /sessions Established/.test(output))
    t.ok(processesOf(directory).length > 5, 'the switch, the nodes and the web servers run')
    child.kill(signal)
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== expected) t.comment(output)
    t.equal(code, expected)
    await until('every process has ended', () => processesOf(directory).length === 0)
    t.same(readdirSync(directory), [], 'and no file is left')
  })
}
