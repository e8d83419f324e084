import type { RawPeer } from './raw-peer.js'
import { contentOf } from './update-content.js'

const ORIGINS = ['i', 'e', '?']

/**
 * What the UPDATEs that a peer has received say, one line a prefix in their order: '- 10.0.0.0/8' for a
 * withdrawal, '+ 10.0.0.0/8 via 192.0.2.1 path 64513 i med 0 …' for an announcement, 'end' for End-of-RIB.
 * They are forgotten.
 * @param ibgp how the session's attributes are to be read
 */
export function heard(peer: RawPeer, ibgp = false): string[] {
  const context = {
    id: -1,
    peerType: ibgp ? ('ibgp' as const) : ('ebgp' as const),
    as4: true,
    rejectAsSet: true,
    extendedNextHop: false,
    aigp: false,
  }
  const lines: string[] = []
  for (const { type, hex } of peer.received) {
    if (type !== 2) continue
    const content = contentOf(Uint8Array.from(Buffer.from(hex, 'hex')), context, [])
    if (content === undefined) {
      lines.push(`reset ${hex}`)
      continue
    }
    const { withdrawn, sets } = content
    if (withdrawn.length === 0 && sets.length === 0) lines.push('end')
    lines.push(...withdrawn.map(({ prefix }) => `- ${prefix}`))
    for (const { routes, attributes } of sets) {
      const { asPath = [], med, localPref, atomicAggregate, aggregator, communities } = attributes
      const words = [
        `via ${attributes.nextHop}`,
        `path ${asPath.flatMap(({ asns }) => asns).join(' ')}`,
        ORIGINS[attributes.origin ?? 3],
        ...(med === undefined ? [] : [`med ${med}`]),
        ...(localPref === undefined ? [] : [`pref ${localPref}`]),
        ...(atomicAggregate ? ['atomic'] : []),
        ...(aggregator === undefined ? [] : [`by ${aggregator.as} ${aggregator.address}`]),
        ...(communities === undefined ? [] : [`communities ${communities.join(' ')}`]),
      ]
      lines.push(...routes.map(({ prefix }) => `+ ${prefix} ${words.join(' ')}`))
    }
  }
  peer.clear()
  return lines
}
