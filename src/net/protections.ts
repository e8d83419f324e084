import { isIPv6, Socket, type SocketConstructorOpts } from 'node:net'
import { contains, type Prefix } from '../ip/prefix.js'
import { type Log, silent } from '../ports/log.js'
import type {
  ConnectionRefusal,
  DialOptions,
  ListenOptions,
  Protection,
  ProtectionRule,
} from '../ports/transport.js'
import type { DialReason } from '../session/reasons.js'
import { kernelPrefix } from './kernel-structs.js'
import { type Libc, libc } from './libc.js'
import { arrivedWith, clearKey, setHops, setKey } from './protected-socket.js'
import { descriptorOf, type SocketOptions } from './socket-options.js'

interface Rule {
  readonly remote: string
  readonly prefix: Prefix
  readonly protection: Protection
  /** Why it can't be carried out at all. */
  problem?: Error
}

/** A listening socket and what was set on it. */
interface Listening {
  readonly descriptor: number
  readonly ipv6: boolean
  /** Keys in force, by the prefix they are for. */
  readonly keys: Map<string, { readonly prefix: Prefix; readonly password: string }>
  ttl: number
  minTtl: number
}

/** TTL that says "sent by a neighbor on this link" (RFC 5082 §3), the largest there is. */
const MAX_TTL = 255

/**
 * Who is protected how, and the sockets on which the kernel has been told so. Nothing is loaded and no socket
 * is touched while no rule asks for anything.
 */
export class Protections implements SocketOptions {
  readonly #log: Log
  readonly #libc: () => Libc
  #byRemote = new Map<string, Rule>()
  #rules: readonly Rule[] = []
  #ranges: readonly Rule[] = []
  #active = false
  #refused: (remote: string, reason: Error) => void = () => {}
  readonly #listening = new Set<Listening>()

  /** @param load gives the C library, or throws an Error with the remedy */
  constructor(log: Log = silent, load: () => Libc = libc) {
    this.#log = log
    this.#libc = load
  }

