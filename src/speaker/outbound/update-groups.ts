/** Update groups: neighbors that are treated alike share one Adj-RIB-Out, and what decides who is alike. */

import { parseAddress } from '../../ip/address.js'
import type { Family } from '../../ip/family.js'
import { compilePolicy, policyKey } from '../../policy/route-policy.js'
import type { Connection } from '../../ports/transport.js'
import type { BlockStore } from '../../rib/attributes/block-store.js'
import { type ExportTreatment, treatmentKey } from '../../rib/export/treatment.js'
import { AdjOut } from '../../rib/out/adj-out.js'
import type { OutMember } from '../../rib/out/out-member.js'
import { MAX_EXTENDED_LENGTH, MAX_LENGTH } from '../../wire/message.js'
import type { FamilyOptions } from '../model/options.js'
import type { NextHopTracking } from '../tables/next-hop-tracking.js'
import type { Tables } from '../tables/tables.js'
import { DefaultRoute } from './default-route.js'
import { exportChanges } from './export-changes.js'
import type { ExportSession } from './export-session.js'

/** Neighbors of one key, and what they are sent. */
export interface UpdateGroup {
  /** From 1, as views show it. */
  readonly id: number
  readonly key: string
  readonly adj: AdjOut
  readonly defaultRoute: DefaultRoute | undefined
  /** 'third-party': its members' shared subnets decide about next hops. */
  readonly looksAtSubnets: boolean
}

/** What decides which group a neighbor is in. */
export interface UpdateGroupPlan {
  readonly treatment: ExportTreatment
  readonly key: string
  /** Its shared subnets decide about next hops, and the link that it is on. */
  readonly subnets: boolean
  readonly link: string | undefined
}

/** The update groups of a speaker: one for each key that a neighbor asks for, as long as it has members. */
export class UpdateGroups {
  readonly #tracking: NextHopTracking
  readonly #tables: Tables
  readonly #blocks: BlockStore
  readonly #groups = new Map<string, UpdateGroup>()
  #next = 1

  constructor(tracking: NextHopTracking, tables: Tables, blocks: BlockStore) {
    this.#tracking = tracking
    this.#tables = tables
    this.#blocks = blocks
  }

  get size(): number {
    return this.#groups.size
  }

  /**
   * How a neighbor's routes are treated; those with one key share a group.
   * @param options of the family that is sent, with something to export
   */
  plan(session: ExportSession, options: FamilyOptions): UpdateGroupPlan {
    const { family } = options
    const { connection } = session.driver
    const remote = connection.remote.address
    const treatment: ExportTreatment = {
      family,
      type: session.type,
      remoteAs: session.remoteAs,
      localAs: session.localAs,
      as4: session.as4,
      extendedNextHop: session.extendedNextHop,
      maximumMessage: maximumOf(session),
      nextHop: options.nextHop,
      ownAddress: parseAddress(ownAddress(connection, family, session.extendedNextHop))?.bytes ?? NO_ADDRESS,
      defaultLocalPref: session.defaultLocalPref,
      role: session.role,
      gracefulShutdown: session.gracefulShutdown,
      reflector:
        session.type === 'ibgp'
          ? {
              clusterId: session.clusterId,
              clients: options.routeReflectorClient ?? false,
              clientToClient: session.clientToClient,
            }
          : undefined,
      changes: exportChanges(session.ownAs, options),
      longLived: session.longLived,
      addPath: session.addPath(family) ? (options.addPath?.send ?? 1) : undefined,
    }
    const subnets = options.nextHop === 'third-party' && session.type === 'ebgp'
    const link = subnets && session.singleHop ? this.#tracking.linkOf(remote) : undefined
    const { defaultOriginate } = options
    const policy = `${policyKey(options.export)} ${defaultOriginate === undefined ? '' : JSON.stringify(defaultOriginate)}`
    const key = treatmentKey(treatment, policy, subnets ? (link ?? '-') : '')
    return { treatment, key, subnets, link }
  }

  /** The group of a plan, made if there is none yet: its routes are looked at from now on. */
  of({ treatment, key, subnets, link }: UpdateGroupPlan, options: FamilyOptions): UpdateGroup {
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const rib = this.#tables.rib(options.family)
    const shared = (nextHop: number) =>
      link !== undefined && this.#tracking.linkOf(rib.nextHops.text(nextHop)) === link
    const filter = compilePolicy(options.export, options.family, rib.attributes, 'out')
    const { defaultOriginate } = options
    const adj = new AdjOut(rib, this.#blocks, treatment, shared, filter)
    const group = {
      id: this.#next++,
      key,
      adj,
      defaultRoute:
        defaultOriginate === undefined
          ? undefined
          : new DefaultRoute(rib, defaultOriginate, (attribute) => adj.originate(attribute)),
      looksAtSubnets: subnets,
    }
    this.#groups.set(key, group)
    return group
  }

  /** A neighbor is no member any more; a group without members is given up. */
  leave(group: UpdateGroup, member: OutMember): void {
    group.adj.leave(member)
    if (group.adj.size > 0) return
    group.adj.close()
    group.defaultRoute?.close()
    this.#groups.delete(group.key)
  }

  /** Interfaces changed: next hops are chosen anew where subnets matter. */
  subnetsChanged(): void {
    for (const group of this.#groups.values()) if (group.looksAtSubnets) group.adj.reevaluate()
  }

  /** What the tables suppress, or what a source of routes is to the reflector, has changed. */
  reevaluate(): void {
    for (const group of this.#groups.values()) group.adj.reevaluate()
  }
}

const NO_ADDRESS = new Uint8Array(0)

/** The own address for next hops of a family: that of the session where it is of the family's IP version. */
function ownAddress(connection: Connection, family: Family, extendedNextHop: boolean): string {
  const { local, counterpart } = connection
  const fits = local.address.includes(':')
    ? family === 'ipv6-unicast' || extendedNextHop
    : family === 'ipv4-unicast'
  return fits ? local.address : (counterpart ?? local.address)
}

/** Octets of the longest message that the neighbor takes (RFC 4271 §4.1, RFC 8654 §4). */
export function maximumOf(session: ExportSession): number {
  return session.extendedMessage ? MAX_EXTENDED_LENGTH : MAX_LENGTH
}
