import t from 'tap'
import { BlockStore } from '../../../../src/rib/attributes/block-store.js'
import type { ExportTreatment } from '../../../../src/rib/export/treatment.js'
import { AdjOut } from '../../../../src/rib/out/adj-out.js'
import type { OutMember } from '../../../../src/rib/out/out-member.js'
import type { RouteFilter } from '../../../../src/rib/table.js'
import type { PathAttributes } from '../../../../src/wire/types.js'
import { encodeEndOfRib } from '../../../../src/wire/update.js'
import { Receiver, split } from '../receiver.js'
import { EBGP } from '../treatments.js'
import { EBGP_CONTEXT, nlri, path, source, World } from '../world.js'

const END = encodeEndOfRib('ipv4-unicast')

class Scene {
  readonly world = new World()
  readonly blocks = new BlockStore()
  readonly group: AdjOut

  constructor(more: Partial<ExportTreatment> = {}, filter?: RouteFilter) {
    for (const index of [1, 2, 3]) this.world.rib.setSource(source(index))
    this.world.rib.setSource(source(9, { remoteAs: 65000 }))
    this.group = new AdjOut(this.world.rib, this.blocks, { ...EBGP, ...more }, () => false, filter)
  }

  /** Announces many prefixes with one set of attributes. */
  announce(prefixes: readonly string[], attributes: PathAttributes, from = 1): void {
    const octets = nlri(...prefixes)
    const id = this.world.attributes.internAttributes(attributes)
    this.world.rib.announce(from, octets, 0, octets.length, false, id, 0, undefined, 0)
  }

  withdraw(prefixes: readonly string[], from = 1): void {
    const octets = nlri(...prefixes)
    this.world.rib.withdraw(from, octets, 0, octets.length, false)
  }

  /** Everything that next() has for a member, one Uint8Array a message. */
  drain(member: OutMember): Uint8Array[] {
    const messages: Uint8Array[] = []
    for (let packed = this.group.next(member); packed !== undefined; packed = this.group.next(member)) {
      const parts = split(packed.bytes)
      if (parts.length !== packed.updates) throw new Error('counted the messages wrongly')
      messages.push(...parts)
    }
    return messages
  }
}

const many = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => `10.${((first + i) >>> 8) & 255}.${(first + i) & 255}.0/24`)

t.test('GR-1: an empty table gives End-of-RIB at once', async (t) => {
  const scene = new Scene()
  const member = scene.group.join(9, END)
  t.ok(scene.group.ready(member))
  t.same(scene.drain(member), [END])
  t.notOk(scene.group.ready(member))
})

t.test('a full dump is packed, End-of-RIB follows, and several members share the octets', async (t) => {
  const scene = new Scene()
  scene.announce(many(3100), path('192.0.2.1', [64512]))
  scene.announce(many(3100, 3100), path('192.0.2.2', [64512]), 2)
  scene.world.decide()
  const members = [9, 10, 11].map((index) => scene.group.join(index, END))
  const first = scene.group.next(members[0])!
  t.equal(scene.group.next(members[1])!.bytes, first.bytes)
  t.equal(scene.group.next(members[2])!.bytes, first.bytes)
  const messages = [...split(first.bytes), ...scene.drain(members[0])]
  // With next-hop self both sources' paths look the same; 4096 octets hold some thousand /24 of 4 octets.
  t.equal(messages.length, 8)
  t.ok(messages.slice(0, -1).every((message) => message.length <= 4096))
  t.same(messages.at(-1), END)
  const receiver = new Receiver(EBGP_CONTEXT)
  for (const message of messages) receiver.take(message)
  t.equal(receiver.routes.size, 6200)
  t.equal(receiver.announced, 6200)
  t.equal(members[0].advertised, 6200)
})

