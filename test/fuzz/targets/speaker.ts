import { readFileSync } from 'node:fs'
import { FAMILIES, type Family } from '../../../src/ip/family.js'
import type { PrefixRule, RoutePolicy } from '../../../src/policy/types.js'
import type { NeighborOptions, SpeakerOptions } from '../../../src/speaker/model/options.js'
import type { MemoryConnection } from '../../../src/testing/memory-network.js'
import { CRASH_INPUTS } from '../../support/crash-inputs.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  asPath,
  attribute,
  communities,
  END_OF_RIB,
  endOfRibIpv6,
  fourOctetAs,
  gracefulRestart,
  ipv4,
  ipv6,
  KEEPALIVE,
  localPref,
  med,
  mpReachIpv6,
  mpUnreachIpv6,
  multiprotocol,
  notification,
  open,
  origin,
  routeRefresh,
  u32,
  update,
} from '../../support/raw-bytes.js'
import { ByteChoices, type Choices, octets, oneIn, pick } from '../engine/random.js'
import { check, type Target } from '../engine/target.js'
import { anyMessage, updateBody } from './grammar.js'
import { type Line, Slot, SpeakerWorld } from './speaker-world.js'

/** Longest sequences of steps. */
const STEPS = 150

const corpus = JSON.parse(readFileSync(`${process.cwd()}/test/fixtures/malformed-corpus.json`, 'utf8')) as {
  hex: string
}[]

/** Malformed messages, and what has brought other daemons down. */
const vectors: readonly Uint8Array[] = [
  ...corpus.map(({ hex }) => Uint8Array.from(Buffer.from(hex, 'hex'))),
  ...Object.values(CRASH_INPUTS),
]

/**
 * A whole speaker with a clock that stands still between steps: neighbors come and go, announce and withdraw,
 * send what is valid and what is not, while configuration, next hops and time change. After each step its tables,
 * the kernel's routes and what every neighbor was sent are compared with models written from the RFCs; at the
 * end nothing may stay.
 */
export const speaker: Target = {
  name: 'speaker',
  limit: 3072,
  batch: 3,
  *seeds() {
    yield new Uint8Array(40)
    yield Uint8Array.from({ length: 600 }, (_, i) => (i * 7 + (i >> 3)) & 255)
  },
  generate: (random) => Uint8Array.from({ length: 150 + random.below(1500) }, () => random.below(256)),
  async run(input) {
    const c = new ByteChoices(input)
    const slots = [
      new Slot('192.168.95.210', 64512),
      new Slot('192.168.95.211', 64512),
      new Slot('192.168.95.212', 65001),
      new Slot('192.168.95.220', 64513),
      new Slot('192.168.95.221', 64513),
      new Slot('192.168.95.230', 4200000001),
      new Slot('192.168.95.241', 65010, true),
    ]
    const world = new SpeakerWorld(slots, configuration(c, slots))
    await world.start()
    for (const slot of slots) {
      // Most runs begin with most neighbors.
      if (oneIn(c, 4)) continue
      await world.dial(slot)
      await greet(c, world, slot, slot.lines.at(-1))
    }
    world.compare()
    for (let step = 0; step < STEPS && c.left > 0; step++) {
      await oneStep(c, world)
      world.compare()
    }
    await world.end()
  },
}

