/** The resolved configuration: what both dialects end in and everything else begins with. */

import type { SpeakerOptions } from '../../speaker/model/options.js'

/**
 * A whole configuration with every default filled in: what `run` starts from, what `reload` compares and what
 * `config show` prints. Both dialects end here; nothing behind this type knows which one a file was written in.
 */
export interface Config {
  readonly bgp: SpeakerOptions
  readonly fib: FibOptions
  readonly api: ApiOptions
  readonly log: LogOptions
  readonly source: ConfigSource
}

/** Routes in the kernel. */
export interface FibOptions {
  /** Install routes. Default false; `run --fib` turns it on. */
  readonly enabled: boolean
  /**
   * Metric of own routes, 1 to 4294967295, default 195. Never 20 nor 32, which FRR's and BIRD's routes carry:
   * the metric tells own routes from theirs.
   */
  readonly metric: number
  /** Ids of own next-hop objects: `count` of them from `base` on. Ids outside are never touched. */
  readonly nextHopIds: { readonly base: number; readonly count: number }
  /** Leave the routes in the kernel when the daemon stops. Default false. */
  readonly keepOnStop: boolean
  /** 'auto': next-hop objects where the kernel has them, plain multipath routes elsewhere. */
  readonly mode: 'auto' | 'nexthop-objects' | 'plain'
  /**
   * Masked prefixes that the guard lets pass although they equal or cover an own address, a neighbor or a
   * gateway. A learned prefix is let pass when it equals one of these.
   */
  readonly allow: readonly string[]
  /** Seconds between attempts to install a route that the kernel refused, 1 to 3600, default 5. */
  readonly retry: number
}

/** HTTP API. */
export interface ApiOptions {
  /** Path of the UNIX socket; 'off'; undefined: /run/ecmpd/ecmpd.sock, else under $XDG_RUNTIME_DIR or ~/.local/state. */
  readonly socket?: string
  /** TCP address, default 127.0.0.1:9179. */
  readonly tcp: ListenAddress | 'off'
  /** Bearer token for addresses other than loopback. A secret: never printed, logged or returned. */
  readonly token?: string
  /** Where the token came from, when it was not inline: shown instead of it. */
  readonly tokenFrom?: { readonly file: string } | { readonly variable: string }
}

/** Where to listen. The address is canonical text; '::' stands for IPv6 alone, '0.0.0.0' for IPv4. */
export interface ListenAddress {
  readonly address: string
  readonly port: number
}

export interface LogOptions {
  readonly level: LogLevel
  /** 'auto': pretty on a terminal, JSON else. */
  readonly format: 'auto' | 'json' | 'pretty'
}

/** pino's levels. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** YAML, or the switch's own text (Ruijie, IOS, FRR). */
export type Dialect = 'yaml' | 'ios'

export interface ConfigSource {
  /** The file's path as it was given. */
  readonly file: string
  readonly dialect: Dialect
  /** What the file leaves to the machine: taken from its addresses and its name. */
  readonly automatic?: readonly ('routerId' | 'hostName')[]
}
