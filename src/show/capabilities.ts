import { familyOf } from '../ip/family.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { Capability } from '../wire/types.js'
import { familyTitle } from './family.js'
import { escapeText } from './text.js'

/** Which side announced something. */
export interface Sides {
  readonly sent: boolean
  readonly received: boolean
}

type Named<N extends Capability['name']> = Extract<Capability, { name: N }>

/** The first capability of that name, or undefined. */
export function capability<N extends Capability['name']>(
  list: readonly Capability[],
  name: N,
): Named<N> | undefined {
  return list.find((entry): entry is Named<N> => entry.name === name)
}

/** Which side announced a capability of that name. */
export function sides(neighbor: NeighborView, name: Capability['name']): Sides {
  const { sent, received } = neighbor.capabilities
  return { sent: capability(sent, name) !== undefined, received: capability(received, name) !== undefined }
}

/** 'advertised and received', 'advertised', 'received'; undefined when neither side announced it. */
function sidesText({ sent, received }: Sides): string | undefined {
  if (sent && received) return 'advertised and received'
  return sent ? 'advertised' : received ? 'received' : undefined
}

/** A wire pair in words: 'IPv4 Unicast', or 'AFI 25 SAFI 70' for what ecmpd does not route. */
export function pairTitle(afi: number, safi: number): string {
  const family = familyOf(afi, safi)
  return family === undefined ? `AFI ${afi} SAFI ${safi}` : familyTitle(family)
}

/** Every AFI/SAFI pair that a side announced, with the sides. */
export function pairs(
  neighbor: NeighborView,
): readonly (Sides & { readonly afi: number; readonly safi: number })[] {
  const found = new Map<string, { afi: number; safi: number; sent: boolean; received: boolean }>()
  for (const side of ['sent', 'received'] as const) {
    for (const entry of neighbor.capabilities[side]) {
      if (entry.name !== 'multiprotocol') continue
      const key = `${entry.afi}/${entry.safi}`
      const pair = found.get(key) ?? { afi: entry.afi, safi: entry.safi, sent: false, received: false }
      pair[side] = true
      found.set(key, pair)
    }
  }
  return [...found.values()]
}

/** ADD-PATH of one AFI/SAFI pair: who announced that it receives, and that it sends. */
export interface AddPathSides {
  readonly afi: number
  readonly safi: number
  readonly receive: Sides
  readonly send: Sides
}

/** ADD-PATH (RFC 7911 §4) of every pair that a side announced it for. */
export function addPaths(neighbor: NeighborView): readonly AddPathSides[] {
  const found = new Map<string, { afi: number; safi: number; sent: number; received: number }>()
  for (const side of ['sent', 'received'] as const) {
    for (const { afi, safi, mode } of capability(neighbor.capabilities[side], 'add-path')?.families ?? []) {
      const key = `${afi}/${safi}`
      const pair = found.get(key) ?? { afi, safi, sent: 0, received: 0 }
      // Other values than 1 to 3 are ignored.
      pair[side] = mode > 3 ? 0 : mode
      found.set(key, pair)
    }
  }
  const sidesOf = (sent: number, received: number, bit: number) => ({
    sent: (sent & bit) !== 0,
    received: (received & bit) !== 0,
  })
  return [...found.values()]
    .filter(({ sent, received }) => (sent | received) !== 0)
    .map(({ afi, safi, sent, received }) => ({
      afi,
      safi,
      receive: sidesOf(sent, received, 1),
      send: sidesOf(sent, received, 2),
    }))
}

const SIMPLE: readonly (readonly [Capability['name'], string])[] = [
  ['extended-message', 'Extended Message Capability'],
  ['enhanced-route-refresh', 'Enhanced Refresh Capability'],
  ['extended-next-hop', 'Extended Next Hop Capability'],
  ['long-lived-graceful-restart', 'Long-lived Graceful Restart Capability'],
  ['role', 'BGP Role Capability'],
]

/** Lines under 'Neighbor capabilities:', indented by four. */
export function capabilityLines(neighbor: NeighborView): string[] {
  const lines: string[] = []
  const say = (title: string, name: Capability['name'], suffix = '') => {
    const text = sidesText(sides(neighbor, name))
    if (text !== undefined) lines.push(`    ${title}: ${text}${suffix}`)
  }
  say('Route refresh', 'route-refresh', sides(neighbor, 'route-refresh').received ? '(new)' : '')
  say('Four-octets ASN Capability', 'four-octet-as')
  for (const pair of pairs(neighbor)) {
    lines.push(`    Address family ${pairTitle(pair.afi, pair.safi)}: ${sidesText(pair)}`)
  }
  for (const [name, title] of SIMPLE) say(title, name)
  const addPath = addPaths(neighbor)
  if (addPath.length > 0) {
    say('Additional Paths Capability', 'add-path')
    for (const { afi, safi, receive, send } of addPath) {
      const modes = [
        ...(sidesText(send) === undefined ? [] : [`send ${sidesText(send)}`]),
        ...(sidesText(receive) === undefined ? [] : [`receive ${sidesText(receive)}`]),
      ]
      lines.push(`      ${pairTitle(afi, safi)}: ${modes.join(', ')}`)
    }
  }
  const { sent, received } = neighbor.capabilities
  const fqdn = [capability(sent, 'fqdn'), capability(received, 'fqdn')] as const
  if (fqdn[0] !== undefined || fqdn[1] !== undefined) {
    const names = fqdn.map((entry, index) =>
      entry === undefined
        ? ''
        : ` ${index === 0 ? 'advertised' : 'received'} (name: ${escapeText(entry.host)}, domain name: ${escapeText(entry.domain) || 'n/a'})`,
    )
    lines.push(`    Hostname Capability:${names.join('')}`)
  }
  const software = capability(received, 'software-version')
  if (software !== undefined) lines.push(`    Software Version: received (${escapeText(software.version)})`)
  say('Graceful Restart Capability', 'graceful-restart')
  const restart = capability(received, 'graceful-restart')
  if (restart !== undefined) {
    lines.push(`      Remote Restart timer is ${restart.time} seconds`)
    lines.push('      Address families advertised by peer:')
    if (restart.families.length === 0) lines.push('        none')
    for (const family of restart.families) {
      const kept = family.forwarding ? 'was preserved' : 'was not preserved'
      lines.push(`        ${pairTitle(family.afi, family.safi)} (${kept})`)
    }
  }
  for (const side of ['sent', 'received'] as const) {
    for (const entry of neighbor.capabilities[side]) {
      if (entry.name !== 'unknown') continue
      lines.push(`    Capability ${entry.code}: ${side === 'sent' ? 'advertised' : 'received'}`)
    }
  }
  return lines
}
