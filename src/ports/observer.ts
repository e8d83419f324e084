/**
 * What a speaker tells those who watch it: journal, BMP, packet evidence, the page. An observer names what it wants
 * to hear by the parts it has; what nobody wants is not made, not stamped and not remembered.
 *
 * Order. All calls come on the one thread, one after the other. Of one session: `opened`, its messages in the order
 * in which their octets came and went, `established` behind the KEEPALIVE that made it so, `ended`, once. A message
 * that came precedes anything that follows from it (a change of state, of a table, an answer); one that goes
 * comes when the transport has taken it over. Of one table: changes in the order in which they were decided. A
 * batch of Loc-RIB comes after the kernel has heard of it; what is then sent of it comes after that.
 *
 * Values of tables may be kept for ever: they are never changed, and equal parts are shared (one RouteAttributes for
 * each distinct set of attributes while routes have it, one PathState for paths that differ in nothing). Each says
 * what is so now, never what was added to it: told twice, it means the same. Octets of messages are different: they
 * lie in buffers that are used again. `octets.slice()` keeps them.
 *
 * Coming late. Within `observe()` an observer hears of every connection there is: `opened`, and `established` with
 * both OPENs where it is up, with the times at which that was. Tables follow on later turns, in slices (`replay` is
 * true), while changes go on; then `complete`. An observer that is there for nothing else has a snapshot then.
 *
 * An observer may come and go at any time, from within a call too. One that throws is written to the log and goes on
 * hearing: no session, route or other observer suffers. It must not wait for anything, or call the speaker back.
 */

import type { Family } from '../ip/family.js'
import type { NeighborKey } from '../session/neighbor-key.js'
import type { EndReason } from '../session/reasons.js'
import type { EndCause, Negotiated, State } from '../session/types.js'
import type { Fault } from '../wire/types.js'
import type { Gateway } from './fib.js'
import type { Endpoint } from './transport.js'

/** Microseconds since 1970, an integer; follows the wall clock, so that it may step back. */
export type Microseconds = number

/** Somebody who watches. Parts that are left out cost nothing. */
export interface Observer {
  /** Names it in the log: 'journal'. */
  readonly name: string
  readonly sessions?: SessionObserver
  /** Loc-RIB: the best path of each prefix, with the gateways that packets take (RFC 9069). */
  readonly locRib?: TableObserver<LocRibChange>
  /** The same where the set of gateways changed, and nothing else. */
  readonly nextHopSets?: TableObserver<NextHopSetChange>
  /**
   * Adj-RIB-In: every path of every neighbor before and after policy (RFC 7854). Costs the speaker an object for
   * each distinct path and a look at each path of a prefix that changes.
   */
  readonly adjRibIn?: TableObserver<PathChange>
  /** What each neighbor has been sent, after policy (RFC 8671). */
  readonly adjRibOut?: AdjRibOutObserver
}

/** Ends an observation; calling it twice does nothing. */
export type Unobserve = () => void

/** Something that can be watched: the speaker. */
export interface Observable {
  /** Begins to tell `observer`; see the head of ports/observer.ts for what it hears at once. */
  observe(observer: Observer): Unobserve
}

// Sessions

/** Who a connection is with, as it was when that came into being. */
export interface ObservedNeighbor {
  readonly key: NeighborKey
  /** Canonical text, with its zone if it is link-local. */
  readonly address: string
  readonly description?: string
  /** As configured; 0: any (a listen range). `Negotiated.remoteAs` is what its OPEN said. */
  readonly remoteAs: number
  /** As configured towards it; `Negotiated.localAs` is what the own OPEN said. */
  readonly localAs: number
  /** Made from a listen range. */
  readonly dynamic: boolean
}

/** Both OPENs of a session, header included; may be kept. */
export interface OpenPair {
  readonly sent: Uint8Array
  readonly received: Uint8Array
}

/**
 * One TCP connection with a neighbor, whether a session comes of it or not. The same object in every call; what is
 * not known yet is undefined.
 */
export interface ObservedSession {
  /** From 1, ascending; unique in the life of the speaker. */
  readonly id: number
  readonly neighbor: ObservedNeighbor
  readonly local: Endpoint
  readonly remote: Endpoint
  /** True when the neighbor dialled. */
  readonly incoming: boolean
  readonly openedAt: Microseconds
  /** What both OPENs agree on: 4-octet AS numbers, ADD-PATH by family and direction, message length, timers. */
  readonly terms: Negotiated | undefined
  /** From `established` on. */
  readonly opens: OpenPair | undefined
  readonly establishedAt: Microseconds | undefined
}

