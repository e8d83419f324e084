import { isDeepStrictEqual } from 'node:util'
import { parseAddress } from '../../../src/ip/address.js'
import { FAMILIES, type Family } from '../../../src/ip/family.js'
import { contains, parsePrefix } from '../../../src/ip/prefix.js'
import { specialUse } from '../../../src/ip/special.js'
import { isList } from '../../../src/policy/route-policy.js'
import type { PrefixRule, RoutePolicy } from '../../../src/policy/types.js'
import type { Reachability, Resolver } from '../../../src/ports/fib.js'
import { negotiate } from '../../../src/session/negotiate.js'
import type { Negotiated, PeerParams } from '../../../src/session/types.js'
import type { NeighborOptions, SpeakerOptions } from '../../../src/speaker/model/options.js'
import type { MemoryConnection } from '../../../src/testing/memory-network.js'
import type { NeighborView } from '../../../src/views/model/neighbor.js'
import type { RouteView } from '../../../src/views/model/route.js'
import { decodeOpen } from '../../../src/wire/open.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import { RawPeer } from '../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../support/speaker-lab.js'
import { type NaivePath, naiveMultipath } from '../../unit/rib/naive.js'
import { check } from '../engine/target.js'
import { attributeOctets, mayGo, nextHopOctets, outgoing } from './expected-export.js'
import { HeardRoutes } from './heard-routes.js'
import { heardKey, type Judge, type ModelPath, NeighborModel } from './neighbor-model.js'

/** The speaker's address. */
const SWITCH = '192.168.95.200'

/** A scripted neighbor's end of a connection. */
export interface Line {
  readonly peer: RawPeer
  readonly heard: HeardRoutes
  /** Messages of `peer.received` that were looked at. */
  read: number
  /** The OPENs sent and received on it, whole. */
  sentOpen: Uint8Array | undefined
  gotOpen: Uint8Array | undefined
}

/** A place for a neighbor: configured or not. */
export class Slot {
  readonly address: string
  readonly as: number
  readonly model = new NeighborModel()
  options: NeighborOptions | undefined
  lines: Line[] = []
  /** The line that carries the session. */
  session: Line | undefined
  /** It is not configured but comes from a listen range. */
  readonly dynamic: boolean
  /** Sessions that came up and that ended, as the speaker counted them last. */
  established = 0
  dropped = 0

  constructor(address: string, as: number, dynamic = false) {
    this.address = address
    this.as = as
    this.dynamic = dynamic
  }
}

/** Next hops as the fuzzed machine sees them: what lies on the link, what is far, what nobody reaches. */
class FuzzResolver implements Resolver {
  readonly unreachable = new Set<string>()
  readonly #listeners = new Set<() => void>()

  resolve(nextHop: string): Reachability {
    const near =
      nextHop.startsWith('192.168.95.') || nextHop.startsWith('2001:db8:') || nextHop.startsWith('fe80:')
    if (this.unreachable.has(nextHop)) return { reachable: false, metric: 0, connected: false }
    return near
      ? { reachable: true, metric: 0, interface: 'eth0', connected: true }
      : { reachable: true, metric: 10, interface: 'eth1', connected: false }
  }

