import t from 'tap'
import type { AddPathOptions, NeighborOptions } from '../../../src/speaker/model/options.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  asPath,
  capability,
  END_OF_RIB,
  fourOctetAs,
  message,
  multiprotocol,
  nextHop,
  nlri,
  origin,
  routeRefresh,
  toHex,
  u16,
  u32,
  withdraw,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODES = ['192.168.95.210', '192.168.95.211', '192.168.95.212']
const ROUTER = '192.168.95.1'
const VIP = '192.168.95.123/32'
const SEND = 2
const RECEIVE = 1
const BOTH = 3

/** ADD-PATH for IPv4 (RFC 7911 §4). */
const addPath = (mode: number) => capability(69, [...u16(1), 1, mode])
const pathNlri = (id: number, prefix: string) => [...u32(id), ...nlri(prefix)]
const attributes = (as: number, gateway: string) => [...origin(), ...asPath(as), ...nextHop(gateway)]

/** UPDATE with octets as they are. */
const octets = (withdrawn: number[], attributes: number[], announced: number[]) =>
  message(2, [...u16(withdrawn.length), ...withdrawn, ...u16(attributes.length), ...attributes, ...announced])

const nodes = NODES.map((address) => neighbor(address, { passive: true }))
const router = (options: AddPathOptions | undefined, more: Parameters<typeof family>[1] = {}) =>
  neighbor(ROUTER, {
    remoteAs: 64999,
    passive: true,
    families: [family('ipv4-unicast', { export: 'all', nextHop: 'unchanged', addPath: options, ...more })],
  })

interface Scene {
  readonly lab: SpeakerLab
  readonly sw: LabSpeaker
  readonly router: RawPeer
  readonly nodes: readonly RawPeer[]
}

/** The router is up, and each node has announced the address. */
async function start(neighbors: readonly NeighborOptions[], mode: number | undefined): Promise<Scene> {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions(neighbors))
  const router = await lab.dial(ROUTER, SWITCH)
  const known = [multiprotocol(1), routeRefresh(), fourOctetAs(64999)]
  router.greet({
    as: 64999,
    routerId: ROUTER,
    capabilities: mode === undefined ? known : [...known, addPath(mode)],
  })
  await lab.clock.run()
  const peers: RawPeer[] = []
  for (const address of NODES) {
    const peer = await lab.dial(address, SWITCH)
    peer.greet({ as: 64512, routerId: address })
    peer.send(announce(64512, address, VIP))
    await lab.clock.run()
    peers.push(peer)
  }
  return { lab, sw, router, nodes: peers }
}

/** Path identifiers by next hop that a neighbor was sent for the address, read octet by octet. */
function read(peer: RawPeer): Map<string, number> {
  const found = new Map<string, number>()
  for (const { hex } of peer.updates) {
    const bytes = Buffer.from(hex, 'hex')
    const withdrawn = bytes.readUInt16BE(19)
    for (let at = 21; at < 21 + withdrawn; at += 9) {
      const id = bytes.readUInt32BE(at)
      for (const [hop, known] of found) if (known === id) found.delete(hop)
    }
    const length = bytes.readUInt16BE(21 + withdrawn)
    const start = 23 + withdrawn
    const hop = bytes.indexOf(Buffer.from([0x40, 3, 4]), start)
    for (let at = start + length; at < bytes.length; at += 9) {
      found.set([...bytes.subarray(hop + 3, hop + 7)].join('.'), bytes.readUInt32BE(at))
    }
  }
  return found
}

const query = { family: 'ipv4-unicast', limit: 10 } as const

t.test('every path of a prefix is sent, each with an identifier of its own that stays', async (t) => {
  const {
    lab,
    sw,
    router: peer,
    nodes: peers,
  } = await start([...nodes, router({ receive: false, send: 'all' })], RECEIVE)
  const first = read(peer)
  t.same([...first.keys()].sort(), NODES)
  t.equal(new Set(first.values()).size, 3)
  const [open] = peer.received
  t.match(open.hex, toHex(addPath(SEND)), 'send alone is announced')
  peers[0].send(withdraw(VIP))
  await lab.clock.run()
  t.equal(
    peer.updates.at(-1)?.hex,
    toHex(octets(pathNlri(first.get(NODES[0])!, VIP), [], [])),
    'withdrawn by its identifier',
  )
  peers[1].send(octets([], attributes(64512, '192.168.95.99'), nlri(VIP)))
  await lab.clock.run()
  const now = read(peer)
  t.equal(now.get('192.168.95.99'), first.get(NODES[1]), 'new attributes, the same identifier')
  t.equal(now.get(NODES[2]), first.get(NODES[2]))
  const page = sw.views.advertised(ROUTER, query)
  t.match(page, {
    total: 2,
    routes: [
      {
        prefix: VIP,
        paths: [
          { neighbor: NODES[1], best: true, pathId: first.get(NODES[1]) },
          { neighbor: NODES[2], best: false, pathId: first.get(NODES[2]) },
        ],
      },
    ],
  })
  t.match(sw.views.neighbor(ROUTER), {
    prefixesAdvertised: 2,
    families: [{ addPath: { receive: false, send: 'all', receiving: false, sending: true } }],
  })
})

