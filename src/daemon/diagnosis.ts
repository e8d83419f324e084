/** The findings of a running daemon: its facts put together when they are asked for, and judged. */

import type { Config } from '../config/model/model.js'
import { diagnose } from '../diagnose/diagnose.js'
import { explain } from '../diagnose/explain.js'
import type { Explanation } from '../diagnose/model/explanation.js'
import { type Facts, FEW_ROUTES } from '../diagnose/model/facts.js'
import type { Finding } from '../diagnose/model/finding.js'
import type { HostFacts } from '../host/model.js'
import { canonicalAddress } from '../ip/address.js'
import { FAMILIES, type Family, familyOfText } from '../ip/family.js'
import { canonicalPrefix } from '../ip/prefix.js'
import type { Clock } from '../ports/clock.js'
import type { FibPort } from '../ports/fib.js'
import type { RouteView } from '../views/model/route.js'
import type { StatusView } from '../views/model/status.js'
import type { Views } from '../views/views.js'

/** Milliseconds for which an answer is given again: a scrape asks several times. */
const FRESH = 1000

export interface DiagnosisParts {
  readonly clock: Clock
  readonly views: Views
  readonly fib: FibPort
  config(): Config
  status(): StatusView
  host(): HostFacts | undefined
}

/** Puts the facts together and has them judged. */
export class Diagnosis {
  readonly #parts: DiagnosisParts
  #findings: readonly Finding[] = []
  #at = Number.NEGATIVE_INFINITY

  constructor(parts: DiagnosisParts) {
    this.#parts = parts
  }

  /** What is not as it should be, the worst first; at most a second old. */
  findings(): readonly Finding[] {
    const now = this.#parts.clock.now()
    if (now - this.#at >= FRESH) {
      this.#findings = diagnose(this.#facts())
      this.#at = now
    }
    return this.#findings
  }

  /**
   * Why something is as it is, judged now.
   * @param subject as a person names it
   * @returns undefined when there is nothing of that name
   */
  explain(subject: string): Explanation | undefined {
    const asked = this.#asked(subject)
    const facts = this.#facts(asked)
    return explain(subject, facts, diagnose(facts))
  }

  #facts(asked?: RouteView): Facts {
    const { clock, views, fib, config, status, host } = this.#parts
    const state = status()
    const few = (family: Family) =>
      (state.tables.find((table) => table.family === family)?.prefixes ?? 0) <= FEW_ROUTES
    const routes = FAMILIES.filter(few).flatMap(
      (family) => views.routes({ family, limit: FEW_ROUTES }).routes,
    )
    const known = asked === undefined || routes.some(({ prefix }) => prefix === asked.prefix)
    return {
      now: clock.wall(),
      status: state,
      config: config(),
      neighbors: views.neighbors(),
      fib: { ...fib.status(), routes: fib.refused() },
      host: host(),
      routes: known ? routes : [...routes, asked],
      skipped: FAMILIES.filter((family) => !few(family)),
      ...(asked === undefined ? {} : { asked }),
    }
  }

  /** The route of a prefix, or the longest one that covers an address. */
  #asked(subject: string): RouteView | undefined {
    const prefix = canonicalPrefix(subject)
    const longest = canonicalAddress(subject)
    const target = prefix === undefined ? longest && { longest } : { prefix }
    if (!target) return undefined
    const family = familyOfText(subject)
    return this.#parts.views.routes({ family, ...target, limit: 1 }).routes[0]
  }
}
