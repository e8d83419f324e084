import type { Resolver } from '../../src/ports/fib.js'
import type { Liveness } from '../../src/ports/liveness.js'
import type { Log } from '../../src/ports/log.js'
import type { MachineRoutes } from '../../src/ports/machine-routes.js'
import type { SpeakerOptions } from '../../src/speaker/model/options.js'
import { Speaker } from '../../src/speaker/speaker.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { type MemoryHost, MemoryNetwork } from '../../src/testing/memory-network.js'
import { speakerViews, type Views } from '../../src/views/views.js'
import { RawPeer } from './raw-peer.js'
import { RecordingFib } from './recording-fib.js'

/** A speaker on a machine of the test's network. */
export interface LabSpeaker {
  readonly speaker: Speaker
  readonly views: Views
  readonly host: MemoryHost
  readonly fib: RecordingFib
  /** Lines of its log, 'level text'. */
  readonly lines: string[]
}

/** Numbers that look random and are the same on every run. */
export function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Machines with speakers and scripted peers, one clock for all. */
export class SpeakerLab {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork(this.clock)
  readonly #hosts = new Map<string, MemoryHost>()
  #seed = 1

  /** The machine with these addresses. */
  host(...addresses: string[]): MemoryHost {
    const key = addresses.join(' ')
    const host = this.#hosts.get(key) ?? this.network.host(...addresses)
    this.#hosts.set(key, host)
    return host
  }

  /**
   * Makes and starts a speaker on a machine with these addresses.
   * @param left kernel routes that an earlier run left
   */
  async start(
    addresses: string | readonly string[],
    options: SpeakerOptions,
    resolver?: Resolver,
    machine?: MachineRoutes,
    left = 0,
    liveness: readonly Liveness[] = [],
  ): Promise<LabSpeaker> {
    const host = this.host(...(typeof addresses === 'string' ? [addresses] : addresses))
    const lines: string[] = []
    const line = (level: string) => (_fields: object, text: string) => {
      lines.push(`${level} ${text}`)
    }
    const log: Log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
    const fib = new RecordingFib(left)
    const random = pseudoRandom(this.#seed++)
    const { clock } = this
    const speaker = new Speaker({
      ...{ clock, transport: host, log, random, fib, resolver, machine, liveness, options },
    })
    await speaker.start()
    return { speaker, views: speakerViews(speaker.reads), host, fib, lines }
  }

  /** A scripted peer that dials `to` from a machine with this address. */
  async dial(from: string, to: string, port = 179): Promise<RawPeer> {
    const dialling = RawPeer.dial(this.host(from), to, port)
    await this.clock.run()
    return dialling
  }
}
