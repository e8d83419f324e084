import { write } from 'node:fs'

/** Octets that may wait for a slow reader; lines on top of that are dropped and counted. */
const MOST_QUEUED = 4 << 20
/** Milliseconds before a reader that takes nothing is tried again. */
const PAUSE = 50

type Write = (
  fd: number,
  bytes: Uint8Array,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
) => void

/**
 * Lines to a file descriptor, never waiting for whoever reads them: BGP must not miss a keepalive because a
 * pipe is full, and a reader that went away (EPIPE) must not end the daemon.
 */
export class LogSink {
  readonly #fd: number
  readonly #write: Write
  #queue: string[] = []
  #queued = 0
  #writing = false
  #broken = false
  #dropped = 0
  #idle: (() => void)[] = []

  constructor(fd: number, put: Write = write) {
    this.#fd = fd
    this.#write = put
  }

  write(line: string): void {
    if (this.#broken) return
    if (this.#queued + line.length > MOST_QUEUED) {
      this.#dropped++
      return
    }
    this.#queue.push(line)
    this.#queued += line.length
    if (!this.#writing) this.#next()
  }

  /** Resolves once everything is written or can't be, at the latest after `ms`. */
  flush(ms: number): Promise<void> {
    if (!this.#writing) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#idle.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #next(): void {
    if (this.#queue.length === 0) {
      this.#writing = false
      for (const done of this.#idle.splice(0)) done()
      return
    }
    this.#writing = true
    const text = this.#queue.join('')
    this.#queue = []
    this.#queued = 0
    this.#put(Buffer.from(text))
  }

  #put(bytes: Buffer): void {
    this.#write(this.#fd, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#put(bytes), PAUSE)
        return
      }
      if (error !== null) {
        this.#broken = true
        this.#queue = []
      } else if (written < bytes.length) {
        this.#put(bytes.subarray(written))
        return
      }
      if (this.#dropped > 0 && !this.#broken) {
        const dropped = this.#dropped
        this.#dropped = 0
        this.write(
          `${JSON.stringify({ level: 'warn', msg: `${dropped} log lines were dropped: the reader is too slow` })}\n`,
        )
      }
      this.#next()
    })
  }
}
