/**
 * Those who watch the speaker (ports/observer.ts). What is hot looks at one field whether anybody wants it
 * (`sessions.messages`, `sent.watched`); tables are followed only while somebody does.
 */

import type { Log } from '../../ports/log.js'
import type {
  LocRibChange,
  NextHopSetChange,
  Observable,
  Observer,
  PathChange,
  Unobserve,
} from '../../ports/observer.js'
import type { AttributeTable } from '../../rib/attributes/attributes.js'
import { AdjRibIn } from './adj-rib-in.js'
import { Audience } from './audience.js'
import { LocRibKind, NextHopSetKind } from './loc-rib.js'
import { type SentHost, SentWatch } from './sent-watch.js'
import { SessionWatch } from './sessions.js'
import { TableWatch, type WatchHost } from './table-watch.js'
import { RouteValues } from './values.js'

/** What observers need of the speaker. */
export interface ObserversHost extends WatchHost, SentHost {
  readonly log: Log
  attributes(): AttributeTable
}

/** All observers of one speaker, as described at the head of this file. */
export class Observers implements Observable {
  readonly sessions: SessionWatch
  readonly sent: SentWatch
  readonly #host: ObserversHost
  readonly #audience: Audience
  #tables: TableWatches | undefined

  constructor(host: ObserversHost) {
    this.#host = host
    this.#audience = new Audience(host.clock, host.log)
    this.sessions = new SessionWatch(host.clock, this.#audience)
    this.sent = new SentWatch(host, this.#audience)
  }

  observe(observer: Observer): Unobserve {
    const { name, sessions, locRib, nextHopSets, adjRibIn, adjRibOut } = observer
    for (const part of [sessions, locRib, nextHopSets, adjRibIn, adjRibOut]) {
      if (part !== undefined) this.#audience.introduce(part, name)
    }
    const ends: Unobserve[] = []
    if (locRib ?? nextHopSets ?? adjRibIn) {
      this.#tables ??= new TableWatches(this.#host, this.#audience)
      ends.push(this.#tables.add({ locRib, nextHopSets, adjRibIn }))
    }
    if (adjRibOut !== undefined) ends.push(this.sent.add(adjRibOut))
    // Last: it hears of things at once, and may end it all from within.
    if (sessions !== undefined) ends.push(this.sessions.add(sessions))
    return () => {
      for (const end of ends.splice(0)) end()
    }
  }
}

/** The kinds of tables, made with the first observer of any. */
class TableWatches {
  readonly #values: RouteValues
  readonly #locRib: TableWatch<LocRibChange>
  readonly #nextHopSets: TableWatch<NextHopSetChange>
  readonly #adjRibIn: TableWatch<PathChange>

  constructor(host: ObserversHost, audience: Audience) {
    const values = new RouteValues(host.attributes())
    this.#values = values
    this.#locRib = new TableWatch(host, audience, new LocRibKind(values))
    this.#nextHopSets = new TableWatch(host, audience, new NextHopSetKind(values))
    this.#adjRibIn = new TableWatch(host, audience, new AdjRibIn(values))
  }

  add({ locRib, nextHopSets, adjRibIn }: Pick<Observer, 'locRib' | 'nextHopSets' | 'adjRibIn'>): Unobserve {
    this.#values.begin()
    const ends: Unobserve[] = []
    if (locRib !== undefined) ends.push(this.#locRib.add(locRib))
    if (nextHopSets !== undefined) ends.push(this.#nextHopSets.add(nextHopSets))
    if (adjRibIn !== undefined) ends.push(this.#adjRibIn.add(adjRibIn))
    return () => {
      for (const end of ends) end()
      const watched = this.#locRib.watched || this.#nextHopSets.watched || this.#adjRibIn.watched
      if (!watched) this.#values.forget()
    }
  }
}
