import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { plainRun } from '../../../src/cli/run-options.js'
import { cli, folder } from './program.js'

// Each command is a process of its own: on a busy machine that takes its time.
t.setTimeout(600_000)

const YAML = `as: 64513
routerId: 192.0.2.1
neighbors:
  - { address: 127.0.0.2, remoteAs: 64512, description: node }
`
const SWITCH = `router bgp 64513
 bgp router-id 192.0.2.1
 neighbor 127.0.0.2 remote-as 64512
 neighbor 127.0.0.2 description node
end
`

t.test('version and help', async (t) => {
  for (const word of ['version', '--version', '-V']) {
    t.match(await cli([word]), { code: 0, stdout: /^ecmpd \d+\.\d+\.\d+\n$/, stderr: '' })
  }
  const help = await cli(['--help'])
  t.equal(help.code, 0)
  for (const command of ['run', 'show', 'neighbor', 'clear', 'config', 'reload', 'demo', 'version'])
    t.match(help.stdout, `ecmpd ${command}`)
  for (const command of [
    ['run'],
    ['show'],
    ['config'],
    ['config', 'check'],
    ['reload'],
    ['demo'],
    ['neighbor'],
    ['clear'],
  ]) {
    const { code, stdout } = await cli([...command, '--help'])
    t.equal(code, 0, command.join(' '))
    if (command.length === 2 || command[0] !== 'config') t.match(stdout, 'Examples:')
  }
})

t.test('wrong usage is exit 2 with one line that helps', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^ecmpd: which command\? `ecmpd --help` lists them\n$/],
    [['shwo'], /^ecmpd: no command `shwo` \(did you mean `show`\?\)\n$/],
    [['frobnicate'], /^ecmpd: no command `frobnicate` \(commands: run, /],
    [['run'], /^ecmpd: Missing required argument: config\n$/],
    [['run', '-c'], /^ecmpd: Not enough arguments following: c\n$/],
    [['run', '-c', 'x', '--fob'], /^ecmpd: Unknown argument: fob\n$/],
    [['run', '-c', 'x', '--listen', 'nonsense'], /^ecmpd: --listen nonsense: .*ADDRESS:PORT\n$/],
    [['run', '-c', 'x', '--api', '127.0.0.1:99999'], /^ecmpd: --api 127\.0\.0\.1:99999: /],
    [['config'], /^ecmpd: what about the configuration\? check, show, convert, diff or schema\n$/],
    [
      ['show', 'ip', 'bgp', 'sumary'],
      /^% Invalid input: `show ip bgp sumary` \(did you mean `summary`\?\)\n$/,
    ],
    [['config', 'chekc', 'x'], /^ecmpd: no command `config chekc` \(did you mean `config check`\?\)\n$/],
    [
      ['config', 'xyzzy'],
      /^ecmpd: no command `config xyzzy` \(commands: check, show, convert, diff, schema\)\n$/,
    ],
    [['config', 'diff', '-', '-'], /^ecmpd: - can stand for one of both files\n$/],
    [['maintenance'], /^ecmpd: words are missing: `ecmpd maintenance --help` shows which\n$/],
    [['neighbor', '192.0.2.1'], /^ecmpd: words are missing: `ecmpd neighbor --help` shows which\n$/],
    [['config', 'diff', 'a'], /^ecmpd: words are missing: `ecmpd config diff --help` shows which\n$/],
    [['clear'], /^% Incomplete command: `clear` /],
    [
      ['neighbor', '192.0.2.1', 'stpo'],
      /^% Invalid input: `neighbor 192\.0\.2\.1 stpo` at `stpo` \(neighbor /,
    ],
    [['maintenance', 'onn'], /^% Invalid input: `maintenance onn` at `onn` \(did you mean `on`\?; /],
    [['show', 'ip'], /^% Incomplete command: `show ip` /],
  ]
  for (const [words, message, result] of cases.map(
    ([words, message]) => [words, message, cli(words)] as const,
  )) {
    const { code, stdout, stderr } = await result
    t.equal(code, 2, words.join(' '))
    t.match(stderr, message)
    t.equal(stdout, '')
  }
})

t.test('`?` behind operational words lists what can follow', async (t) => {
  const list = await cli(['show', 'ip', '?'])
  t.match(list, { code: 0, stderr: '' })
  t.match(list.stdout, /^ {2}bgp +\S.*\n {2}route +\S.*\n$/)
  t.match(await cli(['sh', 'ip', 'bgp', 'su?']), { code: 0, stdout: /^ {2}summary {2}\S.*\n$/ })
  t.match(await cli(['neighbor', '192.0.2.1', 'shutdown', 'message', '?']), { code: 0, stdout: /^ {2}LINE / })
  t.match(await cli(['clear', 'ip', 'ospf', '?']), { code: 2, stderr: /^% Invalid input: .* at `ospf`/ })
})

