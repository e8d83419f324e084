/** What holds where a configuration says nothing. */

import type {
  DecisionOptions,
  GracefulRestartOptions,
  LongLivedOptions,
  TimerOptions,
} from '../../speaker/model/options.js'
import type { FibOptions } from './model.js'

/** BGP's port (RFC 4271 §8.2.1). */
export const BGP_PORT = 179

/** The API's TCP port. */
export const API_PORT = 9179

/** Most dynamic neighbors at a time. */
export const LISTEN_LIMIT = 1000

/**
 * Timers of a YAML configuration, seconds. Hold and keepalive are RFC 4271 §10's and Cilium's own; the retry is
 * shorter than its 120 s, so that a node that comes back is found soon.
 */
export const TIMERS: TimerOptions = {
  holdTime: 90,
  keepalive: 30,
  connectRetry: 10,
  openHold: 240,
  idleHold: 1,
  sendHold: 0,
}

/** What a switch of the Ruijie/IOS kind uses unless told otherwise: 60/180 and a retry of 120 s. */
export const IOS_TIMERS = { hold: 180, keepalive: 60, connectRetry: 120 } as const

/** Helper-only graceful restart: the neighbor's paths are kept for its restart time, at most 360 s. */
export const GRACEFUL_RESTART: GracefulRestartOptions = {
  enabled: true,
  restartTime: 120,
  stalePathTime: 360,
  notification: false,
}

/** Long-lived graceful restart where it is on: a day. */
export const LONG_LIVED: LongLivedOptions = { staleTime: 86_400, partialDeployment: false }

/** A YAML configuration balances over up to 32 paths; a switch's text says `maximum-paths` or gets 1. */
export const DECISION: DecisionOptions = {
  maximumPathsEbgp: 32,
  maximumPathsIbgp: 32,
  multipathRelax: false,
  alwaysCompareMed: false,
  deterministicMed: false,
  missingMedAsWorst: false,
  ignoreAsPath: false,
  compareRouterId: true,
  defaultLocalPref: 100,
}

/** Metrics that other daemons' kernel routes carry: FRR (zebra) 20, BIRD 32. */
export const FOREIGN_METRICS: readonly number[] = [20, 32]

export const FIB: FibOptions = {
  enabled: false,
  metric: 195,
  nextHopIds: { base: 195_000_000, count: 1_000_000 },
  keepOnStop: false,
  mode: 'auto',
  allow: [],
  retry: 5,
}
