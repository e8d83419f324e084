/** The numbered changes of the churn part: what each says, and when a receiver saw it. */
import { writeFileSync } from 'node:fs'
import { announcement } from '../bytes/messages.js'
import { nlri4 } from '../bytes/prefixes.js'
import type { ChurnSpec } from './protocol.js'

/** High half of the communities that number changes: numbers up to 2^24 fit below it. */
const FIRST_COMMUNITY = 0x10000000

/** Community of the change with this number. */
const changeCommunity = (number: number): number => (FIRST_COMMUNITY + number) >>> 0

/** Number of the change that a community stands for; below 0: none. */
const changeNumber = (community: number): number => community - FIRST_COMMUNITY

/** Index of the prefix that a change is about. */
const changePrefix = (spec: ChurnSpec, number: number): number => number % spec.prefixes

/** Next hop after a change: they take turns from round to round; the table begins with the first. */
export const changeNextHop = (spec: ChurnSpec, number: number): string =>
  spec.nextHops[(Math.floor(number / spec.prefixes) + 1) % spec.nextHops.length]

/** UPDATE of a change. */
export function changeMessage(spec: ChurnSpec, as: number, number: number): Buffer {
  const nlri = nlri4(0x10000000 + changePrefix(spec, number), 32)
  const communities = [changeCommunity(number)]
  return announcement(
    { asPath: [as], nextHop: changeNextHop(spec, number), communities },
    'ipv4-unicast',
    nlri,
  )
}

/** All messages of the changes. */
export function changeMessages(spec: ChurnSpec, as: number): Buffer[] {
  return Array.from({ length: spec.rate * spec.seconds }, (_, number) => changeMessage(spec, as, number))
}

/** Notes when a receiver first saw each change. */
export class ChangeTimes {
  /** Milliseconds of the monotonic clock; 0: not seen. */
  readonly times: Float64Array
  /** Prefixes whose last change was not seen yet. */
  #open: number
  readonly #lastRound: number

  constructor(spec: ChurnSpec) {
    this.times = new Float64Array(spec.rate * spec.seconds)
    this.#open = spec.prefixes
    this.#lastRound = this.times.length - spec.prefixes
  }

  /** The last change of every prefix was seen. */
  get complete(): boolean {
    return this.#open === 0
  }

  /** Takes in the attributes of an UPDATE. */
  note(octets: Buffer, start: number, end: number, at: number): void {
    for (let i = start; i < end; ) {
      const extended = octets[i] & 0x10
      const value = i + (extended ? 4 : 3)
      const length = extended ? octets.readUInt16BE(i + 2) : octets[i + 2]
      if (octets[i + 1] === 8 && length >= 4) {
        const number = changeNumber(octets.readUInt32BE(value))
        if (number >= 0 && number < this.times.length && this.times[number] === 0) {
          this.times[number] = at
          if (number >= this.#lastRound) this.#open--
        }
      }
      i = value + length
    }
  }

  write(file: string): void {
    writeFileSync(file, new Uint8Array(this.times.buffer))
  }
}
