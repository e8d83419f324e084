import t from 'tap'
import { BlockStore } from '../../../src/rib/attributes/block-store.js'
import type { ExportTreatment } from '../../../src/rib/export/treatment.js'
import { AdjOut } from '../../../src/rib/out/adj-out.js'
import type { OutMember } from '../../../src/rib/out/out-member.js'
import type { Source } from '../../../src/rib/store/types.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import { encodeEndOfRib } from '../../../src/wire/update.js'
import fc from '../../support/properties.js'
import { Receiver } from './receiver.js'
import { CLIENTS, OTHERS, outgoing, SOURCES } from './reflector-model.js'
import { EBGP } from './treatments.js'
import { EBGP_CONTEXT, path, source, World } from './world.js'

const PREFIXES = ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16', '10.4.4.0/24', '10.5.0.0/16', '0.0.0.0/0']
const MEMBERS: readonly Source[] = [...SOURCES, source(6, { remoteAs: 65000 })]

const TREATMENTS: readonly { treatment: ExportTreatment; members: readonly number[] }[] = [
  { treatment: CLIENTS, members: [1, 2] },
  { treatment: OTHERS, members: [3] },
  { treatment: { ...EBGP, remoteAs: 64512 }, members: [4] },
  { treatment: EBGP, members: [5, 6] },
]

/** What a member should be sent. */
function expected(treatment: ExportTreatment, to: number, from: Source, attributes: PathAttributes) {
  return from.index === to ? undefined : outgoing(treatment, from, attributes)
}

const sorted = (value: object | undefined) =>
  value === undefined ? undefined : JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

const attributes: fc.Arbitrary<PathAttributes> = fc
  .record({
    hop: fc.constantFrom('192.0.2.1', '192.0.2.4'),
    asns: fc.constantFrom([], [64512], [65000], [64999], [64999]),
    med: fc.constantFrom(undefined, undefined, 7),
    localPref: fc.constantFrom(undefined, undefined, 50),
    communities: fc.constantFrom(undefined, undefined, [0xffffff01]),
    clusterList: fc.constantFrom(undefined, undefined, [1]),
  })
  .map(({ hop, asns, ...more }) => ({
    ...path(hop, asns),
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
  }))

type Step =
  | { kind: 'announce'; from: number; prefix: string; attributes: PathAttributes }
  | { kind: 'withdraw'; from: number; prefix: string }
  | { kind: 'drop'; from: number }
  | { kind: 'decide' }
  | { kind: 'pull'; to: number; count: number }
  | { kind: 'pull-held'; to: number; count: number }
  | { kind: 'toggle'; to: number }
  | { kind: 'resend'; to: number }

const from = fc.nat(MEMBERS.length - 1)
const to = fc.integer({ min: 1, max: MEMBERS.length - 1 })
const prefix = fc.constantFrom(...PREFIXES)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('announce' as const), from, prefix, attributes }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), from, prefix }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), from }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('decide' as const) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('pull' as const), to, count: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pull-held' as const), to, count: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('toggle' as const), to }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resend' as const), to }) },
)

interface Neighbor {
  readonly group: AdjOut
  readonly treatment: ExportTreatment
  member: OutMember | undefined
  receiver: Receiver
  refreshed: boolean
}

class Run {
  readonly world = new World()
  readonly blocks = new BlockStore(16)
  readonly neighbors = new Map<number, Neighbor>()
  readonly groups: AdjOut[] = []

  constructor(chunkEntries: number) {
    for (const one of MEMBERS) this.world.rib.setSource(one)
    for (const { treatment, members } of TREATMENTS) {
      const group = new AdjOut(this.world.rib, this.blocks, treatment, () => false, undefined, chunkEntries)
      this.groups.push(group)
      for (const index of members) {
        const neighbor = {
          group,
          treatment,
          member: undefined,
          receiver: receiver(treatment),
          refreshed: false,
        }
        this.neighbors.set(index, neighbor)
        this.join(index)
      }
    }
  }

  join(to: number): void {
    const neighbor = this.neighbors.get(to)!
    neighbor.receiver = receiver(neighbor.treatment)
    neighbor.refreshed = false
    neighbor.member = neighbor.group.join(to, encodeEndOfRib('ipv4-unicast'))
  }

  pull(to: number, count: number): void {
    const { member, group, receiver } = this.neighbors.get(to)!
    if (member === undefined) return
    for (let i = 0; i < count; i++) {
      const packed = group.next(member)
      if (packed === undefined) return
      receiver.take(packed.bytes)
    }
  }

