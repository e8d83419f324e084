import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'
import type { FeederEvent, FeederSpec, SessionReport } from './protocol.js'

type EventOf<T extends FeederEvent['type']> = Extract<FeederEvent, { type: T }>

const SCRIPT = fileURLToPath(new URL('./main.js', import.meta.url))

/** A running feeder process. */
export class Feeder {
  readonly child: DemoChild
  readonly spec: FeederSpec
  readonly #events: FeederEvent[] = []
  #read = 0

  constructor(child: DemoChild, spec: FeederSpec) {
    this.child = child
    this.spec = spec
    child.onOutput(() => {
      const end = child.stdout.lastIndexOf('\n') + 1
      for (const line of child.stdout.slice(this.#read, end).split('\n')) {
        if (line) this.#events.push(JSON.parse(line) as FeederEvent)
      }
      this.#read = end
    })
  }

  /** Starts it; resolves once its octets are made. */
  static async start(lab: Lab, namespace: string, name: string, spec: FeederSpec): Promise<Feeder> {
    const file = lab.path(`${name}.json`)
    writeFileSync(file, JSON.stringify(spec))
    const argv = [process.execPath, '--max-old-space-size=8192', '--max-semi-space-size=256', SCRIPT, file]
    const child = lab.start(namespace, name, argv, { interactive: true })
    const feeder = new Feeder(child, spec)
    await feeder.seen('ready', 0, 120_000)
    return feeder
  }

  /** Number of events so far: where to look for later ones. */
  get mark(): number {
    return this.#events.length
  }

  /**
   * Waits for an event.
   * @param from mark: earlier events don't count
   * @param within milliseconds
   * @throws Error when it does not come
   */
  seen<T extends FeederEvent['type']>(
    type: T,
    from = 0,
    within = 60_000,
    holds: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.#events
          .slice(from)
          .find((event) => event.type === type && holds(event as EventOf<T>))
        if (found) done(() => resolve(found as EventOf<T>))
        else if (!this.child.running) fail('ended')
      }
      const done = (act: () => void) => {
        clearTimeout(timer)
        stop()
        act()
      }
      const fail = (why: string) =>
        done(() =>
          reject(
            new TimeoutError(`${this.child.name} ${why} before «${type}»: ${this.child.stderr.slice(-2000)}`),
          ),
        )
      const timer = setTimeout(() => fail(`took more than ${within} ms`), within)
      const stop = this.child.onOutput(look)
      look()
    })
  }

  /** All events of a type from a mark on. */
  all<T extends FeederEvent['type']>(type: T, from = 0): EventOf<T>[] {
    return this.#events.slice(from).filter((event) => event.type === type) as EventOf<T>[]
  }

  /** Gives an order. @returns when it began to send, milliseconds of the monotonic clock */
  async order(name: 'go' | 'withdraw' | 'churn'): Promise<number> {
    const mark = this.mark
    this.child.write(`${name}\n`)
    return (await this.seen('sending', mark)).at
  }

  /** Begins to count anew. */
  forget(): void {
    this.child.write('forget\n')
  }

  /** What its sessions received, and the CPU seconds that it took. */
  async report(): Promise<{ sessions: readonly SessionReport[]; cpu: number }> {
    const mark = this.mark
    this.child.write('report\n')
    return this.seen('report', mark)
  }
}

/** What a daemon can't do: it is not tried again. */
export class GivenUp extends Error {
  /** A few words for the page; undefined: it took longer than the limit. */
  readonly note: string | undefined

  constructor(message: string, note?: string) {
    super(message)
    this.note = note
  }
}

/** Something took longer than the benchmark waits. */
export class TimeoutError extends GivenUp {}
