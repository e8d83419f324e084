/** Something that is done again and again. */

import type { Cancel, Clock } from '../ports/clock.js'

/**
 * Does something every `ms` milliseconds, for the first time after as many.
 * @returns ends it
 */
export function every(clock: Clock, ms: number, act: () => void): Cancel {
  let cancel: Cancel
  const wait = () => {
    cancel = clock.after(ms, () => {
      act()
      wait()
    })
  }
  wait()
  return () => cancel()
}
