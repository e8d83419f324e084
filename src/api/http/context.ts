import type { Config } from '../../config/model/model.js'
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
  /** Applies the changed file. Never rejects. */
  reload(): Promise<ReloadOutcome>
}
