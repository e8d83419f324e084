import type { Cancel, Clock } from '../ports/clock.js'
import type { Log } from '../ports/log.js'
import type { NeighborView } from '../views/model/neighbor.js'
import { type Md5Counters, md5Counters } from './md5-counters.js'

/** Milliseconds between two looks at the counters. */
const INTERVAL = 10_000
/** What repeats itself, a node that tries again and again, is logged once in this time, milliseconds. */
const QUIET = 300_000
/** Neighbors named in one line. */
const NAMED = 5

export interface Md5WatchParts {
  readonly clock: Clock
  readonly log: Log
  /** Text of /proc/net/netstat. @throws Error where there is none */
  read(): string
  neighbors(): readonly NeighborView[]
  /** Listen ranges, with whether they have a password. */
  ranges(): readonly { readonly prefix: string; readonly password: boolean }[]
}

/**
 * Says what nobody else says: that the kernel drops segments for their TCP-MD5 signature while neighbors are
 * down. Neither side hears of it otherwise, since such segments are dropped without an answer.
 */
export class Md5Watch {
  readonly #parts: Md5WatchParts
  #last: Md5Counters | undefined
  #cancel: Cancel | undefined
  #said: { readonly text: string; readonly at: number } | undefined

  constructor(parts: Md5WatchParts) {
    this.#parts = parts
  }

  /** Starts looking; on a kernel without the counters nothing happens. */
  start(): void {
    this.#last = this.#read()
    if (this.#last !== undefined) this.#wait()
  }

  stop(): void {
    this.#cancel?.()
  }

  #wait(): void {
    this.#cancel = this.#parts.clock.after(INTERVAL, () => {
      this.#look()
      this.#wait()
    })
  }

  #read(): Md5Counters | undefined {
    try {
      return md5Counters(this.#parts.read())
    } catch {
      return undefined
    }
  }

  #look(): void {
    const [before, now] = [this.#last, this.#read()]
    if (before === undefined || now === undefined) return
    this.#last = now
    const missing = now.missing - before.missing
    const wrong = now.wrong - before.wrong
    const unexpected = now.unexpected - before.unexpected
    if (missing <= 0 && wrong <= 0 && unexpected <= 0) return
    const [keyed, plain] = [this.#down(true), this.#down(false)]
    if (keyed.length > 0 && missing + wrong > 0) {
      const what = [
        ...(missing > 0 ? [`${missing} without a signature [not found]`] : []),
        ...(wrong > 0 ? [`${wrong} signed with another password [bad]`] : []),
      ]
      this.#say(what.join(', '), keyed, 'compare the password on both sides', { missing, wrong })
    } else if (plain.length > 0 && unexpected > 0) {
      const what = `${unexpected} signed where no password is set [unexpected]`
      this.#say(what, plain, 'set `password` here too, or take it away there', { unexpected })
    }
  }

  /** Those with a password, or without, whose session is not up; and ranges, since nobody knows who is missing. */
  #down(password: boolean): string[] {
    const down = this.#parts
      .neighbors()
      .filter((one) => (one.authentication === 'md5') === password)
      .filter((one) => !one.adminDown && !one.dynamic && one.state !== 'Established')
      .map(({ address, description }) =>
        description === undefined ? address : `${address} (${description})`,
      )
    const ranges = this.#parts.ranges().filter((range) => range.password === password)
    return [...down, ...ranges.map(({ prefix }) => `anybody in ${prefix}`)]
  }

  #say(what: string, down: readonly string[], remedy: string, counts: object): void {
    const { clock, log } = this.#parts
    const named = down.slice(0, NAMED).join(', ')
    const who = down.length > NAMED ? `${named} and ${down.length - NAMED} more` : named
    const text = `${Object.keys(counts).join()} ${who}`
    const now = clock.now()
    if (this.#said?.text === text && now - this.#said.at < QUIET) return
    this.#said = { text, at: now }
    log.warn(
      { md5: counts },
      `TCP segments dropped by MD5 in the last ${INTERVAL / 1000} s: ${what}; not up: ${who}; the kernel does not say whose they were: ${remedy}`,
    )
  }
}
