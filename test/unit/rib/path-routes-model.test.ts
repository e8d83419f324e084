import t from 'tap'
import { parsePrefix } from '../../../src/ip/prefix.js'
import { BlockStore } from '../../../src/rib/attributes/block-store.js'
import type { PathSelection } from '../../../src/rib/export/path-selection.js'
import type { ExportTreatment } from '../../../src/rib/export/treatment.js'
import { AdjOut } from '../../../src/rib/out/adj-out.js'
import type { OutMember } from '../../../src/rib/out/out-member.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import { encodeEndOfRib } from '../../../src/wire/update.js'
import fc from '../../support/properties.js'
import { type NaivePath, naiveMultipath } from './naive.js'
import { PathReceiver } from './path-receiver.js'
import { CLIENTS, OTHERS, outgoing, SOURCES } from './reflector-model.js'
import { EBGP } from './treatments.js'
import { DEFAULTS, EBGP_CONTEXT, path, World } from './world.js'

const PREFIXES = ['10.1.0.0/16', '10.2.0.0/16', '10.3.3.0/24', '0.0.0.0/0']
const NO_ADVERTISE = 0xffffff02

/** A group of reflector's clients, one of the other internal neighbors, one outside. */
const treatments = (addPath: PathSelection): readonly [ExportTreatment, members: readonly number[]][] => [
  [{ ...CLIENTS, addPath }, [1, 2]],
  [{ ...OTHERS, addPath }, [3]],
  [{ ...EBGP, addPath }, [5]],
]

/** A path that a neighbor announced, as the model knows it. */
interface Announced extends NaivePath {
  readonly prefix: string
  readonly received: number
  /** Ascends with each time that the path came anew. */
  readonly generation: number
}

/** All valid paths in the order of the decision, worked out from the start for each. */
function inOrder(paths: readonly Announced[]): Announced[] {
  const options = { ...DEFAULTS, maximumPathsEbgp: 1, maximumPathsIbgp: 1 }
  const left = [...paths].sort((a, b) => a.received - b.received)
  const ordered: Announced[] = []
  for (;;) {
    const [best] = naiveMultipath(left, options) as Announced[]
    if (best === undefined) return ordered
    ordered.push(best)
    left.splice(left.indexOf(best), 1)
  }
}

/** The paths that members of a group may be sent of a prefix, before those of the member itself are left out. */
function chosen(treatment: ExportTreatment, paths: readonly Announced[]): Announced[] {
  const sendable = inOrder(paths).filter(
    (one) => outgoing(treatment, one.source, one.attributes) !== undefined,
  )
  const { addPath } = treatment
  if (typeof addPath === 'number') return sendable.slice(0, addPath)
  if (addPath === 'all') return sendable
  const seen = new Set<number>()
  return sendable.filter(({ attributes }) => {
    const as = attributes.asPath?.[0]?.asns[0] ?? 0
    return !seen.has(as) && seen.add(as)
  })
}

const text = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

const attributes: fc.Arbitrary<PathAttributes> = fc
  .record({
    hop: fc.constantFrom('192.0.2.1', '192.0.2.4', '192.0.2.66'),
    asns: fc.constantFrom([], [64512], [65000], [64999], [64999], [64512, 64999]),
    med: fc.constantFrom(undefined, undefined, 7, 9),
    localPref: fc.constantFrom(undefined, undefined, undefined, 50),
    secret: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ hop, asns, med, localPref, secret }) =>
    path(hop, asns, {
      ...(med === undefined ? {} : { med }),
      ...(localPref === undefined ? {} : { localPref }),
      communities: secret ? [NO_ADVERTISE] : [],
    }),
  )

type Step =
  | { kind: 'announce'; from: number; prefix: string; received: number; attributes: PathAttributes }
  | { kind: 'withdraw'; from: number; prefix: string; received: number }
  | { kind: 'drop'; from: number }
  | { kind: 'reach'; reachable: boolean }
  | { kind: 'decide'; max: number }
  | { kind: 'pull'; to: number; count: number }
  | { kind: 'toggle'; to: number }
  | { kind: 'resend'; to: number }
  | { kind: 'reevaluate' }

