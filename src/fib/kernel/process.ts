import { spawn as spawnProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** What the starter of a child hears. `ended` is called once, after the last output. */
export interface ChildHandlers {
  readonly stdout?: (chunk: Buffer) => void
  readonly stderr?: (chunk: Buffer) => void
  /** @param reason a phrase for people: 'exit code 255', 'signal SIGTERM', 'no such program: ip' */
  readonly ended: (reason: string) => void
}

/** A running child process. */
export interface Child {
  readonly pid: number | undefined
  /** Writes ASCII to its standard input; after its end the text is dropped. */
  write(text: string): void
  /** Closes its standard input. */
  end(): void
  kill(): void
  /** Octets of memory that it holds at present; undefined: not known. */
  memory?(): number | undefined
}

/** Starts a child; tests give one that starts nothing. */
export type Spawn = (argv: readonly string[], handlers: ChildHandlers) => Child

/** What a finished command printed. `code` is null when a signal ended it. */
export interface Captured {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** True when there is no such program. */
  readonly missing: boolean
}

/**
 * Starts a child in a session of its own, so that the terminal's Ctrl-C reaches only ecmpd, which still needs
 * its children to clean up. The child inherits the ambient capabilities.
 */
export const spawnChild: Spawn = (argv, handlers) => {
  const child = spawnProcess(argv[0], argv.slice(1), {
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let failure: string | undefined
  let ended = false
  const end = (reason: string) => {
    if (ended) return
    ended = true
    handlers.ended(reason)
  }
  child.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code === 'ENOENT' ? `no such program: ${argv[0]}` : error.message
    if (child.pid === undefined) end(failure)
  })
  child.on('close', (code, signal) => {
    end(failure ?? (signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
  child.stdin.on('error', () => {})
  child.stdout.on('data', handlers.stdout ?? (() => {}))
  child.stderr.on('data', handlers.stderr ?? (() => {}))
  return {
    pid: child.pid,
    write(text) {
      // Twice as fast as UTF-8, and all that is written to `ip` is ASCII.
      if (!ended && child.stdin.writable) child.stdin.write(text, 'latin1')
    },
    end() {
      child.stdin.end()
    },
    kill() {
      child.kill('SIGTERM')
    },
    memory: () => (ended ? undefined : residentOf(child.pid)),
  }
}

/** Resident octets of a process by /proc; undefined when there is none, or it can't be read. */
function residentOf(pid: number | undefined): number | undefined {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024
  } catch {
    return undefined
  }
}

/**
 * Runs a command to its end.
 * @param input written to its standard input, which is then closed
 */
export function capture(argv: readonly string[], input = '', spawn: Spawn = spawnChild): Promise<Captured> {
  return new Promise((resolve) => {
    const out: Buffer[] = []
    const err: Buffer[] = []
    const child = spawn(argv, {
      stdout: (chunk) => out.push(chunk),
      stderr: (chunk) => err.push(chunk),
      ended(reason) {
        const code = /^exit code (\d+)$/.exec(reason)
        const missing = reason.startsWith('no such program')
        const printed = Buffer.concat(err).toString()
        resolve({
          code: code === null ? null : Number(code[1]),
          stdout: Buffer.concat(out).toString(),
          stderr: printed === '' && code === null ? reason : printed,
          missing,
        })
      },
    })
    if (input !== '') child.write(input)
    child.end()
  })
}

/**
 * Cuts a stream into lines without their line feed.
 * @returns the consumer of chunks; a last line without line feed is kept for the next chunk
 */
export function lineSplitter(line: (text: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return (chunk) => {
    const text = rest + decoder.write(chunk)
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      line(text.slice(start, end))
      start = end + 1
    }
    rest = text.slice(start)
  }
}
