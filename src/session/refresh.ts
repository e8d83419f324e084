/**
 * Route refresh of one session, per family, in both directions: RFC 2918, RFC 7313.
 *
 *     the peer refreshes us                     we refresh the peer
 *
 *     ┌───────┐  ◀ BoRR: mark  ┌─────────┐      ┌──────┐ ◀ request, or 'resend'   ┌───────────┐
 *     │ quiet │ ─────────────▶ │ marking │      │ idle │ ───────────────────────▶ │ resending │
 *     └───────┘                └─────────┘      └──────┘ BoRR ▶, resend           └───────────┘
 *         ▲ ◀ EoRR, timer: sweep  │                ▲                                │  │ ▲ another request:
 *         └───────────────────────┘                └────── 'resent': EoRR ▶ ────────┘  └─┘ once more after it
 *
 * - Before the own End-of-RIB a request waits: the initial table is on its way, and no BoRR may stand before
 *   the End-of-RIB (RFC 7313 §4).
 * - A BoRR before the peer's End-of-RIB is ignored when the peer announced graceful restart (RFC 7313 §4).
 * - BoRR and EoRR are sent and understood only when both announced capability 70.
 */

import { afiOf, FAMILIES, type Family, familyOf, SAFI_UNICAST } from '../ip/family.js'
import type { RouteRefreshMessage } from '../wire/types.js'
import type { Negotiated, Step } from './types.js'

/** One family. */
export interface RefreshFamily {
  readonly endOfRibSent: boolean
  readonly endOfRibReceived: boolean
  /** Between BoRR and EoRR of the peer. */
  readonly marking: boolean
  readonly resending: boolean
  /** Asked again, or asked before the own End-of-RIB. */
  readonly again: boolean
}

/** State of one session; families that were not negotiated are missing. */
export type RefreshState = Readonly<Partial<Record<Family, RefreshFamily>>>

export type RefreshEvent =
  | { readonly type: 'message'; readonly message: RouteRefreshMessage }
  | { readonly type: 'end-of-rib-received'; readonly family: Family }
  | { readonly type: 'end-of-rib-sent'; readonly family: Family }
  /** Ask the peer for its routes. */
  | { readonly type: 'request'; readonly family: Family }
  /** Send the own Adj-RIB-Out again, unasked (a changed export policy). */
  | { readonly type: 'resend'; readonly family: Family }
  /** The driver has sent the whole Adj-RIB-Out after a 'resend' action. */
  | { readonly type: 'resent'; readonly family: Family }
  | { readonly type: 'timer'; readonly family: Family }

export type RefreshAction =
  | { readonly type: 'send'; readonly message: RouteRefreshMessage }
  /** Send the whole Adj-RIB-Out of the family, then feed 'resent'. */
  | { readonly type: 'resend'; readonly family: Family }
  /** Mark the peer's paths of the family as stale. */
  | { readonly type: 'mark'; readonly family: Family }
  /** Remove the peer's paths of the family that are still stale. */
  | { readonly type: 'sweep'; readonly family: Family; readonly reason: string }
  | { readonly type: 'start'; readonly family: Family; readonly ms: number }
  | { readonly type: 'stop'; readonly family: Family }
  /** For the log: what was ignored, and why. */
  | { readonly type: 'ignored'; readonly text: string }

export interface RefreshParams {
  readonly negotiated: Negotiated
  /** Seconds from BoRR until stale paths go without EoRR (RFC 7313 §4 "upper bound"); 0: no bound. */
  readonly staleTime: number
}

const QUIET: RefreshFamily = {
  endOfRibSent: false,
  endOfRibReceived: false,
  marking: false,
  resending: false,
  again: false,
}

/** The state at Established. */
export function initialRefresh(negotiated: Negotiated): RefreshState {
  return Object.fromEntries(negotiated.families.map((family) => [family, QUIET]))
}

type RefreshStep = Step<RefreshState, RefreshAction>

