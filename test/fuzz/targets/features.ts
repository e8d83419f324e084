import { isDeepStrictEqual } from 'node:util'
import { FAMILIES, type Family } from '../../../src/ip/family.js'
import type { RoutePolicy } from '../../../src/policy/types.js'
import type { AnnounceOptions } from '../../../src/speaker/model/announce-options.js'
import type { FamilyOptions, NeighborOptions, SpeakerOptions } from '../../../src/speaker/model/options.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  asPath,
  attribute,
  capability,
  communities,
  fourOctetAs,
  ipv4,
  KEEPALIVE,
  localPref,
  med,
  mpReachIpv6,
  mpUnreachIpv6,
  multiprotocol,
  nextHop,
  open,
  origin,
  routeRefresh,
  u32,
  update,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../support/speaker-lab.js'
import { ByteChoices, type Choices, oneIn, pick } from '../engine/random.js'
import { check, type Target } from '../engine/target.js'
import { HeardRoutes } from './heard-routes.js'

/** Longest sequences of steps. */
const STEPS = 60
const SWITCH = '192.168.95.200'
const LOCAL_AS = 64513

interface Slot {
  readonly address: string
  readonly as: number
  /** It only listens: what it hears depends on the others alone. */
  readonly listens: boolean
  readonly client: boolean
}

const SLOTS: readonly Slot[] = [
  { address: '192.168.95.210', as: 64512, listens: false, client: false },
  { address: '192.168.95.211', as: 65001, listens: false, client: false },
  { address: '192.168.95.220', as: LOCAL_AS, listens: false, client: true },
  { address: '192.168.95.221', as: LOCAL_AS, listens: false, client: true },
  { address: '192.168.95.222', as: LOCAL_AS, listens: false, client: false },
  { address: '192.168.95.230', as: 64999, listens: true, client: false },
  { address: '192.168.95.231', as: 64512, listens: true, client: false },
  { address: '192.168.95.232', as: LOCAL_AS, listens: true, client: true },
  { address: '192.168.95.233', as: LOCAL_AS, listens: true, client: false },
]

/** A session as its neighbor sees it. */
class Ear {
  readonly peer: RawPeer
  heard: HeardRoutes | undefined
  #read = 0

  constructor(peer: RawPeer) {
    this.peer = peer
  }

