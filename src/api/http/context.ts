import type { Config } from '../../config/model/model.js'
import type { Explanation } from '../../diagnose/model/explanation.js'
import type { Finding } from '../../diagnose/model/finding.js'
import type { HostFacts } from '../../host/model.js'
import type { FibPort, Resolver } from '../../ports/fib.js'
import type { Log } from '../../ports/log.js'
import type { SpeakerApi } from '../../speaker/api.js'
import type { ApplyReport } from '../../speaker/model/apply-report.js'
import type { StatusView } from '../../views/model/status.js'
import type { Views } from '../../views/views.js'

/** What a reload did. */
export type ReloadOutcome =
  | { readonly ok: true; readonly report: ApplyReport; readonly notes: readonly string[] }
  | {
      readonly ok: false
      /** One sentence. */
      readonly message: string
      /** Lines 'file:line:column: error: …'; empty when the file is fine and something else was not. */
      readonly diagnostics: readonly string[]
    }

/** What the API serves; the daemon makes it. */
export interface ApiContext {
  readonly version: string
  readonly speaker: SpeakerApi
  /** The read models of that speaker. */
  readonly views: Views
  readonly fib: FibPort
  /** Names the interface of a next hop where the FIB does not. */
  readonly resolver?: Resolver
  readonly log: Log
  /** The running configuration. */
  configuration(): { readonly config: Config }
  status(): StatusView
  /** What is known of this machine; undefined in the first moment. */
  host(): HostFacts | undefined
  /** What is not as it should be, the worst first; at most a second old. */
  findings(): readonly Finding[]
  /** @param subject as a person names it @returns undefined when there is nothing of that name */
  explain(subject: string): Explanation | undefined
  /** Applies the changed file. Never rejects. */
  reload(): Promise<ReloadOutcome>
}
