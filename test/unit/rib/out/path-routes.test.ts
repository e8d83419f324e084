import t from 'tap'
import type { Family } from '../../../../src/ip/family.js'
import { parsePrefix } from '../../../../src/ip/prefix.js'
import { BlockStore } from '../../../../src/rib/attributes/block-store.js'
import type { PathSelection } from '../../../../src/rib/export/path-selection.js'
import type { ExportTreatment } from '../../../../src/rib/export/treatment.js'
import { AdjOut } from '../../../../src/rib/out/adj-out.js'
import { AdvertisedNlri } from '../../../../src/rib/out/advertised-nlri.js'
import type { OutMember } from '../../../../src/rib/out/out-member.js'
import type { PathAttributes } from '../../../../src/wire/types.js'
import { encodeEndOfRib } from '../../../../src/wire/update.js'
import { PathReceiver } from '../path-receiver.js'
import { EBGP } from '../treatments.js'
import { EBGP_CONTEXT, path, source, World } from '../world.js'

const TAKER = 900

/** Sources in an AS of their own each, and neighbors in AS 65000 that take several paths. */
class Scene {
  readonly world: World
  readonly blocks = new BlockStore()
  readonly group: AdjOut
  readonly receivers = new Map<OutMember, PathReceiver>()
  readonly family: Family

  constructor(addPath: PathSelection, sources = 3, family: Family = 'ipv4-unicast') {
    this.family = family
    this.world = new World({}, family, 8)
    for (let index = 1; index <= sources; index++) {
      this.world.rib.setSource(source(index, { address: `10.0.${index >>> 8}.${index & 255}` }))
    }
    const treatment: ExportTreatment = {
      ...EBGP,
      family,
      nextHop: 'unchanged',
      ...(family === 'ipv4-unicast' ? {} : { ownAddress: new Uint8Array(16).fill(0x20) }),
      addPath,
    }
    this.group = new AdjOut(this.world.rib, this.blocks, treatment, () => false, undefined)
  }

  join(index = TAKER): OutMember {
    const member = this.group.join(index, encodeEndOfRib(this.family))
    this.receivers.set(member, new PathReceiver(EBGP_CONTEXT, this.family))
    return member
  }

  /** Gives a member all there is. @returns what it holds */
  pull(member: OutMember): PathReceiver {
    const receiver = this.receivers.get(member)!
    for (let packed = this.group.next(member); packed !== undefined; packed = this.group.next(member)) {
      receiver.take(packed.bytes)
    }
    return receiver
  }

  announce(from: number, prefix: string, attributes: PathAttributes): void {
    const { bytes, length } = parsePrefix(prefix)!
    const id = this.world.attributes.internAttributes(attributes)
    this.world.rib.announceOne(from, bytes, 0, length, 0, id, 0)
  }

  withdraw(from: number, prefix: string): void {
    const { bytes, length } = parsePrefix(prefix)!
    this.world.rib.withdrawOne(from, bytes, 0, length, 0)
  }
}

const hop = (from: number) => `10.9.${from >>> 8}.${from & 255}`

t.test('a full dump of several paths a prefix fills its messages', async (t) => {
  const scene = new Scene('all', 2)
  const prefixes = Array.from({ length: 2000 }, (_, i) => `20.${i >>> 8}.${i & 255}.0/24`)
  for (const prefix of prefixes) {
    for (const from of [1, 2]) scene.announce(from, prefix, path(hop(from), [64500 + from]))
  }
  scene.world.decide()
  const receiver = scene.pull(scene.join())
  t.equal(receiver.count, 4000)
  t.equal(receiver.endOfRibs, 1)
  t.ok(receiver.largest <= 4096 && receiver.largest > 4080, `${receiver.largest} octets`)
})

t.test('IPv6: identifiers stand in MP_REACH_NLRI and MP_UNREACH_NLRI', async (t) => {
  const scene = new Scene('all', 3, 'ipv6-unicast')
  const member = scene.join()
  for (const from of [1, 2, 3]) scene.announce(from, '2001:db8::/32', path(`2001:db8:9::${from}`, [64500]))
  scene.world.decide()
  t.equal(scene.pull(member).paths('2001:db8::/32').size, 3)
  scene.withdraw(2, '2001:db8::/32')
  scene.world.decide()
  const left = [...scene.pull(member).paths('2001:db8::/32').values()].map(({ nextHop }) => nextHop)
  t.same(left.sort(), ['2001:db8:9::1', '2001:db8:9::3'])
})