  /** Pulls withdrawals alone. */
  pullHeld(to: number, count: number): void {
    const { member, group, receiver } = this.neighbors.get(to)!
    if (member === undefined) return
    for (let i = 0; i < count; i++) {
      const { announced } = receiver
      const made = member.queue.length > 0
      const packed = group.nextWithdrawals(member)
      if (packed === undefined) return
      receiver.take(packed.bytes)
      if (!made && receiver.announced > announced) throw new Error(`${to} is held, but was announced a route`)
    }
  }

  apply(one: Step): void {
    const { world } = this
    switch (one.kind) {
      case 'announce':
        world.announce(one.from, one.prefix, one.attributes)
        return
      case 'withdraw':
        world.withdraw(one.from, one.prefix)
        return
      case 'drop':
        world.rib.dropSource(one.from, 1000)
        return
      case 'decide':
        world.decide()
        return
      case 'pull':
        this.pull(one.to, one.count)
        return
      case 'pull-held':
        this.pullHeld(one.to, one.count)
        return
      case 'resend': {
        const neighbor = this.neighbors.get(one.to)!
        if (neighbor.member === undefined) return
        neighbor.group.resend(neighbor.member, undefined, undefined)
        neighbor.refreshed = true
        return
      }
      case 'toggle': {
        const neighbor = this.neighbors.get(one.to)!
        if (neighbor.member === undefined) this.join(one.to)
        else {
          neighbor.group.leave(neighbor.member)
          neighbor.member = undefined
        }
      }
    }
  }

  /** Everyone has pulled all there is: all must hold what they should, and nothing else. */
  check(): void {
    const { world } = this
    world.decide()
    for (const [to, { member, group, treatment, receiver }] of this.neighbors) {
      if (member === undefined) continue
      this.pull(to, Number.POSITIVE_INFINITY)
      if (group.ready(member)) throw new Error(`${to} is ready but there is nothing`)
      let count = 0
      for (const text of PREFIXES) {
        const id = world.id(text)
        const best = id < 0 ? 0 : world.rib.best(id)
        const stored = best === 0 ? undefined : world.attributes.get(world.rib.attributeOf(best))
        const from = best === 0 ? undefined : MEMBERS[world.rib.sourceOf(best)]
        const wanted = stored && from && sorted(expected(treatment, to, from, stored))
        const found = sorted(receiver.routes.get(text))
        if (found !== wanted) throw new Error(`${to} has ${text}: ${found}, should have ${wanted}`)
        if (found !== undefined) {
          count++
          const [{ block }] = group.advertisedPaths(member, id)
          if (sorted(group.attributes(block)) !== found) throw new Error('the view differs')
        } else if (id >= 0 && group.advertisedPaths(member, id).length > 0)
          throw new Error('the view has more')
      }
      if (member.advertised !== count) throw new Error(`counted ${member.advertised}, not ${count}`)
      if (receiver.endOfRibs !== 1) throw new Error(`${receiver.endOfRibs} End-of-RIBs`)
    }
  }

  end(): void {
    for (const group of this.groups) group.close()
    for (const { index } of MEMBERS) this.world.rib.dropSource(index, 1000)
    this.world.decide()
    const left = [this.world.prefixes.size, this.world.attributes.size, this.blocks.size]
    if (left.some((size) => size !== 0)) throw new Error(`left over: ${left}`)
  }
}

function receiver(treatment: ExportTreatment): Receiver {
  return new Receiver({ ...EBGP_CONTEXT, peerType: treatment.type })
}

const steps = fc.array(step, { minLength: 10, maxLength: 100, size: 'max' })

for (const chunkEntries of [1, 3, 1000]) {
  t.test(
    `neighbors at any pace hold what they should (${chunkEntries} changes packed at once)`,
    async (t) => {
      fc.assert(
        fc.property(steps, (list) => {
          const run = new Run(chunkEntries)
          for (const one of list) run.apply(one)
          run.check()
          for (const one of list.slice(0, 20)) run.apply(one)
          run.check()
          run.end()
        }),
        { numRuns: 100 },
      )
      t.pass('in every run')
    },
  )
}

t.test('OUT-6: who keeps pace gets nothing twice', async (t) => {
  fc.assert(
    fc.property(steps, (list) => {
      const run = new Run(1000)
      for (const one of list) {
        if (one.kind === 'resend' || one.kind === 'pull') continue
        run.apply(one)
        // Everyone pulls at the same moments; between them, changes may cancel each other out.
        if (one.kind === 'decide') for (const [to] of run.neighbors) run.pull(to, Number.POSITIVE_INFINITY)
      }
      run.check()
      for (const [to, { receiver }] of run.neighbors) {
        if (receiver.duplicates > 0) throw new Error(`${to} got ${receiver.duplicates} routes twice`)
      }
      run.end()
    }),
    { numRuns: 100 },
  )
  t.pass('in every run')
})
