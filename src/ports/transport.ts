import type { DialReason } from '../session/reasons.js'

/** One end of a TCP connection. IPv6 link-local addresses carry their zone: 'fe80::1%eth0'. */
export interface Endpoint {
  /** Canonical text; an IPv4 address never appears in its IPv4-mapped IPv6 form. */
  readonly address: string
  readonly port: number
}

/** What the driver of a connection hears. Handlers are set once, before the first octet arrives. */
export interface ConnectionHandlers {
  /** The chunk belongs to the callee only until it returns: copy what is kept. */
  data(chunk: Uint8Array): void
  /** The send queue fell below the low-water mark after `write` had returned false. */
  drain(): void
  /** The connection is gone: FIN, RST or an error. Called once, also after close(). */
  closed(reason: string): void
}

/** A TCP connection (net/connection.ts; tests: an in-memory pipe). */
export interface Connection {
  readonly local: Endpoint
  readonly remote: Endpoint
  /** True when the remote side dialled. */
  readonly incoming: boolean
  /**
   * An address of the other IP version on the interface that holds `local`: the next hop of that version's
   * routes on this session. Undefined when there is none.
   */
  readonly counterpart?: string
  /** Why an incoming connection must not be used: it is not protected as it has to be. Close it. */
  readonly refusal?: ConnectionRefusal
  /** Octets accepted by write() and not yet taken by the kernel. */
  readonly queued: number
  handle(handlers: ConnectionHandlers): void
  /** Queues octets. The buffer must not change afterwards. @returns false above the high-water mark. */
  write(bytes: Uint8Array): boolean
  /** Back-pressure: stop and start reading. */
  pause(): void
  resume(): void
  /**
   * Reads what the kernel has already received: used before acting on an expired hold timer, so that a
   * session is never declared dead because this process was busy. Resolves when those octets, if any, went
   * through `data`.
   */
  readPending(): Promise<void>
  /** Sends `last` (a NOTIFICATION), then FIN, and destroys the socket when the peer closed or after 1 s. */
  close(last?: Uint8Array): void
}

/** Why a connection is refused, each half a sentence for people. */
export interface ConnectionRefusal {
  readonly cause: string
  readonly remedy: string
}

/** TCP options of one neighbor. */
export interface DialOptions {
  readonly address: string
  readonly port: number
  /** Local address to bind; undefined: the kernel chooses. */
  readonly localAddress?: string
  /** Give up after so many milliseconds. */
  readonly timeout: number
  /** What may keep just this neighbor from answering, for the message: 'has it the same password'. */
  readonly questions?: readonly string[]
}

/** Why there is no connection: the message is the cause, one sentence. */
export interface DialError extends Error {
  /** Left out where nobody has looked at it: 'dial-failed'. */
  readonly reason?: DialReason
  /** What to do, where it is known. */
  readonly remedy?: string
}

/** An attempt to connect. */
export interface Dial {
  /** Gives up; no handler is called afterwards. */
  cancel(): void
}

export interface ListenOptions {
  /** '0.0.0.0', '::' or one address. */
  readonly address: string
  readonly port: number
}

export interface Listener {
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

/** What the kernel does for the connections with a neighbor. Left out: nothing, or the kernel's default. */
export interface Protection {
  /** Key of TCP-MD5 (RFC 2385), 1 to 80 octets of UTF-8. A secret: never logged, shown or put into an error. */
  readonly password?: string
  /** TTL, or hop limit, of what is sent, 1 to 255. */
  readonly ttl?: number
  /** Least TTL, or hop limit, of what is taken, 1 to 255 (GTSM, RFC 5082 §3). */
  readonly minTtl?: number
}

/** How the connections with one remote address, or with those of a prefix, are protected. */
export interface ProtectionRule extends Protection {
  /** Canonical text: an address, with its zone if it is link-local, or a prefix. */
  readonly remote: string
}

/** TCP, as the speaker sees it (net/tcp.ts; tests: an in-memory network). */
export interface Transport {
  /** @throws Error with a sentence naming address, port and remedy when it can't listen */
  listen(options: ListenOptions, accept: (connection: Connection) => void): Promise<Listener>
  /** `done` gets the connection, or why there is none. Called once, asynchronously. */
  dial(options: DialOptions, done: (result: Connection | DialError) => void): Dial
  /**
   * Says how connections are protected, in place of earlier rules: on every listener, now and later, and
   * on dials. Connections that are up are not touched. An address goes before a prefix, a longer prefix before
   * a shorter one, so that an address without protection is exempt from the GTSM of its prefix (not from its
   * key: the kernel asks for that before anybody else is asked).
   * @param refused called for each rule that can't be carried out, during the call or when a later listener is
   *   opened: its connections are refused, and dials fail, rather than go without
   */
  protect(rules: readonly ProtectionRule[], refused: (remote: string, reason: Error) => void): void
}
