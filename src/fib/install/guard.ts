/**
 * Keeps learned prefixes from taking over what ecmpd itself depends on: a prefix that equals or covers an own
 * address, a neighbor or a gateway is refused, unless the configuration names it in `allow`.
 */
import { formatAddress, parseAddress, parseIPv4, parseIPv6 } from '../../ip/address.js'
import { mask } from '../../ip/prefix.js'

/** Addresses of one family as sortable keys: a number (IPv4) or 32 hex digits (IPv6). */
interface Sorted<K> {
  keys: K[]
  names: string[]
}

/** Judges prefixes against own, neighbors' and gateways' addresses, as described at the head of this file. */
export class Guard {
  readonly #allow: ReadonlySet<string>
  #own: ReadonlyMap<string, string> = new Map()
  #neighbors: readonly string[] = []
  /** Gateway addresses, counted. */
  readonly #gateways = new Map<string, number>()
  #current = true
  #four: Sorted<number> = { keys: [], names: [] }
  #six: Sorted<string> = { keys: [], names: [] }

  /** @param allow canonical prefixes that pass, compared exactly */
  constructor(allow: readonly string[]) {
    this.#allow = new Set(allow)
  }

  /**
   * Replaces the protected own addresses and neighbors. A zone is ignored, what is no address is left out.
   * @param own own addresses with their interface
   * @returns whether anything changed
   */
  protect(own: ReadonlyMap<string, string>, neighbors: readonly string[]): boolean {
    const same =
      own.size === this.#own.size &&
      neighbors.length === this.#neighbors.length &&
      [...own].every(([address, device]) => this.#own.get(address) === device) &&
      neighbors.every((address, i) => address === this.#neighbors[i])
    if (same) return false
    this.#own = new Map(own)
    this.#neighbors = [...neighbors]
    this.#current = false
    return true
  }

  /** One more user of the gateway. @returns true when it was not protected as a gateway before */
  addGateway(address: string): boolean {
    const users = this.#gateways.get(address) ?? 0
    this.#gateways.set(address, users + 1)
    if (users === 0) this.#current = false
    return users === 0
  }

  /** One user less. @returns true when it is protected as a gateway no more */
  removeGateway(address: string): boolean {
    const users = (this.#gateways.get(address) ?? 0) - 1
    if (users > 0) {
      this.#gateways.set(address, users)
      return false
    }
    this.#current = false
    return this.#gateways.delete(address)
  }

  /**
   * @param prefix canonical 'address/length'
   * @returns why the prefix must not be installed, or undefined when it may
   */
  refusal(prefix: string): string | undefined {
    if (!this.#current) this.#sort()
    const slash = prefix.indexOf('/')
    const length = Number(prefix.slice(slash + 1))
    const address = prefix.slice(0, slash)
    const covered = address.includes(':')
      ? this.#coveredSix(address, length)
      : this.#coveredFour(address, length)
    if (covered === undefined || this.#allow.has(prefix)) return undefined
    return `it covers ${covered}; to install it all the same, list ${prefix} under fib.allow`
  }

  #sort(): void {
    const four: [number, string][] = []
    const six: [string, string][] = []
    const add = (text: string, what: string) => {
      const address = text.split('%', 1)[0]
      if (!address.includes(':')) {
        const key = parseIPv4(address)
        if (key !== undefined) four.push([key, `${address}, ${what}`])
        return
      }
      const bytes = parseIPv6(address)
      if (bytes !== undefined) six.push([Buffer.from(bytes).toString('hex'), `${address}, ${what}`])
    }
    for (const [address, device] of this.#own) add(address, `an address of this machine (${device})`)
    for (const address of this.#neighbors) add(address, 'a neighbor')
    for (const address of this.#gateways.keys()) add(address, 'a gateway')
    this.#four = sorted(four, (a, b) => a - b)
    this.#six = sorted(six, (a, b) => (a < b ? -1 : a > b ? 1 : 0))
    this.#current = true
  }

  #coveredFour(address: string, length: number): string | undefined {
    const first = parseIPv4(address)
    if (first === undefined) return undefined
    const last = first + 2 ** (32 - length) - 1
    const at = lowerBound(this.#four.keys, first)
    return this.#four.keys[at] <= last ? this.#four.names[at] : undefined
  }

  #coveredSix(address: string, length: number): string | undefined {
    const bytes = parseIPv6(address)
    if (bytes === undefined) return undefined
    const first = Buffer.from(bytes).toString('hex')
    for (let bit = length; bit < 128; bit++) bytes[bit >> 3] |= 0x80 >> (bit & 7)
    const last = Buffer.from(bytes).toString('hex')
    const at = lowerBound(this.#six.keys, first)
    return this.#six.keys[at] <= last ? this.#six.names[at] : undefined
  }
}

function sorted<K>(pairs: [K, string][], compare: (a: K, b: K) => number): Sorted<K> {
  pairs.sort((a, b) => compare(a[0], b[0]))
  return { keys: pairs.map(([key]) => key), names: pairs.map(([, name]) => name) }
}

/** Index of the first key that is not below `wanted`. */
function lowerBound<K>(keys: readonly K[], wanted: K): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle] < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** Every prefix that covers the address, its own length first: 33 or 129 canonical texts. */
export function covering(address: string): string[] {
  const parsed = parseAddress(address.split('%', 1)[0])
  if (parsed === undefined) return []
  const bytes = Uint8Array.from(parsed.bytes)
  const prefixes: string[] = []
  for (let length = bytes.length * 8; length >= 0; length--) {
    mask(bytes, length)
    prefixes.push(`${formatAddress(bytes)}/${length}`)
  }
  return prefixes
}