async function oneStep(c: ByteChoices, world: SpeakerWorld): Promise<void> {
  const slot = pick(c, world.slots)
  const line = slot.session ?? slot.lines.at(-1)
  const kind = c.below(36)
  if (line === undefined || kind === 0) {
    await world.dial(slot)
    if (!oneIn(c, 4)) await greet(c, world, slot, slot.lines.at(-1))
    return
  }
  switch (kind) {
    case 1:
      if (slot.session === undefined) return greet(c, world, slot, line)
      return oneIn(c, 6) ? greet(c, world, slot, pick(c, slot.lines)) : world.decide()
    case 2:
      await world.dial(slot)
      return greet(c, world, slot, slot.lines.at(-1))
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
      return world.send(slot, line, announcement(c, slot))
    case 11:
    case 12:
    case 13:
      return world.send(slot, line, withdrawal(c))
    case 14:
      return world.send(slot, line, c.below(2) === 0 ? END_OF_RIB : endOfRibIpv6())
    case 15:
      return world.send(slot, line, whole(2, updateBody(c)))
    case 16:
      return world.send(slot, line, Uint8Array.from(anyMessage(c)))
    case 17:
      return world.send(slot, line, pick(c, vectors))
    case 18:
      return world.send(
        slot,
        line,
        notification(pick(c, [6, 4, 2]), pick(c, [2, 4, 9, 0]), pick(c, [[], [1, 65]])),
      )
    case 19: {
      const { connection } = line.peer
      if (c.below(2) === 0) connection.close()
      else (connection as MemoryConnection).reset()
      return world.decide()
    }
    case 20:
    case 21:
    case 22:
      await keepAll(world)
      return world.advance(pick(c, [1, 100, 1000, 5000, 20_000]))
    case 23: {
      const rounds = pick(c, [1, 4, 5, 16])
      if (oneIn(c, 3)) return world.advance(rounds * 25_000)
      // Those with the usual hold time stay.
      for (let i = 0; i < rounds; i++) {
        await keepAll(world)
        await world.advance(25_000)
      }
      return
    }
    case 24:
    case 25: {
      const changed = oneIn(c, 8) ? configuration(c, world.slots) : changedOptions(c, world)
      return world.apply(changed)
    }
    case 26:
      return world.send(slot, line, whole(5, [0, pick(c, [1, 2]), c.below(3), 1]))
    case 27: {
      const end = line.peer.connection as MemoryConnection
      end.stalled = !end.stalled
      if (!end.stalled) end.resume()
      return world.decide()
    }
    case 28: {
      // Not the neighbors' own addresses: their sessions would not stand.
      const hop = pick(c, HOPS.slice(3))
      if (!world.resolver.unreachable.delete(hop)) world.resolver.unreachable.add(hop)
      return world.resolved()
    }
    case 29:
      ;(line.peer.connection as MemoryConnection).other.segment = pick(c, [
        Number.POSITIVE_INFINITY,
        1,
        7,
        100,
      ])
      return
    case 30:
      return views(c, world)
    case 31:
      return world.burst(Array.from({ length: 1 + c.below(12) }, () => change(c, pick(c, world.slots))))
    case 32:
    case 33:
      return world.apply(changedOptions(c, world))
    case 34:
      return world.burst([many(c, slot), change(c, pick(c, world.slots)), many(c, pick(c, world.slots))])
    default:
      world.switch.speaker.refresh(slot.address, pick(c, ['in', 'out']))
      return world.decide()
  }
}

/** OPEN and KEEPALIVE, with what a neighbor may say about itself. */
async function greet(c: Choices, world: SpeakerWorld, slot: Slot, line: Line | undefined): Promise<void> {
  if (line === undefined) return
  const as4 = slot.as > 65535 || !oneIn(c, 6)
  const six = !oneIn(c, 4)
  const capabilities = [
    ...(oneIn(c, 8) ? [] : [multiprotocol(1)]),
    ...(six ? [multiprotocol(2)] : []),
    ...(as4 ? [fourOctetAs(slot.as)] : []),
    ...(oneIn(c, 4) ? [] : [routeRefresh()]),
    ...(oneIn(c, 3) ? [[70, 0]] : []),
    ...(oneIn(c, 4) ? [[6, 0]] : []),
    ...(oneIn(c, 3)
      ? []
      : [
          gracefulRestart({
            time: pick(c, [120, 0, 10, 4095]),
            restarting: oneIn(c, 2),
            notification: oneIn(c, 3),
            families: pick(c, [
              [
                { afi: 1, forwarding: true },
                { afi: 2, forwarding: true },
              ],
              [{ afi: 1, forwarding: true }],
              [
                { afi: 1, forwarding: false },
                { afi: 2, forwarding: true },
              ],
              [],
            ]),
          }),
        ]),
  ]
  const routerId = pick(c, [slot.address, '10.0.0.1', '192.168.95.200'])
  const hold = pick(c, [90, 90, 3, 0])
  await world.send(slot, line, open({ as: oneIn(c, 30) ? 1 : slot.as, routerId, hold, capabilities }))
  if (!oneIn(c, 10)) await world.send(slot, line, KEEPALIVE)
}

