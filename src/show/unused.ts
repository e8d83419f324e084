import type { NeighborFamilyView } from '../views/model/neighbor-family.js'
import type { UnusedReason } from '../views/model/unusable.js'
import { escapeText, right } from './text.js'

/** What the rows are called: in the switch's words where it has some. */
const NAMES: Readonly<Record<UnusedReason, string>> = {
  policy: 'Import policy',
  'ebgp-requires-policy': 'No import policy (RFC 8212)',
  'own-as': 'Own AS in AS_PATH',
  'first-as': "First AS not neighbor's",
  'originator-loop': 'Own ORIGINATOR_ID',
  'cluster-loop': 'Own CLUSTER_LIST',
  'route-leak': 'Route leak (RFC 9234)',
  'next-hop-unreachable': 'Next hop unreachable',
  'next-hop-own': 'Next hop is own address',
  'next-hop-no-host': 'Next hop is no host',
  'next-hop-loopback': 'Next hop is loopback',
  'next-hop-multicast': 'Next hop is multicast',
  'next-hop-reserved': 'Next hop is reserved',
  'next-hop-mapped': 'Next hop is IPv4-mapped',
  'next-hop-other-link': 'Next hop on other link',
  'next-hop-not-connected': 'Next hop not connected',
}

/** What policy refuses; everything else is a check's word. */
const BY_POLICY: readonly UnusedReason[] = ['policy', 'ebgp-requires-policy']

/**
 * The block below a family's counts: what local policy denies, as on the switch, with the names of its lists; then what
 * is not used for other reasons.
 */
export function unusedLines({ unused, importLists }: NeighborFamilyView): string[] {
  const row = (name: string, count: number) =>
    `    ${`${name}:`.padEnd(30)} ${right('n/a', 8)} ${right(count, 10)}`
  const rows = Object.entries(unused) as [UnusedReason, number][]
  const denied = rows.filter(([reason]) => BY_POLICY.includes(reason))
  const others = rows.filter(([reason]) => !BY_POLICY.includes(reason))
  const sum = (of: typeof rows) => of.reduce((total, [, count]) => total + count, 0)
  const names = importLists === undefined ? [] : [`    (import: ${importLists.join(', ')})`]
  return [
    '                                   Outbound    Inbound',
    '  Local Policy Denied Prefixes:    --------    -------',
    ...denied.map(([reason, count]) => row(NAMES[reason], count)),
    row('Total', sum(denied)),
    ...(denied.some(([reason]) => reason === 'policy') ? names.map(escapeText) : []),
    ...(others.length === 0
      ? []
      : [
          '  Not Used Prefixes:               --------    -------',
          ...others.map(([reason, count]) => row(NAMES[reason], count)),
          row('Total', sum(others)),
        ]),
  ]
}