t.test('what both sides announce decides, for each direction', async (t) => {
  const options = { receive: true, send: 'all' } as const
  const rows: [mode: number | undefined, sends: boolean, takes: boolean][] = [
    [undefined, false, false],
    [RECEIVE, true, false],
    [SEND, false, true],
    [BOTH, true, true],
    [4, false, false],
  ]
  for (const [mode, sends, takes] of rows) {
    const { lab, sw, router: peer } = await start([...nodes, router(options)], mode)
    t.equal(peer.updates.at(-1)?.hex.endsWith(toHex(nlri(VIP))), true)
    t.equal(sw.views.neighbor(ROUTER)?.prefixesAdvertised, sends ? 3 : 1, `mode ${mode}: sent`)
    t.match(sw.views.neighbor(ROUTER), { families: [{ addPath: { sending: sends, receiving: takes } }] })
    const own = (id: number) => (takes ? pathNlri(id, '10.9.0.0/16') : nlri('10.9.0.0/16'))
    peer.send(octets([], attributes(64999, ROUTER), own(7)))
    peer.send(octets([], attributes(64999, '192.168.95.2'), own(8)))
    await lab.clock.run()
    t.equal(sw.views.neighbor(ROUTER)?.prefixesReceived, takes ? 2 : 1, `mode ${mode}: received`)
    t.equal(peer.closed, undefined)
  }
})

t.test('another number of paths is taken over by the running session: the rest is withdrawn', async (t) => {
  const { lab, sw, router: peer } = await start([...nodes, router({ receive: false, send: 'all' })], RECEIVE)
  const all = read(peer)
  const apply = async (options: AddPathOptions | undefined, more = {}) => {
    const report = await sw.speaker.apply(speakerOptions([...nodes, router(options, more)]))
    await lab.clock.run()
    return report
  }
  t.same((await apply({ receive: false, send: 2 })).changed, [ROUTER])
  const two = read(peer)
  t.same([...two.keys()].sort(), NODES.slice(0, 2), 'the best two')
  for (const [hop, id] of two) t.equal(id, all.get(hop), 'identifiers stay')
  await apply({ receive: false, send: 'best-per-as' })
  t.same([...read(peer).keys()], NODES.slice(0, 1))
  await apply({ receive: false, send: 'all' })
  t.same(read(peer), all)
  await apply({ receive: false, send: 'all' }, { export: 'none' })
  t.equal(read(peer).size, 0, 'export none')
  await apply({ receive: false, send: 'all' })
  t.same(read(peer), all)
  t.equal(peer.closed, undefined)
  t.same((await apply({ receive: true, send: 'all' })).reset, [ROUTER], 'a capability needs a new session')
})

t.test('the whole set goes when the neighbor asks for it again', async (t) => {
  const { lab, router: peer } = await start([...nodes, router({ receive: false, send: 'all' })], RECEIVE)
  const before = read(peer)
  peer.clear()
  peer.send(message(5, [...u16(1), 0, 1]))
  await lab.clock.run()
  t.same(read(peer), before)
})

t.test('who joins late gets all paths, then End-of-RIB', async (t) => {
  const lab = new SpeakerLab()
  await lab.start(SWITCH, speakerOptions([...nodes, router({ receive: false, send: 'all' })]))
  for (const address of NODES) {
    const peer = await lab.dial(address, SWITCH)
    peer.greet({ as: 64512, routerId: address })
    peer.send(announce(64512, address, VIP))
  }
  await lab.clock.run()
  const peer = await lab.dial(ROUTER, SWITCH)
  const capabilities = [multiprotocol(1), fourOctetAs(64999), addPath(RECEIVE)]
  peer.greet({ as: 64999, routerId: ROUTER, capabilities })
  await lab.clock.run()
  t.equal(read(peer).size, 3)
  t.equal(peer.received.filter(({ type }) => type === 2).at(-1)?.hex, toHex(END_OF_RIB))
})

t.test('what is held for ADD-PATH goes with it', async (t) => {
  const {
    lab,
    sw,
    router: peer,
    nodes: peers,
  } = await start([...nodes, router({ receive: false, send: 'all' })], RECEIVE)
  for (const one of [...peers, peer]) one.connection.close()
  await lab.clock.advance(600_000)
  t.match(sw.speaker.sizes(), { prefixes: 0, paths: 0, updateGroups: 0, outgoingBlocks: 0 })
})
