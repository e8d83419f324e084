/** Own routes of one family: which prefixes there are, why, and the paths of source 0 that follow from it. */

import { type ParsedPrefix, parsePrefix } from '../../ip/prefix.js'
import { isMartian } from '../../ip/special.js'
import { type CompiledPolicy, compilePolicy } from '../../policy/route-policy.js'
import type { NamedList, RouteRule } from '../../policy/types.js'
import type { MachineRoute, MachineRouteKind } from '../../ports/machine-routes.js'
import { type AggregateRule, Aggregates } from '../../rib/aggregates.js'
import type { Rib } from '../../rib/table.js'
import type { PathAttributes } from '../../wire/types.js'
import type { AnnounceOptions, NetworkOptions, RedistributeOptions } from '../model/announce-options.js'

/** Index of the speaker itself as a source of paths. */
const OWN_SOURCE = 0
/** Weight of own routes, as switches have it: they win over what neighbors send. */
const OWN_WEIGHT = 32768

const IGP = 0
const INCOMPLETE = 2

/** Why an own route is announced; of several the first counts. */
export type OwnRouteKind = 'network' | 'redistributed' | 'aggregate'

interface Filtered<T> {
  readonly options: T
  /** Undefined: all pass as they are. */
  readonly filter: CompiledPolicy | undefined
}

/** Who the speaker is, for AGGREGATOR and the decision. */
export interface OwnIdentity {
  readonly localAs: number
  /** Unsigned 32 bits, and as an address. */
  readonly routerId: number
  readonly routerAddress: string
}

/** Own routes of one family: what is to be announced, and the table's paths that say so. */
export class OwnTable {
  readonly #rib: Rib
  /** Wall time, milliseconds. */
  readonly #now: () => number
  readonly #networks = new Map<string, Filtered<NetworkOptions>>()
  readonly #redistributed = new Map<MachineRouteKind, Filtered<RedistributeOptions>>()
  readonly #aggregated = new Map<string, AggregateRule>()
  readonly #machine = new Map<string, MachineRoute>()
  /** Own routes that are in the table. */
  readonly #announced = new Map<string, OwnRouteKind>()
  readonly #aggregates: Aggregates
  /** Aggregates whose more specific routes have changed. */
  readonly #due = new Set<AggregateRule>()
  #identity: OwnIdentity

