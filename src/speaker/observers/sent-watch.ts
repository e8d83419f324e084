/** What neighbors are sent, for those who watch Adj-RIB-Out. */

import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import type { AdjRibOutObserver, AdvertisedBatch, ObservedSession } from '../../ports/observer.js'
import type { Task, Work } from '../turn/work.js'
import type { Audience, Watcher } from './audience.js'
import { SentReader } from './sent-updates.js'

/** Some of what a neighbor holds. */
export type SentPiece = Omit<AdvertisedBatch, 'at' | 'endOfRib' | 'replay'>

/** What watching what is sent needs of the speaker. */
export interface SentHost {
  readonly clock: Clock
  readonly work: Work
  /** What neighbors hold by now, piece by piece; each is well below a millisecond's work. */
  sentSoFar(): Iterable<SentPiece>
}

interface SentWatcher extends Watcher<AdjRibOutObserver> {
  replay: Task | undefined
}

/** Adj-RIB-Out and those who watch it. */
export class SentWatch {
  /** Somebody watches: write() is to be called. */
  watched = false
  readonly #host: SentHost
  readonly #audience: Audience
  #watchers: readonly SentWatcher[] = []
  #reader = new SentReader()

  constructor(host: SentHost, audience: Audience) {
    this.#host = host
    this.#audience = audience
  }

  /** Begins to tell an observer. @returns ends it */
  add(observer: AdjRibOutObserver): () => void {
    const watcher: SentWatcher = { observer, gone: false, replay: undefined }
    this.#watchers = [...this.#watchers, watcher]
    this.watched = true
    let pieces: Iterator<SentPiece> | undefined
    watcher.replay = this.#host.work.add({
      step: () => {
        pieces ??= this.#host.sentSoFar()[Symbol.iterator]()
        const { value, done } = pieces.next()
        if (done === true) return true
        if (value.changes.length === 0) return false
        const batch = { at: this.#host.clock.micros(), ...value, endOfRib: false, replay: true }
        this.#audience.tell(watcher, () => observer.sent(batch))
        return false
      },
      done: () => {
        watcher.replay = undefined
        this.#audience.tell(watcher, () => observer.complete?.())
      },
    })
    return () => {
      watcher.gone = true
      this.#watchers = this.#watchers.filter((one) => one !== watcher)
      if (watcher.replay !== undefined) this.#host.work.cancel(watcher.replay)
      watcher.replay = undefined
      this.watched = this.#watchers.length > 0
      if (!this.watched) this.#reader = new SentReader()
    }
  }

  /**
   * UPDATEs were written to a neighbor.
   * @param bytes whole ones, as Adj-RIB-Out packed them; never changed afterwards
   */
  wrote(session: ObservedSession, family: Family, addPath: boolean, bytes: Uint8Array): void {
    const { changes, endOfRib } = this.#reader.read(bytes, family, addPath)
    if (changes.length === 0 && !endOfRib) return
    const batch = { at: this.#host.clock.micros(), session, family, changes, endOfRib, replay: false }
    this.#audience.tellAll(this.#watchers, (observer) => observer.sent(batch))
  }
}