  isOwn(address: string): boolean {
    return address === SWITCH
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** A speaker among scripted neighbors, with models that know what it should know. */
export class SpeakerWorld {
  readonly lab = new SpeakerLab()
  readonly resolver = new FuzzResolver()
  readonly slots: readonly Slot[]
  options: SpeakerOptions
  #started: LabSpeaker | undefined

  constructor(slots: readonly Slot[], options: SpeakerOptions) {
    this.slots = slots
    this.options = options
  }

  get switch(): LabSpeaker {
    return this.#started!
  }

  async start(): Promise<void> {
    this.#configured()
    this.#started = await this.lab.start(SWITCH, this.options, this.resolver)
    for (const slot of this.slots)
      await this.lab.host(slot.address).listen({ address: '0.0.0.0', port: 179 }, (connection) => {
        this.#line(slot, new RawPeer(connection))
      })
    this.trace(`started ${JSON.stringify(this.options)}`)
    await this.lab.clock.run()
    this.look()
  }

  /** Tells what happens when a run is looked at by a person: ECMPD_FUZZ_TRACE=1. */
  trace(text: string): void {
    if (process.env.ECMPD_FUZZ_TRACE !== '1') return
    const { lines } = this.switch
    for (; this.#told < lines.length; this.#told++) console.error(`      ${lines[this.#told]}`)
    console.error(`${this.lab.clock.now()} ${text}`)
  }
  #told = 0
  #checked = 0

  /** A neighbor dials. */
  async dial(slot: Slot): Promise<void> {
    this.trace(`${slot.address} dials`)
    this.#line(slot, await this.lab.dial(slot.address, SWITCH))
    await this.decide()
  }

  /**
   * A neighbor sends octets: message by message, as the speaker will cut them by their length fields. What is
   * missing at the end is made up for with zeros, so that the next message begins where one begins.
   */
  async send(slot: Slot, line: Line, octets: Uint8Array): Promise<void> {
    for (let at = 0; at < octets.length; ) {
      const length = octets.length - at < 19 ? 19 : Math.max(19, octets[at + 16] * 256 + octets[at + 17])
      const message = new Uint8Array(length)
      message.set(octets.subarray(at, at + length))
      await this.#sendOne(slot, line, message)
      at += length
    }
  }

  async #sendOne(slot: Slot, line: Line, message: Uint8Array): Promise<void> {
    const { model } = slot
    const onSession = slot.session === line
    const type = message[18]
    this.trace(`${slot.address} sends ${Buffer.from(message.subarray(16)).toString('hex')}`)
    if (type === 1) line.sentOpen ??= message
    const before = slot.dropped
    line.peer.send(message)
    await this.lab.clock.run()
    this.look()
    if (!onSession || slot.session !== line || slot.dropped !== before) return
    if (type === 5) this.#refreshed(slot, message)
    if (type !== 2) return
    check(!model.resets(message), () => 'an UPDATE that must reset the session did not')
    model.update(message, this.#judgeOf(slot), this.lab.clock.wall())
  }

  /** A ROUTE-REFRESH of a neighbor was taken. */
  #refreshed(slot: Slot, message: Uint8Array): void {
    const [high, afi, subtype, safi] = message.subarray(19)
    if (high !== 0 || safi !== 1 || (afi !== 1 && afi !== 2)) return
    slot.model.refresh(afi === 1 ? 'ipv4-unicast' : 'ipv6-unicast', subtype, this.lab.clock.wall())
  }

  /**
   * Several neighbors send on their sessions at once, to a speaker that is slow: what does not fit a turn is
   * worked on in slices. Only UPDATEs that reset no session.
   */
  async burst(messages: readonly (readonly [Slot, Uint8Array])[]): Promise<void> {
    const { clock } = this.lab
    const begin = clock.wall()
    const former = this.#ages()
    const sent: [Slot, Line, number, Uint8Array][] = []
    for (const [slot, message] of messages) {
      const { session, model, dropped } = slot
      // A hold time of 3 s may end before a slow speaker has read everything.
      if (session === undefined || model.session!.holdTime === 3 || model.resets(message)) continue
      this.trace(`${slot.address} sends ${message.length} octets among others`)
      session.peer.send(message)
      sent.push([slot, session, dropped, message])
    }
    // Where age decides, it would have to be known who was read when.
    clock.slowness = this.options.decision.compareRouterId ? 3 : 0
    await clock.run()
    clock.slowness = 0
    await clock.run()
    this.look()
    for (const [slot, line, dropped, message] of sent) {
      if (slot.session !== line || slot.dropped !== dropped) continue
      slot.model.update(message, this.#judgeOf(slot), clock.wall())
    }
    this.#learnAges(begin, former)
  }

  /**
   * A slow speaker reads some neighbors later than others, and which ones the models can't know: the age of what
   * came since `begin` is taken from the speaker, for the day when the configuration lets age decide. So is that of
   * a stale path that came again as it was while its time ended: the speaker may have read it before.
   * @param former ages at `begin`
   */
  #learnAges(begin: number, former: ReadonlyMap<string, number>): void {
    const end = this.lab.clock.wall()
    for (const family of FAMILIES) {
      for (const { prefix, paths } of this.switch.views.routes({ family, limit: 10_000 }).routes) {
        for (const { neighbor, since } of paths) {
          const slot = this.slots.find(({ address }) => address === neighbor)
          const path = slot?.model.paths[family].get(prefix)
          const seen = Date.parse(since)
          if (path?.since !== end) continue
          const stayed = former.get(`${neighbor} ${prefix}`) === seen
          if (stayed || (seen >= begin && seen <= end)) path.since = seen
        }
      }
    }
  }

  /** Since when the models have their paths, by 'neighbor prefix'. */
  #ages(): Map<string, number> {
    return new Map(
      this.slots.flatMap(({ address, model }) =>
        FAMILIES.flatMap((family) =>
          [...model.paths[family]].map(([prefix, { since }]) => [`${address} ${prefix}`, since] as const),
        ),
      ),
    )
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    this.trace(`${ms} ms pass`)
    await this.lab.clock.advance(ms)
    this.look()
  }

  async decide(): Promise<void> {
    await this.lab.clock.run()
    this.look()
  }

  /** Applies a configuration. */
  async apply(options: SpeakerOptions): Promise<void> {
    const before = new Map(this.slots.map((slot) => [slot, slot.options]))
    this.options = options
    const report = await this.switch.speaker.apply(options)
    this.trace(`applied ${JSON.stringify(report)} ${JSON.stringify(options.neighbors)}`)
    this.#configured()
    // What was reset or removed keeps nothing, whatever the session agreed on.
    const gone = new Set([...report.removed, ...report.reset])
    for (const slot of this.slots) {
      const shut = slot.options?.shutdown !== undefined && before.get(slot)?.shutdown === undefined
      const shown = this.switch.views.neighbor(slot.address)
      const view = present(shown)
      // Options of a guest follow those of its range.
      if (slot.dynamic && view !== undefined && report.changed.includes(slot.address)) {
        slot.options = { ...options.listenRanges[0].template, address: slot.address }
      }
      if (!gone.has(slot.address) && !shut) continue
      slot.model.clear()
      slot.session = undefined
      slot.established = shown?.established ?? 0
      slot.dropped = shown?.dropped ?? 0
    }
    for (const slot of this.slots)
      if (report.added.includes(slot.address)) slot.established = slot.dropped = 0
    await this.decide()
    for (const slot of this.slots) {
      const was = before.get(slot)
      if (was === undefined || slot.options === undefined || gone.has(slot.address)) continue
      // A changed import policy makes the speaker look at all paths again.
      if (!isDeepStrictEqual(imports(was), imports(slot.options))) this.#judge(slot)
    }
  }

  /** Next hops become reachable or not. */
  async resolved(): Promise<void> {
    this.trace(`unreachable: ${[...this.resolver.unreachable].join()}`)
    this.resolver.changed()
    for (const slot of this.slots) if (slot.session !== undefined) this.#judge(slot)
    await this.decide()
  }

  /** Notes what became of sessions, and reads what neighbors were sent. */
  look(): void {
    const now = this.lab.clock.wall()
    const { views, lines } = this.switch
    for (const slot of this.slots) {
      this.#read(slot)
      const shown = views.neighbor(slot.address)
      const view = present(shown)
      if (slot.dynamic) this.#guest(slot, view, shown)
      if (view === undefined) continue
      check(
        view.dropped - slot.dropped <= 1 && view.established - slot.established <= 1,
        () => 'sessions come too fast',
      )
      if (view.dropped > slot.dropped && slot.session !== undefined) {
        const at = Date.parse(view.downSince!)
        slot.model.until(at)
        const limit = /maximum-prefix/.test(view.lastReset?.text ?? '')
        slot.model.down(
          at,
          view.lastReset,
          limit || slot.options!.shutdown !== undefined,
          slot.options!.gracefulRestart,
        )
        slot.session = undefined
      }
      slot.dropped = view.dropped
      if (view.established > slot.established && view.state === 'Established') {
        slot.model.until(Date.parse(view.since))
        slot.session = this.#sessionLine(slot, view)
        slot.model.up(this.#terms(slot, slot.session))
        this.#read(slot)
      }
      slot.established = view.established
      check(
        (view.state === 'Established') === (slot.session !== undefined),
        () => `${slot.address} is ${view.state}`,
      )
      slot.model.until(now)
    }
    const error = lines.slice(this.#checked).find((line) => line.startsWith('error'))
    this.#checked = lines.length
    check(error === undefined, () => `the log says: ${error}`)
  }

  /** Compares the tables, the kernel and what neighbors heard with the models. */
  compare(): void {
    const { views, fib } = this.switch
    for (const family of FAMILIES) {
      const expected = this.#table(family)
      const { routes } = views.routes({ family, limit: 10_000 })
      same(routes.map(({ prefix }) => prefix).sort(), [...expected.keys()].sort(), `prefixes of ${family}`)
      for (const route of routes) {
        const paths = expected.get(route.prefix)!
        const multipath = naiveMultipath(
          paths.map(({ naive }) => naive),
          this.options.decision,
        )
        same(seen(route), wanted(paths, multipath), `paths of ${route.prefix}`)
        const hops = new Set(multipath.map(({ attributes }) => attributes.nextHop!))
        same(withoutZones(route.nextHops), [...hops].sort(), `next hops of ${route.prefix}`)
        const via = fib.via(route.prefix)
        same(withoutZones(via ?? []), [...hops].sort(), `the kernel's gateways of ${route.prefix}`)
      }
      for (const slot of this.slots) this.#compareExport(slot, family, expected)
    }
    for (const slot of this.slots) this.#compareCounts(slot)
  }

  /** Ends all, and looks whether anything stays. */
  async end(): Promise<void> {
    const { speaker, fib } = this.switch
    for (const slot of this.slots) for (const { peer } of slot.lines) peer.connection.close()
    await this.lab.clock.run()
    this.look()
    this.compare()
    await this.advance(1_000_000)
    this.compare()
    await this.apply({ ...this.options, neighbors: [], listenRanges: [] })
    const sizes = speaker.sizes()
    for (const [what, size] of Object.entries(sizes))
      check(size === 0, () => `${size} ${what} stay when all is gone`)
    check(fib.size === 0, () => `${fib.size} routes stay in the kernel`)
    await Promise.all([speaker.stop('the end'), this.lab.clock.advance(3000)])
    check(this.lab.clock.pending === 0, () => `${this.lab.clock.pending} timers run after the end`)
  }

  #configured(): void {
    for (const slot of this.slots) {
      if (slot.dynamic) continue
      slot.options = this.options.neighbors.find(({ address }) => address === slot.address)
    }
  }

  /**
   * A neighbor from a listen range comes with its connection, and goes when nothing of it is left but its counts, with
   * which it goes on when it is back.
   */
  #guest(slot: Slot, view: NeighborView | undefined, shown: NeighborView | undefined): void {
    const range = this.options.listenRanges[0]
    if (view === undefined) {
      slot.model.clear()
      slot.session = undefined
      slot.options = undefined
      slot.established = shown?.established ?? 0
      slot.dropped = shown?.dropped ?? 0
    } else if (slot.options === undefined && range !== undefined) {
      slot.options = { ...range.template, address: slot.address }
    }
  }

  #line(slot: Slot, peer: RawPeer): void {
    slot.lines.push({ peer, heard: new HeardRoutes(), read: 0, sentOpen: undefined, gotOpen: undefined })
  }