/** Keeps every session alive. */
async function keepAll(world: SpeakerWorld): Promise<void> {
  for (const slot of world.slots)
    if (slot.session !== undefined) await world.send(slot, slot.session, KEEPALIVE)
}

/** A message with a sound header. */
function whole(type: number, body: readonly number[]): Uint8Array {
  const length = 19 + body.length
  return Uint8Array.of(...new Array<number>(16).fill(255), length >>> 8, length & 255, type, ...body)
}

// Routes of a small world

const PREFIXES = [
  '10.1.0.0/16',
  '10.1.2.0/24',
  '192.168.95.123/32',
  '0.0.0.0/0',
  '172.16.0.0/12',
  '127.0.0.0/8',
]
const PREFIXES6 = ['2001:db8:1::/48', '2001:db8::123/128', '::/0']
const HOPS = [
  '192.168.95.210',
  '192.168.95.211',
  '192.168.95.212',
  '192.168.95.9',
  '10.9.9.9',
  '2001:db8::1',
  '2001:db8::2',
]
const HOPS4 = [...HOPS.slice(0, 5), '192.168.95.200', '0.0.0.0', '224.0.0.1']
const HOPS6 = ['2001:db8::1', '2001:db8::2', 'fe80::1', '::1']

function some<T>(c: Choices, list: readonly T[]): T[] {
  return Array.from({ length: 1 + c.below(3) }, () => pick(c, list))
}

/** Announces a few prefixes with one set of attributes. */
function announcement(c: Choices, slot: Slot): Uint8Array {
  const internal = slot.as === 64513
  const terms = slot.model.session
  const as4 = terms?.as4 ?? true
  const tail = pick(c, [[], [7], [7, 8], [64512], [65001], [64513], [4200000001], [64999]])
  const long = oneIn(c, 40) ? new Array<number>(254).fill(7) : tail
  const path = internal ? tail : oneIn(c, 20) ? [1, ...tail] : [slot.as, ...long]
  const parts = [origin(pick(c, [0, 0, 1, 2])), as4 ? asPath(...path) : narrowPath(path)]
  const six = oneIn(c, 3)
  if (!six) parts.push(attribute(0x40, 3, ipv4(pick(c, [slot.address, ...HOPS4]))))
  if (oneIn(c, 3)) parts.push(med(c.below(3)))
  if (internal && !oneIn(c, 3)) parts.push(localPref(pick(c, [100, 200, 50])))
  if (oneIn(c, 3))
    parts.push(communities(pick(c, [1, 0xffffff01, 0xffffff02, 0xffffff03, 0xffff0000, 0xfc000001])))
  for (let count = c.below(4); count > 0; count--) parts.push(extra(c, internal, as4))
  if (six) parts.push(mpReachIpv6(pick(c, HOPS6), ...some(c, PREFIXES6)))
  const distinct = parts.filter((part, index) => parts.findIndex((one) => one[1] === part[1]) === index)
  return update({
    withdrawn: oneIn(c, 8) ? some(c, PREFIXES) : [],
    attributes: distinct,
    announced: six ? [] : some(c, PREFIXES),
  })
}

/** An announcement or a withdrawal for a burst. */
function change(c: Choices, slot: Slot): [Slot, Uint8Array] {
  return [slot, c.below(3) > 0 ? announcement(c, slot) : withdrawal(c)]
}

/** Many prefixes at once, so that the tables have work for more than a turn. */
function many(c: Choices, slot: Slot): [Slot, Uint8Array] {
  const count = pick(c, [50, 300, 900])
  const first = c.below(3) * 200
  const prefixes = Array.from(
    { length: count },
    (_, i) => `10.64.${(first + i) >> 8}.${(first + i) & 255}/32`,
  )
  if (oneIn(c, 3)) return [slot, update({ withdrawn: prefixes.slice(0, 700) })]
  const as4 = slot.model.session?.as4 ?? true
  const path = slot.as === 64513 ? [] : [slot.as]
  const attributes = [
    origin(),
    as4 ? asPath(...path) : narrowPath(path),
    attribute(0x40, 3, ipv4(slot.address)),
  ]
  return [slot, update({ attributes, announced: prefixes.slice(0, 700) })]
}

