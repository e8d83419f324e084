/** A daemon that hangs, and output that can't be written. */
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { SOCKET_PLACES, socketPaths } from '../../../src/api/http/socket-path.js'
import { longestSilence } from '../../../src/cli/call.js'
import { freePort } from '../../../src/testing/free-port.js'
import { cli, Daemon, folder, Program, type RunOptions, until } from './program.js'

// Each command is a process of its own: on a busy machine that takes its time.
t.setTimeout(600_000)

/** A daemon that takes connections and then says `first`, and nothing more. */
async function hanging(t: Parameters<typeof folder>[0], first = ''): Promise<string> {
  const socket = join(folder(t), 'api.sock')
  const taken: Socket[] = []
  const server = createServer((connection) => {
    taken.push(connection)
    connection.on('error', () => {})
    connection.once('data', () => connection.write(first))
  }).listen(socket)
  await once(server, 'listening')
  t.teardown(() => {
    for (const connection of taken) connection.destroy()
    server.close()
  })
  return socket
}

t.test('a daemon that hangs is named while it is waited for, and given up', async (t) => {
  const socket = await hanging(t)
  const lines: readonly (readonly [readonly string[], RegExp])[] = [
    [['show', 'version'], /very busy \(its log/],
    [['show', 'ip', 'bgp', 'json'], /very busy \(its log/],
    [['reload'], /what was asked for may still be done \(its log/],
    [['clear', 'ip', 'bgp', '192.0.2.1'], /may still be done/],
    [['neighbor', '192.0.2.1', 'reset'], /may still be done/],
    [['maintenance', 'on'], /may still be done/],
  ]
  const results = lines.map(([words]) => cli([...words, '--socket', socket, '--timeout', '1.5']))
  for (const [index, result] of (await Promise.all(results)).entries()) {
    const [words, end] = lines[index]
    t.equal(result.code, 1, words.join(' '))
    t.equal(result.stdout, '')
    const [waiting, gaveUp, ...more] = result.stderr.trimEnd().split('\n')
    t.equal(waiting, `ecmpd: waiting for the daemon on ${socket}: no answer for 1 s, 0.5 s to go`)
    t.match(gaveUp, `ecmpd: the daemon on ${socket} has not answered for 1.5 s: it hangs`)
    t.match(gaveUp, end)
    t.same(more, [])
  }
})

t.test('one that stops in the middle of an answer is given up, too', async (t) => {
  const socket = await hanging(t, 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{')
  const { code, stderr } = await cli(['show', 'version', '--socket', socket], {
    env: { ECMPD_TIMEOUT: '0.5' },
  })
  t.equal(code, 1)
  t.match(stderr, /^ecmpd: the daemon on \S+ has not answered for 0\.5 s: .*\n$/)
})

t.test('how long: the option, the variable, five seconds', async (t) => {
  t.equal(longestSilence(undefined, undefined), 5)
  t.equal(longestSilence(undefined, ''), 5)
  t.equal(longestSilence(undefined, '20'), 20)
  t.equal(longestSilence(2, '20'), 2)
  t.throws(() => longestSilence(Number.NaN, undefined), /--timeout NaN: expected seconds/)
  t.throws(() => longestSilence(undefined, 'soon'), /ECMPD_TIMEOUT=soon: expected seconds/)
  for (const wrong of [0, -1, 1e9]) t.throws(() => longestSilence(wrong, undefined), /expected seconds/)
})

/** Options that send the program's standard output to a device that is full, or into a pipe that nobody reads. */
const FULL: RunOptions = { through: ['sh', '-c', 'exec "$@" > /dev/full', 'sh'] }
const UNREAD: RunOptions = { through: ['sh', '-c', '"$@" | exec true; echo', 'sh'] }

t.test(
  'output that cannot be written is one line, not a stack',
  { skip: !existsSync('/dev/full') },
  async (t) => {
    const daemon = await Daemon.start(t, 'as: 64513\nrouterId: 192.0.2.1\nneighbors: []\n')
    const asked = ['--socket', daemon.socket]
    const commands: readonly (readonly string[])[] = [
      ['show', 'version', ...asked],
      ['show', 'ip', 'bgp', 'json', ...asked],
      ['show', 'ip', '?'],
      ['reload', ...asked],
      ['maintenance', 'on', ...asked],
      ['maintenance', 'off', ...asked],
      ['config', 'show', daemon.file],
      ['config', 'show', daemon.file, '--json'],
      ['config', 'check', daemon.file],
      ['config', 'convert', 'config/switch.conf'],
      ['config', 'schema'],
      ['version'],
      ['--help'],
      ['demo', '--once', '--stage', 'loopback', '--nodes', 'own'],
    ].filter((words) => words[1] !== 'convert' || existsSync(words[2]))
    for (const words of commands) {
      const { code, stderr } = await cli(words, FULL)
      t.equal(code, 1, words.join(' '))
      t.match(stderr, /^ecmpd: standard output can't be written: .*ENOSPC.*\n$/, words.join(' '))
      t.equal((await cli(words, UNREAD)).stderr, '', words.join(' '))
    }
  },
)

t.test(
  'the socket: $ECMPD_SOCKET counts for run as for show; help and README name every place',
  async (t) => {
    const home = folder(t)
    const [file, socket] = [join(home, 'a.yaml'), join(home, 'own.sock')]
    writeFileSync(
      file,
      `as: 64513\nrouterId: 192.0.2.1\nneighbors: []\napi: { socket: ${join(home, 'b')} }\n`,
    )
    const env = { ECMPD_SOCKET: socket }
    const words = ['run', '-c', file, '--api', 'off', '--listen', `127.0.0.1:${await freePort()}`]
    const program = new Program(words, { env })
    t.teardown(() => program.running && program.stop('SIGKILL'))
    await program.says(' runs: ')
    t.match(await cli(['show', 'version'], { env }), { code: 0, stdout: /^ecmpd \d/ })
    await program.stop()

    const places = socketPaths({ XDG_RUNTIME_DIR: '/$XDG_RUNTIME_DIR', HOME: '/~' })
    const help = await cli(['run', '--help'])
    for (const place of places.map((path) => path.replace(/^\/(?=[$~])/, ''))) {
      t.ok(SOCKET_PLACES.includes(place), place)
      t.ok(readFileSync('README.md', 'utf8').includes(`\`${place}\``), `README: ${place}`)
      t.ok(help.stdout.replace(/\s+/g, ' ').includes(place), `--help: ${place}`)
    }
  },
)

const noScript =
  !['/usr/bin/script', '/bin/script'].some((path) => existsSync(path)) && 'script(1) is not installed'

t.test('the terminal that it runs in is closed: it ends', { skip: noScript }, async (t) => {
  // As the only process of its terminal, and below a shell.
  for (const within of ['exec', 'true;']) {
    const home = folder(t)
    const [file, socket] = [join(home, 'a.yaml'), join(home, 's')]
    writeFileSync(file, 'as: 64513\nrouterId: 192.0.2.1\nneighbors: []\n')
    const listen = `127.0.0.1:${await freePort()}`
    const program = new Program(
      ['run', '-c', file, '--socket', socket, '--api', 'off', '--listen', listen],
      // script(1) makes a terminal; what it runs begins a session there.
      { through: ['sh', '-c', `exec script -qfc "${within} $* ; true" /dev/null`, 'sh'] },
    )
    t.teardown(() => program.running && program.stop('SIGKILL'))
    await program.says(' runs: ')
    const { pid } = JSON.parse((await cli(['show', 'version', 'json', '--socket', socket])).stdout)
    process.kill(pid, 'SIGHUP')
    await program.says('applied: ')
    t.ok(existsSync(socket), 'SIGHUP from somebody else is a reload')

    program.child.kill('SIGKILL')
    await until('it has ended', () => (existsSync(socket) ? undefined : true))
    await until('its process is gone', () => (existsSync(`/proc/${pid}`) ? undefined : true))
    t.pass(within)
  }
})