  /** Reads what came in on the lines of a neighbor, and forgets the lines that are closed. */
  #read(slot: Slot): void {
    for (const line of slot.lines) {
      const { received } = line.peer
      for (; line.read < received.length; line.read++) {
        const message = received[line.read]
        if (message.type === 1) line.gotOpen = Uint8Array.from(Buffer.from(message.hex, 'hex'))
        else if (message.type === 2) line.heard.update(message.body)
      }
    }
    slot.lines = slot.lines.filter((line) => line.peer.closed === undefined || line === slot.session)
  }

  #sessionLine(slot: Slot, view: NeighborView): Line {
    const line = slot.lines.find(
      ({ peer: { connection } }) =>
        connection.local.port === view.remotePort && connection.remote.port === view.localPort,
    )
    check(line !== undefined, () => `the session of ${slot.address} is on no line of its`)
    return line
  }

  #terms(slot: Slot, line: Line): Negotiated {
    const open = (bytes: Uint8Array | undefined) => {
      const message = bytes && decodeOpen(bytes, 0, bytes.length).message
      check(message !== undefined, () => `the session of ${slot.address} came up without OPENs`)
      return message
    }
    const params = { keepalive: 0, sendHold: 0 } as PeerParams
    const terms = negotiate(open(line.gotOpen), open(line.sentOpen), params)
    // An OPEN without capabilities says IPv4, whatever is configured (RFC 4760 §8).
    const configured = slot.options!.families.map(({ family }) => family)
    return { ...terms, families: terms.families.filter((family) => configured.includes(family)) }
  }

  /** Why a path takes no part, '' when it does: policy and reachability come on top. */
  #reason(slot: Slot, a: PathAttributes): string {
    const terms = slot.model.session!
    const holds = (as: number) => (a.asPath ?? []).some(({ asns }) => asns.includes(as))
    if (holds(terms.localAs) || holds(this.options.localAs)) return 'loop'
    const [first] = a.asPath ?? []
    if (terms.peerType === 'ebgp' && (first?.type !== 2 || first.asns[0] !== terms.remoteAs))
      return 'first AS'
    if (terms.peerType === 'ibgp') {
      if (a.originatorId === this.options.routerId) return 'originator'
      if (a.clusterList?.includes(this.options.routerId)) return 'cluster'
    }
    const text = a.nextHop ?? a.linkLocalNextHop ?? ''
    if (text === SWITCH) return 'own next hop'
    if (text === slot.address) return ''
    const octets = nextHopOctets(a)
    const single = terms.peerType === 'ebgp' && slot.options!.ebgpMultihop === 1
    const use = specialUse(octets, 0, octets.length)
    if (use === 'link-local') return single ? '' : 'next hop of another link'
    if (use !== undefined) return `next hop is ${use}`
    const { reachable, connected } = this.resolver.resolve(text)
    return single && reachable && !connected ? 'next hop off the link' : ''
  }

  #judgeOf(slot: Slot): Judge {
    return {
      reason: (attributes) => this.#reason(slot, attributes),
      permits: (family, prefix) => permits(policy(slot, family, 'import'), prefix),
    }
  }

  /** The speaker judges the paths of a neighbor again. */
  #judge(slot: Slot): void {
    slot.model.judge(this.#judgeOf(slot), this.lab.clock.wall())
  }

  #table(family: Family): Map<string, Candidate[]> {
    const table = new Map<string, Candidate[]>()
    for (const slot of this.slots) {
      const { last } = slot.model
      for (const [prefix, path] of slot.model.paths[family]) {
        const attributes = heeded(path.attributes, last!)
        const hop = attributes.nextHop ?? attributes.linkLocalNextHop!
        const { reachable, metric } = this.resolver.resolve(hop)
        const naive: NaivePath = {
          source: {
            index: this.slots.indexOf(slot) + 1,
            type: last!.peerType,
            routerId: last!.routerId,
            address: slot.address,
            remoteAs: last!.remoteAs,
            weight: slot.options!.weight,
          },
          attributes: { ...attributes, nextHop: hop },
          valid: path.accepted && reachable,
          metric,
          since: path.since,
        }
        const list = table.get(prefix) ?? []
        table.set(prefix, list)
        list.push({ slot, path, attributes, naive })
      }
    }
    return table
  }

  /** What a neighbor heard is what it should have heard. */
  #compareExport(slot: Slot, family: Family, table: Map<string, Candidate[]>): void {
    const { session, model, options } = slot
    if (session === undefined || !model.session!.families.includes(family)) return
    const connection = this.#end(session)
    if (connection.stalled || connection.cut || connection.other.cut) return
    const expected = new Map<string, unknown>()
    for (const [prefix, candidates] of table) {
      const naive = candidates.map((one) => one.naive)
      const best = naiveMultipath(naive, this.options.decision)[0]
      const candidate = candidates.find((one) => one.naive === best)
      if (candidate === undefined || candidate.slot === slot) continue
      if (!permits(policy(slot, family, 'export'), prefix)) continue
      const { attributes } = candidate
      if (!mayGo(attributes, best.source.type as 'ebgp' | 'ibgp', model.session!)) continue
      const nextHop = this.#nextHopFor(slot, family, attributes)
      if (nextHop === undefined) continue
      const { defaultLocalPref } = this.options.decision
      const route = outgoing(attributes, {
        terms: model.session!,
        localAs: options!.localAs,
        defaultLocalPref,
        nextHop,
      })
      const key = heardKey(prefix)
      const room = (model.session!.extendedMessage.send ? 65535 : 4096) - 23 - attributeOctets(route)
      if (room < (key.length - 2) / 2) continue
      expected.set(key, plain(route))
    }
    const heard = new Map(
      [...session.heard.routes].filter(([key]) => key.startsWith(family === 'ipv4-unicast' ? '1' : '2')),
    )
    same([...heard.keys()].sort(), [...expected.keys()].sort(), `${family} routes that ${slot.address} heard`)
    for (const [key, route] of heard)
      same(plain(route), expected.get(key), `${key} as ${slot.address} heard it`)
    const sent =
      policy(slot, family, 'export') === 'none' ||
      this.switch.views.neighbor(slot.address)!.families.find((one) => one.family === family)!.endOfRibSent
    check(
      sent && session.heard.ends.has(family === 'ipv4-unicast' ? 1 : 2),
      () => `no End-of-RIB of ${family} to ${slot.address}`,
    )
  }

  #nextHopFor(slot: Slot, family: Family, attributes: PathAttributes): Uint8Array | undefined {
    const mode = slot.options!.families.find((one) => one.family === family)!.nextHop
    const { peerType, extendedNextHop } = slot.model.session!
    const octets = nextHopOctets(attributes)
    const { reachable, connected } = this.resolver.resolve(attributes.nextHop ?? attributes.linkLocalNextHop!)
    const own =
      mode === 'self' ||
      (mode === 'third-party' &&
        peerType === 'ebgp' &&
        !(reachable && connected && slot.options!.ebgpMultihop === 1))
    const onLink = octets.length === 16 && octets[0] === 0xfe && (octets[1] & 0xc0) === 0x80
    const fits = (hop: Uint8Array) =>
      hop.length === 4 ? family === 'ipv4-unicast' : family === 'ipv6-unicast' || extendedNextHop.send
    if (!own && !onLink && fits(octets)) return octets
    const address = parseAddress(SWITCH)!.bytes
    return fits(address) ? address : undefined
  }

  #compareCounts(slot: Slot): void {
    if (slot.options === undefined) return
    const view = this.switch.views.neighbor(slot.address)!
    for (const { family, prefixesReceived, prefixesStale, prefixesAccepted } of view.families) {
      const paths = [...slot.model.paths[family]]
      const accepted = paths.filter(([, path]) => path.accepted)
      same(
        { prefixesReceived, prefixesStale, prefixesAccepted },
        {
          prefixesReceived: paths.length,
          prefixesStale: paths.filter(([, { stale }]) => stale).length,
          prefixesAccepted: accepted.length,
        },
        `counts of ${slot.address} ${family}`,
      )
    }
  }

  #end(line: Line): MemoryConnection {
    return line.peer.connection as MemoryConnection
  }
}

