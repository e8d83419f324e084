/** `show ip bgp summary failed`: neighbors that are not up, with why, in FRR's layout. */

import { ofNeighbor } from '../diagnose/model/about.js'
import { type Finding, firstLine } from '../diagnose/model/finding.js'
import type { Family } from '../ip/family.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { StatusView } from '../views/model/status.js'
import { familyKey } from './family.js'
import { errorText } from './neighbors.js'
import { membersOf, upDownSeconds } from './summary.js'
import { escapeText, left, right } from './text.js'
import { frrUptime, upDown } from './time.js'

const isDown = ({ neighbor }: { readonly neighbor: NeighborView }) => neighbor.state !== 'Established'

function reason(neighbor: NeighborView, findings: readonly Finding[]): string {
  const [worst] = ofNeighbor(findings, neighbor.key)
  if (worst !== undefined) return escapeText(firstLine(worst))
  if (neighbor.adminDown) return 'shut down here'
  return neighbor.lastError === undefined ? 'no connection yet' : errorText(neighbor.lastError)
}

/** @param now milliseconds since 1970 */
export function showFailed(
  status: StatusView,
  neighbors: readonly NeighborView[],
  findings: readonly Finding[],
  family: Family,
  now: number,
): string {
  const members = membersOf(neighbors, family)
  const failed = members.filter(isDown)
  const lines = [`BGP router identifier ${status.routerId}, local AS number ${status.localAs}`, '']
  if (failed.length === 0) lines.push('% No failed BGP neighbors found')
  else {
    const width = Math.max(15, ...failed.map(({ neighbor }) => neighbor.address.length))
    lines.push(`${left('Neighbor', width)} EstdCnt DropCnt ResetTime Reason`)
    for (const { neighbor } of failed) {
      const seconds = upDownSeconds(neighbor, now)
      const since = right(seconds === undefined ? 'never' : upDown(seconds), 9)
      const counts = `${right(neighbor.established, 7)} ${right(neighbor.dropped, 7)}`
      lines.push(`${left(neighbor.address, width)} ${counts} ${since} ${reason(neighbor, findings)}`)
    }
  }
  lines.push('', `Displayed neighbors ${failed.length}`, `Total number of neighbors ${members.length}`)
  return `${lines.join('\n')}\n`
}

/** The same in FRR's JSON, by family. @param now milliseconds since 1970 */
export function failedJson(
  status: StatusView,
  neighbors: readonly NeighborView[],
  findings: readonly Finding[],
  families: readonly Family[],
  now: number,
): object {
  return Object.fromEntries(
    families.map((family) => {
      const members = membersOf(neighbors, family)
      const failed = members.filter(isDown)
      const peers = failed.map(({ neighbor }) => {
        const seconds = upDownSeconds(neighbor, now)
        return [
          neighbor.address,
          {
            connectionsEstablished: neighbor.established,
            connectionsDropped: neighbor.dropped,
            peerUptime: seconds === undefined ? 'never' : frrUptime(seconds),
            peerUptimeMsec: (seconds ?? 0) * 1000,
            lastResetDueTo: reason(neighbor, findings),
            findings: ofNeighbor(findings, neighbor.key),
          },
        ]
      })
      return [
        familyKey(family),
        {
          routerId: status.routerId,
          as: status.localAs,
          peers: Object.fromEntries(peers),
          failedPeersCount: failed.length,
          displayedPeers: failed.length,
          totalPeers: members.length,
        },
      ]
    }),
  )
}
