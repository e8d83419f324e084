import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../../../src/testing/free-port.js'
import { cli, Daemon, folder, Program, type RunOptions, until } from './program.js'

// Daemons are processes of their own: on a busy machine that takes its time.
t.setTimeout(600_000)

const base = (neighbors: string) => `as: 64513
routerId: 192.0.2.1
neighbors:${neighbors === '' ? ' []' : `\n${neighbors}`}
`
const PASSIVE = '  - { address: 127.0.0.9, remoteAs: 64512, description: node, passive: true }\n'

t.test('a daemon starts, answers, reloads and ends in good order', async (t) => {
  const daemon = await Daemon.start(t, base(PASSIVE))
  t.equal(statSync(daemon.socket).mode & 0o777, 0o660)
  t.match(await daemon.show('version'), /^ecmpd \d/)
  t.match(await daemon.show('ip bgp summary'), /^127\.0\.0\.9 +4 +64512 .* never +Active$/m)

  t.match(await daemon.cli('reload'), { code: 0, stdout: 'no neighbor changed\n' })

  daemon.write(base(`${PASSIVE}  - { address: 127.0.0.8, remoteAs: 64512, passive: true }\n`))
  t.match(await daemon.cli('reload'), { code: 0, stdout: 'added: 127.0.0.8\n' })
  t.match(await daemon.show('ip bgp summary'), '127.0.0.8')

  daemon.write(base('  - { address: 127.0.0.8, remoteAs: none }\n'))
  const wrong = await daemon.cli('reload')
  t.equal(wrong.code, 2)
  t.match(wrong.stderr, `${daemon.file}:4:`)
  t.match(wrong.stderr, 'nothing was changed')
  t.match(await daemon.show('ip bgp summary'), '127.0.0.9')

  daemon.write(base('  - { address: 127.0.0.8, remoteAs: 64512, passive: true }\n'))
  daemon.program.child.kill('SIGHUP')
  await until('the neighbor is gone', async () => {
    const text = await daemon.show('ip bgp summary')
    return text.includes('127.0.0.9') ? undefined : text
  })

  const { code, stdout, stderr } = await daemon.program.stop()
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(stdout, 'SIGTERM: ecmpd ends')
  t.notOk(existsSync(daemon.socket))
})

/** Two daemons with an established session: 127.0.0.1, and 127.0.0.2 that dials. */
async function pair(
  t: Parameters<typeof Daemon.start>[0],
  options: RunOptions = {},
): Promise<readonly [Daemon, Daemon]> {
  const port = await freePort()
  const one = await Daemon.start(
    t,
    base('  - { address: 127.0.0.2, remoteAs: 64512, passive: true }\n'),
    ['--listen', `127.0.0.1:${port}`],
    options,
  )
  const other = await Daemon.start(
    t,
    `as: 64512
routerId: 192.0.2.2
neighbors:
  - { address: 127.0.0.1, remoteAs: 64513, port: ${port}, localAddress: 127.0.0.2 }
`,
  )
  for (const daemon of [one, other]) await daemon.program.says('Established')
  return [one, other]
}

t.test('two daemons peer; the end of one is told to the other', async (t) => {
  const [one, other] = await pair(t)
  t.match(await one.json('ip bgp neighbors'), {
    '127.0.0.2': { remoteAs: 64512, remoteRouterId: '192.0.2.2', bgpState: 'Established' },
  })
  t.match(await one.show('ip bgp neighbors'), /Four-octets ASN Capability: advertised and received/)
  // The machine's name, as the other daemon says it, stands behind the address.
  t.match(await one.show('events'), /127\.0\.0\.2 (\(\S+\) )?\w+ -> Established/)

  t.equal((await one.program.stop()).code, 0)
  await other.program.says('is administratively shut down')
  const text = await other.show('ip bgp neighbors 127.0.0.1')
  t.match(text, /Last reset \S+, due to .*Administrative Shutdown.*ecmpd ends \(SIGTERM\)/)
})

t.test('a second signal ends it at once', async (t) => {
  // A neighbor that does not take the last message keeps the first signal waiting: for a second only, and that
  // may be too short for the second signal. From the first one on, here, seconds last for minutes.
  const slow = `process.on('SIGTERM', () => {
    const { setTimeout: after } = globalThis
    globalThis.setTimeout = (fn, ms, ...rest) => after(fn, ms * 100, ...rest)
  })`
  const [one, other] = await pair(t, {
    node: ['--import', `data:text/javascript,${encodeURIComponent(slow)}`],
  })
  other.program.child.kill('SIGSTOP')
  one.program.child.kill('SIGTERM')
  await one.program.says('SIGTERM: ecmpd ends')
  one.program.child.kill('SIGTERM')
  t.match(await one.program.end(), { code: 1, stdout: /SIGTERM again: ending at once/ })
})

t.test('a fault that nobody caught is said to log and neighbors, exit 1', async (t) => {
  const fault = `process.on('SIGUSR2', () => { throw new Error('a fault of this test') })`
  const [one, other] = await pair(t, {
    node: ['--import', `data:text/javascript,${encodeURIComponent(fault)}`],
  })
  one.program.child.kill('SIGUSR2')
  const { code, stdout } = await one.program.end()
  t.equal(code, 1)
  t.match(stdout, /a fault of this test/)
  t.match(stdout, /internal error, ecmpd ends; its routes stay in the kernel/)
  await until('the neighbor knows', async () => {
    const text = await other.show('ip bgp neighbors 127.0.0.1')
    return text.includes('Out of Resources') ? text : undefined
  })
})

