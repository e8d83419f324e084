import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChildOptions, type DemoChild, startChild } from './child.js'
import { type CleanupGuard, startGuard } from './guard.js'

/** What a finished command said. */
export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A UNIX socket's path has at most 107 octets; a third of them is for the names below this directory. */
const LONGEST_BASE = 70

let labs = 0

/**
 * A temporary directory, the network namespaces and the processes that belong together. Names of namespaces
 * hold this process's id, so that labs beside each other never meet. Whatever ends this process, nothing stays
 * behind (see guard.ts).
 */
export class Lab {
  /** Holds the files of everything that runs here; removed at the end. */
  readonly directory: string
  /** Beginning of every namespace's full name. */
  readonly prefix: string
  readonly children: DemoChild[] = []
  readonly #guard: CleanupGuard

  constructor() {
    const base = tmpdir()
    this.directory = mkdtempSync(join(base.length > LONGEST_BASE ? '/tmp' : base, 'ecmpd-lab-'))
    mkdirSync(join(this.directory, 'pids'))
    this.prefix = `ecmpd-${process.pid}-${++labs}-`
    this.#guard = startGuard(this.directory, this.prefix)
  }

  /** Full path of a file in the lab's directory. */
  path(name: string): string {
    return join(this.directory, name)
  }

  /** Full name of a namespace. */
  namespace(name: string): string {
    return this.prefix + name
  }

  #argv(namespace: string | undefined, argv: readonly string[]): readonly string[] {
    return namespace === undefined ? argv : ['ip', 'netns', 'exec', this.namespace(namespace), ...argv]
  }

  /**
   * Starts a process.
   * @param namespace short name of the namespace to run in; undefined: this process's own
   */
  start(
    namespace: string | undefined,
    name: string,
    argv: readonly string[],
    options: Omit<ChildOptions, 'directory'> = {},
  ): DemoChild {
    const child = startChild(name, this.#argv(namespace, argv), { ...options, directory: this.directory })
    this.children.push(child)
    return child
  }

  /** Runs a command to its end. */
  async run(namespace: string | undefined, argv: readonly string[], input?: string): Promise<Result> {
    const child = startChild(argv[0], this.#argv(namespace, argv), { directory: this.directory, input })
    const exit = await child.exited
    return { code: exit.code ?? 128, stdout: child.stdout, stderr: child.stderr }
  }

  /**
   * Runs a command that must succeed.
   * @returns its standard output
   * @throws Error with the command and what it printed
   */
  async must(namespace: string | undefined, argv: readonly string[], input?: string): Promise<string> {
    const result = await this.run(namespace, argv, input)
    if (result.code !== 0) {
      const where = namespace === undefined ? '' : ` in namespace ${namespace}`
      const text = (result.stderr || result.stdout).trim()
      throw new Error(`«${argv.join(' ')}»${where} failed (${result.code}): ${text}`)
    }
    return result.stdout
  }

  /**
   * Runs lines of `ip` in one process.
   * @throws Error with the line that was refused
   */
  async ip(namespace: string | undefined, lines: readonly string[]): Promise<void> {
    await this.must(namespace, ['ip', '-batch', '-'], `${lines.join('\n')}\n`)
  }

  /** Sets kernel parameters of a namespace: 'net/ipv4/ip_forward' → '1'. */
  async sysctl(namespace: string, values: Record<string, string>): Promise<void> {
    const script = Object.entries(values).map(([key, value]) => `echo ${value} > /proc/sys/${key}`)
    await this.must(namespace, ['sh', '-ec', script.join('\n')])
  }

  /** Ends every process, deletes the namespaces and the directory. */
  async destroy(): Promise<void> {
    await Promise.all(this.children.filter((child) => child.running).map((child) => child.stop(500)))
    await this.#guard.release()
  }
}