t.test('the plain forms of run need no full parser, the others get one', async (t) => {
  t.same(
    plainRun(['-c', 'a', '--fib', '--listen', '127.0.0.1:1', '--listen=[::1]:2', '--log-level', 'debug']),
    {
      config: 'a',
      fib: true,
      listen: ['127.0.0.1:1', '[::1]:2'],
      logLevel: 'debug',
      logFormat: undefined,
    },
  )
  t.match(plainRun(['--config=a', '--api', 'off', '--socket', 's']), { config: 'a', api: 'off', socket: 's' })
  for (const words of [
    [],
    ['--help'],
    ['-c'],
    ['-c', 'a', '--no-fib'],
    ['-c', 'a', 'b'],
    ['-c', 'a', '--log-level', 'x'],
  ]) {
    t.equal(plainRun(words), undefined, words.join(' '))
  }
})

t.test('without a daemon, show and reload say so', async (t) => {
  const socket = join(folder(t), 'none.sock')
  for (const words of [['show', 'ip', 'bgp'], ['reload']]) {
    const { code, stderr } = await cli([...words, '--socket', socket])
    t.equal(code, 1)
    t.match(stderr, /^ecmpd: no daemon answers on .*none\.sock: is `ecmpd run` up\?.*\n$/)
  }
  const named = await cli(['show', 'version'], { env: { ECMPD_SOCKET: socket } })
  t.match(named.stderr, 'none.sock')
})

t.test('config check: fine, or every fault with its line', async (t) => {
  const home = folder(t)
  const good = join(home, 'good.yaml')
  const bad = join(home, 'bad.yaml')
  writeFileSync(good, YAML)
  writeFileSync(bad, YAML.replace('remoteAs', 'remoteAS').replace('64513', '0'))
  t.match(await cli(['config', 'check', good]), { code: 0, stdout: `${good}: fine, AS 64513, 1 neighbor\n` })
  const wrong = await cli(['config', 'check', bad])
  t.equal(wrong.code, 2)
  t.match(wrong.stderr, new RegExp(`^${bad}:1:\\d+: error: `, 'm'))
  t.match(wrong.stderr, new RegExp(`^${bad}:4:\\d+: error: .*remoteAs`, 'm'))
  t.equal((await cli(['run', '-c', bad])).code, 2)
  t.match((await cli(['run', '-c', bad])).stderr, `${bad}:4:`)
  t.equal((await cli(['config', 'check', join(home, 'none')])).code, 2)
})

t.test('config check and convert read standard input', async (t) => {
  const yaml = await cli(['config', 'check', '-'], { stdin: YAML })
  t.match(yaml, { code: 0, stdout: 'standard input: fine, AS 64513, 1 neighbor\n' })
  const wrong = await cli(['config', 'check', '-'], { stdin: YAML.replace('remoteAs', 'remoteAS') })
  t.equal(wrong.code, 2)
  t.match(wrong.stderr, /^standard input:4:\d+: error: .*remoteAs/m)
  t.match(await cli(['config', 'convert', '-'], { stdin: SWITCH }), { code: 0, stdout: /^as: 64513$/m })
})

t.test('what is asked for as JSON is refused as JSON', async (t) => {
  const { code, stdout, stderr } = await cli(['show', 'ip', 'bgp', 'sumary', 'json'])
  t.equal(code, 2)
  t.match(JSON.parse(stdout), { error: /did you mean `summary`/ })
  t.match(stderr, /^% Invalid input/)
})

t.test('config show, convert, diff and schema', async (t) => {
  const home = folder(t)
  const yaml = join(home, 'a.yaml')
  const ios = join(home, 'b.conf')
  writeFileSync(yaml, `${YAML}api: { token: not-to-be-seen }\n`)
  writeFileSync(ios, SWITCH)
  const shown = await cli(['config', 'show', yaml])
  t.match(shown, { code: 0, stdout: /64513/ })
  const json = JSON.parse((await cli(['config', 'show', yaml, '--json'])).stdout)
  t.equal(json.bgp.localAs, 64513)
  t.notMatch(shown.stdout + JSON.stringify(json), 'not-to-be-seen')

  const converted = await cli(['config', 'convert', ios])
  t.equal(converted.code, 0)
  const back = join(home, 'c.yaml')
  writeFileSync(back, converted.stdout)
  t.match(await cli(['config', 'diff', ios, back]), { code: 0, stdout: 'no difference\n' })
  const differ = await cli(['config', 'diff', yaml, ios])
  t.equal(differ.code, 1)
  t.match(differ.stdout, /^changed neighbors\[127\.0\.0\.2\]/m)

  const schema = JSON.parse((await cli(['config', 'schema'])).stdout)
  t.ok(schema.properties.neighbors)
})
