import { execFileSync, spawn } from 'node:child_process'
import type { Clock } from '../../../src/ports/clock.js'
import type { Log } from '../../../src/ports/log.js'

/** Namespaces of this process, so that two runs never meet. */
export const NAMESPACE = `ecmpd-fib-${process.pid}`
const FAR = `${NAMESPACE}-far`

/** Runs `ip` with these arguments. @throws Error with what it printed */
export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
}

/** Makes the namespace with one link, 192.168.95.200/24 and fd95::200/64. */
export function makeLab(): void {
  ip('netns', 'add', NAMESPACE)
  ip('netns', 'add', FAR)
  ip('-n', NAMESPACE, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0', 'netns', FAR)
  ip('-n', NAMESPACE, 'link', 'set', 'eth0', 'up')
  ip('-n', FAR, 'link', 'set', 'far0', 'up')
  ip('-n', NAMESPACE, 'addr', 'add', '192.168.95.200/24', 'dev', 'eth0')
  ip('-n', NAMESPACE, 'addr', 'add', 'fd95::200/64', 'dev', 'eth0', 'nodad')
}

export function removeLab(): void {
  for (const name of [NAMESPACE, FAR]) {
    try {
      ip('netns', 'del', name)
    } catch {
      // It was not made.
    }
  }
}

export const clock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  micros: () => Date.now() * 1000,
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  soon: (fn) => void setImmediate(fn),
}

export const log: Log = {
  debug() {},
  info() {},
  warn() {},
  error: (fields, text) => console.error(text, fields),
}

/**
 * Polls until it holds.
 * @param pause milliseconds between looks; 0: every turn of the event loop
 * @throws Error after 60 s
 */
export async function until(holds: () => boolean, pause = 0): Promise<void> {
  const end = performance.now() + 60_000
  while (!holds()) {
    if (performance.now() > end) throw new Error('waited a minute in vain')
    await new Promise<void>((resolve) => (pause === 0 ? setImmediate(resolve) : setTimeout(resolve, pause)))
  }
}

/** Tells when the kernel announced that a next-hop object was deleted. */
export class DeletionClock {
  readonly #child = spawn('ip', ['-n', NAMESPACE, 'monitor', 'nexthop'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  #last = 0

  constructor() {
    this.#child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('Deleted')) this.#last = performance.now()
    })
  }

  /** Milliseconds from `since` to the first deletion after it. */
  async after(since: number): Promise<number> {
    await until(() => this.#last > since)
    return this.#last - since
  }

  stop(): void {
    this.#child.kill()
  }
}