  constructor(rib: Rib, identity: OwnIdentity, now: () => number) {
    this.#rib = rib
    this.#identity = identity
    this.#now = now
    this.#aggregates = new Aggregates(
      rib,
      (prefix) => this.#isAggregate(prefix),
      (rule) => this.#due.add(rule),
    )
    this.#setSource()
  }

  /** True when a route of the machine may make a difference. */
  get needsMachine(): boolean {
    if (this.#redistributed.size > 0) return true
    for (const { options } of this.#networks.values()) if (options.ifInTable) return true
    return false
  }

  /**
   * Takes new options over.
   * @returns whether neighbors may have to be sent other routes of the table than before: aggregates that
   *   suppress them came or went
   */
  configure(options: AnnounceOptions | undefined, identity: OwnIdentity): boolean {
    if (identity !== this.#identity) {
      this.#identity = identity
      this.#setSource()
    }
    const before = [...this.#networks.keys(), ...this.#aggregated.keys(), ...this.#announced.keys()]
    for (const { filter } of [...this.#networks.values(), ...this.#redistributed.values()]) filter?.close?.()
    this.#networks.clear()
    this.#redistributed.clear()
    const ours = (prefix: string) => prefix.includes(':') === (this.#rib.family === 'ipv6-unicast')
    for (const network of options?.networks ?? []) {
      if (!ours(network.prefix)) continue
      this.#networks.set(network.prefix, { options: network, filter: this.#compile(network.routeMap) })
    }
    for (const entry of options?.redistribute ?? []) {
      if (entry.family !== this.#rib.family) continue
      this.#redistributed.set(entry.from, { options: entry, filter: this.#compile(entry.routeMap) })
    }
    const suppression = this.#configureAggregates(
      (options?.aggregates ?? []).filter(({ prefix }) => ours(prefix)),
    )
    const machine = this.#redistributed.size > 0 ? this.#machine.keys() : []
    const all = new Set([...before, ...this.#networks.keys(), ...this.#aggregated.keys(), ...machine])
    for (const prefix of all) this.refresh(prefix)
    return suppression
  }

  /** Notes a route of the machine. @returns whether the prefix is to be refreshed */
  note(prefix: string, route: MachineRoute | undefined): boolean {
    const before = this.#machine.get(prefix)
    if (route === undefined) this.#machine.delete(prefix)
    else this.#machine.set(prefix, route)
    return (
      this.#networks.has(prefix) ||
      (before !== undefined && this.#redistributed.has(before.kind)) ||
      (route !== undefined && this.#redistributed.has(route.kind))
    )
  }

  /** Networks that wait for a route of the machine. */
  waiting(): readonly string[] {
    const unmet = ({ options }: Filtered<NetworkOptions>) =>
      options.ifInTable && !this.#machine.has(options.prefix)
    return [...this.#networks.values()].filter(unmet).map(({ options }) => options.prefix)
  }

  /** Prefixes of the machine's routes as noted. */
  noted(): readonly string[] {
    return [...this.#machine.keys()]
  }

  /** Brings the table in line with what is to be announced of a prefix. */
  refresh(text: string): void {
    const prefix = parsePrefix(text)
    if (prefix === undefined || prefix.family !== this.#rib.family) return
    const origination = this.#originate(text, prefix)
    if (origination === undefined) {
      if (!this.#announced.delete(text)) return
      this.#rib.withdrawOne(OWN_SOURCE, prefix.bytes, 0, prefix.length, 0)
      return
    }
    this.#announced.set(text, origination.kind)
    const { bytes, length } = prefix
    this.#rib.announceOne(OWN_SOURCE, bytes, 0, length, 0, origination.attribute, this.#now())
  }

  /** After a decision: aggregates follow their more specific routes. */
  follow(): void {
    if (this.#due.size === 0) return
    const due = new Set(this.#due)
    this.#due.clear()
    for (const [text, rule] of this.#aggregated) if (due.has(rule)) this.refresh(text)
  }

  #setSource(): void {
    const { localAs, routerId } = this.#identity
    this.#rib.setSource({
      index: OWN_SOURCE,
      type: 'local',
      routerId,
      address: '',
      remoteAs: localAs,
      weight: OWN_WEIGHT,
    })
  }

  #configureAggregates(wanted: AnnounceOptions['aggregates']): boolean {
    const key = () =>
      [...this.#aggregated].map(([prefix, { summaryOnly }]) => `${prefix} ${summaryOnly}`).join()
    const suppresses = () => [...this.#aggregated.values()].some(({ summaryOnly }) => summaryOnly)
    const [before, suppressed] = [key(), suppresses()]
    this.#aggregated.clear()
    for (const { prefix, summaryOnly } of wanted) {
      const parsed = parsePrefix(prefix)
      if (parsed === undefined) continue
      this.#aggregated.set(prefix, { bytes: parsed.bytes, length: parsed.length, summaryOnly })
    }
    this.#due.clear()
    // Rules are compared by identity: the sums have to know these.
    if (this.#aggregated.size > 0 || before !== '') this.#aggregates.configure([...this.#aggregated.values()])
    return before !== key() && (suppressed || suppresses())
  }

  #compile(routeMap: NamedList<RouteRule> | undefined): CompiledPolicy | undefined {
    const policy = routeMap === undefined ? 'all' : { routeMap }
    return compilePolicy(policy, this.#rib.family, this.#rib.attributes, 'in')
  }

  /** What is to be announced of a prefix: the first that gives a reason. */
  #originate(text: string, prefix: ParsedPrefix): { kind: OwnRouteKind; attribute: number } | undefined {
    const machine = this.#machine.get(text)
    const network = this.#networks.get(text)
    if (network !== undefined && (!network.options.ifInTable || machine !== undefined)) {
      const attribute = this.#pass(network.filter, prefix, { origin: IGP, asPath: [], med: 0 })
      if (attribute !== 0) return { kind: 'network', attribute }
    }
    const source = machine === undefined ? undefined : this.#redistributed.get(machine.kind)
    if (machine !== undefined && source !== undefined && this.#mayPass(prefix, source.options)) {
      const med = source.options.metric ?? (machine.kind === 'connected' ? 0 : machine.metric)
      const attribute = this.#pass(source.filter, prefix, { origin: INCOMPLETE, asPath: [], med })
      if (attribute !== 0) return { kind: 'redistributed', attribute }
    }
    if (!this.#aggregated.has(text)) return undefined
    const sum = this.#aggregates.sum(prefix.bytes, prefix.length)
    if (sum === undefined || sum.count === 0) return undefined
    const { localAs, routerAddress } = this.#identity
    const attribute = this.#rib.attributes.internAttributes({
      origin: sum.origin,
      asPath: [],
      // RFC 4271 §5.1.6: said where AS numbers are left out of the path.
      ...(sum.lossy ? { atomicAggregate: true } : {}),
      aggregator: { as: localAs, address: routerAddress },
    })
    return { kind: 'aggregate', attribute }
  }

  #mayPass({ bytes, length }: ParsedPrefix, { defaultRoute }: RedistributeOptions): boolean {
    return (length > 0 || defaultRoute) && !isMartian(bytes, 0, length, bytes.length * 8)
  }

  /** The attribute set that leaves a route map; 0: denied. */
  #pass(filter: CompiledPolicy | undefined, { bytes, length }: ParsedPrefix, made: PathAttributes): number {
    const { attributes } = this.#rib
    const attribute = attributes.internAttributes(made)
    const used = filter === undefined ? attribute : filter.apply(bytes, 0, length, attribute)
    if (used === 0 || attributes.nextHop[used] === 0) return used
    // An own route with a gateway would be installed in the kernel it came from.
    const { nextHop, linkLocalNextHop, ...rest } = attributes.get(used)
    return attributes.internAttributes(rest, attributes.policyFlagsOf(used))
  }

  #isAggregate(prefix: number): boolean {
    const rib = this.#rib
    return (
      rib.sourceOf(rib.best(prefix)) === OWN_SOURCE &&
      this.#announced.get(rib.prefixes.text(prefix)) === 'aggregate'
    )
  }
}