  /** Reads what came. */
  read(): void {
    const { received } = this.peer
    for (; this.#read < received.length; this.#read++) {
      const { type, body } = received[this.#read]
      if (type === 1) this.heard = new HeardRoutes(sentPathIds(body))
      else if (type === 2) this.heard!.update(body)
    }
  }

  /** Routes without their path identifiers, which are others on every session. */
  get routes(): string[] {
    return [...this.heard!.routes]
      .map(
        ([key, { nextHop, attributes }]) => `${key.replace(/#.*/, '')} ${nextHop} ${[...attributes].join()}`,
      )
      .sort()
  }
}

/** AFIs for which the OPEN says that path identifiers will be sent; the neighbors take them for every family. */
function sentPathIds(body: Uint8Array): Set<number> {
  const afis = new Set<number>()
  const parameters = body.subarray(10)
  for (let at = 0; at < parameters.length; at += 2 + parameters[at + 1]) {
    const end = at + 2 + parameters[at + 1]
    for (let inner = at + 2; inner < end; inner += 2 + parameters[inner + 1]) {
      if (parameters[inner] !== 69) continue
      for (let tuple = inner + 2; tuple < inner + 2 + parameters[inner + 1]; tuple += 4) {
        if ((parameters[tuple + 3] & 2) !== 0) afis.add(parameters[tuple] * 256 + parameters[tuple + 1])
      }
    }
  }
  return afis
}

/**
 * A speaker with everything that can be configured about announcing: own routes and aggregates, reflection,
 * ADD-PATH, policies, changes of AS paths and communities, maintenance. No model says what neighbors should hear;
 * instead, neighbors that only listen come back now and then, and must hear what they had heard before: what was
 * told bit by bit is what is told at once. The kernel has the next hops of the table, and at the end nothing stays.
 */
export const features: Target = {
  name: 'features',
  limit: 2048,
  batch: 3,
  *seeds() {
    yield new Uint8Array(60)
    yield Uint8Array.from({ length: 700 }, (_, i) => (i * 11 + (i >> 4)) & 255)
  },
  generate: (random) => Uint8Array.from({ length: 200 + random.below(1000) }, () => random.below(256)),
  async run(input) {
    const c = new ByteChoices(input)
    const world = new World()
    await world.start(configuration(c))
    for (const slot of SLOTS) await world.come(slot)
    for (let step = 0; step < STEPS && c.left > 0; step++) {
      await oneStep(c, world)
      await world.look()
    }
    await world.again()
    await world.end()
  },
}

async function oneStep(c: Choices, world: World): Promise<void> {
  const slot = pick(c, SLOTS)
  switch (c.below(12)) {
    case 0:
      world.options = configuration(c)
      return world.apply()
    case 1:
    case 2: {
      const neighbors = world.options.neighbors.map((one) =>
        one.address === slot.address ? neighborOptions(c, slot) : one,
      )
      world.options = { ...world.options, neighbors }
      return world.apply()
    }
    case 3:
      return world.again()
    case 4:
      world.lab.started!.speaker.operate(slot.address, { type: pick(c, ['drain', 'undrain']) }, 'fuzz')
      return world.decide()
    case 5:
      world.lab.started!.speaker.maintenance(c.below(2) === 0, 'fuzz')
      return world.decide()
    case 6:
      if (slot.listens) return
      world.ears.get(slot.address)?.peer.connection.close()
      await world.decide()
      return world.come(slot)
    case 7:
      world.lab.started!.speaker.refresh(slot.address, 'out')
      return world.decide()
    default:
      for (let count = 1 + c.below(4); count > 0; count--) {
        const from = pick(c, SLOTS.slice(0, 5))
        world.ears.get(from.address)?.peer.send(oneIn(c, 3) ? withdrawal(c) : announcement(c, from))
      }
      return world.decide()
  }
}

class Lab extends SpeakerLab {
  started: LabSpeaker | undefined
}

class World {
  readonly lab = new Lab()
  readonly ears = new Map<string, Ear>()
  options!: SpeakerOptions
  #lines = 0

  async start(options: SpeakerOptions): Promise<void> {
    this.options = options
    this.lab.started = await this.lab.start(SWITCH, options)
    await this.lab.clock.run()
  }

  /** A neighbor connects and opens a session. */
  async come(slot: Slot): Promise<void> {
    const { address, as } = slot
    const ear = new Ear(await this.lab.dial(address, SWITCH))
    this.ears.set(address, ear)
    const capabilities = [
      multiprotocol(1),
      multiprotocol(2),
      fourOctetAs(as),
      routeRefresh(),
      capability(69, [0, 1, 1, 1, 0, 2, 1, 1]),
    ]
    ear.peer.send(open({ as, routerId: address, hold: 0, capabilities }), KEEPALIVE)
    await this.decide()
  }

  async apply(): Promise<void> {
    await this.lab.started!.speaker.apply(this.options)
    await this.decide()
    // Whoever was reset comes again.
    for (const slot of SLOTS) {
      const ear = this.ears.get(slot.address)
      if (ear?.peer.closed !== undefined) await this.come(slot)
    }
  }

  /** What waits for a timer of announcements is sent, too. */
  async decide(): Promise<void> {
    await this.lab.clock.run()
    await this.lab.clock.advance(4000)
  }