/** Attributes that are passed on, changed or dropped. */
function extra(c: Choices, internal: boolean, as4: boolean): number[] {
  switch (c.below(12)) {
    case 0:
      return attribute(0x40, 6, [])
    case 1:
      return attribute(pick(c, [0xc0, 0xe0]), 7, [
        ...(as4 ? u32(pick(c, [64512, 4200000001])) : [252, 0]),
        ...ipv4('10.0.0.1'),
      ])
    case 2:
      return attribute(0xc0, 16, [pick(c, [0, 0x40]), 2, 252, 0, 0, 0, 0, c.below(3)])
    case 3:
      return attribute(pick(c, [0xc0, 0xe0]), 32, [...u32(64512), ...u32(c.below(3)), ...u32(1)])
    case 4:
      return attribute(0xc0, pick(c, [99, 200, 11]), octets(c, c.below(5)))
    case 5:
      return attribute(0x80, pick(c, [99, 200]), [1])
    case 6:
      return internal
        ? attribute(0x80, 9, ipv4(pick(c, ['10.0.0.7', '192.168.95.200'])))
        : attribute(0xc0, 35, u32(7))
    case 7:
      return internal
        ? attribute(0x80, 10, ipv4(pick(c, ['10.0.0.7', '192.168.95.200'])))
        : attribute(0x80, 26, [1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 1])
    case 8:
      return attribute(0xc0, 25, [pick(c, [0, 0x40]), 2, ...ipv6('2001:db8::1'), 0, 1])
    case 9:
      return attribute(0xc0, 120, new Array<number>(pick(c, [300, 3980, 4000])).fill(1))
    case 10:
      return attribute(0xc0, 8, [])
    default:
      return communities(c.below(3))
  }
}

function narrowPath(asns: readonly number[]): number[] {
  return attribute(
    0x40,
    2,
    asns.length === 0
      ? []
      : [2, asns.length, ...asns.flatMap((as) => (as > 65535 ? [91, 160] : [as >> 8, as & 255]))],
  )
}

function withdrawal(c: Choices): Uint8Array {
  if (oneIn(c, 3)) return update({ attributes: [mpUnreachIpv6(...some(c, PREFIXES6))] })
  return update({ withdrawn: some(c, PREFIXES) })
}

// Configurations

const RULES: readonly PrefixRule[] = [
  { action: 'deny', prefix: '10.1.2.0/24', ge: 24, le: 24 },
  { action: 'permit', prefix: '10.0.0.0/8', ge: 8, le: 32 },
  { action: 'permit', prefix: '2001:db8::/32', ge: 32, le: 128 },
]

function policyOf(c: Choices): RoutePolicy {
  return pick(c, ['all', 'all', 'all', RULES, 'all', 'none'])
}

function neighborOptions(c: Choices, slot: Slot): NeighborOptions {
  const one = (name: Family) =>
    family(name, {
      import: policyOf(c),
      export: policyOf(c),
      nextHop: pick(c, ['self', 'third-party', 'unchanged']),
      maximumPrefix: oneIn(c, 6) ? 2 : 0,
    })
  return neighbor(slot.address, {
    remoteAs: slot.dynamic ? pick(c, [0, slot.as]) : slot.as,
    localAs: slot.as !== 64513 && oneIn(c, 10) ? 64600 : 64513,
    ebgpMultihop: slot.as !== 64513 && oneIn(c, 8) ? 2 : 1,
    passive: !oneIn(c, 3),
    weight: oneIn(c, 6) ? 5 : 0,
    ...(oneIn(c, 20) && { shutdown: { message: 'closed' } }),
    timers: { holdTime: pick(c, [90, 90, 3, 0]) },
    families: pick(c, [
      [one('ipv4-unicast'), one('ipv6-unicast')],
      [one('ipv4-unicast')],
      [one('ipv6-unicast')],
    ]),
    gracefulRestart: {
      enabled: !oneIn(c, 4),
      restartTime: 120,
      stalePathTime: pick(c, [360, 360, 50, 0]),
      notification: oneIn(c, 3),
    },
  })
}