interface Candidate {
  readonly slot: Slot
  readonly path: ModelPath
  /** Those in use. */
  readonly attributes: PathAttributes
  readonly naive: NaivePath
}

/** RFC 8326 §4: a path with GRACEFUL_SHUTDOWN from an external neighbor is the last resort. */
function heeded(attributes: PathAttributes, { peerType }: Negotiated): PathAttributes {
  const leaving = peerType === 'ebgp' && attributes.communities?.includes(0xffff0000)
  return leaving ? { ...attributes, localPref: 0 } : attributes
}

const imports = (options: NeighborOptions) => options.families.map((family) => [family.family, family.import])

function policy(slot: Slot, family: Family, direction: 'import' | 'export'): RoutePolicy {
  return slot.options?.families.find((one) => one.family === family)?.[direction] ?? 'none'
}

/** A prefix list, read from the top. */
function permits(rules: RoutePolicy, prefix: string): boolean {
  if (typeof rules === 'string') return rules === 'all'
  if (!isList(rules)) throw new Error('the model knows prefix lists alone')
  const route = parsePrefix(prefix)!
  const rule = rules.find((one: PrefixRule) => {
    const outer = parsePrefix(one.prefix)!
    return contains(outer, route) && route.length >= one.ge && route.length <= one.le
  })
  return rule?.action === 'permit'
}

