import type { Fault, Verdict } from './types.js'

/** A message, or the fault that ends the session instead. */
export type Decoded<T> =
  | { readonly message: T; readonly fault?: undefined }
  | { readonly message?: undefined; readonly fault: Fault }

/** What a clean message has; shared, so that clean messages allocate nothing. */
export const NO_FAULTS: readonly Fault[] = Object.freeze([])
export const NO_DATA: Uint8Array = new Uint8Array(0)

/** A fault that ends the session with NOTIFICATION `code`/`subcode`. Code 0: close without sending any. */
export function resetFault(
  code: number,
  subcode: number,
  rule: string,
  text: string,
  data: Uint8Array = NO_DATA,
): Fault {
  return { verdict: 'reset', code, subcode, data, rule, text }
}

const STRENGTH = { none: 0, discard: 1, withdraw: 2, reset: 3 } as const

/** True when verdict `a` weighs more than `b` (RFC 7606 §3 h). */
export function stronger(a: Verdict, b: Verdict): boolean {
  return STRENGTH[a] > STRENGTH[b]
}
