import { familyOf } from '../../src/ip/family.js'
import type { DecodedRoute } from '../../src/wire/decode.js'
import { decodeUpdate } from '../../src/wire/decode.js'
import { readMrt } from '../../src/wire/mrt.js'
import { mrtAttributes } from '../../src/wire/mrt-table.js'
import { type MrtPeers, type MrtRecord, mrtContext } from '../../src/wire/mrt-types.js'
import { readNlri } from '../../src/wire/nlri.js'
import { readAttributes } from '../../src/wire/read-attributes.js'
import { asPathText, communityText } from '../../src/wire/text.js'
import type { PathAttributes } from '../../src/wire/types.js'

/** A recording in the one-line format of `bgpdump -m`. */
export function* bgpdumpLines(bytes: Uint8Array): Generator<string, void, undefined> {
  let peers: MrtPeers['peers'] = []
  for (const record of readMrt(bytes)) {
    if (record.kind === 'peers') peers = record.peers
    else yield* lines(record, peers)
  }
}

function* lines(record: MrtRecord, peers: MrtPeers['peers']): Generator<string, void, undefined> {
  switch (record.kind) {
    case 'state':
      yield `BGP4MP|${record.time}|STATE|${record.peerAddress}|${record.peerAs}|${record.from}|${record.to}`
      return
    case 'message': {
      if (record.message[18] !== 2) return
      const update = decodeUpdate(record.message, mrtContext(record.as4))
      const head = (letter: string) =>
        `BGP4MP|${record.time}|${letter}|${record.peerAddress}|${record.peerAs}`
      for (const route of update.withdrawn) yield `${head('W')}|${route.prefix}`
      const [field, reach] = [update.attributes, update.reachAttributes ?? update.attributes]
      for (const route of update.announced) {
        yield pathLine(head('A'), route, route.family === 'ipv4-unicast' ? field : reach)
      }
      return
    }
    case 'table':
    case 'rib': {
      const family = familyOf(record.afi, record.safi)
      if (family === undefined) return
      const name =
        record.kind === 'table' ? 'TABLE_DUMP' : record.subtype >= 8 ? 'TABLE_DUMP2_AP' : 'TABLE_DUMP2'
      for (const entry of record.entries) {
        const block = mrtAttributes(entry.attributes, record.afi, record.safi)
        const attributes = readAttributes(block, 0, block.length, mrtContext(record.kind === 'rib'))
        const nlri = 'nlri' in entry ? entry.nlri : (record as { nlri: Uint8Array }).nlri
        const [route] = readNlri(nlri, 0, nlri.length, family === 'ipv4-unicast' ? 4 : 16, false)
        const pathId = 'pathId' in entry ? { pathId: entry.pathId } : {}
        const peer = 'peer' in entry ? peers[entry.peer] : { address: entry.peerAddress, as: entry.peerAs }
        const time = record.kind === 'rib' ? record.time : record.time
        yield pathLine(
          `${name}|${time}|B|${peer.address}|${peer.as}`,
          { family, ...route, ...pathId },
          attributes,
        )
      }
    }
  }
}

const ORIGINS = ['IGP', 'EGP', 'INCOMPLETE']

function pathLine(head: string, { prefix, pathId }: DecodedRoute, a: PathAttributes): string {
  return [
    head,
    prefix,
    ...(pathId === undefined ? [] : [pathId]),
    asPathText(a.asPath ?? []),
    ORIGINS[a.origin ?? 2],
    a.nextHop ?? '',
    a.localPref ?? 0,
    a.med ?? 0,
    (a.communities ?? []).map(communityText).join(' '),
    a.atomicAggregate ? 'AG' : 'NAG',
    a.aggregator === undefined ? '' : `${a.aggregator.as} ${a.aggregator.address}`,
    '',
  ].join('|')
}