function configuration(c: Choices, slots: readonly Slot[]): SpeakerOptions {
  const present = slots.filter(({ dynamic }) => !dynamic && !oneIn(c, 6))
  return speakerOptions(
    present.map((slot) => neighborOptions(c, slot)),
    { decision: decision(c), listenRanges: ranges(c, slots) },
  )
}

/** Guests, or none. */
function ranges(c: Choices, slots: readonly Slot[]): SpeakerOptions['listenRanges'] {
  const guest = slots.find(({ dynamic }) => dynamic)
  if (guest === undefined || oneIn(c, 4)) return []
  const { address: _, ...template } = neighborOptions(c, guest)
  return [{ prefix: '192.168.95.240/28', template: { ...template, passive: true, shutdown: undefined } }]
}

function decision(c: Choices): Partial<SpeakerOptions['decision']> {
  return {
    maximumPathsEbgp: pick(c, [32, 1, 2]),
    maximumPathsIbgp: pick(c, [32, 1, 2]),
    multipathRelax: oneIn(c, 2),
    alwaysCompareMed: oneIn(c, 4),
    missingMedAsWorst: oneIn(c, 4),
    ignoreAsPath: oneIn(c, 6),
    compareRouterId: !oneIn(c, 4),
    defaultLocalPref: pick(c, [100, 150]),
  }
}

/** The configuration with one neighbor changed, gone or come, or other rules of decision. */
function changedOptions(c: Choices, world: SpeakerWorld): SpeakerOptions {
  const { options, slots } = world
  // What changes for those who have heard something has consequences.
  const hearing = slots.filter(({ session }) => session !== undefined && session.heard.routes.size > 0)
  const slot = pick(c, hearing.length > 0 && !oneIn(c, 3) ? hearing : slots)
  if (slot.dynamic) return { ...options, listenRanges: ranges(c, slots) }
  const others = options.neighbors.filter(({ address }) => address !== slot.address)
  const current = options.neighbors.find(({ address }) => address === slot.address)
  switch (c.below(8)) {
    case 0:
      return { ...options, neighbors: others }
    case 1:
      return { ...options, neighbors: [...others, neighborOptions(c, slot)] }
    case 2:
      return { ...options, decision: { ...options.decision, ...decision(c) } }
    default: {
      if (current === undefined) return { ...options, neighbors: [...others, neighborOptions(c, slot)] }
      // Policies alone: the session stays.
      const fresh = neighborOptions(c, slot)
      const families = current.families.map((one) => ({
        ...one,
        import: oneIn(c, 2) ? policyOf(c) : one.import,
        export: pick(c, [one.export, 'all', RULES, 'none'] as const),
        nextHop: fresh.families[0].nextHop,
        maximumPrefix: fresh.families[0].maximumPrefix,
      }))
      return { ...options, neighbors: [...others, { ...current, weight: fresh.weight, families }] }
    }
  }
}

/** Everything that people look at can be made, and is plain JSON. */
async function views(c: Choices, world: SpeakerWorld): Promise<void> {
  const { speaker, views } = world.switch
  const name = pick(c, FAMILIES)
  const limit = pick(c, [1, 0, 100])
  const page = views.routes({ family: name, limit })
  const seen = [
    views.speaker(),
    views.neighbors(),
    page,
    views.routes({ family: name, limit, cursor: page.next }),
    views.routes({ family: name, limit, neighbor: world.slots[0].address }),
    views.routes({ family: 'ipv4-unicast', limit, longest: '10.1.2.3' }),
    views.routes({ family: 'ipv4-unicast', limit, prefix: '10.1.0.0/16' }),
    views.advertised(world.slots[c.below(world.slots.length)].address, { family: name, limit }),
    speaker.recent(),
  ]
  check(JSON.stringify(seen, (_key, value) => value).length > 0, () => 'views that are no JSON')
}
