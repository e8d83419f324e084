/** Whether this machine can do what is asked of it. */

import { ofHost } from '../model/about.js'
import type { Explanation } from '../model/explanation.js'
import type { Facts } from '../model/facts.js'
import type { Finding } from '../model/finding.js'
import { conclude, fact } from './conclude.js'

/** What of the machine matters to sessions and routes. */
export function explainHost(facts: Facts, findings: readonly Finding[]): Explanation {
  const { fib, status } = facts
  const listening = status.listen.map(({ address, port }) => `${address} port ${port}`)
  return conclude({
    subject: { type: 'host' },
    name: 'this machine',
    facts: [
      ...fact('listens on', listening.join(', ') || 'nothing: it only dials'),
      ...fact('kernel', fib.enabled ? `${fib.mode}, ${fib.installed} routes installed` : 'the FIB is off'),
      ...fact('problem', fib.problem),
    ],
    findings: ofHost(findings),
    well: 'nothing on this machine is in the way',
  })
}