t.test('a table larger than a fill step is dumped whole, changes meanwhile included', async (t) => {
  const scene = new Scene()
  scene.announce(many(20000), path('192.0.2.1', [64512]))
  scene.world.decide()
  const member = scene.group.join(9, END)
  const receiver = new Receiver(EBGP_CONTEXT)
  receiver.take(scene.group.next(member)!.bytes)
  scene.withdraw(many(5000))
  scene.announce(many(100, 19900), path('192.0.2.1', [64512, 7]))
  scene.world.decide()
  for (const message of scene.drain(member)) receiver.take(message)
  t.equal(receiver.routes.size, 15000)
  t.same(receiver.routes.get('10.77.200.0/24')?.asPath?.[0].asns, [64513, 64512, 7])
  t.equal(receiver.endOfRibs, 1)
})

t.test('OUT-5: a withdrawal overtakes announcements that wait', async (t) => {
  const scene = new Scene()
  scene.announce(['203.0.113.0/24'], path('192.0.2.1', [64512]))
  scene.world.decide()
  const member = scene.group.join(9, END)
  scene.drain(member)
  scene.announce(many(30000), path('192.0.2.1', [64512]))
  scene.world.decide()
  scene.withdraw(['203.0.113.0/24'])
  scene.world.decide()
  const receiver = new Receiver(EBGP_CONTEXT)
  receiver.routes.set('203.0.113.0/24', {})
  receiver.take(scene.group.next(member)!.bytes)
  t.equal(receiver.withdrawn, 1)
  t.equal(receiver.announced, 0)
})

t.test(
  'OUT-5, OUT-6: what changes a hundred times before the neighbor reads is one message, or none',
  async (t) => {
    const scene = new Scene()
    const member = scene.group.join(9, END)
    scene.announce(['10.0.0.0/8'], path('192.0.2.1', [64512]))
    scene.world.decide()
    scene.drain(member)
    for (let i = 0; i < 100; i++) {
      scene.withdraw(['10.0.0.0/8'])
      scene.world.decide()
      scene.announce(['10.0.0.0/8'], path('192.0.2.1', [64512]))
      scene.world.decide()
      scene.announce(['10.0.0.0/8'], path('192.0.2.1', [64512, i + 1]))
      scene.world.decide()
    }
    t.equal(scene.drain(member).length, 1)
    scene.withdraw(['10.0.0.0/8'])
    scene.world.decide()
    scene.announce(['10.0.0.0/8'], path('192.0.2.1', [64512, 100]))
    scene.world.decide()
    t.same(scene.drain(member), [])
    scene.announce(['10.9.0.0/16'], path('192.0.2.1', [64512]))
    scene.world.decide()
    scene.withdraw(['10.9.0.0/16'])
    scene.world.decide()
    t.same(scene.drain(member), [], 'what came and went unseen is not withdrawn')
  },
)

t.test('OUT-6: the same outgoing attributes from another neighbor are no change', async (t) => {
  const scene = new Scene()
  const member = scene.group.join(9, END)
  scene.announce(['10.0.0.0/8'], path('192.0.2.1', [64512]), 1)
  scene.announce(['10.0.0.0/8'], path('192.0.2.2', [64512]), 2)
  scene.world.decide()
  scene.drain(member)
  scene.withdraw(['10.0.0.0/8'], 1)
  t.same(scene.world.decide(), ['10.0.0.0/8'])
  t.same(scene.drain(member), [])
})

t.test('a member that is slow gets the last state only, and exact withdrawals', async (t) => {
  const scene = new Scene()
  const slow = scene.group.join(9, END)
  const fast = scene.group.join(10, END)
  const receivers = new Map([slow, fast].map((member) => [member, new Receiver(EBGP_CONTEXT)]))
  const pull = (member: OutMember) => {
    for (const message of scene.drain(member)) receivers.get(member)!.take(message)
  }
  scene.announce(['10.1.0.0/16', '10.2.0.0/16'], path('192.0.2.1', [64512]))
  scene.world.decide()
  pull(slow)
  pull(fast)
  for (let i = 0; i < 10; i++) {
    scene.withdraw(['10.1.0.0/16'])
    scene.announce(['10.3.0.0/16'], path('192.0.2.1', [64512, i]))
    scene.world.decide()
    pull(fast)
    scene.announce(['10.1.0.0/16'], path('192.0.2.1', [64512, 900 + i]))
    scene.world.decide()
    pull(fast)
  }
  const receiver = receivers.get(slow)!
  receiver.updates = 0
  pull(slow)
  t.equal(receiver.updates, 2)
  t.same([...receiver.routes].sort(), [...receivers.get(fast)!.routes].sort())
})

