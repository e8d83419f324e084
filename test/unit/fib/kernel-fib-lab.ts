import { KernelFib } from '../../../src/fib/kernel-fib.js'
import { ManualClock, MemoryLog } from './fake.js'
import { FakeIp } from './fake-ip.js'

/** A KernelFib on a fake `ip`. */
export class FibLab {
  readonly ip = new FakeIp()
  readonly clock = new ManualClock()
  readonly log = new MemoryLog()
  readonly fib: KernelFib
  /** Routes were told as refused while things settled. */
  refused = false

  constructor(mode: 'nexthop-objects' | 'plain') {
    this.fib = new KernelFib({
      log: this.log,
      clock: this.clock,
      spawn: this.ip.spawn,
      protected: () => [],
      audit: 0,
      options: {
        metric: 195,
        nextHopIds: { base: 1000, count: 1000 },
        keepOnStop: true,
        mode,
        allow: [],
        retry: 5,
      },
    })
  }

  /** Whatever is under way comes to its end, but for the monitors' words and what waits for the clock. */
  async decide(): Promise<void> {
    for (let quiet = 0; quiet < 12; quiet++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (!this.ip.busy) continue
      this.ip.execute()
      this.ip.answer()
      this.refused ||= this.fib.status().refused > 0
      quiet = 0
    }
  }

  async stop(): Promise<void> {
    const stopped = this.fib.stop({ keep: true })
    await this.decide()
    await stopped
  }
}
