/** The terminal that a process hangs on: whether it has one, and whether that is gone. */

import { closeSync, constants, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/** Whether this process has a controlling terminal: one that was closed counts as none. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK))
    return true
  } catch {
    return false
  }
}

/**
 * Whether this process runs in a terminal: it has one, and reads from it or writes to it. One whose input and output
 * are elsewhere (a service, a container without `-t`, `nohup`) is meant to outlive the terminal that started it.
 */
export function runsInTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor)) && hasTerminal()
}