const from = fc.nat(SOURCES.length - 1)
const to = fc.constantFrom(1, 2, 3, 5)
const prefix = fc.constantFrom(...PREFIXES)
const received = fc.nat(2)
const kind = <const K extends string>(name: K) => fc.constant(name)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 14, arbitrary: fc.record({ kind: kind('announce'), from, prefix, received, attributes }) },
  { weight: 7, arbitrary: fc.record({ kind: kind('withdraw'), from, prefix, received }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('drop'), from }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('reach'), reachable: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ kind: kind('decide'), max: fc.constantFrom(1, 2, 1000) }) },
  { weight: 8, arbitrary: fc.record({ kind: kind('pull'), to, count: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('toggle'), to }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('resend'), to }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('reevaluate') }) },
)

interface Neighbor {
  readonly group: AdjOut
  readonly treatment: ExportTreatment
  member: OutMember | undefined
  receiver: PathReceiver
}

class Run {
  readonly world: World
  readonly blocks = new BlockStore(16)
  readonly neighbors = new Map<number, Neighbor>()
  readonly groups: AdjOut[] = []
  readonly known = new Map<string, Announced>()
  /** Identifiers that were seen, by path and generation. */
  readonly identifiers = new Map<string, number>()
  #generation = 0
  #reachable = true

  constructor(addPath: PathSelection, chunkEntries: number, rankedPaths: number) {
    this.world = new World({}, 'ipv4-unicast', rankedPaths)
    for (const one of SOURCES) this.world.rib.setSource(one)
    for (const [treatment, members] of treatments(addPath)) {
      const group = new AdjOut(this.world.rib, this.blocks, treatment, () => false, undefined, chunkEntries)
      this.groups.push(group)
      for (const index of members) {
        const receiver = new PathReceiver({ ...EBGP_CONTEXT, peerType: treatment.type })
        this.neighbors.set(index, { group, treatment, member: undefined, receiver })
        this.join(index)
      }
    }
  }