t.test('a port that is taken is one clear sentence, exit 1', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  const home = folder(t)
  const file = join(home, 'a.yaml')
  writeFileSync(file, base(''))
  const words = [
    'run',
    '-c',
    file,
    '--socket',
    join(home, 's'),
    '--api',
    'off',
    '--listen',
    `127.0.0.1:${port}`,
  ]
  const { code, stderr } = await cli(words)
  t.equal(code, 1)
  t.match(stderr, new RegExp(`^ecmpd: port ${port} on 127\\.0\\.0\\.1 is in use.*--listen.*\\n$`))
  t.notOk(existsSync(join(home, 's')), 'the socket is not left behind')
})

t.test('a second daemon on the same socket does not start', async (t) => {
  const daemon = await Daemon.start(t, base(''))
  const { code, stderr } = await cli([
    'run',
    '-c',
    daemon.file,
    '--socket',
    daemon.socket,
    '--listen',
    `127.0.0.1:${await freePort()}`,
  ])
  t.equal(code, 1)
  t.match(
    stderr,
    new RegExp(`^ecmpd: another ecmpd \\(PID ${daemon.program.child.pid}\\) answers on .*--socket PATH\\n$`),
  )
  t.match(await daemon.show('version'), /^ecmpd/)
})

t.test('a taken API port is a warning; a token opens it elsewhere', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  const daemon = await Daemon.start(t, base(''), ['--api', `127.0.0.1:${port}`])
  t.match(daemon.program.stdout, /the API does not listen on TCP: .* is in use by another program/)
  t.match(await daemon.show('version'), /^ecmpd/)
})

t.test('the API answers on TCP from the first moment on', async (t) => {
  const port = await freePort()
  const daemon = await Daemon.start(t, base(''), ['--api', `127.0.0.1:${port}`])
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/status`)
  t.equal(answer.status, 200)
  t.match(await answer.json(), {
    localAs: 64513,
    configuration: { file: daemon.file },
    fib: { enabled: false },
  })
  t.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
  t.match(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), 'ecmpd_fib_enabled 0')
})

t.test('--fib without `ip` or without CAP_NET_ADMIN is one clear sentence', async (t) => {
  const home = folder(t)
  // Another user has to be able to read the file.
  chmodSync(home, 0o755)
  const file = join(home, 'a.yaml')
  // Numbers that no other ecmpd of the machine has.
  const own = 1_000_000_000 + process.pid
  writeFileSync(file, `${base('')}fib: { metric: ${own}, nextHopIds: { base: ${own} } }\n`)
  const listen = `127.0.0.1:${await freePort()}`
  const words = ['run', '-c', file, '--fib', '--socket', 'off', '--api', 'off', '--listen', listen]
  const none = await cli(words, { env: { PATH: home } })
  t.match(none, { code: 1, stderr: /^ecmpd: no `ip` binary: install iproute2.*\n$/ })
  if (!['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'].some((path) => existsSync(path))) return
  // A user without capabilities: nobody, when the tests run as root.
  const plain = await cli(words, process.getuid?.() === 0 ? { uid: 65_534 } : {})
  t.match(plain, { code: 1, stderr: /^ecmpd: no CAP_NET_ADMIN, .*\n$/ })
})

t.test('the examples in config/ start', async (t) => {
  const files = readdirSync('config').filter((name) => /^(?!.*-cilium).*\.(yaml|conf)$/.test(name))
  t.ok(files.length > 0)
  // Where it may be had, a network of their own: they install routes, and there may be another ecmpd on the machine.
  const through =
    process.getuid?.() === 0 ? ['unshare', '--net', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh'] : []
  for (const name of files) {
    const home = folder(t)
    const port = await freePort()
    const words = ['run', '-c', join('config', name), '--socket', join(home, 's'), '--api', 'off']
    const program = new Program([...words, '--listen', `127.0.0.1:${port}`], { through })
    await program.says(' runs: ')
    t.equal((await program.stop()).code, 0, name)
  }
})

t.test('neighbors are operated from the command line', async (t) => {
  const daemon = await Daemon.start(t, base(PASSIVE))
  const down = await daemon.cli('neighbor', '127.0.0.9', 'shutdown', '-m', 'back at noon')
  t.match(down, { code: 0, stdout: 'Neighbor 127.0.0.9 is shut down until it is started\n' })
  await daemon.cli('reload')
  t.match(
    await daemon.show('ip bgp neighbors 127.0.0.9'),
    /Administratively shut down by .+ \(UNIX socket\): "back at noon"/,
  )
  t.match(
    await daemon.show('events'),
    /neighbor 127\.0\.0\.9 \(node\) shutdown by .+ \(UNIX socket\): back at noon/,
  )
  t.match(await daemon.cli('clear', 'ip', 'bgp', '127.0.0.9'), { code: 1, stderr: /127\.0\.0\.9 start/ })
  t.match(await daemon.cli('clear', 'ip', 'bgp', '*'), { code: 1, stderr: /no neighbor that is not shut/ })
  t.match(await daemon.cli('neighbor', '127.0.0.9', 'start'), { code: 0, stdout: /is started/ })
  t.match(await daemon.cli('clear', 'ip', 'bgp', '64512'), { code: 0, stdout: /127\.0\.0\.9/ })
  t.match(await daemon.cli('neighbor', '127.0.0.9', 'refresh', 'in'), {
    code: 1,
    stderr: /no routes to refr/,
  })
  t.match(await daemon.cli('neighbor', '127.0.0.1', 'reset'), { code: 1, stderr: /No neighbor 127\.0\.0\.1/ })
  for (const words of [['reset', 'in'], ['start', '-m', 'x'], ['stop']]) {
    t.equal((await daemon.cli('neighbor', '127.0.0.9', ...words)).code, 2, words.join(' '))
  }
})
