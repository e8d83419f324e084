import t from 'tap'
import type { AdvertisedBatch, AdvertisedChange } from '../../../../src/ports/observer.js'
import { CANONICAL_CONTEXT } from '../../../../src/wire/canonical.js'
import { readAttributes } from '../../../../src/wire/read-attributes.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  asPath,
  capability,
  fourOctetAs,
  mpReachIpv6,
  mpUnreachIpv6,
  multiprotocol,
  origin,
  routeRefresh,
  update,
} from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'
import { contentOf } from '../../../support/update-content.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const ROUTERS = ['192.168.95.1', '192.168.95.2']

function watch({ speaker }: LabSpeaker) {
  const batches: AdvertisedBatch[] = []
  let complete = 0
  const end = speaker.observe({
    name: 'watch',
    adjRibOut: { sent: (batch) => batches.push(batch), complete: () => complete++ },
  })
  return { batches, end, complete: () => complete }
}

const text = (prefix: string, pathId: number | undefined, attributes: object | undefined) =>
  `${prefix} ${pathId ?? 0} ${attributes === undefined ? 'gone' : JSON.stringify(attributes)}`

/** What a neighbor holds by what observers were told. */
function told(batches: readonly AdvertisedBatch[], address: string, as4 = true): string[] {
  const held = new Map<string, string>()
  for (const { session, changes } of batches) {
    if (session.remote.address !== address) continue
    for (const { prefix, pathId, attributes } of changes) {
      held.delete(`${prefix} ${pathId}`)
      if (attributes === undefined) continue
      const { octets } = attributes
      const read = readAttributes(octets, 0, octets.length, { ...CANONICAL_CONTEXT, as4 })
      t.equal(read.nextHop, attributes.nextHop)
      held.set(`${prefix} ${pathId}`, text(prefix, pathId, read))
    }
  }
  return [...held.values()].sort()
}

/** What it holds by the messages that it received. */
function received(peer: RawPeer, as4 = true, withPaths: readonly string[] = []): string[] {
  const context = { ...CANONICAL_CONTEXT, as4 }
  const held = new Map<string, string>()
  for (const { type, hex } of peer.received) {
    if (type !== 2) continue
    const content = contentOf(Uint8Array.from(Buffer.from(hex, 'hex')), context, withPaths as never)
    for (const { prefix, pathId } of content!.withdrawn) held.delete(`${prefix} ${pathId ?? 0}`)
    for (const { routes, attributes } of content!.sets) {
      for (const { prefix, pathId } of routes)
        held.set(`${prefix} ${pathId ?? 0}`, text(prefix, pathId, attributes))
    }
  }
  return [...held.values()].sort()
}

async function switchWith(lab: SpeakerLab, more: Parameters<typeof neighbor>[1] = {}) {
  const families = [
    family('ipv4-unicast', { export: 'all' }),
    family('ipv6-unicast', { export: 'all', nextHop: 'unchanged' }),
  ]
  const routers = ROUTERS.map((address) =>
    neighbor(address, { remoteAs: 64999, passive: true, families, ...more }),
  )
  const node = neighbor(NODE, {
    passive: true,
    families: [family('ipv4-unicast'), family('ipv6-unicast')],
  })
  return lab.start(SWITCH, speakerOptions([node, ...routers]))
}

async function dial(lab: SpeakerLab, address: string, as: number, capabilities?: number[][]) {
  const peer = await lab.dial(address, SWITCH)
  peer.greet({
    as,
    routerId: address,
    capabilities: capabilities ?? [multiprotocol(1), multiprotocol(2), routeRefresh(), fourOctetAs(as)],
  })
  await lab.clock.run()
  return peer
}

const ipv6 = (...prefixes: string[]) =>
  update({ attributes: [origin(), asPath(64512), mpReachIpv6('2001:db8::10', ...prefixes)] })

t.test('what is told to be sent equals what the neighbors received, in both families', async (t) => {
  const lab = new SpeakerLab()
  const made = await switchWith(lab)
  const { batches, complete } = watch(made)
  const node = await dial(lab, NODE, 64512)
  const routers = [await dial(lab, ROUTERS[0], 64999), await dial(lab, ROUTERS[1], 64999)]
  t.equal(complete(), 1)
  t.same(
    batches.map(({ family: name, endOfRib, changes }) => [name, endOfRib, changes.length]),
    [
      ['ipv4-unicast', true, 0],
      ['ipv6-unicast', true, 0],
      ['ipv4-unicast', true, 0],
      ['ipv6-unicast', true, 0],
      ['ipv4-unicast', true, 0],
      ['ipv6-unicast', true, 0],
    ],
    'End-of-RIB to each, the node included',
  )
  batches.length = 0
  const many = Array.from({ length: 300 }, (_, i) => `10.0.${i & 255}.${(i >> 8) << 7}/25`)
  node.send(announce(64512, NODE, ...many.slice(0, 200)), announce(64512, NODE, ...many.slice(200)))
  node.send(ipv6('2001:db8:1::/48', '2001:db8:2::/48'))
  await lab.clock.run()
  node.send(update({ withdrawn: many.slice(10, 20) }))
  node.send(update({ attributes: [mpUnreachIpv6('2001:db8:1::/48')] }))
  await lab.clock.run()
  for (const [index, address] of ROUTERS.entries()) {
    t.same(told(batches, address), received(routers[index]))
    t.equal(told(batches, address).length, 291)
  }
  const [first, second] = ROUTERS.map((address) =>
    batches.filter(({ session }) => session.remote.address === address),
  )
  t.ok(
    first.every(({ changes }, i) => changes === second[i].changes),
    'members of an update group share the list',
  )
  const sets = new Set(first.flatMap(({ changes }) => changes.map((change) => change.attributes)))
  sets.delete(undefined)
  t.equal(sets.size, 2, 'and each set of attributes is one value')
})