/** A route as the speaker shows it, reduced to what the model knows. */
function seen(route: RouteView): unknown[] {
  return route.paths
    .map(({ neighbor, best, multipath, stale, valid }) => ({ neighbor, best, multipath, stale, valid }))
    .sort((a, b) => (a.neighbor < b.neighbor ? -1 : 1))
}

function wanted(candidates: readonly Candidate[], multipath: readonly NaivePath[]): unknown[] {
  return candidates
    .map(({ slot, path, naive }) => ({
      neighbor: slot.address,
      best: multipath[0] === naive,
      multipath: multipath.includes(naive),
      stale: path.stale,
      valid: naive.valid,
    }))
    .sort((a, b) => (a.neighbor < b.neighbor ? -1 : 1))
}

function plain(route: {
  readonly nextHop: string
  readonly attributes: ReadonlyMap<number, string>
}): unknown {
  return { nextHop: route.nextHop, attributes: [...route.attributes].sort(([a], [b]) => a - b) }
}

function same(found: unknown, expected: unknown, what: string): void {
  check(
    isDeepStrictEqual(found, expected),
    () => `${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
  )
}

/** The link of a link-local next hop follows from the session, which this model of a machine does not tell apart. */
function withoutZones(gateways: readonly string[]): string[] {
  return gateways.map((gateway) => gateway.replace(/%.*/, '')).sort()
}

/** A guest that left is shown for a while, and is not there. */
function present(view: NeighborView | undefined): NeighborView | undefined {
  return view?.departed === undefined ? view : undefined
}