  join(to: number): void {
    const neighbor = this.neighbors.get(to)!
    neighbor.receiver = new PathReceiver(neighbor.receiver.context)
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

  announce(one: Extract<Step, { kind: 'announce' }>): void {
    const { rib, attributes: sets } = this.world
    const { bytes, length } = parsePrefix(one.prefix)!
    // Tells the path apart from every other one.
    const mark = one.from * 16 + one.received
    const attributes = { ...one.attributes, communities: [mark, ...one.attributes.communities!] }
    rib.announceOne(one.from, bytes, 0, length, one.received, sets.internAttributes(attributes), 0)
    const key = `${one.from} ${one.received} ${one.prefix}`
    this.known.set(key, {
      source: SOURCES[one.from],
      attributes,
      valid: true,
      metric: 0,
      since: 0,
      prefix: one.prefix,
      received: one.received,
      generation: this.known.get(key)?.generation ?? ++this.#generation,
    })
  }

  apply(one: Step): void {
    const { world } = this
    switch (one.kind) {
      case 'announce':
        this.announce(one)
        return
      case 'withdraw': {
        const { bytes, length } = parsePrefix(one.prefix)!
        world.rib.withdrawOne(one.from, bytes, 0, length, one.received)
        this.known.delete(`${one.from} ${one.received} ${one.prefix}`)
        return
      }
      case 'drop':
        world.rib.dropSource(one.from, 1000)
        for (const [key, { source }] of this.known) if (source.index === one.from) this.known.delete(key)
        return
      case 'reach':
        this.#reachable = one.reachable
        world.resolve('192.0.2.66', one.reachable)
        return
      case 'decide':
        world.decide(one.max)
        return
      case 'pull':
        this.pull(one.to, one.count)
        return
      case 'reevaluate':
        for (const group of this.groups) group.reevaluate()
        return
      case 'resend': {
        const { member, group } = this.neighbors.get(one.to)!
        if (member !== undefined) group.resend(member, undefined, undefined)
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

  pathsOf(prefix: string): Announced[] {
    return [...this.known.values()]
      .filter((one) => one.prefix === prefix)
      .map((one) => ({ ...one, valid: this.#reachable || one.attributes.nextHop !== '192.0.2.66' }))
  }

  /** Everyone has pulled all there is: all must hold what they should, and nothing else. */
  check(): void {
    this.world.decide()
    for (const [to, { member, group, treatment, receiver }] of this.neighbors) {
      if (member === undefined) continue
      this.pull(to, Number.POSITIVE_INFINITY)
      if (group.ready(member)) throw new Error(`${to} is ready but there is nothing`)
      let count = 0
      for (const prefix of PREFIXES) {
        const wanted = chosen(treatment, this.pathsOf(prefix)).filter(({ source }) => source.index !== to)
        const found = receiver.paths(prefix)
        const says = `${to} has ${prefix}: ${[...found].map(([id, one]) => `${id} ${text(one)}`)}`
        if (found.size !== wanted.length) throw new Error(`${says}; should have ${wanted.length} paths`)
        count += wanted.length
        for (const one of wanted) {
          const sent = text(outgoing(treatment, one.source, one.attributes)!)
          const entry = [...found].find(([, attributes]) => text(attributes) === sent)
          if (entry === undefined) throw new Error(`${says}; should have ${sent}`)
          this.checkIdentifier(`${prefix} ${one.generation}`, entry[0])
        }
        this.checkView(group, member, prefix, found)
      }
      if (member.advertised !== count) throw new Error(`counted ${member.advertised}, not ${count}`)
      if (receiver.count !== count) throw new Error(`${receiver.count} paths were received, not ${count}`)
      if (receiver.endOfRibs !== 1) throw new Error(`${receiver.endOfRibs} End-of-RIBs`)
    }
  }

  /** A path has one identifier for everybody, as long as it is there. */
  checkIdentifier(key: string, id: number): void {
    const before = this.identifiers.get(key)
    if (before !== undefined && before !== id) throw new Error(`${key} was ${before} and is ${id}`)
    this.identifiers.set(key, id)
  }

  checkView(
    group: AdjOut,
    member: OutMember,
    prefix: string,
    found: ReadonlyMap<number, PathAttributes>,
  ): void {
    const id = this.world.id(prefix)
    const shown = id < 0 ? [] : group.advertisedPaths(member, id)
    if (shown.length !== found.size) throw new Error('the view has another number of paths')
    for (const { block, pathId } of shown) {
      if (text(group.attributes(block)) !== text(found.get(pathId) ?? {})) throw new Error('the view differs')
      if (!group.holds(member, id, pathId)) throw new Error('holds() differs')
    }
  }

  end(): void {
    for (const group of this.groups) group.close()
    for (const { index } of SOURCES) this.world.rib.dropSource(index, 1000)
    this.world.decide()
    const left = [this.world.prefixes.size, this.world.attributes.size, this.blocks.size]
    if (left.some((size) => size !== 0)) throw new Error(`left over: ${left}`)
  }
}

const steps = fc.array(step, { minLength: 10, maxLength: 120, size: 'max' })
const CASES: [addPath: PathSelection, chunkEntries: number, rankedPaths: number][] = [
  ['all', 1, 128],
  ['all', 1000, 128],
  [1, 1000, 128],
  [2, 3, 128],
  [2, 1000, 1],
  [4, 1000, 2],
  ['best-per-as', 1000, 128],
]

for (const [addPath, chunkEntries, rankedPaths] of CASES) {
  t.test(`paths sent: ${addPath}, ${chunkEntries} packed at once, ${rankedPaths} ranked`, async (t) => {
    fc.assert(
      fc.property(steps, (list) => {
        const run = new Run(addPath, chunkEntries, rankedPaths)
        for (const one of list) run.apply(one)
        run.check()
        for (const one of list.slice(0, 30)) run.apply(one)
        run.check()
        run.end()
      }),
      { numRuns: 80 },
    )
    t.pass('in every run')
  })
}

t.test('who keeps pace gets nothing twice', async (t) => {
  fc.assert(
    fc.property(steps, fc.constantFrom<PathSelection>('all', 2, 'best-per-as'), (list, addPath) => {
      const run = new Run(addPath, 1000, 128)
      for (const one of list) {
        if (one.kind === 'resend' || one.kind === 'pull') continue
        run.apply(one)
        if (one.kind === 'decide') for (const [to] of run.neighbors) run.pull(to, Number.POSITIVE_INFINITY)
      }
      run.check()
      for (const [to, { receiver }] of run.neighbors) {
        if (receiver.duplicates > 0) throw new Error(`${to} got ${receiver.duplicates} paths twice`)
      }
      run.end()
    }),
    { numRuns: 80 },
  )
  t.pass('in every run')
})
