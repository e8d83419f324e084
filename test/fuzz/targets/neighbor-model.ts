import { Buffer } from 'node:buffer'
import { isDeepStrictEqual } from 'node:util'
import type { Family } from '../../../src/ip/family.js'
import { parsePrefix } from '../../../src/ip/prefix.js'
import { isMartian } from '../../../src/ip/special.js'
import type { Negotiated } from '../../../src/session/types.js'
import type { LastError } from '../../../src/views/model/neighbor.js'
import { type DecodedUpdate, decodeUpdate } from '../../../src/wire/decode.js'
import { nlriOctets, readNlri } from '../../../src/wire/nlri.js'
import type { DecodeContext, PathAttributes } from '../../../src/wire/types.js'
import { splitUpdate, UpdateFields } from '../../../src/wire/update.js'

/** A path as it was received. */
export interface ModelPath {
  attributes: PathAttributes
  stale: boolean
  /** Why it takes no part, '' when nothing is wrong with it: judged when it came. */
  reason: string
  /** Nothing is wrong with it, and import policy lets it in. */
  accepted: boolean
  /** When its attributes, or whether it is accepted, changed last: milliseconds since 1970. */
  since: number
}

/** What the speaker's configuration and machine make of a path. */
export interface Judge {
  reason(attributes: PathAttributes): string
  permits(family: Family, prefix: string): boolean
}

/** What is remembered of one family of a neighbor. */
type Paths = Map<string, ModelPath>

/** Milliseconds from a neighbor's BoRR until what it did not send again goes. */
const REFRESH = 360_000

/**
 * What a speaker should know of the routes of one neighbor: Adj-RIB-In on plain maps, with graceful restart
 * (RFC 4724 §4.2, RFC 8538 §4) and enhanced route refresh (RFC 7313 §4) written down once more. Times are
 * milliseconds since 1970.
 */
export class NeighborModel {
  /** By prefix text. */
  readonly paths: Record<Family, Paths> = { 'ipv4-unicast': new Map(), 'ipv6-unicast': new Map() }
  /** Terms of the session that is up. */
  session: Negotiated | undefined
  /** Terms of the last one: who sent the paths. */
  last: Negotiated | undefined
  #ended = new Set<Family>()
  #stale = new Set<Family>()
  #phase: 'none' | 'waiting' | 'receiving' = 'none'
  #restartEnds = 0
  #staleEnds = 0
  readonly #marking = new Map<Family, number>()

  /** The context in which UPDATEs of the session are read. */
  get context(): DecodeContext {
    const { peerType, as4, extendedNextHop } = this.session!
    return { id: 0, peerType, as4, rejectAsSet: true, extendedNextHop: extendedNextHop.receive, aigp: false }
  }