/** One message, or octets that are none. */
export interface ObservedMessage {
  readonly direction: 'in' | 'out'
  readonly at: Microseconds
  /**
   * Message type (RFC 4271 §4.1, RFC 2918 §3): 1 OPEN, 2 UPDATE, 3 NOTIFICATION, 4 KEEPALIVE, 5 ROUTE-REFRESH.
   * Undefined for octets that came and are no whole message: all from a broken header on, what was read and not
   * looked at before the end, the beginning of a message that did not come whole.
   */
  readonly type: number | undefined
  /**
   * The whole message, header included. Of one direction of one session the octets of all calls, one behind the
   * other, are what TCP carried (of what comes after the own end of the session nothing is read). Valid until the
   * call returns: `octets.slice()` keeps them.
   */
  readonly octets: Uint8Array
}

/** How a connection ended. */
export interface SessionEnd {
  readonly at: Microseconds
  /** It was up. */
  readonly established: boolean
  readonly cause: EndCause
  /** The same for those who look why. */
  readonly reason: EndReason
  /** One sentence for people, with the remedy where it is known. */
  readonly text: string
  /** The NOTIFICATION that ended it, if one was sent or received; its message came before. */
  readonly notification?: {
    readonly direction: 'sent' | 'received'
    readonly code: number
    readonly subcode: number
    readonly data: Uint8Array
  }
}

/** A neighbor's state (RFC 4271 §8.2.2) changed. */
export interface StateChange {
  readonly at: Microseconds
  readonly neighbor: ObservedNeighbor
  /** The connection that has brought it furthest, or the last one; undefined before the first. */
  readonly session: ObservedSession | undefined
  readonly from: State
  readonly to: State
  /** One sentence for people. */
  readonly cause: string
}

/** What was wrong with the last message told of this session; the consequence follows. */
export interface MessageFault {
  readonly at: Microseconds
  /** 'discard': an attribute is ignored; 'withdraw': its routes count as withdrawn (RFC 7606); 'reset': the end. */
  readonly verdict: 'discard' | 'withdraw' | 'reset'
  /** At least one. */
  readonly faults: readonly Fault[]
}

/** What became of a neighbor's paths because its session ended, came back or was refreshed. */
export interface RetentionChange {
  readonly at: Microseconds
  readonly neighbor: ObservedNeighbor
  readonly families: readonly Family[]
  /**
   * 'stale': all paths that are there are kept as stale (RFC 4724, RFC 7313); each that comes again no longer is.
   * 'long-lived': stale ones become the last choice (RFC 9494). 'swept': those still stale go. 'removed': all go.
   * The paths' own changes follow, in slices.
   */
  readonly what: 'stale' | 'long-lived' | 'swept' | 'removed'
  /** How many paths that concerns. */
  readonly paths: number
  /** Half a sentence for people. */
  readonly reason: string
}

/** A dial that came to nothing: there was no connection. */
export interface DialFailure {
  readonly at: Microseconds
  readonly neighbor: ObservedNeighbor
  /** One sentence for people. */
  readonly text: string
}

/** A connection of somebody who does not get in; nothing of what it sent was read. */
export interface RefusedConnection {
  readonly at: Microseconds
  readonly local: Endpoint
  readonly remote: Endpoint
  /** The NOTIFICATION that was sent; undefined: closed without a word. May be kept. */
  readonly sent: Uint8Array | undefined
  /** Half a sentence for people; empty while the speaker stops. */
  readonly cause: string
}

/** Hears of connections. With `message` left out no message is looked at or stamped. */
export interface SessionObserver {
  opened?(session: ObservedSession): void
  message?(session: ObservedSession, message: ObservedMessage): void
  /** Comes behind the message that it is about, which must not be taken for read correctly. */
  fault?(session: ObservedSession, fault: MessageFault): void
  /** `opens`, `terms` and `establishedAt` are there from now on. */
  established?(session: ObservedSession): void
  ended?(session: ObservedSession, end: SessionEnd): void
  stateChanged?(change: StateChange): void
  dialFailed?(failure: DialFailure): void
  refused?(connection: RefusedConnection): void
  retention?(change: RetentionChange): void
}

// Tables

