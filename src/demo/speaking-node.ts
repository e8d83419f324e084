import { systemClock } from '../daemon/clock.js'
import { parseAddress, parseIPv4 } from '../ip/address.js'
import { afiOf, type Family, SAFI_UNICAST } from '../ip/family.js'
import { parsePrefix } from '../ip/prefix.js'
import { TcpTransport } from '../net/tcp.js'
import { type Log, silent } from '../ports/log.js'
import type { Negotiated, PeerParams } from '../session/types.js'
import type { GracefulRestartOptions, NeighborOptions } from '../speaker/model/options.js'
import { Audience } from '../speaker/observers/audience.js'
import { SessionWatch } from '../speaker/observers/sessions.js'
import type { ConnectionDriver, UpdateReader } from '../speaker/peer/connection-driver.js'
import { Peer, type PeerHost, type PeerRoutes } from '../speaker/peer/peer.js'
import { Work } from '../speaker/turn/work.js'
import { MessageType } from '../wire/codes.js'
import { AS_SEQUENCE } from '../wire/types.js'
import { encodeEndOfRib, endOfRibOf, splitUpdate, UpdateFields } from '../wire/update.js'
import { UpdateWriter } from '../wire/update-writer.js'
import { writeAttributes } from '../wire/write-attributes.js'

/** Who the node is and whom it peers with. Times are seconds. */
export interface SpeakingNodeOptions {
  /** Host name, as Cilium tells it (capability 73). */
  readonly name: string
  readonly as: number
  /** Own address: of the session, of the listener, and the BGP Identifier. */
  readonly address: string
  readonly port: number
  readonly neighbor: { readonly address: string; readonly as: number; readonly port: number }
  readonly holdTime: number
  readonly keepalive: number
  /** 0: no graceful restart. */
  readonly restartTime: number
  /** Announced from the start on. */
  readonly prefixes: readonly string[]
}

const FAMILY: Family = 'ipv4-unicast'
/** How long a restarting speaker waits for the neighbor's End-of-RIB; GoBGP's, and so Cilium's. Milliseconds. */
const DEFERRAL = 360_000
/** Cease/Peer De-configured (RFC 4486): what Cilium sends when it ends a session in order. */
const PEER_DECONFIGURED = 3

const NO_RESTART: GracefulRestartOptions = {
  enabled: false,
  restartTime: 0,
  stalePathTime: 0,
  notification: false,
}

/**
 * A node that speaks BGP as Cilium does, on ecmpd's own sessions: it dials and listens, says by graceful
 * restart that it has restarted (R, F and N bits), and announces nothing before it has the switch's
 * End-of-RIB. It takes no routes.
 */