t.test(
  'a number that is given again to another prefix leaves nothing behind with who was slow',
  async (t) => {
    const scene = new Scene('all', 2)
    const [fast, slow] = [scene.join(901), scene.join(902)]
    scene.announce(1, '10.1.0.0/16', path(hop(1), [64501]))
    scene.world.decide()
    const ids = [...scene.pull(slow).paths('10.1.0.0/16').keys()]
    scene.pull(fast)
    scene.withdraw(1, '10.1.0.0/16')
    scene.announce(2, '10.2.0.0/16', path(hop(2), [64502]))
    scene.world.decide()
    t.same([...scene.pull(fast).paths('10.2.0.0/16').keys()], ids, 'the same number for another prefix')
    // And back, with the withdrawal still to be told to the slow one.
    scene.withdraw(2, '10.2.0.0/16')
    scene.announce(2, '10.1.0.0/16', path(hop(2), [64502]))
    scene.world.decide()
    for (const member of [slow, fast]) {
      const receiver = scene.pull(member)
      t.equal(receiver.count, 1)
      t.same(
        [...receiver.paths('10.1.0.0/16').values()].map(({ nextHop }) => nextHop),
        [hop(2)],
      )
    }
  },
)

t.test('the best of hundreds of paths, ranked by the table or not', async (t) => {
  for (const count of [3, 8, 20]) {
    const scene = new Scene(count, 300)
    const member = scene.join()
    for (let from = 300; from >= 1; from--) {
      scene.announce(from, '10.1.0.0/16', path(hop(from), [64500], { med: 5 }))
      if (from % 50 === 0) scene.world.decide()
    }
    scene.world.decide()
    const held = () =>
      [...scene.pull(member).paths('10.1.0.0/16').values()].map(({ nextHop }) => nextHop).sort()
    const best = (from: number) => Array.from({ length: count }, (_, i) => hop(from + i)).sort()
    t.same(held(), best(1), `${count} of 300`)
    scene.withdraw(1, '10.1.0.0/16')
    scene.withdraw(2, '10.1.0.0/16')
    scene.world.decide()
    t.same(held(), best(3), 'the next ones take their place')
  }
})

t.test('a path that is not used, and goes, is withdrawn although nothing is decided anew', async (t) => {
  const scene = new Scene('all', 2)
  const member = scene.join()
  for (const from of [1, 2]) scene.announce(from, '10.1.0.0/16', path(hop(from), [64500, 64500 + from]))
  scene.world.decide()
  t.equal(scene.pull(member).count, 2)
  const { version } = scene.world.rib
  scene.withdraw(2, '10.1.0.0/16')
  t.ok(scene.world.rib.pending > 0)
  t.same(scene.world.decide(), [])
  t.equal(scene.world.rib.version, version, 'no best path changed')
  t.equal(scene.pull(member).count, 1)
  scene.group.close()
  scene.withdraw(1, '10.1.0.0/16')
  scene.world.decide()
  t.equal(scene.world.prefixes.size, 0)
})

t.test('what is held is named as it was sent, and gone when it is released', async (t) => {
  const scene = new Scene('all', 3)
  const member = scene.join()
  for (const from of [1, 2, 3]) scene.announce(from, '10.1.0.0/16', path(hop(from), [64500]))
  scene.world.decide()
  const { routes } = scene.pull(member)
  const nlri = scene.group.advertisedNlri(member)
  const ids = [...routes.get('10.1.0.0/16')!.keys()]
  const known = (_: number, pathId: number) => pathId === ids[1]
  const octets = [...nlri.missing(known)].map((row) => {
    const bytes = new Uint8Array(nlri.size(row))
    t.equal(nlri.write(row, bytes, 0), bytes.length)
    return Buffer.from(bytes).toString('hex')
  })
  const name = (id: number) => `${id.toString(16).padStart(8, '0')}100a01`
  t.same(octets.sort(), [name(ids[0]), name(ids[2])].sort())
  const all = new AdvertisedNlri(scene.world.rib, true)
  all.addMissing(nlri, known)
  t.equal(all.missing(() => false).length, 2)
  scene.group.leave(member)
  scene.group.close()
  for (const from of [1, 2, 3]) scene.withdraw(from, '10.1.0.0/16')
  scene.world.decide()
  t.equal(scene.world.prefixes.size, 1, 'kept')
  nlri.release()
  all.release()
  t.equal(scene.world.prefixes.size, 0)
})