/** Changes that were decided together. The object, its list and all in it may be kept. */
export interface TableBatch<Change> {
  readonly at: Microseconds
  readonly family: Family
  /** Not empty. */
  readonly changes: readonly Change[]
  /** What was there when the observer came, not what has changed. */
  readonly replay: boolean
}

/** Hears of one kind of table, in both families. */
export interface TableObserver<Change> {
  changed(batch: TableBatch<Change>): void
  /** All that was there when the observer came has been told, in every family. */
  complete?(): void
}

/** A set of path attributes. */
export interface RouteAttributes {
  /**
   * The attributes as octets, in ascending order of their type codes, each with the shortest form of its length. The
   * next hop stands in NEXT_HOP when it is an IPv4 address, else in an MP_REACH_NLRI of IPv6 unicast without NLRI.
   * AS numbers have 4 octets; in Adj-RIB-Out they have what the session has, AS4_PATH and AS4_AGGREGATOR beside them.
   */
  readonly octets: Uint8Array
  /** Canonical text; empty for an own route, which has none. */
  readonly nextHop: string
  /** The link-local address beside it (RFC 2545 §3), without zone. */
  readonly linkLocalNextHop?: string
}

/** Where a path came from. */
export interface RouteSource {
  /** The neighbor's key; undefined for this speaker's own routes. */
  readonly neighbor: NeighborKey | undefined
  readonly type: 'ebgp' | 'ibgp' | 'local'
  readonly remoteAs: number
  /** BGP Identifier, unsigned 32 bits. */
  readonly routerId: number
}

/** A path of some prefix, as it stands. Paths of many prefixes share one object when they differ in nothing. */
export interface PathState {
  readonly source: RouteSource
  /** ADD-PATH identifier as received (RFC 7911); 0 without. */
  readonly pathId: number
  /** Before import policy. */
  readonly received: RouteAttributes
  /** After it: what counts. Undefined: policy or a check refused the path. */
  readonly used: RouteAttributes | undefined
  /** It takes part in the decision. */
  readonly valid: boolean
  /** Why it does not, for people. */
  readonly reason?: string
  readonly best: boolean
  /** Best, or beside the best one in the set of gateways. */
  readonly multipath: boolean
  /** Kept from a session that ended, or not sent again since a refresh began (see RetentionChange). */
  readonly stale: boolean
  /** When its attributes last changed. */
  readonly since: Microseconds
}

/** What is best for a prefix now. */
export interface LocRibChange {
  /** 'address/length', canonical. */
  readonly prefix: string
  /** Undefined: there is no route any more. */
  readonly best: PathState | undefined
  /** Gateways now, and as the last change had them; in a replay `before` is empty. */
  readonly nextHops: ObservedNextHops
  readonly before: ObservedNextHops
}

/** A path of a prefix is such now. */
export interface PathChange {
  readonly prefix: string
  readonly source: RouteSource
  readonly pathId: number
  /** Undefined: it is gone. */
  readonly path: PathState | undefined
}

/** A gateway of a set. */
export interface ObservedGateway extends Gateway {
  /** Its share of the packets, in relation to the others of the set; 1 where all have the same. */
  readonly weight: number
}

/** Gateways ascending by address (IPv4 first); none for a prefix without a route, or with an own one. */
export type ObservedNextHops = readonly ObservedGateway[]

/** The gateways of a prefix are others now. */
export interface NextHopSetChange {
  readonly prefix: string
  readonly before: ObservedNextHops
  readonly after: ObservedNextHops
}

/** What a neighbor holds from this speaker for a prefix now. */
export interface AdvertisedChange {
  readonly prefix: string
  /** ADD-PATH identifier as sent; 0 without. */
  readonly pathId: number
  /** As sent; undefined: withdrawn. */
  readonly attributes: RouteAttributes | undefined
}

/**
 * What one write told a neighbor. Members of an update group that are sent the same octets share `changes`. With its
 * session all that a neighbor holds is gone without a word.
 */
export interface AdvertisedBatch {
  readonly at: Microseconds
  readonly session: ObservedSession
  readonly family: Family
  /** May be empty where `endOfRib` is true. */
  readonly changes: readonly AdvertisedChange[]
  /** The End-of-RIB marker went out behind them (RFC 4724 §2). */
  readonly endOfRib: boolean
  readonly replay: boolean
}

/** Hears what neighbors are sent. */
export interface AdjRibOutObserver {
  sent(batch: AdvertisedBatch): void
  complete?(): void
}