export class SpeakingNode implements PeerHost, PeerRoutes {
  readonly clock = systemClock
  readonly transport: TcpTransport
  readonly log: Log
  readonly work: Work
  /** No tables: nothing is decided, and what is sent is never held back. */
  readonly tables = { decide() {} }
  readonly outbound = { writable() {} }
  /** Nobody watches. */
  readonly observers: { readonly sessions: SessionWatch }
  readonly retained = {
    routeRefresh: () => {
      if (this.#driver) this.#table(this.#driver)
    },
  }
  readonly #options: SpeakingNodeOptions
  readonly #peer: Peer
  readonly #prefixes = new Set<string>()
  readonly #fields = new UpdateFields()
  readonly #writer: UpdateWriter
  /** True until the first table was sent: the OPEN says so. */
  #restarting = true
  /** The session that takes routes. */
  #driver: ConnectionDriver | undefined
  #cancelDeferral = () => {}

  constructor(options: SpeakingNodeOptions, log: Log = silent) {
    this.#options = options
    this.log = log
    this.observers = { sessions: new SessionWatch(systemClock, new Audience(systemClock, log)) }
    this.transport = new TcpTransport(log)
    this.work = new Work(systemClock, {
      failed: (error) => log.error({ error: String(error) }, 'a piece of work failed'),
    })
    this.#writer = new UpdateWriter({
      chunk: (bytes, messages) => this.#driver?.write(bytes, MessageType.Update, messages),
    })
    for (const prefix of options.prefixes) this.announce(prefix)
    this.#peer = new Peer(this, neighborOptions(options), parseIPv4(options.address) ?? 0)
    this.#peer.routes = this
  }

  /** Listens and dials. @throws Error when the address can't be listened on */
  async start(): Promise<void> {
    const { address, port, neighbor } = this.#options
    await this.transport.listen({ address, port }, (connection) => {
      if (connection.remote.address === neighbor.address) this.#peer.accept(connection)
      else connection.close()
    })
    this.#peer.start()
  }

  /** Ends the session with Cease/Peer De-configured. */
  stop(): void {
    const text = `${this.#options.name} is drained`
    this.#peer.stop(PEER_DECONFIGURED, new Uint8Array(0), text)
  }

  /** @param prefix an IPv4 prefix @throws RangeError when it is none */
  announce(prefix: string): void {
    nlri(prefix)
    this.#prefixes.add(prefix)
    this.#send([prefix])
  }

  withdraw(prefix: string): void {
    if (!this.#prefixes.delete(prefix) || !this.#driver) return
    this.#writer.withdraw(FAMILY)
    this.#writer.addOctets(nlri(prefix), 0)
    this.#writer.flush()
  }

  /** Nobody looks up names here. */
  options(): object {
    return {}
  }

  params(peer: Peer): PeerParams {
    const { options } = peer
    const { name, address, restartTime } = this.#options
    const { holdTime, keepalive, connectRetry, openHold, idleHold, sendHold } = options.timers
    return {
      ...{ holdTime, keepalive, connectRetry, openHold, idleHold, sendHold },
      peer: options.address,
      localAs: options.localAs,
      remoteAs: options.remoteAs,
      routerId: parseIPv4(address) ?? 0,
      passive: false,
      delayOpen: 0,
      required: [],
      advertise: {
        families: [FAMILY],
        routeRefresh: true,
        enhancedRouteRefresh: false,
        extendedMessage: true,
        extendedNextHop: false,
        fqdn: { host: name, domain: '' },
        gracefulRestart: restartTime
          ? {
              time: restartTime,
              restarting: this.#restarting,
              notification: true,
              families: [{ family: FAMILY, forwarding: this.#restarting }],
            }
          : undefined,
      },
    }
  }

  established(driver: ConnectionDriver, result: Negotiated): UpdateReader {
    const waits = this.#restarting && result.gracefulRestart !== undefined
    this.log.info({}, `session with ${result.hostName ?? this.#options.neighbor.address} established`)
    if (waits) this.#cancelDeferral = this.clock.after(DEFERRAL, () => this.#table(driver))
    else this.#table(driver)
    return { receive: (bytes, start, end) => this.#read(driver, bytes, start, end) }
  }

  down(): void {
    this.#cancelDeferral()
    this.#driver = undefined
    this.log.info({}, 'session ended')
  }

  changed(): void {}
  keptDown(): undefined {}
  paused(): undefined {}
  over(): void {}
  repeats(): boolean {
    return false
  }
  ended(): void {}
  opened(): void {}
  gone(): void {}

  #read(driver: ConnectionDriver, bytes: Uint8Array, start: number, end: number): void {
    if (!splitUpdate(bytes, start, end, this.#fields)) return
    const family = endOfRibOf(bytes, this.#fields)
    if (family === afiOf(FAMILY) * 256 + SAFI_UNICAST && this.#driver !== driver) {
      this.#cancelDeferral()
      this.#table(driver)
    }
  }

  /** The whole table and End-of-RIB. */
  #table(driver: ConnectionDriver) {
    if (driver.over) return
    this.#restarting = false
    this.#driver = driver
    this.#send([...this.#prefixes])
    if (driver.terms?.gracefulRestart) this.#writer.message(encodeEndOfRib(FAMILY))
    this.#writer.flush()
  }

  #send(prefixes: readonly string[]) {
    if (!this.#driver) return
    const { as } = this.#options
    const attributes = writeAttributes(
      { origin: 0, asPath: [{ type: AS_SEQUENCE, asns: [as] }] },
      { as4: this.#driver.terms?.as4 ?? true, nextHop: false },
    )
    // Cilium's next hop is the session's own address.
    const own = parseAddress(this.#driver.connection.local.address)!
    this.#writer.announce(FAMILY, attributes, own.bytes)
    for (const prefix of prefixes) this.#writer.addOctets(nlri(prefix), 0)
    this.#writer.flush()
  }
}

/** A prefix as it stands in an UPDATE. */
function nlri(text: string): Uint8Array {
  const prefix = parsePrefix(text)
  if (prefix?.family !== FAMILY) throw new RangeError(`not an IPv4 prefix: ${text}`)
  return Uint8Array.of(prefix.length, ...prefix.bytes.subarray(0, Math.ceil(prefix.length / 8)))
}

function neighborOptions(options: SpeakingNodeOptions): NeighborOptions {
  const { neighbor, address, as, holdTime, keepalive } = options
  return {
    address: neighbor.address,
    remoteAs: neighbor.as,
    localAs: as,
    port: neighbor.port,
    localAddress: address,
    passive: false,
    ebgpMultihop: 1,
    // Cilium's own: 5 s after a reset; attempts as often as tests of it have them.
    timers: { holdTime, keepalive, connectRetry: 5, openHold: 240, idleHold: 1, sendHold: 0 },
    families: [{ family: FAMILY, import: 'none', export: 'all', nextHop: 'self', maximumPrefix: 0 }],
    gracefulRestart: NO_RESTART,
    weight: 0,
  }
}
