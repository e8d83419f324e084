import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Settings of a process. */
export interface ChildOptions {
  /** Directory whose subdirectory `pids` holds a file named by the process id while the process lives. */
  readonly directory: string
  readonly env?: Record<string, string>
  readonly cwd?: string
  /** Text for the standard input, which is then closed. */
  readonly input?: string
  /** Keeps the standard input open for `write`. */
  readonly interactive?: boolean
}

/**
 * A process of the lab: runs in its own session, is ended by its process id, and keeps what it printed.
 */
export class DemoChild {
  readonly name: string
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Set once it ended. */
  exit?: Exit
  /** Everything it wrote to standard output. */
  stdout = ''
  /** Everything it wrote to standard error. */
  stderr = ''
  readonly #process: ChildProcess
  readonly #watchers = new Set<() => void>()

  constructor(name: string, process: ChildProcess, directory: string) {
    this.name = name
    this.#process = process
    this.pid = process.pid ?? 0
    const file = join(directory, 'pids', String(this.pid))
    if (this.pid) writeFileSync(file, `${name}\n`)
    process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#tell()
    })
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#tell()
    })
    this.exited = new Promise((resolve) => {
      process.once('error', (error) => {
        this.stderr += `${error.message}\n`
        resolve({ code: 127, signal: null })
      })
      // 'close' comes after the last output, 'exit' may come before it.
      process.once('close', (code, signal) => resolve({ code, signal }))
    }).then((exit) => {
      rmSync(file, { force: true })
      this.exit = exit as Exit
      this.#tell()
      return exit as Exit
    })
  }

  #tell() {
    for (const watcher of this.#watchers) watcher()
  }

  /** Standard output and standard error together, for messages about failures. */
  get output(): string {
    return this.stdout + this.stderr
  }

  get running(): boolean {
    return this.exit === undefined
  }

  /** Calls back after each piece of output and at the end. @returns unsubscribe */
  onOutput(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Writes to the standard input of an interactive process; one that is gone is no error. */
  write(text: string) {
    if (this.running) this.#process.stdin?.write(text)
  }

  /** Sends a signal; a process that is gone is no error. */
  signal(signal: NodeJS.Signals) {
    if (this.running) this.#process.kill(signal)
  }

  /**
   * Asks it to end and, when it has not ended in time, ends it.
   * @param wait milliseconds between SIGTERM and SIGKILL
   */
  async stop(wait = 5000): Promise<Exit> {
    this.signal('SIGTERM')
    const timer = setTimeout(() => this.signal('SIGKILL'), wait)
    try {
      return await this.exited
    } finally {
      clearTimeout(timer)
    }
  }

  /** Sends a signal to it and to every process that it started and that did not leave its process group. */
  signalGroup(signal: NodeJS.Signals) {
    if (!this.running) return
    try {
      process.kill(-this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Ends it and its process group with SIGKILL: what a crash looks like from outside. */
  async kill(): Promise<Exit> {
    this.signalGroup('SIGKILL')
    return this.exited
  }

  /**
   * Waits for a line of its output.
   * @param within milliseconds
   * @throws Error when it ends or the time passes before; the message holds its output
   */
  async printed(pattern: RegExp, within: number): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const done = (act: () => void) => {
        clearTimeout(timer)
        this.#watchers.delete(look)
        act()
      }
      const fail = (why: string) =>
        done(() => reject(new Error(`${this.name} ${why} before it printed ${pattern}:\n${this.output}`)))
      const look = () => {
        const match = this.output.match(pattern)
        if (match) done(() => resolve(match))
        else if (!this.running) fail(`ended (${this.exit!.code ?? this.exit!.signal})`)
      }
      const timer = setTimeout(() => fail(`took more than ${within} ms`), within)
      this.#watchers.add(look)
      look()
    })
  }
}

/** Starts a process in a session of its own. */
export function startChild(name: string, argv: readonly string[], options: ChildOptions): DemoChild {
  const child = spawn(argv[0], argv.slice(1), {
    stdio: [options.input !== undefined || options.interactive ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    detached: true,
  })
  child.stdin?.on('error', () => undefined)
  if (options.input !== undefined) child.stdin!.end(options.input)
  return new DemoChild(name, child, options.directory)
}
