/**
 * One kind of table, watched: follows the tables while somebody is interested, hands on what the kind makes of each
 * batch, and tells those who come late what is there, in slices.
 */

import type { Clock } from '../../ports/clock.js'
import type { TableBatch, TableObserver } from '../../ports/observer.js'
import type { ChangeBatch } from '../../rib/store/types.js'
import type { Rib } from '../../rib/table.js'
import type { Task, Work } from '../turn/work.js'
import type { Audience, Watcher } from './audience.js'

/** Prefixes that one step of a replay looks at. */
const REPLAY_STEP = 256

/** What watching tables needs of the speaker. */
export interface WatchHost {
  readonly clock: Clock
  readonly work: Work
  ribs(): Iterable<Rib>
}

/** What a kind of table makes of rows. Remembers what it has told. */
export interface TableKind<Change> {
  /** Calls `batch` with what may have changed, after each decision. @returns undo */
  follow(rib: Rib, batch: (batch: ChangeBatch) => void): () => void
  /** What is new in a batch, compared with what observers know. */
  changes(rib: Rib, batch: ChangeBatch): Change[]
  /** Adds what is there of a prefix that has a path. */
  present(rib: Rib, prefix: number, into: Change[]): void
  /** Nobody is interested any more: forgets what observers know. */
  forget(): void
}

interface TableWatcher<Change> extends Watcher<TableObserver<Change>> {
  /** Observers are hearing what is there, in slices. */
  replay: Task | undefined
}

/** A kind of table and those who watch it. */
export class TableWatch<Change> {
  readonly #host: WatchHost
  readonly #audience: Audience
  readonly #kind: TableKind<Change>
  #watchers: readonly TableWatcher<Change>[] = []
  #following: (() => void)[] = []

  constructor(host: WatchHost, audience: Audience, kind: TableKind<Change>) {
    this.#host = host
    this.#audience = audience
    this.#kind = kind
  }

  /** True while somebody watches. */
  get watched(): boolean {
    return this.#watchers.length > 0
  }

  /** Begins to tell an observer. @returns ends it */
  add(observer: TableObserver<Change>): () => void {
    const watcher: TableWatcher<Change> = { observer, gone: false, replay: undefined }
    this.#watchers = [...this.#watchers, watcher]
    if (this.#following.length === 0) {
      this.#following = [...this.#host.ribs()].map((rib) =>
        this.#kind.follow(rib, (batch) => this.#batch(rib, batch)),
      )
    }
    const steps = this.#replay(watcher)
    watcher.replay = this.#host.work.add({
      step: () => steps.next().done === true,
      done: () => {
        watcher.replay = undefined
        this.#audience.tell(watcher, () => observer.complete?.())
      },
    })
    return () => this.#remove(watcher)
  }

  #remove(watcher: TableWatcher<Change>): void {
    if (watcher.gone) return
    watcher.gone = true
    this.#watchers = this.#watchers.filter((one) => one !== watcher)
    if (watcher.replay !== undefined) this.#host.work.cancel(watcher.replay)
    if (this.watched) return
    this.#kind.forget()
    // Not now: the table may be telling its subscribers of a batch.
    this.#host.clock.soon(() => {
      if (this.watched) return
      for (const end of this.#following) end()
      this.#following = []
    })
  }

  #batch(rib: Rib, batch: ChangeBatch): void {
    if (!this.watched) return
    const changes = this.#kind.changes(rib, batch)
    if (changes.length === 0) return
    const told = { at: this.#host.clock.micros(), family: rib.family, changes, replay: false }
    this.#audience.tellAll(this.#watchers, (observer) => observer.changed(told))
  }

  *#replay(watcher: TableWatcher<Change>): Generator<void, void, void> {
    for (const rib of this.#host.ribs()) {
      for (let from = 0; from < rib.prefixes.limit; from += REPLAY_STEP) {
        const changes: Change[] = []
        const to = Math.min(from + REPLAY_STEP, rib.prefixes.limit)
        for (let prefix = from; prefix < to; prefix++) {
          if (rib.count(prefix) > 0) this.#kind.present(rib, prefix, changes)
        }
        if (changes.length > 0) {
          this.#tell(watcher, { at: this.#host.clock.micros(), family: rib.family, changes, replay: true })
        }
        yield
      }
    }
  }

  #tell(watcher: TableWatcher<Change>, batch: TableBatch<Change>): void {
    this.#audience.tell(watcher, (observer) => observer.changed(batch))
  }
}
