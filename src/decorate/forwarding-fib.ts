/** What decorators of the kernel's side are made from: a forwarder, of which each overrides what it changes. */

import type { FibPort, FibRouteView, FibStatusView } from '../ports/fib.js'

/** A FIB that hands everything on to another one. */
export class ForwardingFib implements FibPort {
  protected readonly inner: FibPort

  constructor(inner: FibPort) {
    this.inner = inner
  }

  set(...[family, prefix, nextHops]: Parameters<FibPort['set']>): void {
    this.inner.set(family, prefix, nextHops)
  }

  flush(): void {
    this.inner.flush()
  }

  gatewayLost(...[gateway]: Parameters<FibPort['gatewayLost']>): void {
    this.inner.gatewayLost(gateway)
  }

  sweep(): void {
    this.inner.sweep()
  }

  kept(): number {
    return this.inner.kept()
  }

  route(prefix: string): FibRouteView | undefined {
    return this.inner.route(prefix)
  }

  refused(): readonly FibRouteView[] {
    return this.inner.refused()
  }

  status(): FibStatusView {
    return this.inner.status()
  }
}