t.test('two-octet AS numbers and path identifiers are told as they were sent', async (t) => {
  const lab = new SpeakerLab()
  const families = [family('ipv4-unicast', { export: 'all', addPath: { receive: false, send: 'all' } })]
  const old = await switchWith(lab)
  const watched = watch(old)
  const node = await dial(lab, NODE, 64512)
  const router = await dial(lab, ROUTERS[0], 64999, [multiprotocol(1)])
  node.send(
    update({
      attributes: [origin(), asPath(64512, 4200000000), [0x40, 3, 4, 192, 168, 95, 210]],
      announced: ['10.1.0.0/16'],
    }),
  )
  await lab.clock.run()
  t.same(told(watched.batches, ROUTERS[0], false), received(router, false))
  t.equal(told(watched.batches, ROUTERS[0], false).length, 1)

  const paths = new SpeakerLab()
  const made = await switchWith(paths, { families })
  const { batches } = watch(made)
  const source = await dial(paths, NODE, 64512)
  const all = await dial(paths, ROUTERS[0], 64999, [
    multiprotocol(1),
    fourOctetAs(64999),
    capability(69, [0, 1, 1, 1]),
  ])
  source.send(announce(64512, NODE, '10.1.0.0/16', '10.2.0.0/16'))
  await paths.clock.run()
  t.same(told(batches, ROUTERS[0]), received(all, true, ['ipv4-unicast']))
  t.ok(
    batches.flatMap(({ changes }) => changes).every(({ pathId }) => pathId > 0),
    'each path has its identifier',
  )
})

t.test('who comes late is told what each neighbor holds, then what it is sent from then on', async (t) => {
  const lab = new SpeakerLab()
  const made = await switchWith(lab)
  const node = await dial(lab, NODE, 64512)
  const router = await dial(lab, ROUTERS[0], 64999)
  node.send(announce(64512, NODE, '10.1.0.0/16', '10.2.0.0/16'), ipv6('2001:db8:1::/48'))
  await lab.clock.run()
  const { batches, complete, end } = watch(made)
  await lab.clock.run()
  t.equal(complete(), 1)
  t.ok(batches.every(({ replay }) => replay))
  t.same(told(batches, ROUTERS[0]), received(router))
  node.send(update({ withdrawn: ['10.1.0.0/16'] }))
  await lab.clock.run()
  t.match(batches.at(-1), { replay: false, changes: [{ prefix: '10.1.0.0/16', attributes: undefined }] })
  t.same(told(batches, ROUTERS[0]), received(router))
  const before = JSON.stringify(batches.map(({ changes }) => changes))
  end()
  node.send(update({ withdrawn: ['10.2.0.0/16'] }), announce(64512, NODE, '10.7.0.0/16'))
  await lab.clock.run()
  t.equal(JSON.stringify(batches.map(({ changes }) => changes)), before, 'values stay what they were')
})

t.test('a changed policy takes back what it does not send any more, and that is told', async (t) => {
  const lab = new SpeakerLab()
  const made = await switchWith(lab)
  const { batches } = watch(made)
  const node = await dial(lab, NODE, 64512)
  const router = await dial(lab, ROUTERS[0], 64999)
  node.send(announce(64512, NODE, '10.1.0.0/16', '10.2.0.0/16'))
  await lab.clock.run()
  t.equal(told(batches, ROUTERS[0]).length, 2)
  const nodeOptions = neighbor(NODE, {
    passive: true,
    families: [family('ipv4-unicast'), family('ipv6-unicast')],
  })
  const silent = ROUTERS.map((address) =>
    neighbor(address, {
      remoteAs: 64999,
      passive: true,
      families: [family('ipv4-unicast'), family('ipv6-unicast')],
    }),
  )
  await made.speaker.apply(speakerOptions([nodeOptions, ...silent]))
  await lab.clock.run()
  t.same(told(batches, ROUTERS[0]), [])
  t.same(received(router), [])
  const changes: readonly AdvertisedChange[] = batches.at(-1)!.changes
  t.same(changes.map(({ prefix }) => prefix).sort(), ['10.1.0.0/16', '10.2.0.0/16'])
})
