/** How the read models of the kernel's side are made. */

import type { FibPort } from '../ports/fib.js'
import type { FibView } from './model/kernel.js'

/** Counts of the kernel's side, and every refused prefix with its reason. */
export function kernelView(fib: FibPort): FibView {
  return { ...fib.status(), routes: fib.refused() }
}