  /** See Transport.protect. */
  protect(rules: readonly ProtectionRule[], refused: (remote: string, reason: Error) => void): void {
    this.#refused = refused
    this.#rules = rules.flatMap(({ remote, ...protection }) => {
      const prefix = kernelPrefix(remote)
      return prefix === undefined ? [] : [{ remote, prefix, protection }]
    })
    this.#byRemote = new Map(this.#rules.map((rule) => [rule.remote, rule]))
    this.#ranges = this.#rules.filter((rule) => rule.remote.includes('/'))
    this.#active = this.#rules.some((rule) => asksForSomething(rule.protection))
    if (this.#active) this.#check()
    // Also when nothing is asked for any more: what was set before is taken back.
    for (const listening of this.#listening) this.#set(listening)
  }

  listening(descriptor: number, options: ListenOptions): () => void {
    const ipv6 = isIPv6(options.address.split('%')[0])
    const listening: Listening = { descriptor, ipv6, keys: new Map(), ttl: -1, minTtl: 0 }
    this.#listening.add(listening)
    this.#set(listening)
    return () => this.#listening.delete(listening)
  }

  accepting(socket: Socket, remote: string): ConnectionRefusal | undefined {
    if (!this.#active) return undefined
    const rule = this.#find(remote)
    if (rule === undefined || !asksForSomething(rule.protection)) return undefined
    if (rule.problem !== undefined)
      return refusal(rule.problem.message, 'until then its connections are refused')
    const { password, minTtl } = rule.protection
    try {
      const system = this.#libc()
      const descriptor = descriptorOf(socket)
      // The kernel has handed the listener's key down. A connection that came in before the key did is caught
      // by this: what is not signed is dropped from now on.
      if (password !== undefined) setKey(system, descriptor, kernelPrefix(remote) ?? rule.prefix, password)
      setHops(system, descriptor, remote.includes(':'), rule.protection)
      if (minTtl === undefined) return undefined
      const ttl = arrivedWith(system, descriptor, remote.includes(':'))
      if (ttl >= minTtl) return undefined
      return refusal(
        `it came with TTL ${ttl}, and ttl-security asks for at least ${minTtl}`,
        `let ${remote} send with TTL ${MAX_TTL}, or take ttl-security away if it is further off`,
      )
    } catch (error) {
      if (password === undefined && minTtl === undefined) return undefined
      return refusal((error as Error).message, 'until then its connections are refused')
    }
  }

  dialling({ address }: DialOptions): Socket | undefined {
    const rule = this.#active ? this.#byRemote.get(address) : undefined
    if (rule === undefined || !asksForSomething(rule.protection)) return undefined
    try {
      return this.#protectedSocket(rule, address)
    } catch (error) {
      // Its code may be one that means something else of a connection: EPERM, a firewall.
      const reason: DialReason = 'protection'
      throw Object.assign(error as Error, { reason })
    }
  }

  #protectedSocket(rule: Rule, address: string): Socket | undefined {
    if (rule.problem !== undefined) throw rule.problem
    const { password, minTtl } = rule.protection
    let system: Libc
    try {
      system = this.#libc()
    } catch (error) {
      // A TTL protects nobody; without one the dial goes out as it would anyhow.
      if (password === undefined && minTtl === undefined) return undefined
      throw error
    }
    const ipv6 = address.includes(':')
    const descriptor = system.socket(ipv6)
    try {
      if (password !== undefined) setKey(system, descriptor, rule.prefix, password)
      setHops(system, descriptor, ipv6, rule.protection)
      // Without `manualStart` the socket would be read from before it is connected.
      const options: SocketConstructorOpts & { manualStart: boolean } = {
        fd: descriptor,
        allowHalfOpen: true,
        manualStart: true,
      }
      return new Socket(options)
    } catch (error) {
      system.close(descriptor)
      throw error
    }
  }

  /** Finds out what can't be had at all. */
  #check(): void {
    try {
      this.#libc()
    } catch (error) {
      const reason = error as Error
      for (const rule of this.#rules) {
        const { password, minTtl, ttl } = rule.protection
        if (password !== undefined || minTtl !== undefined) this.#fail(rule, reason)
        else if (ttl !== undefined)
          this.#log.warn(
            { neighbor: rule.remote },
            `${rule.remote}: the system's TTL is used, not ${ttl}: ${reason.message}`,
          )
      }
      return
    }
    this.#checkZones()
  }

  /** The kernel knows keys by address alone, and a link-local one may be on several interfaces. */
  #checkZones(): void {
    const keyed = new Map<string, Rule>()
    for (const rule of this.#rules) {
      if (rule.remote.includes('/')) continue
      const plain = rule.remote.split('%')[0]
      const other = keyed.get(plain)
      if (other === undefined) {
        keyed.set(plain, rule)
      } else if (other.protection.password !== rule.protection.password) {
        const text = `${rule.remote} and ${other.remote} need the same password: the kernel tells keys apart by address alone`
        this.#fail(rule, new Error(text))
      }
    }
  }

  #fail(rule: Rule, reason: Error): void {
    rule.problem = reason
    this.#refused(rule.remote, reason)
  }

  #find(remote: string): Rule | undefined {
    const exact = this.#byRemote.get(remote)
    if (exact !== undefined || this.#ranges.length === 0) return exact
    const host = kernelPrefix(remote)
    let best: Rule | undefined
    if (host === undefined) return undefined
    for (const range of this.#ranges) {
      if (range.prefix.length >= (best?.prefix.length ?? -1) && contains(range.prefix, host)) best = range
    }
    return best
  }

  /** Makes a listener's keys and TTLs what the rules say. */
  #set(listening: Listening): void {
    const family = listening.ipv6 ? 'ipv6-unicast' : 'ipv4-unicast'
    const rules = this.#rules.filter(({ prefix }) => prefix.family === family)
    const clean = listening.keys.size === 0 && listening.ttl === -1 && listening.minTtl === 0
    if (clean && !rules.some(({ protection }) => asksForSomething(protection))) return
    let system: Libc
    try {
      system = this.#libc()
    } catch {
      // Said, and the rules failed, when they came.
      return
    }
    this.#setKeys(system, listening, rules)
    this.#setHops(system, listening, rules)
  }

  #setKeys(system: Libc, listening: Listening, rules: readonly Rule[]): void {
    const { descriptor, keys } = listening
    const wanted = new Map<string, Rule>()
    for (const rule of rules) {
      if (rule.protection.password !== undefined && rule.problem === undefined)
        wanted.set(rule.remote.replace(/%[^/]*/, ''), rule)
    }
    for (const [name, { prefix }] of keys) {
      if (wanted.has(name)) continue
      keys.delete(name)
      clearKey(system, descriptor, prefix)
    }
    for (const [name, rule] of wanted) {
      const password = rule.protection.password as string
      if (keys.get(name)?.password === password) continue
      try {
        setKey(system, descriptor, rule.prefix, password)
        keys.set(name, { prefix: rule.prefix, password })
      } catch (error) {
        this.#fail(rule, error as Error)
      }
    }
  }

  /**
   * What the listener answers with has to get through the neighbors' own GTSM. What it takes can be limited
   * only when nobody may come from further off; else each connection is looked at when it has come.
   */
  #setHops(system: Libc, listening: Listening, rules: readonly Rule[]): void {
    const least = rules.map(({ protection }) => protection.minTtl ?? 0)
    const ttl = least.some((minTtl) => minTtl > 0) ? MAX_TTL : -1
    const minTtl = ttl === MAX_TTL ? Math.min(...least) : 0
    if (ttl === listening.ttl && minTtl === listening.minTtl) return
    try {
      setHops(system, listening.descriptor, listening.ipv6, { ttl, minTtl })
      listening.ttl = ttl
      listening.minTtl = minTtl
    } catch (error) {
      for (const rule of rules) if (rule.protection.minTtl !== undefined) this.#fail(rule, error as Error)
    }
  }
}

function asksForSomething({ password, ttl, minTtl }: Protection): boolean {
  return password !== undefined || ttl !== undefined || minTtl !== undefined
}

function refusal(cause: string, remedy: string): ConnectionRefusal {
  return { cause, remedy }
}
