import type { FibView } from '../views/model/kernel.js'
import { escapeText } from './text.js'

/** `show fib`: the state of the kernel's side, and what it refused with the reason. */
export function showFib(fib: FibView): string {
  if (!fib.enabled) return 'FIB is off: no route is installed in the kernel (start with --fib)\n'
  const { add, replace, delete: removed } = fib.operations
  const lines = [
    `FIB is on, mode ${fib.mode}`,
    `  Routes: ${fib.installed} installed, ${fib.pending} pending, ${fib.refused} refused`,
    ...(fib.kept === undefined
      ? []
      : [`  Kept from an earlier run until the first routes are complete: ${fib.kept}`]),
    `  Operations: ${add} added, ${replace} replaced, ${removed} deleted; ${fib.errors} errors`,
  ]
  if (fib.routes.length > 0) {
    lines.push('', 'Refused routes:')
    for (const route of fib.routes) {
      const via = route.gateways.map((gateway) => gateway.address).join(', ')
      lines.push(`  ${route.prefix}${via === '' ? '' : ` via ${via}`}`)
      lines.push(`    ${escapeText(route.reason ?? 'no reason given')}`)
    }
  }
  return `${lines.join('\n')}\n`
}