t.test('who passes a void withdrawal is told when the prefix goes again', async (t) => {
  const scene = new Scene()
  const front = scene.group.join(10, undefined)
  const behind = scene.group.join(11, undefined)
  const receiver = new Receiver(EBGP_CONTEXT)
  scene.announce(['10.1.0.0/16', '10.2.0.0/16'], path('192.0.2.1', [64512]))
  scene.world.decide()
  scene.drain(front)
  for (const message of scene.drain(behind)) receiver.take(message)
  scene.withdraw(['10.1.0.0/16', '10.2.0.0/16'])
  scene.world.decide()
  scene.drain(front)
  scene.announce(['10.1.0.0/16'], path('192.0.2.1', [64512]))
  scene.world.decide()
  receiver.take(scene.group.next(behind)!.bytes)
  t.same([...receiver.routes.keys()], ['10.1.0.0/16'])
  scene.withdraw(['10.1.0.0/16'])
  scene.world.decide()
  for (const message of scene.drain(behind)) receiver.take(message)
  scene.drain(front)
  t.same([...receiver.routes.keys()], [])
  t.equal(scene.world.prefixes.size, 0)
})

t.test('a prefix goes although a member left that had not seen its withdrawal', async (t) => {
  const scene = new Scene()
  const front = scene.group.join(10, undefined)
  const leaving = scene.group.join(11, undefined)
  scene.announce(['10.1.0.0/16'], path('192.0.2.1', [64512]))
  scene.world.decide()
  scene.drain(front)
  scene.drain(leaving)
  scene.withdraw(['10.1.0.0/16'])
  scene.world.decide()
  scene.drain(front)
  scene.announce(['10.1.0.0/16'], path('192.0.2.1', [64512]))
  scene.world.decide()
  scene.group.leave(leaving)
  scene.withdraw(['10.1.0.0/16'])
  scene.world.decide()
  t.same(scene.drain(front), [])
  t.equal(scene.world.prefixes.size, 0)
})

t.test('nothing is left of routes that came and went, whatever the members have seen', async (t) => {
  const scene = new Scene()
  const members = [9, 10].map((index) => scene.group.join(index, END))
  for (let round = 0; round < 4; round++) {
    scene.announce(many(50), path('192.0.2.1', [64512, round]))
    scene.world.decide()
    if (round > 0) scene.drain(members[0])
    scene.withdraw(many(50))
    scene.world.decide()
    scene.drain(members[1])
    scene.announce(many(20), path('192.0.2.1', [64512, 77]))
    scene.world.decide()
    if (round > 1) scene.drain(members[1])
    scene.drain(members[0])
    scene.drain(members[1])
    scene.withdraw(many(20))
    scene.world.decide()
    scene.drain(members[0])
    scene.drain(members[1])
    scene.world.decide()
    t.same([scene.world.prefixes.size, scene.world.attributes.size, members[0].advertised], [0, 0, 0])
  }
  scene.blocks.reclaim()
  t.equal(scene.blocks.size, 0)
  scene.group.leave(members[0])
  scene.group.leave(members[1])
  scene.announce(many(50), path('192.0.2.1', [64512]))
  scene.world.decide()
  scene.withdraw(many(50))
  scene.world.decide()
  t.same([scene.world.prefixes.size, scene.group.size], [0, 0], 'without members too')
})

t.test('RFR-1, RFR-2: a refresh sends everything again between its markers', async (t) => {
  const scene = new Scene()
  scene.announce(many(10), path('192.0.2.1', [64512]))
  scene.world.decide()
  const member = scene.group.join(9, END)
  scene.drain(member)
  const begin = Uint8Array.of(...END)
  const end = Uint8Array.of(...END)
  scene.group.resend(member, begin, end)
  t.equal(scene.group.next(member)!.bytes, begin)
  const receiver = new Receiver(EBGP_CONTEXT)
  receiver.take(scene.group.next(member)!.bytes)
  t.equal(receiver.announced, 10)
  t.equal(scene.group.next(member)!.bytes, end)
  t.equal(scene.group.next(member), undefined)
})

