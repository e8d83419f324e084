import type { FibPort } from '../ports/fib.js'
import type { SpeakerApi } from '../speaker/api.js'

/** Addresses named in one reason. */
const NAMED = 5

/** Why the daemon is not ready, one phrase each; empty when it is. */
export function waitingFor(speaker: SpeakerApi, fib: FibPort, listening: boolean): readonly string[] {
  if (!listening) return ['BGP does not listen yet']
  const reasons: string[] = []
  if (!speaker.converged()) {
    const open = speaker.incomplete()
    const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : ''
    reasons.push(`first routes: End-of-RIB of ${open.slice(0, NAMED).join(', ') || 'the neighbors'}${more}`)
  }
  const { problem } = fib.status()
  if (problem !== undefined) reasons.push(`FIB: ${problem}`)
  return reasons
}
