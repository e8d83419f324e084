import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from '../../../src/testing/free-port.js'

const MAIN = resolve('dist/cli/main.js')

/** How a run of the program ended. */
export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Record<string, string>
  /** Options of Node.js itself. */
  readonly node?: readonly string[]
  readonly uid?: number
  /** Its standard input, empty by default. */
  readonly stdin?: string
  /** A command that runs it: its first words. */
  readonly through?: readonly string[]
}

interface Teardown {
  teardown(fn: () => unknown): void
}

/** The built program as a child. */
export class Program {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly #ended: Promise<number | null>
  #wake = () => {}

  constructor(words: readonly string[], { env = {}, node = [], uid, stdin, through = [] }: RunOptions = {}) {
    // Through env(1), so that the program runs as it does for a user: tap adds its own hooks to children.
    const variables = Object.entries({ PATH: process.env.PATH, ...env }).map(
      ([name, value]) => `${name}=${value}`,
    )
    const argv = [...through, '/usr/bin/env', '-i', ...variables, process.execPath, ...node, MAIN, ...words]
    this.child = spawn(argv[0], argv.slice(1), {
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
    this.child.stdin?.end(stdin)
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text
        this.#wake()
      })
    }
    this.#ended = once(this.child, 'close').then(([code]) => {
      this.#wake()
      return code as number | null
    })
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Waits until the log or an error text says `part`. @throws Error when the program ends first, or after a minute */
  async says(part: string): Promise<void> {
    let late = false
    const timer = setTimeout(() => {
      late = true
      this.#wake()
    }, 60_000)
    while (!`${this.stdout}${this.stderr}`.includes(part)) {
      if (late || !this.running) throw new Error(`never said "${part}":\n${this.stdout}${this.stderr}`)
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
    clearTimeout(timer)
  }

  async end(): Promise<Result> {
    const code = await this.#ended
    return { code, stdout: this.stdout, stderr: this.stderr }
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Result> {
    this.child.kill(signal)
    return this.end()
  }
}

/** Runs the program to its end. */
export function cli(words: readonly string[], options?: RunOptions): Promise<Result> {
  return new Program(words, options).end()
}

/** A folder of its own for one test. */
export function folder(t: Teardown): string {
  const path = mkdtempSync(join(tmpdir(), 'ecmpd-cli-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Asks again until `probe` gives something. @throws Error with the last answer after a minute */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const last = Date.now() + 60_000
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (Date.now() > last) throw new Error(`waited in vain: ${what}`)
    await new Promise((wake) => setTimeout(wake, 25))
  }
}

/** A daemon of one test: its configuration, its socket, and the commands that ask it. */
export class Daemon {
  readonly file: string
  readonly socket: string
  readonly program: Program

  private constructor(file: string, socket: string, program: Program) {
    this.file = file
    this.socket = socket
    this.program = program
  }

  /** Starts `ecmpd run` on a free loopback port unless `words` say otherwise; it is stopped with the test. */
  static async start(
    t: Teardown,
    config: string,
    words: readonly string[] = [],
    options: RunOptions = {},
  ): Promise<Daemon> {
    const home = folder(t)
    const file = join(home, 'ecmpd.yaml')
    const socket = join(home, 'api.sock')
    writeFileSync(file, config)
    const listen = words.includes('--listen') ? [] : ['--listen', `127.0.0.1:${await freePort()}`]
    const api = words.includes('--api') ? [] : ['--api', 'off']
    const program = new Program(['run', '-c', file, '--socket', socket, ...listen, ...api, ...words], options)
    t.teardown(async () => {
      if (program.running) await program.stop('SIGKILL')
    })
    await program.says(' runs: ')
    return new Daemon(file, socket, program)
  }

  cli(...words: string[]): Promise<Result> {
    return cli([...words, '--socket', this.socket])
  }

  /** The text of a show command. @throws Error when it fails */
  async show(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.cli('show', ...line.split(' '))
    if (code !== 0) throw new Error(`show ${line}: ${code} ${stderr}`)
    return stdout
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into it by key
  async json(line: string): Promise<any> {
    return JSON.parse(await this.show(`${line} json`))
  }

  write(config: string): void {
    writeFileSync(this.file, config)
  }
}