t.test('export policy lets prefixes through one by one', async (t) => {
  const only = nlri('10.2.0.0/16')
  const filter: RouteFilter = {
    apply: (bytes, offset, bits, attribute) =>
      bits === 16 && bytes[offset] === only[1] && bytes[offset + 1] === only[2] ? attribute : 0,
  }
  const scene = new Scene({}, filter)
  scene.announce(['10.1.0.0/16', '10.2.0.0/16'], path('192.0.2.1', [64512]))
  scene.world.decide()
  const receiver = new Receiver(EBGP_CONTEXT)
  for (const message of scene.drain(scene.group.join(9, END))) receiver.take(message)
  t.same([...receiver.routes.keys()], ['10.2.0.0/16'])
})

t.test('UPD-14: what does not fit a message is not sent, and withdrawn if it was', async (t) => {
  const scene = new Scene()
  const member = scene.group.join(9, END)
  const receiver = new Receiver(EBGP_CONTEXT)
  const pull = () => {
    for (const message of scene.drain(member)) receiver.take(message)
  }
  /** ORIGIN 4, AS_PATH 3 + 2 + 8, NEXT_HOP 7, COMMUNITIES 4 + 4 n; header and lengths 23. */
  const filling = (communities: number, unknown: number): PathAttributes =>
    path('192.0.2.1', [64512], {
      communities: Array.from({ length: communities }, (_, i) => 0x10000 + i),
      unknown: [{ code: 200, flags: 0xc0, value: new Uint8Array(unknown) }],
    })
  scene.announce(['10.1.1.0/24', '10.1.1.1/32', '10.0.0.0/8'], path('192.0.2.1', [64512]))
  scene.world.decide()
  pull()
  t.equal(receiver.routes.size, 3)
  // 4096 − 23 − 24 − 4 − 4 × 1000 − 3 leaves 42; an unknown attribute of 38 octets leaves four for NLRI.
  scene.announce(['10.1.1.0/24', '10.1.1.1/32', '10.0.0.0/8'], filling(1000, 38))
  scene.world.decide()
  pull()
  t.same([...receiver.routes.keys()].sort(), ['10.0.0.0/8', '10.1.1.0/24'])
  t.equal(receiver.largest, 4096)
  scene.announce(['10.1.1.0/24', '10.0.0.0/8'], filling(1000, 42))
  scene.world.decide()
  pull()
  t.equal(receiver.routes.size, 0)
  const wide = new Scene({ maximumMessage: 65535 })
  wide.announce(['10.1.1.0/24'], filling(1000, 42))
  wide.world.decide()
  const big = new Receiver(EBGP_CONTEXT)
  for (const message of wide.drain(wide.group.join(9, END))) big.take(message)
  t.equal(big.routes.size, 1)
  t.ok(big.largest > 4096)
})

t.test('reevaluate() sends what a changed answer changes', async (t) => {
  let shared = false
  const world = new World()
  world.rib.setSource(source(1))
  const group = new AdjOut(
    world.rib,
    new BlockStore(),
    { ...EBGP, nextHop: 'third-party' },
    () => shared,
    undefined,
  )
  const member = group.join(9, END)
  const receiver = new Receiver(EBGP_CONTEXT)
  const pull = () => {
    for (let packed = group.next(member); packed; packed = group.next(member)) receiver.take(packed.bytes)
  }
  world.announce(1, '10.0.0.0/8', path('192.0.2.1', [64512]))
  world.decide()
  pull()
  t.equal(receiver.routes.get('10.0.0.0/8')?.nextHop, '192.0.2.200')
  shared = true
  group.reevaluate()
  pull()
  t.equal(receiver.routes.get('10.0.0.0/8')?.nextHop, '192.0.2.1')
  t.equal(receiver.announced, 2)
})
