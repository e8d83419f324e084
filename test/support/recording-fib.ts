import type { Family } from '../../src/ip/family.js'
import type { FibPort, FibRouteView, FibStatusView, Gateway, NextHopSet } from '../../src/ports/fib.js'

/** A kernel made of a map: keeps what it was told, in order. */
export class RecordingFib implements FibPort {
  /** Every call, oldest first: 'set 10.0.0.0/8 via a,b', 'set 10.0.0.0/8 none', 'flush', 'lost a', 'sweep'. */
  readonly calls: string[] = []
  /** Routes that an earlier run left. */
  readonly left: number
  readonly #routes = new Map<string, readonly string[]>()

  constructor(left = 0) {
    this.left = left
  }

  set(_family: Family, prefix: string, nextHops: NextHopSet | undefined): void {
    if (nextHops === undefined) {
      this.#routes.delete(prefix)
      this.calls.push(`set ${prefix} none`)
      return
    }
    const gateways = nextHops.gateways.map((gateway) => gateway.address)
    this.#routes.set(prefix, gateways)
    this.calls.push(`set ${prefix} via ${gateways.join(',')}`)
  }

  flush(): void {
    this.calls.push('flush')
  }

  gatewayLost(gateway: Gateway): void {
    this.calls.push(`lost ${gateway.address}`)
  }

  sweep(): void {
    this.calls.push('sweep')
  }

  route(prefix: string): FibRouteView | undefined {
    const gateways = this.#routes.get(prefix)
    if (gateways === undefined) return undefined
    return { prefix, state: 'installed', gateways: gateways.map((address) => ({ address })) }
  }

  kept(): number {
    return this.left
  }

  refused(): readonly FibRouteView[] {
    return []
  }

  status(): FibStatusView {
    return {
      enabled: true,
      mode: 'plain',
      installed: this.#routes.size,
      pending: 0,
      refused: 0,
      operations: { add: 0, replace: 0, delete: 0 },
      errors: 0,
    }
  }

  /** Gateways of a prefix, undefined without a route. */
  via(prefix: string): readonly string[] | undefined {
    return this.#routes.get(prefix)
  }

  get size(): number {
    return this.#routes.size
  }

  /** Takes the calls so far away and returns them. */
  take(): string[] {
    return this.calls.splice(0)
  }
}
