/** How the read model of the daemon's status is made. */

import type { FibStatusView } from './model/kernel.js'
import type { SpeakerView, StatusView } from './model/status.js'

/** What the process around the speaker says of itself. */
export type ProcessState = Omit<StatusView, keyof SpeakerView | 'fib' | 'ready'>

/** The status: the speaker, the kernel's side, and the process around them; ready when nothing is waited for. */
export function statusView(speaker: SpeakerView, fib: FibStatusView, process: ProcessState): StatusView {
  return { ...speaker, ...process, fib, ready: process.waiting.length === 0 }
}
