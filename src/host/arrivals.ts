/** Who tries to connect to this machine's BGP port, and who refuses our own attempts, by packet sockets. */

import type { Cancel, Clock } from '../ports/clock.js'
import type { ReadProc } from './files.js'
import { type FilterPorts, filterIPv4, filterIPv6 } from './filter.js'
import type { Arrivals, IcmpRefusal, Known, SynFact } from './model.js'
import type { OpenPacketSocket, PacketSocket } from './packet-socket.js'
import { parsePacket, type Syn, type Unreachable } from './packets.js'

/** Milliseconds between two looks into the sockets. */
const INTERVAL = 1000
/** Packets that are taken at one look; the kernel drops what its buffer does not hold. */
const MOST_PACKETS = 512
/** Senders that are remembered. */
const MOST_SENDERS = 256
/** Ports in the filter. */
const MOST_PORTS = 32
/** Last attempts of a sender that are remembered: a SYN of one of them is a repetition. */
const MOST_ATTEMPTS = 8
/** Number of the capability in /proc/PID/status. */
const CAP_NET_RAW = 13n

export interface ArrivalsParts {
  readonly clock: Clock
  readonly read: ReadProc
  /** True for an own address: what passes through to others is none of ours. */
  own(address: string): boolean
  /** Loads what opens packet sockets. @throws Error, a phrase for people */
  load(): Promise<OpenPacketSocket>
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Caller = Mutable<SynFact> & { readonly recent: string[] }

/** Listens while somebody is missing; what was heard stays. */
export class ArrivalsWatch {
  readonly #parts: ArrivalsParts
  /** Senders of SYNs, the last one at the end. */
  readonly #callers = new Map<string, Caller>()
  readonly #refusals = new Map<string, Mutable<IcmpRefusal>>()
  #sockets: PacketSocket[] = []
  #ports = ''
  #wanted = false
  #since: string | undefined
  #failure: string | undefined
  #cancel: Cancel | undefined

  constructor(parts: ArrivalsParts) {
    this.#parts = parts
  }

  /**
   * Begins to listen, or goes on. Never rejects: what failed is in the facts.
   * @param ports a change of them opens the sockets anew
   */
  async listen(ports: FilterPorts): Promise<void> {
    const limited = { own: few(ports.own), dialled: few(ports.dialled) }
    const key = JSON.stringify(limited)
    if (this.#wanted && this.#ports === key) return
    this.end()
    this.#wanted = true
    this.#ports = key
    this.#failure = mayListen(this.#parts.read) ? undefined : 'CAP_NET_RAW is missing'
    if (this.#failure !== undefined) return
    try {
      const open = await this.#parts.load()
      if (!this.#wanted || this.#ports !== key || this.#sockets.length > 0) return
      this.#sockets.push(open('ipv4', filterIPv4(limited)))
      this.#sockets.push(open('ipv6', filterIPv6(limited)))
      this.#since ??= this.#now()
      this.#wait()
    } catch (error) {
      this.#close()
      this.#failure = (error as Error).message
    }
  }

  /** Ends listening: nobody is missing, or this process stops. */
  end(): void {
    this.#wanted = false
    this.#read()
    this.#close()
  }

  /** What was heard so far. */
  facts(): Known<Arrivals> {
    if (this.#failure !== undefined) return { known: false, why: this.#failure }
    if (this.#since === undefined) {
      return { known: false, why: 'nobody has been missing, so it was not listened for' }
    }
    return {
      known: true,
      since: this.#since,
      listening: this.#sockets.length > 0,
      syns: [...this.#callers.values()].reverse().map(({ recent, ...fact }) => fact),
      refusals: [...this.#refusals.values()].reverse().map((refusal) => ({ ...refusal })),
    }
  }

  #now(): string {
    return new Date(this.#parts.clock.wall()).toISOString()
  }

  #wait(): void {
    this.#cancel = this.#parts.clock.after(INTERVAL, () => {
      this.#read()
      this.#wait()
    })
  }

  #close(): void {
    this.#cancel?.()
    for (const socket of this.#sockets.splice(0)) socket.close()
  }

  #read(): void {
    for (const socket of this.#sockets) {
      socket.read(MOST_PACKETS, ({ bytes, index }) => {
        const packet = parsePacket(bytes)
        if (packet?.type === 'syn') this.#syn(packet, index)
        else if (packet?.type === 'unreachable') this.#unreachable(packet)
      })
    }
  }

  #syn(syn: Syn, index: number): void {
    const { from, to, port, ttl, signed, sourcePort, sequence } = syn
    if (!this.#parts.own(to)) return
    const now = this.#now()
    const key = `${from} ${port}`
    const known = this.#callers.get(key)
    const caller = known ?? {
      from,
      to,
      port,
      attempts: 0,
      packets: 0,
      first: now,
      last: now,
      ttl,
      signed,
      index,
      recent: [],
    }
    caller.packets++
    const attempt = `${to} ${sourcePort} ${sequence}`
    if (!caller.recent.includes(attempt)) {
      caller.attempts++
      if (caller.recent.push(attempt) > MOST_ATTEMPTS) caller.recent.shift()
    }
    Object.assign(caller, { to, last: now, ttl, signed, index })
    newest(this.#callers, key, caller)
  }

  #unreachable({ from, to, sender, reason }: Unreachable): void {
    if (!this.#parts.own(sender)) return
    const key = `${from} ${to} ${reason}`
    const count = (this.#refusals.get(key)?.count ?? 0) + 1
    newest(this.#refusals, key, { to, from, reason, count, last: this.#now() })
  }
}

/** Puts it at the end, and drops the first one of too many. */
function newest<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST_SENDERS) return
  for (const first of map.keys()) {
    map.delete(first)
    return
  }
}

function few(ports: readonly number[]): number[] {
  return [...new Set(ports)].slice(0, MOST_PORTS)
}

/** Whether this process has CAP_NET_RAW: without it koffi need not even be loaded. */
function mayListen(read: ReadProc): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(read('self/status') ?? '')?.[1]
  return effective === undefined || ((BigInt(`0x${effective}`) >> CAP_NET_RAW) & 1n) === 1n
}
