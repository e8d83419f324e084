/**
 * The writer: one long-lived `ip -force -batch -` child that takes lines as they come.
 *
 * Success prints nothing. A refused line prints its reason and then `Command failed -:N`, N counted from the
 * child's start. A barrier is a line with a word that `ip` does not know: it costs the kernel nothing, and its
 * failure, on the same stream as all others, says that everything before it is done. (A query's answer would
 * come on stdout, unordered against the failures.) A line that `ip` can't parse may end the child instead of
 * failing: everything in flight is then in doubt, and is handed back.
 *
 * Some releases of iproute2 (6.1 is one) never free the answer to a line that succeeded, a page of memory each:
 * a child that has grown large hands over to a fresh one.
 *
 * The number of lines in flight is bounded, so that an urgent line waits a millisecond or two, not for the
 * whole queue; the queue itself stays with the caller, where later changes can still overtake earlier ones.
 */
import type { Cancel, Clock } from '../../ports/clock.js'
import { type Child, lineSplitter, type Spawn } from '../kernel/process.js'

/** Lines in flight. At 6 to 15 µs a line the last of them is done within 2 to 4 ms. */
const WINDOW = 256
/** Lines that one flush should hold at most, and that have a barrier of their own: the window in quarters. */
export const CHUNK = 64
const BARRIER = 'barrier'
/** `ip` counts lines in an int: a fresh child is started long before it overflows. */
const MAX_LINE = 1_000_000_000
/** Lines after which a child's memory is looked at, and octets that are too much for one. */
const LOOK = 4096
const TOO_LARGE = 96 << 20
/** A child that ends sooner than this is one that can't work: its successor waits, twice as long each time. */
const SHORT_LIFE = 1000
const LONGEST_PAUSE = 10_000
/** A child that has not ended so long after its input did is killed, milliseconds. */
const CLOSE_TIMEOUT = 3000

export interface BatchHandlers<T> {
  /** A line was done, or refused with `error` (one phrase as the kernel or `ip` says it). In written order. */
  done(op: T, error: string | undefined): void
  /** There is room again: write more. Called after `done` of all that a barrier covers. */
  ready(): void
  /** The child ended by itself; `lost` may be done or not. A new child is running already. */
  died(lost: readonly T[], reason: string): void
}

/** Takes kernel changes as lines (tests: a recorder). */
export interface BatchPort<T> {
  /** Lines that may still be written now. */
  readonly room: number
  /** True when nothing is in flight. */
  readonly idle: boolean
  /** Adds a line to the next flush; a line beyond `room` is accepted too (urgent ones). */
  submit(line: string, op: T): void
  /** Hands the submitted lines to the child. */
  flush(): void
}

/** The writer of lines, as described at the head of this file. */
export class Batch<T> implements BatchPort<T> {
  readonly #argv: readonly string[]
  readonly #clock: Clock
  readonly #spawn: Spawn
  readonly #handlers: BatchHandlers<T>
  #child: Child | undefined
  /** Counts children, so that a late event of an old one is known as such. */
  #generation = 0
  #line = 0
  /** The line at which the child's memory is looked at next. */
  #look = LOOK
  /** Lines in flight from `#head` on: number and operation, undefined for a barrier. */
  #lines: number[] = []
  #flights: (T | undefined)[] = []
  #head = 0
  #ops = 0
  #barriers = 0
  /** Lines written since the last barrier. */
  #uncovered = 0
  /** Submitted, not yet written. */
  #buffer = ''
  #submitted: T[] = []
  #message: string[] = []
  #started = 0
  #pause = 0
  #restart: Cancel | undefined
  /** Ops to be written one by one, because one of them may have killed the child. */
  #careful = 0
  #closed: (() => void) | undefined
  #closing = false
  /** A fresh child is to take over once nothing is in flight. */
  #stale = false

  /** @param ip the `ip` command, with what selects the namespace: ['ip'] or ['ip', '-n', 'lab'] */
  constructor(ip: readonly string[], clock: Clock, spawn: Spawn, handlers: BatchHandlers<T>) {
    this.#argv = [...ip, '-force', '-batch', '-']
    this.#clock = clock
    this.#spawn = spawn
    this.#handlers = handlers
  }