/** One step. Answers every event in every state; never throws. */
export function stepRefresh(state: RefreshState, event: RefreshEvent, params: RefreshParams): RefreshStep {
  if (event.type === 'message') return received(state, event.message, params)
  const { family } = event
  const current = state[family]
  if (current === undefined) return ignored(state, `${family} was not negotiated`)
  switch (event.type) {
    case 'end-of-rib-received':
      return become(state, family, { ...current, endOfRibReceived: true })
    case 'end-of-rib-sent': {
      const next = { ...current, endOfRibSent: true }
      return current.again ? resend(state, family, next, params) : become(state, family, next)
    }
    case 'request':
      if (!params.negotiated.routeRefresh) return ignored(state, 'route refresh was not negotiated')
      return { state, actions: [{ type: 'send', message: message(family, 0) }] }
    case 'resend':
      return resend(state, family, current, params)
    case 'resent':
      return resent(state, family, current, params)
    case 'timer':
      if (!current.marking) return { state, actions: [] }
      return become(state, family, { ...current, marking: false }, [
        { type: 'sweep', family, reason: `no end of its route refresh within ${params.staleTime} s` },
      ])
  }
}

function received(state: RefreshState, refresh: RouteRefreshMessage, params: RefreshParams): RefreshStep {
  const { afi, safi, subtype } = refresh
  const family = FAMILIES.find((f) => f === familyOf(afi, safi))
  const current = family && state[family]
  if (family === undefined || current === undefined) {
    return ignored(state, `ROUTE-REFRESH for AFI ${afi}, SAFI ${safi}, which was not negotiated`)
  }
  if (subtype === 0) {
    if (!params.negotiated.sent.some((c) => c.name === 'route-refresh')) {
      return ignored(state, 'ROUTE-REFRESH although this side did not announce it')
    }
    return resend(state, family, current, params)
  }
  if (subtype !== 1 && subtype !== 2) return ignored(state, `ROUTE-REFRESH with unknown subtype ${subtype}`)
  const name = subtype === 1 ? 'BoRR' : 'EoRR'
  if (!params.negotiated.enhancedRouteRefresh) {
    return ignored(state, `${name} although enhanced route refresh was not negotiated`)
  }
  return subtype === 1 ? beginning(state, family, current, params) : ending(state, family, current)
}

function beginning(
  state: RefreshState,
  family: Family,
  current: RefreshFamily,
  { negotiated, staleTime }: RefreshParams,
): RefreshStep {
  if (negotiated.gracefulRestart && !current.endOfRibReceived) {
    return ignored(state, `BoRR for ${family} before End-of-RIB (RFC 7313 §4)`)
  }
  const actions: RefreshAction[] = [{ type: 'mark', family }]
  if (staleTime > 0) actions.push({ type: 'start', family, ms: staleTime * 1000 })
  return become(state, family, { ...current, marking: true }, actions)
}

function ending(state: RefreshState, family: Family, current: RefreshFamily): RefreshStep {
  if (!current.marking) return ignored(state, `EoRR for ${family} without BoRR`)
  return become(state, family, { ...current, marking: false }, [
    { type: 'stop', family },
    { type: 'sweep', family, reason: 'not in the refreshed routes' },
  ])
}

function resend(
  state: RefreshState,
  family: Family,
  current: RefreshFamily,
  { negotiated }: RefreshParams,
): RefreshStep {
  if (!current.endOfRibSent || current.resending) return become(state, family, { ...current, again: true })
  const actions: RefreshAction[] = []
  if (negotiated.enhancedRouteRefresh) actions.push({ type: 'send', message: message(family, 1) })
  actions.push({ type: 'resend', family })
  return become(state, family, { ...current, resending: true, again: false }, actions)
}

function resent(
  state: RefreshState,
  family: Family,
  current: RefreshFamily,
  params: RefreshParams,
): RefreshStep {
  if (!current.resending) return { state, actions: [] }
  const actions: RefreshAction[] = []
  if (params.negotiated.enhancedRouteRefresh) actions.push({ type: 'send', message: message(family, 2) })
  const done = { ...current, resending: false }
  if (!current.again) return become(state, family, done, actions)
  const next = resend(state, family, done, params)
  return { state: next.state, actions: [...actions, ...next.actions] }
}

function message(family: Family, subtype: number): RouteRefreshMessage {
  return { type: 'route-refresh', afi: afiOf(family), subtype, safi: SAFI_UNICAST }
}

function become(
  state: RefreshState,
  family: Family,
  next: RefreshFamily,
  actions: readonly RefreshAction[] = [],
): RefreshStep {
  return { state: { ...state, [family]: next }, actions }
}

function ignored(state: RefreshState, text: string): RefreshStep {
  return { state, actions: [{ type: 'ignored', text }] }
}
