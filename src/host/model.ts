/**
 * What is known of this machine: read, never judged. Plain JSON values; times are ISO 8601 texts in UTC, durations
 * milliseconds. What could not be known says why.
 */

import type { PreferredRoute } from '../ports/fib.js'

/** A fact, or why it is not known: 'CAP_NET_RAW is missing', for people. */
export type Known<T> = ({ readonly known: true } & T) | { readonly known: false; readonly why: string }

/** The facts of one moment. */
export interface HostFacts {
  /** When sysctls and counters were last read. */
  readonly at: string
  /** Settings of the kernel that forwarding depends on; empty where this process installs no routes. */
  readonly sysctls: readonly SysctlFact[]
  /** Counters of the kernel; those that this kernel does not have are left out. */
  readonly counters: readonly CounterFact[]
  /** Interfaces with their addresses, and how each neighbor is reached. */
  readonly network: Known<NetworkFacts>
  /** Routes of others that the kernel uses instead of ours, whose prefix they share with a better metric. */
  readonly preferred: Known<{ readonly routes: readonly PreferredRoute[] }>
  /** What comes to the ports that this process listens on, seen before the firewall of this machine drops it. */
  readonly arrivals: Known<Arrivals>
}

/** What a sysctl is about, without its family and interface. */
export type SysctlSetting =
  | 'ip_forward'
  | 'fib_multipath_hash_policy'
  | 'fib_multipath_use_neigh'
  | 'send_redirects'
  | 'rp_filter'
  | 'accept_ra'

/** One setting of the kernel. */
export interface SysctlFact {
  /** As `sysctl` takes it: 'net.ipv4.ip_forward'; with slashes where an interface's name holds a dot. */
  readonly name: string
  /** `net.ipv6.conf.all.forwarding` is 'ip_forward' of IPv6. */
  readonly setting: SysctlSetting
  readonly family: 'ipv4' | 'ipv6'
  /** 'all' or the interface's name; absent: the setting has none. */
  readonly interface?: string
  /** As it is set. */
  readonly value: number
  /** As it works, of an interface: rp_filter is the greater of `all` and its own, send_redirects one of both. */
  readonly effective: number
  /** When it was first seen with this value; absent: it had it at the first look. */
  readonly since?: string
  /** What it was before `since`. */
  readonly before?: number
}

/** Counters of this network namespace that are looked at, by their names in /proc/net/netstat and /proc/net/snmp. */
export type CounterName =
  /** TCP segments dropped: not signed, though a key is set for the sender (RFC 2385). */
  | 'TCPMD5NotFound'
  /** TCP segments dropped: signed, though no key is set for the sender. */
  | 'TCPMD5Unexpected'
  /** TCP segments dropped: signed with another key. */
  | 'TCPMD5Failure'
  /** TCP segments dropped: their TTL is below what GTSM asks for (RFC 5082). */
  | 'TCPMinTTLDrop'
  /** Connections dropped before accept(), for whatever reason. */
  | 'ListenDrops'
  /** Connections dropped because too many waited for accept(). */
  | 'ListenOverflows'
  /** Packets dropped by rp_filter. */
  | 'IPReversePathFilter'
  /** IPv4 packets forwarded. */
  | 'ForwDatagrams'
  /** IPv4 packets dropped for want of a route. */
  | 'OutNoRoutes'

/** One counter of the kernel, since the start of this network namespace. The kernel does not count by sender. */
export interface CounterFact {
  readonly name: CounterName
  readonly total: number
  /** Since the first look. */
  readonly grown: number
  /** In the last five minutes, as far as it was looked at. */
  readonly recent: number
  /** When growth was last seen; absent: never. */
  readonly lastGrown?: string
}

/** Interfaces, and the neighbors on them. */
export interface NetworkFacts {
  /** When this was read: rarer than sysctls, since it takes commands. */
  readonly at: string
  readonly links: readonly LinkFact[]
  /** One for each neighbor's address that was asked about. */
  readonly neighbors: readonly NeighborReach[]
}

/** One interface. */
export interface LinkFact {
  /** Number of the interface. */
  readonly index: number
  readonly name: string
  /** Switched on by the operator. */
  readonly adminUp: boolean
  /** Switched on and with carrier. */
  readonly up: boolean
  /** Octets. */
  readonly mtu: number
  readonly addresses: readonly LinkAddress[]
}

/** An address of an interface. */
export interface LinkAddress {
  readonly address: string
  /** Bits of its subnet. */
  readonly length: number
  /** The far end of a point-to-point link, whose subnet it is then. */
  readonly peer?: string
}

/** States of the kernel's neighbor table, RFC 4861 §7.3.2 and Linux's own; 'NONE': the address is not in it. */
export type NeighborTableState =
  | 'NONE'
  | 'INCOMPLETE'
  | 'REACHABLE'
  | 'STALE'
  | 'DELAY'
  | 'PROBE'
  | 'FAILED'
  | 'PERMANENT'
  | 'NOARP'

/** How a neighbor's address is reached. */
export interface NeighborReach {
  /** As configured, with its zone. */
  readonly address: string
  /** It is an address of this machine. */
  readonly own: boolean
  /** It lies in a subnet of an interface of this machine, up or not. */
  readonly connected: boolean
  /** That subnet, 'address/length'. */
  readonly subnet?: string
  /** The interface of that subnet. */
  readonly interface?: string
  /** What ARP or neighbor discovery has found: FAILED and INCOMPLETE mean that nobody answered. */
  readonly table: NeighborTableState
  /** Its link-layer address, where the table has one. */
  readonly lladdr?: string
}

/** What came to our ports and to those of neighbors that we dial, per sender. */
export interface Arrivals {
  /** Since when it has been listened for. */
  readonly since: string
  /** False while nobody is missing: nothing is listened for then, and what follows is from before. */
  readonly listening: boolean
  /** The last senders, at most 256, the newest first. */
  readonly syns: readonly SynFact[]
  /** Routers and firewalls that refused our own segments, the newest first. */
  readonly refusals: readonly IcmpRefusal[]
}

/** TCP SYNs of one sender to a port of ours (RFC 9293 §3.5), before a firewall of this machine saw them. */
export interface SynFact {
  /** Who sent them. */
  readonly from: string
  /** Own address that they came to, of the last one. */
  readonly to: string
  readonly port: number
  /** Attempts to connect; each may have been repeated. */
  readonly attempts: number
  /** SYNs, repetitions too. */
  readonly packets: number
  readonly first: string
  readonly last: string
  /** TTL or hop limit with which the last one came. */
  readonly ttl: number
  /** The last one was signed (TCP-MD5, RFC 2385). */
  readonly signed: boolean
  /** Number of the interface that the last one came by. */
  readonly index: number
}

/** ICMP unreachable messages about segments that we sent to a BGP port (RFC 792, RFC 4443 §3.1). */
export interface IcmpRefusal {
  /** Whom we dialled. */
  readonly to: string
  /** Who sent the message: the host itself, or a router or firewall on the way. */
  readonly from: string
  /** 'prohibited' is what a firewall says that rejects. */
  readonly reason: 'prohibited' | 'host' | 'network' | 'port' | 'other'
  readonly count: number
  readonly last: string
}

/** Who listens on a TCP port. */
export interface PortHolder {
  readonly address: string
  readonly port: number
  /** Process; absent where this process may not see it. */
  readonly pid?: number
  /** Name of the process. */
  readonly process?: string
}
