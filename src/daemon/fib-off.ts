import type { FibPort, FibStatusView } from '../ports/fib.js'

const STATUS: FibStatusView = {
  enabled: false,
  mode: 'off',
  installed: 0,
  pending: 0,
  refused: 0,
  operations: { add: 0, replace: 0, delete: 0 },
  errors: 0,
}

/** A FIB that installs nothing: for a monitor, a test peer, or a first look. */
export const fibOff: FibPort = {
  set() {},
  flush() {},
  gatewayLost() {},
  sweep() {},
  kept: () => 0,
  route: () => undefined,
  refused: () => [],
  status: () => STATUS,
}
