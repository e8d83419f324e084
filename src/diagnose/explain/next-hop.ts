/** Why a next hop is used, or not. */

import type { PathView } from '../../views/model/route.js'
import { ofNextHop } from '../model/about.js'
import type { Explanation } from '../model/explanation.js'
import type { Facts } from '../model/facts.js'
import type { Finding } from '../model/finding.js'
import { listed } from '../model/names.js'
import { conclude, fact } from './conclude.js'

/**
 * Who announces it, for what, and whether it can be used.
 * @param address canonical text
 * @returns undefined when no route that is looked at has it
 */
export function explainNextHop(
  address: string,
  facts: Facts,
  findings: readonly Finding[],
): Explanation | undefined {
  const uses: { readonly prefix: string; readonly path: PathView }[] = []
  for (const { prefix, paths } of facts.routes) {
    for (const path of paths) if (path.nextHop === address) uses.push({ prefix, path })
  }
  if (uses.length === 0) return undefined
  const unused = uses.filter(({ path }) => !path.valid)
  const reasons = new Set(unused.flatMap(({ path }) => path.reason ?? []))
  const prefixes = [...new Set(uses.map(({ prefix }) => prefix))]
  const chosen = uses.filter(({ path }) => path.best || path.multipath).length
  return conclude({
    subject: { type: 'next-hop', address },
    name: `next hop ${address}`,
    facts: [
      ...fact('announced by', listed([...new Set(uses.map(({ path }) => path.neighbor))])),
      ...fact(
        'of',
        `${prefixes.length} ${prefixes.length === 1 ? 'prefix' : 'prefixes'}: ${listed(prefixes)}`,
      ),
      ...fact('used for', `${chosen}`),
      ...fact('not used', reasons.size === 0 ? undefined : [...reasons].join('; ')),
    ],
    findings: ofNextHop(findings, address),
    well:
      unused.length === 0
        ? `next hop ${address} can be used`
        : `next hop ${address} is not used: ${[...reasons].join('; ')}`,
  })
}
