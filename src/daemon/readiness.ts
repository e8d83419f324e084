import type { FibPort } from '../ports/fib.js'
import type { SpeakerApi } from '../speaker/api.js'

/** Addresses named in one reason. */
const NAMED = 5

/**
 * Why the daemon is not ready, one phrase each; empty when it is. Only neighbors that are expected hold it back: neither
 * kernel routes of an earlier run nor a listen range, from which anybody may come or nobody, do.
 */
export function waitingFor(speaker: SpeakerApi, fib: FibPort, listening: boolean): readonly string[] {
  if (!listening) return ['BGP does not listen yet']
  const reasons: string[] = []
  if (!speaker.converged()) {
    const open = speaker.incomplete()
    const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : ''
    if (open.length > 0) reasons.push(`first routes: End-of-RIB of ${open.slice(0, NAMED).join(', ')}${more}`)
  }
  const { problem } = fib.status()
  if (problem !== undefined) reasons.push(`FIB: ${problem}`)
  return reasons
}