  /** The session is up. */
  up(terms: Negotiated): void {
    this.session = terms
    this.last = terms
    this.#ended = new Set()
    this.#marking.clear()
    if (this.#phase !== 'waiting') return
    for (const family of [...this.#stale]) {
      const forwarding = terms.gracefulRestart?.families.find((one) => one.family === family)?.forwarding
      if (!terms.families.includes(family) || forwarding !== true) this.#sweep(family)
    }
    this.#phase = this.#stale.size > 0 ? 'receiving' : 'none'
  }

  /**
   * The session has ended.
   * @param admin it was ended by the operator or by a limit
   * @param options of graceful restart on the own side
   */
  down(
    at: number,
    why: LastError | undefined,
    admin: boolean,
    options: { readonly enabled: boolean; readonly stalePathTime: number },
  ): void {
    const terms = this.session!
    this.session = undefined
    this.#marking.clear()
    const restart = terms.gracefulRestart
    const notified = why?.notification
    const silent = notified === undefined && !/what BGP does not allow/.test(why?.text ?? '')
    const hard = notified?.code === 6 && notified.subcode === 9
    const keeps =
      options.enabled &&
      restart !== undefined &&
      !admin &&
      !hard &&
      (silent || terms.restartOnNotification) &&
      restart.time > 0 &&
      options.stalePathTime > 0
    const kept = keeps
      ? terms.families.filter((one) => restart.families.some(({ family }) => family === one))
      : []
    for (const family of terms.families) {
      if (!kept.includes(family)) this.paths[family].clear()
      else if (this.#stale.has(family) && !terms.restartOnNotification) this.#removeStale(family)
    }
    const began = this.#phase === 'none'
    this.#stale = new Set(kept)
    for (const family of kept) for (const path of this.paths[family].values()) path.stale = true
    this.#phase = kept.length > 0 ? 'waiting' : 'none'
    if (kept.length === 0 || restart === undefined) return
    this.#restartEnds = at + Math.min(restart.time, options.stalePathTime) * 1000
    if (began || !terms.restartOnNotification) this.#staleEnds = at + options.stalePathTime * 1000
  }

  /** Nothing of the neighbor is left. */
  clear(): void {
    this.session = undefined
    this.#phase = 'none'
    this.#stale.clear()
    this.#marking.clear()
    for (const paths of Object.values(this.paths)) paths.clear()
  }

  /** Nothing that was kept stays: the neighbor was shut down. */
  giveUp(): void {
    for (const family of [...this.#stale]) this.#sweep(family)
    this.#phase = 'none'
  }

  /** Time has passed. */
  until(now: number): void {
    const over =
      (this.#phase === 'waiting' && now >= this.#restartEnds) ||
      (this.#phase !== 'none' && now >= this.#staleEnds)
    if (over) this.giveUp()
    for (const [family, ends] of this.#marking) {
      if (now < ends) continue
      this.#marking.delete(family)
      this.#removeStale(family)
    }
  }

  /** A ROUTE-REFRESH from the neighbor. */
  refresh(family: Family, subtype: number, now: number): void {
    const terms = this.session!
    if (!terms.enhancedRouteRefresh || !terms.families.includes(family)) return
    if (subtype === 1) {
      if (terms.gracefulRestart !== undefined && !this.#ended.has(family)) return
      for (const path of this.paths[family].values()) path.stale = true
      this.#marking.set(family, now + REFRESH)
    } else if (subtype === 2 && this.#marking.delete(family)) this.#removeStale(family)
  }

  /**
   * An UPDATE that left the session standing.
   */
  update(bytes: Uint8Array, judge: Judge, now: number): void {
    const update = decodeUpdate(bytes, this.context)
    const families = this.session!.families
    if (update.endOfRib !== undefined) {
      if (families.includes(update.endOfRib)) this.#endOfRib(update.endOfRib)
      return
    }
    const broken = update.faults.some(({ verdict }) => verdict === 'withdraw')
    for (const { family, prefix } of update.withdrawn)
      if (families.includes(family)) this.paths[family].delete(prefix)
    const [field, count] = [update.attributes, countOfField(bytes)]
    update.announced.forEach(({ family, prefix }, index) => {
      if (!families.includes(family)) return
      const attributes = index < count ? field : (update.reachAttributes ?? field)
      if (broken) this.paths[family].delete(prefix)
      else if (!martian(prefix)) this.#put(family, prefix, attributes, judge, now)
    })
  }

  #put(family: Family, prefix: string, attributes: PathAttributes, judge: Judge, now: number): void {
    const reason = judge.reason(attributes)
    const accepted = reason === '' && judge.permits(family, prefix)
    const former = this.paths[family].get(prefix)
    const same = former?.accepted === accepted && isDeepStrictEqual(former.attributes, attributes)
    const since = same ? former.since : now
    this.paths[family].set(prefix, { attributes, stale: false, reason, accepted, since })
  }

  /** Whether an UPDATE must end the session: by its faults, without those of families nobody negotiated. */
  resets(bytes: Uint8Array): boolean {
    const families = this.session!.families
    const update = decodeUpdate(bytes, this.context)
    return update.faults.some(
      (fault) => fault.verdict === 'reset' && !isElsewhere(fault.attribute, update, families, bytes),
    )
  }

  /** Judges all paths again; without a session what was wrong with them stays. */
  judge(judge: Judge, now: number): void {
    for (const [family, paths] of Object.entries(this.paths) as [Family, Paths][]) {
      for (const [prefix, path] of paths) {
        if (this.session !== undefined) path.reason = judge.reason(path.attributes)
        const accepted = path.reason === '' && judge.permits(family, prefix)
        if (accepted !== path.accepted) path.since = now
        path.accepted = accepted
      }
    }
  }

  #endOfRib(family: Family): void {
    this.#ended.add(family)
    if (this.#phase !== 'receiving' || !this.#stale.has(family)) return
    this.#sweep(family)
    if (this.#stale.size === 0) this.#phase = 'none'
  }

  #sweep(family: Family): void {
    this.#stale.delete(family)
    this.#removeStale(family)
  }

  #removeStale(family: Family): void {
    for (const [prefix, path] of this.paths[family]) if (path.stale) this.paths[family].delete(prefix)
  }
}

/** Prefixes in the NLRI field. */
function countOfField(bytes: Uint8Array): number {
  const fields = new UpdateFields()
  if (!splitUpdate(bytes, 0, bytes.length, fields)) return 0
  return readNlri(bytes, fields.nlriStart, fields.nlriEnd, 4, false).length
}

function martian(text: string): boolean {
  const { bytes, length } = parsePrefix(text)!
  return isMartian(bytes, 0, length, bytes.length * 8)
}

/** A fault in the NLRI of an MP attribute whose family was not negotiated: nobody looks at them. */
function isElsewhere(
  attribute: number | undefined,
  update: DecodedUpdate,
  families: readonly Family[],
  bytes: Uint8Array,
): boolean {
  if (attribute !== 14 && attribute !== 15) return false
  if (!update.faults.some(({ rule }) => rule === 'RFC 7606 §5.3')) return false
  const family = mpFamily(bytes, attribute)
  return family !== undefined && !families.includes(family)
}

/** Family of the first MP attribute with this code. */
function mpFamily(bytes: Uint8Array, code: number): Family | undefined {
  const fields = new UpdateFields()
  splitUpdate(bytes, 0, bytes.length, fields)
  for (let at = fields.attributesStart; at + 4 < fields.attributesEnd; ) {
    const long = (bytes[at] & 16) !== 0
    const value = at + (long ? 4 : 3)
    if (bytes[at + 1] === code) {
      const afi = bytes[value] * 256 + bytes[value + 1]
      return bytes[value + 2] !== 1
        ? undefined
        : afi === 1
          ? 'ipv4-unicast'
          : afi === 2
            ? 'ipv6-unicast'
            : undefined
    }
    at = value + (long ? bytes[at + 2] * 256 + bytes[at + 3] : bytes[at + 2])
  }
  return undefined
}

/** A prefix in NLRI form, hexadecimal, behind its AFI: HeardRoutes' key. */
export function heardKey(text: string): string {
  const { bytes, length, family } = parsePrefix(text)!
  const octets = Buffer.from(bytes.subarray(0, nlriOctets(length))).toString('hex')
  return `${family === 'ipv4-unicast' ? 1 : 2} ${length.toString(16).padStart(2, '0')}${octets}`
}
