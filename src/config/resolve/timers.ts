/** Timers and graceful restart, where parts of one setting come from several places. */

import type { GracefulRestartOptions, LongLivedOptions, TimerOptions } from '../../speaker/model/options.js'
import type { Settings } from '../document/schema.js'
import { GRACEFUL_RESTART, LONG_LIVED, TIMERS } from '../model/defaults.js'
import type { Path } from '../text/diagnostic.js'
import type { Layer } from './layers.js'
import type { Resolution } from './resolution.js'

type Restart = Settings['gracefulRestart']
type LongLived = Settings['longLivedGracefulRestart']

/**
 * Timers of a neighbor. Where a more specific place sets the hold time alone, the keepalive that stands
 * below it follows, to a third of the hold time (RFC 4271 §10).
 */
export function timersOf(layers: readonly Layer[], context: Resolution): TimerOptions {
  const timer = (key: keyof NonNullable<Settings['timers']>) => {
    for (const [depth, { settings, path }] of layers.entries()) {
      const value = settings.timers?.[key]
      if (value !== undefined) return { value, path: [...path, 'timers', key], depth }
    }
    return undefined
  }
  const hold = timer('hold')
  const keepalive = timer('keepalive')
  const holdTime = hold?.value ?? TIMERS.holdTime
  const third = holdTime === 0 ? 0 : Math.max(1, Math.floor(holdTime / 3))
  const sendHold = timer('sendHold')
  // What is compared with a hold time that can't be would be a second fault out of one.
  const possible = holdTime !== 1 && holdTime !== 2
  if (!possible) {
    context.error(hold!.path, `hold time ${holdTime} is not allowed`, '0, or at least 3 (RFC 4271 §4.2)')
  }
  if (possible && sendHold !== undefined && sendHold.value !== 0 && sendHold.value <= holdTime) {
    const hint = 'it is the last resort, after the hold timer (RFC 9687)'
    context.error(sendHold.path, `sendHold ${sendHold.value} is not above hold ${holdTime}`, hint)
  }
  let interval = third
  if (keepalive !== undefined) {
    const inherited = hold !== undefined && keepalive.depth > hold.depth
    interval = inherited ? Math.min(keepalive.value, third) : keepalive.value
    if (possible) checkKeepalive(keepalive.path, interval, holdTime, context)
  }
  return {
    holdTime,
    keepalive: interval,
    connectRetry: timer('connectRetry')?.value ?? TIMERS.connectRetry,
    openHold: timer('openHold')?.value ?? TIMERS.openHold,
    idleHold: timer('idleHold')?.value ?? TIMERS.idleHold,
    sendHold: sendHold?.value ?? TIMERS.sendHold,
    ...setOnly('delayOpen', timer('delayOpen')?.value),
    ...setOnly('minimumHold', possible ? minimumOf(timer('minimumHold'), holdTime, context) : undefined),
  }
}

/** A timer that is left out when it is 0. */
const setOnly = (key: 'delayOpen' | 'minimumHold', value = 0) => (value === 0 ? {} : { [key]: value })

function minimumOf(
  found: { readonly value: number; readonly path: Path } | undefined,
  holdTime: number,
  context: Resolution,
): number | undefined {
  if (found !== undefined && holdTime !== 0 && found.value > holdTime) {
    const hint = 'the smaller of both sides’ hold times is used'
    context.error(found.path, `minimumHold ${found.value} is above hold ${holdTime}`, hint)
  }
  return found?.value
}

function checkKeepalive(path: Path, keepalive: number, hold: number, context: Resolution): void {
  if (keepalive > hold) {
    const hint = hold === 0 ? 'hold 0 goes with keepalive 0' : `at most a third: ${Math.floor(hold / 3)}`
    context.error(path, `keepalive ${keepalive} is above hold ${hold}`, hint)
  } else if (keepalive === 0 && hold !== 0) {
    context.error(path, `keepalive 0 lets hold ${hold} run out`, `use ${Math.floor(hold / 3)}, or hold 0`)
  } else if (keepalive * 3 > hold) {
    context.warn(
      path,
      `keepalive ${keepalive} is above a third of hold ${hold}`,
      `${Math.floor(hold / 3)} is used`,
    )
  }
}

/** The first place that says something of graceful restart wins, key by key. */
export function restartOf(entries: readonly Restart[]): GracefulRestartOptions {
  let result: Partial<GracefulRestartOptions> = {}
  for (const entry of entries) {
    if (entry === undefined) continue
    const fields =
      typeof entry === 'boolean' ? { enabled: entry } : { ...entry, enabled: entry.enabled ?? true }
    result = { ...fields, ...result }
  }
  const { restarter, ...rest } = { ...GRACEFUL_RESTART, ...result }
  return restarter === true ? { ...rest, restarter } : rest
}

/**
 * The first place that says something of long-lived graceful restart wins, key by key.
 * @returns no key where it is off
 */
export function longLivedOf(entries: readonly LongLived[]): Pick<GracefulRestartOptions, 'longLived'> {
  let on: boolean | undefined
  let result: Partial<LongLivedOptions> = {}
  for (const entry of entries) {
    if (entry === undefined) continue
    const { enabled = true, ...fields } = typeof entry === 'boolean' ? { enabled: entry } : entry
    on ??= enabled
    result = { ...fields, ...result }
  }
  return on === true ? { longLived: { ...LONG_LIVED, ...result } } : {}
}
