import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ReloadOutcome } from '../../../src/api/http/context.js'
import { loadConfig } from '../../../src/config/load.js'
import type { Config } from '../../../src/config/model/model.js'
import { type Overrides, override } from '../../../src/daemon/overrides.js'
import { reload } from '../../../src/daemon/reload.js'
import type { SpeakerOptions } from '../../../src/speaker/model/options.js'

const YAML = `as: 64513
routerId: 192.0.2.1
neighbors:
  - { address: 192.0.2.2, remoteAs: 64512 }
`

/** A file, and what a reload of it tells the speaker. */
class Subject {
  readonly folder = mkdtempSync(join(tmpdir(), 'ecmpd-reload-'))
  readonly file = join(this.folder, 'a.yaml')
  readonly applied: SpeakerOptions[] = []
  readonly said: string[] = []
  readonly overrides: Overrides
  config: Config
  refusal: Error | undefined
  /** What the speaker says that it changed. */
  changed: string[] = []

  constructor(overrides: Overrides = {}) {
    writeFileSync(this.file, YAML)
    this.overrides = overrides
    this.config = override(loadConfig(this.file).config!, overrides)
  }

  run() {
    const say = (_fields: object, text: string) => {
      this.said.push(text)
    }
    return reload({
      speaker: {
        apply: async (options) => {
          if (this.refusal !== undefined) throw this.refusal
          this.applied.push(options)
          return {
            added: [],
            removed: [],
            changed: this.changed,
            reset: [],
            unchanged: 1 - this.changed.length,
          }
        },
      },
      log: { debug: say, info: say, warn: say, error: say },
      overrides: this.overrides,
      current: () => this.config,
      replace: (config) => {
        this.config = config
      },
    })
  }
}

function subject(t: { teardown(fn: () => unknown): void }, overrides?: Overrides): Subject {
  const made = new Subject(overrides)
  t.teardown(() => rmSync(made.folder, { recursive: true }))
  return made
}

const notesOf = (outcome: ReloadOutcome) => (outcome.ok ? outcome.notes : undefined)

t.test('the same file again asks for the same and says so', async (t) => {
  const made = subject(t)
  const before = made.config
  t.match(await made.run(), { ok: true, report: { unchanged: 1 }, notes: [] })
  t.same(made.applied, [before.bgp])
  t.same(made.config, before)
})

t.test('a changed file is applied, with the words of the command line over it', async (t) => {
  const listen = [{ address: '127.0.0.1', port: 1790 }]
  const made = subject(t, { listen, logLevel: 'debug' })
  writeFileSync(made.file, `${YAML}  - { address: 192.0.2.3, remoteAs: 64512 }\nlog: { level: warn }\n`)
  t.match(await made.run(), { ok: true })
  t.same(
    made.applied[0].neighbors.map(({ address }) => address),
    ['192.0.2.2', '192.0.2.3'],
  )
  t.same(made.applied[0].listen, listen)
  t.equal(made.config.log.level, 'debug')
})

t.test('a wrong file changes nothing and its lines are said', async (t) => {
  const made = subject(t)
  const before = made.config
  writeFileSync(made.file, YAML.replace('remoteAs', 'remoteAS'))
  const outcome = await made.run()
  t.match(outcome, { ok: false, message: /nothing was changed/, diagnostics: [/a\.yaml:4:\d+: error: /] })
  t.same(made.applied, [])
  t.equal(made.config, before)
  t.ok(made.said.some((text) => text.includes('a.yaml:4:')))
})

t.test('a file that is gone changes nothing', async (t) => {
  const made = subject(t)
  rmSync(made.file)
  t.match(await made.run(), { ok: false, diagnostics: [/can't be read/] })
  t.same(made.applied, [])
})

t.test('what the speaker refuses changes nothing', async (t) => {
  const made = subject(t)
  const before = made.config
  made.refusal = new Error('port 1790 on 127.0.0.1 is in use')
  writeFileSync(made.file, `${YAML}log: { level: warn }\n`)
  t.match(await made.run(), { ok: false, message: /could not be applied, nothing was changed: port 1790/ })
  t.equal(made.config, before)
})

t.test('what only a start reads is noted as long as it differs from what runs', async (t) => {
  const made = subject(t)
  const before = made.config
  writeFileSync(made.file, `${YAML}api: { tcp: off }\nfib: { enabled: true }\nlog: { format: json }\n`)
  for (const time of ['first', 'again']) {
    const outcome = await made.run()
    const notes = [/^fib changed: it takes effect when/, /^api\.tcp changed: /, /^log\.format changed: /]
    t.match(outcome, { ok: true, notes }, time)
    t.same(made.config, before, 'what runs is what is shown')
  }
  writeFileSync(made.file, YAML)
  t.strictSame(notesOf(await made.run()), [], 'taken back')
})

t.test('what concerns no single neighbor is said, too', async (t) => {
  const made = subject(t)
  writeFileSync(
    made.file,
    `${YAML}listen: 127.0.0.1:1790\nmaximumPaths: 4\napi: { token: unsaid }\nfib: { keepOnStop: true }\n`,
  )
  t.strictSame(notesOf(await made.run()), [
    'listen changed',
    'the choice of best paths changed',
    'fib.keepOnStop changed',
    'api.token changed',
  ])
  t.equal(made.config.fib.keepOnStop, true)
  t.equal(made.config.api.token, 'unsaid', 'the token holds from now on')
  t.notOk(made.said.some((text) => text.includes('unsaid')))
})

t.test('neighbors that are shut down, and started again', async (t) => {
  const made = subject(t)
  writeFileSync(made.file, YAML.replace('64512 }', '64512, shutdown: bye }'))
  t.strictSame(notesOf(await made.run()), ['shut down: 192.0.2.2'])
  writeFileSync(made.file, YAML)
  t.strictSame(notesOf(await made.run()), ['no longer shut down: 192.0.2.2'])
})

t.test('times and names that wait for the next session are said to', async (t) => {
  const made = subject(t)
  made.changed = ['192.0.2.2']
  const file = YAML.replace('64512 }', '64512, timers: { hold: 9 } }')
  writeFileSync(made.file, `${file}hostName: other\n`)
  const notes = ['timers changed, for the next session: 192.0.2.2', 'hostName changed, for the next session']
  t.strictSame(notesOf(await made.run()), notes)
  writeFileSync(made.file, `${file.replace('64512,', '64512, description: n1,')}hostName: other\n`)
  t.strictSame(notesOf(await made.run()), [])
})

t.test('a router id that the file leaves to the machine does not change with its addresses', async (t) => {
  const made = subject(t)
  writeFileSync(made.file, YAML.replace(/^routerId.*\n/m, ''))
  if (loadConfig(made.file).config === undefined) {
    t.pass('this machine has no address to take one from')
    return
  }
  const config = { ...made.config, bgp: { ...made.config.bgp, routerId: 1 } }
  made.config = { ...config, source: { ...config.source, automatic: ['routerId', 'hostName'] } }
  await made.run()
  t.equal(made.applied[0].routerId, 1)
})