  get room(): number {
    if (this.#child === undefined || this.#stale) return 0
    return (this.#careful > 0 ? 1 : WINDOW) - this.#ops
  }

  get idle(): boolean {
    return this.#ops === 0
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    const generation = ++this.#generation
    this.#stale = false
    this.#line = 0
    this.#look = LOOK
    this.#message = []
    this.#started = this.#clock.now()
    this.#child = this.#spawn(this.#argv, {
      stderr: lineSplitter((text) => {
        if (generation === this.#generation) this.#heard(text)
      }),
      ended: (reason) => {
        if (generation === this.#generation) this.#ended(reason)
      },
    })
  }

  submit(line: string, op: T): void {
    this.#buffer += line
    this.#buffer += '\n'
    this.#submitted.push(op)
    this.#ops++
  }

  flush(): void {
    if (this.#submitted.length === 0 || this.#child === undefined) return
    for (const op of this.#submitted) {
      this.#lines.push(++this.#line)
      this.#flights.push(op)
    }
    this.#uncovered += this.#submitted.length
    this.#submitted = []
    // While a barrier is out, small flushes get theirs when it returns: one a round trip is enough.
    if (this.#barriers === 0 || this.#uncovered >= CHUNK) this.#barrier()
    const text = this.#buffer
    this.#buffer = ''
    this.#child.write(text)
  }

  /** Starts afresh once nothing is in flight: `ip` remembers interfaces' names, and one was given to another. */
  renew(): void {
    this.#stale = true
    if (this.#ops === 0) this.#startFresh()
  }

  /** Ends the child when it has done what was written. */
  close(): Promise<void> {
    this.#closing = true
    this.#restart?.()
    return new Promise((resolve) => {
      if (this.#child === undefined) return resolve()
      const child = this.#child
      const late = this.#clock.after(CLOSE_TIMEOUT, () => child.kill())
      this.#closed = () => {
        late()
        resolve()
      }
      this.flush()
      child.end()
    })
  }

  #barrier(): void {
    this.#buffer += `${BARRIER}\n`
    this.#lines.push(++this.#line)
    this.#flights.push(undefined)
    this.#barriers++
    this.#uncovered = 0
  }

  #heard(text: string): void {
    const failed = /^Command failed .*:(\d+)$/.exec(text)
    if (failed === null) {
      // A message may take several lines, and warnings come without a failure: keep the last few.
      if (text.trim() !== '') this.#message.push(text.trim())
      if (this.#message.length > 4) this.#message.shift()
      return
    }
    const reason = phrase(this.#message)
    this.#message = []
    this.#failed(Number(failed[1]), reason)
  }

  /** Lines are done in order: everything before the failed one has succeeded. */
  #failed(line: number, reason: string): void {
    let barrier = false
    while (this.#head < this.#lines.length && this.#lines[this.#head] <= line) {
      const number = this.#lines[this.#head]
      const op = this.#flights[this.#head++]
      if (op === undefined) {
        this.#barriers--
        barrier = true
        continue
      }
      this.#ops--
      if (this.#careful > 0) this.#careful--
      this.#handlers.done(op, number === line ? reason : undefined)
    }
    if (this.#head > 1024 || this.#head === this.#flights.length) {
      this.#lines.splice(0, this.#head)
      this.#flights.splice(0, this.#head)
      this.#head = 0
    }
    if (!barrier) return
    if (line >= this.#look) this.#lookAtMemory(line)
    if ((this.#stale || this.#line > MAX_LINE) && this.#ops === 0) this.#startFresh()
    this.#handlers.ready()
    if (this.#barriers === 0 && this.#head < this.#flights.length) this.#prod()
  }

  #lookAtMemory(line: number): void {
    this.#look = line + LOOK
    if ((this.#child?.memory?.() ?? 0) > TOO_LARGE) this.#stale = true
  }

  /** Lines written while a barrier was out need one of their own. */
  #prod(): void {
    const submitted = this.#buffer
    this.#buffer = ''
    this.#barrier()
    this.#child?.write(this.#buffer)
    this.#buffer = submitted
  }

  #startFresh(): void {
    if (this.#child === undefined) return
    this.#child.end()
    this.#lines = []
    this.#flights = []
    this.#head = 0
    this.#barriers = 0
    this.#uncovered = 0
    this.start()
  }

  #ended(reason: string): void {
    this.#child = undefined
    const said = phrase(this.#message)
    const lost = this.#flights.slice(this.#head).filter((op) => op !== undefined)
    this.#lines = []
    this.#flights = []
    this.#head = 0
    this.#barriers = 0
    this.#uncovered = 0
    this.#ops = this.#submitted.length
    if (this.#closing) {
      this.#closed?.()
      return
    }
    this.#startAgain()
    // Who is killed from outside did not choke on a line.
    const choked = reason.startsWith('exit code')
    if (choked && this.#careful > 0 && lost.length === 1) {
      // The only line in flight ended the child: that is its answer.
      this.#careful--
      this.#handlers.done(lost[0], said || reason)
      this.#handlers.ready()
      return
    }
    if (choked) this.#careful = lost.length
    this.#handlers.died(lost, said === '' ? reason : `${reason}: ${said}`)
  }

  #startAgain(): void {
    const short = this.#clock.now() - this.#started < SHORT_LIFE
    this.#pause = short ? Math.min(this.#pause * 2 || 10, LONGEST_PAUSE) : 0
    if (this.#pause <= 10) {
      this.start()
      return
    }
    this.#restart = this.#clock.after(this.#pause, () => {
      this.#restart = undefined
      this.start()
      this.flush()
      this.#handlers.ready()
    })
  }
}

/** 'File exists' out of 'RTNETLINK answers: File exists'. */
function phrase(message: readonly string[]): string {
  return message.map((text) => text.replace(/^(RTNETLINK answers|Error): /, '').replace(/\.$/, '')).join('; ')
}