  /** Reads what everybody heard, and looks whether kernel, log and views are sound. */
  async look(): Promise<void> {
    const { views, fib, lines } = this.lab.started!
    for (const ear of this.ears.values()) ear.read()
    const error = lines.slice(this.#lines).find((line) => line.startsWith('error'))
    this.#lines = lines.length
    check(error === undefined, () => `the log says: ${error}`)
    for (const name of FAMILIES) {
      for (const { prefix, nextHops } of views.routes({ family: name, limit: 1000 }).routes) {
        const via = fib.via(prefix) ?? []
        check(
          isDeepStrictEqual([...via].sort(), [...nextHops].sort()),
          () => `the kernel has ${prefix} via ${via}, the table ${nextHops}`,
        )
      }
      for (const { address } of SLOTS) {
        const page = views.advertised(address, { family: name, limit: 1000 })
        const heard = this.ears.get(address)?.heard
        if (heard === undefined || views.neighbor(address)?.state !== 'Established') continue
        const afi = name === 'ipv4-unicast' ? '1 ' : '2 '
        const told = new Set([...heard.routes.keys()].filter((key) => key.startsWith(afi)).map(bare))
        check(
          page.routes.length === told.size,
          () => `${address} heard ${told.size} prefixes of ${name}, the view has ${page.routes.length}`,
        )
      }
    }
  }

  /** Those who only listen come back, and hear what they had heard. */
  async again(): Promise<void> {
    const { views } = this.lab.started!
    await this.decide()
    for (const slot of SLOTS.filter(({ listens }) => listens)) {
      const ear = this.ears.get(slot.address)
      if (ear === undefined || views.neighbor(slot.address)?.state !== 'Established') continue
      ear.read()
      const before = ear.routes
      ear.peer.connection.close()
      await this.decide()
      await this.come(slot)
      const back = this.ears.get(slot.address)!
      back.read()
      if (views.neighbor(slot.address)?.state !== 'Established') continue
      check(
        isDeepStrictEqual(back.routes, before),
        () => `${slot.address} heard ${before.join('; ')}; when it came back ${back.routes.join('; ')}`,
      )
    }
  }

  async end(): Promise<void> {
    const { speaker, fib } = this.lab.started!
    for (const { peer } of this.ears.values()) peer.connection.close()
    await this.decide()
    await this.lab.clock.advance(1_000_000)
    this.options = { ...this.options, neighbors: [], announce: undefined }
    await speaker.apply(this.options)
    await this.lab.clock.run()
    for (const [what, size] of Object.entries(speaker.sizes()))
      check(size === 0, () => `${size} ${what} stay when all is gone`)
    check(fib.size === 0, () => `${fib.size} routes stay in the kernel`)
    await Promise.all([speaker.stop('the end'), this.lab.clock.advance(3000)])
  }
}

const bare = (key: string) => key.replace(/#.*/, '')

// Routes

const PREFIXES = ['10.1.0.0/16', '10.1.2.0/24', '10.1.3.0/24', '10.2.0.0/16', '0.0.0.0/0']
const PREFIXES6 = ['2001:db8:1::/48', '2001:db8:1:2::/64', '::/0']

function announcement(c: Choices, { as, address }: Slot): Uint8Array {
  const internal = as === LOCAL_AS
  const tail = pick(c, [[], [7], [64512, 7], [65534], [4200000001, 7], [LOCAL_AS], [64999]])
  const six = oneIn(c, 3)
  const attributes = [
    origin(pick(c, [0, 2])),
    asPath(...(internal ? tail : [as, ...tail])),
    ...(six ? [] : [nextHop(pick(c, [address, '192.168.95.210', '192.168.95.9']))]),
    ...(oneIn(c, 3) ? [med(c.below(3))] : []),
    ...(internal ? [localPref(pick(c, [100, 200]))] : []),
    ...(oneIn(c, 2)
      ? [communities(...pick(c, [[0xfc000001], [0xffff0000], [0xffffff01], [0xfc000001, 0xffff029a]]))]
      : []),
    ...(internal && oneIn(c, 4) ? [attribute(0x80, 9, ipv4(pick(c, ['10.0.0.7', '192.168.95.232'])))] : []),
    ...(internal && oneIn(c, 4) ? [attribute(0x80, 10, ipv4('10.0.0.9'))] : []),
    ...(oneIn(c, 4) ? [attribute(0xc0, 16, [pick(c, [0, 0x40]), 2, 252, 0, 0, 0, 0, 1])] : []),
    ...(oneIn(c, 4) ? [attribute(0xc0, 32, [...u32(64512), ...u32(1), ...u32(2)])] : []),
    ...(six ? [mpReachIpv6('2001:db8::1', pick(c, PREFIXES6))] : []),
  ]
  return update({ attributes, announced: six ? [] : [pick(c, PREFIXES)] })
}

function withdrawal(c: Choices): Uint8Array {
  if (oneIn(c, 3)) return update({ attributes: [mpUnreachIpv6(pick(c, PREFIXES6))] })
  return update({ withdrawn: [pick(c, PREFIXES)] })
}

// Configurations

const MAP: RoutePolicy = {
  routeMap: {
    name: 'MAP',
    rules: [
      {
        seq: 10,
        action: 'permit',
        match: { prefixLength: { ge: 24, le: 32 } },
        set: { med: { change: 5 }, addCommunities: ['64512:77'], prepend: [LOCAL_AS] },
      },
      { seq: 20, action: 'deny', match: { neighborAs: [65001] }, set: {} },
      { seq: 30, action: 'permit', match: {}, set: { localPref: 120 } },
    ],
  },
}

const policy = (c: Choices): RoutePolicy =>
  pick<RoutePolicy>(c, [
    'all',
    'all',
    'all',
    [{ action: 'permit', prefix: '10.1.0.0/16', ge: 16, le: 32 }],
    MAP,
    'none',
  ])

function familyOptions(c: Choices, name: Family, slot: Slot): FamilyOptions {
  const internal = slot.as === LOCAL_AS
  return family(name, {
    import: policy(c),
    export: policy(c),
    nextHop: pick(c, ['self', 'third-party', 'unchanged']),
    ...(oneIn(c, 3) && {
      addPath: { receive: false, send: pick(c, ['all' as const, 'best-per-as' as const, 2, 1]) },
    }),
    ...(slot.client && !oneIn(c, 6) && { routeReflectorClient: true }),
    ...(oneIn(c, 5) && { defaultOriginate: {} }),
    ...(oneIn(c, 5) && { allowAsIn: pick(c, [1, 'origin' as const]) }),
    ...(!internal && oneIn(c, 4) && { removePrivateAs: { all: oneIn(c, 2), replace: oneIn(c, 2) } }),
    ...(!internal && oneIn(c, 4) && { asOverride: true as const }),
    ...(!internal && oneIn(c, 4) && { senderLoopDetection: false as const }),
    ...(!internal && oneIn(c, 6) && { unchanged: { asPath: oneIn(c, 2), med: oneIn(c, 2) } }),
    ...(oneIn(c, 4) && {
      sendCommunity: { standard: oneIn(c, 2), extended: oneIn(c, 2), large: oneIn(c, 2) },
    }),
  })
}

function neighborOptions(c: Choices, slot: Slot): NeighborOptions {
  const internal = slot.as === LOCAL_AS
  return neighbor(slot.address, {
    remoteAs: slot.as,
    localAs: !internal && oneIn(c, 8) ? 64600 : LOCAL_AS,
    passive: true,
    timers: { holdTime: 0, keepalive: 0 },
    families: FAMILIES.map((name) => familyOptions(c, name, slot)),
    gracefulRestart: { enabled: false },
    ...(oneIn(c, 8) && { maintenance: true }),
    ...(oneIn(c, 6) && { ignoreGracefulShutdown: true }),
    ...(oneIn(c, 6) && { advertisementInterval: pick(c, [1, 3]) }),
    ...(oneIn(c, 6) && { enforceFirstAs: false as const }),
    ...(oneIn(c, 6) && { weight: 7 }),
  })
}

function announce(c: Choices): AnnounceOptions {
  return {
    networks: [...PREFIXES.slice(2), ...PREFIXES6.slice(1)]
      .filter(() => oneIn(c, 3))
      .sort()
      .map((prefix) => ({ prefix, ifInTable: false })),
    redistribute: [],
    aggregates: ['10.0.0.0/8', '10.1.0.0/16', '2001:db8::/32']
      .filter(() => oneIn(c, 3))
      .map((prefix) => ({ prefix, summaryOnly: oneIn(c, 2) })),
  }
}

function configuration(c: Choices): SpeakerOptions {
  return speakerOptions(
    SLOTS.map((slot) => neighborOptions(c, slot)),
    {
      ...(oneIn(c, 2) && { clusterId: 9 }),
      ...(oneIn(c, 4) && { clientToClientReflection: false }),
      ...(oneIn(c, 8) && { maintenance: true }),
      ...(oneIn(c, 2) && { announce: announce(c) }),
      decision: { multipathRelax: oneIn(c, 2), maximumPathsIbgp: pick(c, [1, 8]) },
    },
  )
}
