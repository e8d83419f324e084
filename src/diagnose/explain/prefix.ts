/** Why a prefix goes where it goes. */

import type { PathView, RouteView } from '../../views/model/route.js'
import { ofPrefix } from '../model/about.js'
import type { Explanation, Fact } from '../model/explanation.js'
import type { Facts } from '../model/facts.js'
import type { Finding } from '../model/finding.js'
import { listed, nameOf, neighborOf } from '../model/names.js'
import { absentees, sessionText } from '../model/routes.js'
import { conclude, fact } from './conclude.js'

/**
 * Its paths with what each lost or won by, who has none, and what the kernel has.
 * @returns undefined when the table has no such route
 */
export function explainPrefix(facts: Facts, findings: readonly Finding[]): Explanation | undefined {
  const route = facts.asked
  if (route === undefined) return undefined
  const { prefix, family, nextHops } = route
  const [first] = nextHops
  const well =
    first === undefined
      ? `${prefix} has no path that can be used`
      : `${prefix} goes to ${listed(nextHops)}${nextHops.length > 1 ? ` (${nextHops.length} next hops)` : ''}`
  return conclude({
    subject: { type: 'prefix', family, prefix },
    name: prefix,
    facts: [
      ...route.paths.map((path) => pathFact(path, facts)),
      ...absentees(facts, route).map((neighbor) => ({
        label: 'not from',
        value: `${nameOf(neighbor)} (${sessionText(neighbor, family)})`,
      })),
      ...fact('next hops', nextHops.join(', ') || 'none'),
      ...fact('kernel', kernelText(route)),
    ],
    findings: ofPrefix(findings, prefix),
    well,
  })
}

function pathFact(path: PathView, facts: Facts): Fact {
  const neighbor = neighborOf(facts, path.neighbor)
  const who =
    path.type === 'local' ? 'this daemon' : neighbor === undefined ? path.neighbor : nameOf(neighbor)
  const traits = [
    `next hop ${path.nextHop}`,
    `AS path ${path.asPath || '(empty)'}`,
    ...(path.med === undefined ? [] : [`MED ${path.med}`]),
    `local preference ${path.localPref}`,
  ]
  return { label: `path from ${who}`, value: `${traits.join(', ')}; ${verdict(path)}` }
}

function verdict(path: PathView): string {
  const stale = path.stale ? 'stale, ' : ''
  if (!path.valid) return `${stale}not used: ${path.reason ?? 'it takes no part in the decision'}`
  if (path.best) return `${stale}best${path.decidedBy === undefined ? '' : ` by ${path.decidedBy}`}`
  if (path.multipath) return `${stale}in the ECMP set`
  return `${stale}not used${path.decidedBy === undefined ? '' : `: lost by ${path.decidedBy}`}`
}

function kernelText({ fib }: RouteView): string | undefined {
  if (fib === undefined) return undefined
  if (fib.state === 'off') return 'nothing is installed: the FIB is off'
  return fib.reason === undefined ? fib.state : `${fib.state}: ${fib.reason}`
}
