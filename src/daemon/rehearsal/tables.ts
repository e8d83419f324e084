/**
 * The arrival of whole tables, rehearsed: a third to a half of the time that the first table takes is code that V8
 * has not compiled yet, or interprets while it does. A speaker that is joined to nothing takes some thousand
 * UPDATEs of both families, with and without ADD-PATH, from an eBGP and an iBGP neighbor, and their withdrawals.
 *
 * What runs here must have the shapes of real life, or V8 throws its code away at the first real message: so the
 * clock is the machine's, and everything but the far end of the connection is what a session is made of.
 */
import { setFlagsFromString } from 'node:v8'
import { FAMILIES, type Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import { silent } from '../../ports/log.js'
import type { NeighborOptions, SpeakerOptions } from '../../speaker/model/options.js'
import { Speaker } from '../../speaker/speaker.js'
import { otherAs, StageTransport, stageNeighbor } from './stage.js'
import { StageFeeder } from './stage-feeder.js'
import { announcements, type TableShape, withdrawals } from './table-octets.js'

/** The speaker's address and those of its neighbors (documentation, RFC 5737). */
const LOCAL = '192.0.2.1'
const EXTERNAL = '192.0.2.11'
const INTERNAL = '192.0.2.12'
/** 2001:db8::b (RFC 3849). */
const NEXT_HOP6 = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b]
/** Octets between two turns of the daemon: some milliseconds at first, much less in the end. */
const CHUNK = 4096
/** Milliseconds between two chunks. */
const PAUSE = 1
/**
 * UPDATEs with an attribute set of their own, for each speaker that rehearses. It takes more than one: code that has
 * seen a single speaker is compiled for just this one.
 */
const UPDATES = [1000, 2000, 3000]

export interface TableRehearsalOptions {
  /** What the daemon's speaker is: the rehearsing one decides alike. */
  readonly speaker: SpeakerOptions
  readonly clock: Clock
  /** Asked between any two chunks: false ends the rehearsal. */
  readonly wanted: () => boolean
  /** UPDATEs for each speaker that rehearses; those of UPDATES when left out. */
  readonly updates?: readonly number[]
}

/** Rehearses to the end. Resolves with the number of routes that were learned. */
export async function rehearseTables(options: TableRehearsalOptions): Promise<number> {
  const { neighbors, listenRanges } = options.speaker
  const template = neighbors[0] ?? listenRanges[0]?.template
  if (template === undefined) return 0
  setFlagsFromString('--no-flush-bytecode')
  let learned = 0
  for (const updates of options.updates ?? UPDATES) learned += await learn(options, template, updates)
  return learned
}

/** One speaker's part. Resolves with the number of its routes. */
async function learn(
  options: TableRehearsalOptions,
  template: Omit<NeighborOptions, 'address'>,
  updates: number,
): Promise<number> {
  const { clock, speaker: real } = options
  const external = new StageFeeder(EXTERNAL, LOCAL, otherAs(real.localAs), false)
  const internal = new StageFeeder(INTERNAL, LOCAL, real.localAs, true)
  const feeders = [external, internal]
  const transport = new StageTransport()
  const speaker = new Speaker({
    clock,
    transport,
    log: silent,
    random: Math.random,
    options: {
      ...real,
      listen: [{ address: LOCAL, port: 179 }],
      listenRanges: [],
      announce: undefined,
      maintenance: undefined,
      neighbors: feeders.map((feeder) => neighbor(template, feeder, real.localAs)),
    },
  })
  await speaker.start()
  const pause = () => new Promise<void>((resolve) => clock.after(PAUSE, resolve))
  const chunk = new Uint8Array(CHUNK)
  let filled = 0
  /** Says what has been gathered, and gives the daemon its turn. @returns whether the rehearsal goes on */
  const flush = async (feeder: StageFeeder): Promise<boolean> => {
    const octets = chunk.subarray(0, filled)
    filled = 0
    if (!options.wanted()) return false
    feeder.say(octets)
    do await pause()
    while (feeder.paused)
    return true
  }
  const feed = async (feeder: StageFeeder, messages: Iterable<Uint8Array>) => {
    for (const message of messages) {
      if (filled + message.length > CHUNK && !(await flush(feeder))) return
      chunk.set(message, filled)
      filled += message.length
    }
    await flush(feeder)
  }
  for (const feeder of feeders) {
    transport.arrive(feeder.connect())
    feeder.establish()
  }
  let learned = 0
  for (const family of FAMILIES) {
    const all = { first: 0, count: updates, prefixes: 0, sets: updates }
    const packed = { first: updates, count: 12, prefixes: family === 'ipv4-unicast' ? 900 : 300, sets: 4 }
    const own = shape(family, external)
    const other = shape(family, internal)
    await feed(external, announcements(own, all))
    await feed(external, announcements(own, packed))
    // Sets that are known by now, in the place of others.
    await feed(external, announcements(own, { ...all, count: updates / 2, sets: updates / 8 }))
    await feed(internal, announcements(other, { ...all, count: updates / 2, sets: updates / 2 }))
    learned += speaker.sizes().paths
    await feed(internal, withdrawals(other, { ...all, count: updates / 4 }))
    await feed(external, withdrawals(own, { ...all, count: updates / 4 }))
    await feed(external, withdrawals(own, packed))
  }
  for (const feeder of feeders) feeder.hangUp()
  await speaker.stop('the rehearsal is over')
  return learned
}

function shape(family: Family, { address, as, addPath }: StageFeeder): TableShape {
  const nextHop = Uint8Array.from(family === 'ipv4-unicast' ? address.split('.').map(Number) : NEXT_HOP6)
  return { family, as: addPath ? undefined : as, nextHop, addPath }
}

/** A passive neighbor like those of the daemon that sends both families. */
function neighbor(
  template: Omit<NeighborOptions, 'address'>,
  { address, as, addPath }: StageFeeder,
  localAs: number,
): NeighborOptions {
  const [family] = template.families
  return {
    ...stageNeighbor(template, {
      ...{ address, remoteAs: as, localAs },
      families: FAMILIES.map((name) => ({
        ...{ ...family, family: name, import: 'all', export: 'none', maximumPrefix: 0 },
        ...(addPath ? { addPath: { receive: true } } : { addPath: undefined }),
      })),
    }),
    ...{ capabilities: undefined, connectedCheck: undefined },
  }
}
