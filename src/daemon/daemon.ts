import { resolve } from 'node:path'
import type { ApiContext, ReloadOutcome } from '../api/http/context.js'
import type { Config } from '../config/model/model.js'
import { type Decorator, decorated } from '../decorate/compose.js'
import type { HostWatch } from '../host/watch.js'
import type { Cancel } from '../ports/clock.js'
import type { FibPort } from '../ports/fib.js'
import type { Liveness } from '../ports/liveness.js'
import type { Observer } from '../ports/observer.js'
import type { Transport } from '../ports/transport.js'
import { plural } from '../show/text.js'
import type { SpeakerApi } from '../speaker/api.js'
import type { Speaker, SpeakerParts } from '../speaker/speaker.js'
import type { StatusView } from '../views/model/status.js'
import { statusView } from '../views/status-view.js'
import { speakerViews, type Views } from '../views/views.js'
import { ApiService } from './api-service.js'
import { systemClock } from './clock.js'
import { Diagnosis } from './diagnosis.js'
import { FindingsWatch } from './findings-watch.js'
import { holderOf } from './holder.js'
import { type Kernel, openKernel } from './kernel.js'
import type { DaemonLog } from './log.js'
import type { Overrides } from './overrides.js'
import { waitingFor } from './readiness.js'
import { RefusalsWatch } from './refusals-watch.js'
import { reload } from './reload.js'
import { packageVersion } from './version.js'

/** Milliseconds from the start to the rehearsal: sessions come up before, as a rule. */
const REHEARSAL_AFTER = 2000
/** With as many paths the tables have seen real life. */
const TABLE_LEARNED = 1000

/** What a daemon is started with. */
export interface DaemonOptions {
  /** With the overrides already in it. */
  readonly config: Config
  /** Put over the file again at each reload. */
  readonly overrides: Overrides
  readonly log: DaemonLog
  /** Watch the speaker from before its first connection on; others come and go by `speaker.observe`. */
  readonly observers?: readonly Observer[]
  /** Who may say that a neighbor or a gateway is dead, and back; started and stopped with the speaker. */
  readonly liveness?: readonly Liveness[]
  /** Left out: none. */
  readonly decorators?: Decorators
}

/** What is put around the world's ports, each list from the inside out: counters, faults (decorate/). */
export interface Decorators {
  readonly transport?: readonly Decorator<Transport>[]
  readonly fib?: readonly Decorator<FibPort>[]
}

/** A running daemon: the composition of clock, transport, kernel, speaker and API. */
export class Daemon {
  readonly #log: DaemonLog
  readonly #overrides: Overrides
  readonly #api: ApiService
  readonly #kernel: Kernel
  /** The kernel's routes as all but the kernel's owner sees them. */
  readonly #fib: FibPort
  readonly #version = packageVersion()
  readonly speaker: SpeakerApi
  readonly views: Views
  readonly #diagnosis: Diagnosis
  readonly #findings: FindingsWatch
  readonly #refusals: RefusalsWatch
  #config: Config
  #loaded = new Date().toISOString()
  #listening = false
  #host: HostWatch | undefined
  #rehearsal: Cancel | undefined
  /** Paths in the tables now. */
  #paths: () => number = () => 0
  /** Reloads run one after the other. */
  #reloading: Promise<unknown> = Promise.resolve()

  private constructor(
    options: DaemonOptions,
    api: ApiService,
    kernel: Kernel,
    makeSpeaker: (parts: Omit<SpeakerParts, 'transport'>) => Speaker,
  ) {
    this.#log = options.log
    this.#overrides = options.overrides
    this.#config = options.config
    this.#api = api
    this.#kernel = kernel
    this.#fib = decorated(kernel.fib, options.decorators?.fib ?? [])
    const speaker = makeSpeaker({
      clock: systemClock,
      log: options.log,
      random: Math.random,
      ...(options.config.fib.enabled ? { fib: this.#fib } : {}),
      ...(kernel.resolver === undefined ? {} : { resolver: kernel.resolver }),
      machine: kernel.machine,
      options: options.config.bgp,
      ...(options.observers === undefined ? {} : { observers: options.observers }),
      ...(options.liveness === undefined ? {} : { liveness: options.liveness }),
    })
    this.speaker = speaker
    this.views = speakerViews(speaker.reads)
    this.#diagnosis = new Diagnosis({
      clock: systemClock,
      views: this.views,
      fib: this.#fib,
      config: () => this.#config,
      status: () => this.status(),
      host: () => this.#host?.facts(),
    })
    this.#findings = new FindingsWatch({
      clock: systemClock,
      log: options.log,
      findings: () => this.#diagnosis.findings(),
      report: (event) => speaker.report(event),
    })
    this.#refusals = new RefusalsWatch({
      clock: systemClock,
      fib: this.#fib,
      report: (event) => speaker.report(event),
    })
    speaker.subscribe((event) => {
      if (event.type === 'neighbor') kernel.neighborsChanged()
    })
  }

  /**
   * Starts a daemon: the API's listeners first, since the socket also keeps a second daemon from the kernel's
   * routes; then the kernel, BGP, and the API's application last.
   * @throws Error, one sentence with the remedy; what was opened is closed again
   */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const { config, log } = options
    const api = new ApiService(log)
    let kernel: Kernel | undefined
    try {
      await api.open(config.api)
      let daemon: Daemon | undefined
      const neighbors = () =>
        daemon?.views
          .neighbors()
          .flatMap(({ address, departed }) => (departed === undefined ? [address] : [])) ??
        config.bgp.neighbors.map(({ address }) => address)
      // Loading the speaker takes about as long as the kernel's answers do.
      const opening = openKernel(config, systemClock, log, neighbors)
      const loading = Promise.all([import('../speaker/speaker.js'), import('../net/tcp.js')])
      const [opened, loaded] = await Promise.allSettled([opening, loading])
      if (opened.status === 'rejected') throw opened.reason
      kernel = opened.value
      if (loaded.status === 'rejected') throw loaded.reason
      const [speakers, { TcpTransport }] = loaded.value
      const transport = decorated(
        new TcpTransport(log, undefined, holderOf) as Transport,
        options.decorators?.transport ?? [],
      )
      let paths = () => 0
      daemon = new Daemon(options, api, kernel, (parts) => {
        const speaker = new speakers.Speaker({ ...parts, transport })
        paths = () => speaker.sizes().paths
        return speaker
      })
      daemon.#paths = paths
      await daemon.speaker.start()
      daemon.#listening = true
      api.serve(daemon.#context())
      daemon.#findings.start()
      if (config.fib.enabled) daemon.#refusals.start()
      // Of no use to the first session, which it must not hold up.
      daemon.#watchHost().catch((error) => log.error({ err: error }, 'this machine is not looked after'))
      daemon.#rehearsal = systemClock.after(REHEARSAL_AFTER, () => {
        daemon.#rehearse().catch((error) => log.error({ err: error }, 'the rehearsal failed'))
      })
      return daemon
    } catch (error) {
      await kernel?.stop(true)
      await api.close()
      throw error
    }
  }

  /** One line for people: what is up. */
  get summary(): string {
    const { bgp, fib } = this.#config
    const listen = this.views
      .speaker()
      .listen.map(({ address, port }) =>
        address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
      )
    const { length } = bgp.listenRanges
    const ranges = length === 0 ? '' : `, ${plural(length, 'listen range', 'listen ranges')}`
    return [
      `AS ${bgp.localAs}, ${plural(bgp.neighbors.length, 'neighbor', 'neighbors')}${ranges}`,
      listen.length === 0 ? 'dialling only' : `listening on ${listen.join(', ')}`,
      fib.enabled ? `FIB on (${this.#fib.status().mode})` : 'FIB off',
    ].join('; ')
  }

  /** Path of the API's UNIX socket; undefined without one. */
  get socket(): string | undefined {
    return this.#api.socket
  }

  get version(): string {
    return this.#version
  }

  status(): StatusView {
    return statusView(this.views.speaker(), this.#fib.status(), {
      version: this.#version,
      node: process.versions.node,
      pid: process.pid,
      now: new Date().toISOString(),
      uptime: Math.floor(process.uptime()),
      configuration: { file: resolve(this.#config.source.file), loaded: this.#loaded },
      waiting: waitingFor(this.speaker, this.#fib, this.#listening),
      memory: process.memoryUsage.rss(),
    })
  }

  /** Applies the changed file. Never rejects. */
  reload(): Promise<ReloadOutcome> {
    const outcome = this.#reloading.then(() =>
      reload({
        speaker: this.speaker,
        log: this.#log,
        overrides: this.#overrides,
        current: () => this.#config,
        replace: (config) => {
          this.#config = config
          this.#loaded = new Date().toISOString()
          this.#log.setLevel(config.log.level)
        },
      }),
    )
    this.#reloading = outcome
    return outcome
  }

  /** Looks after what of this machine keeps sessions and routes from working. */
  async #watchHost(): Promise<void> {
    const { watchHost } = await import('./host.js')
    // Stopped meanwhile.
    if (!this.#listening) return
    this.#host = watchHost({
      clock: systemClock,
      log: this.#log,
      config: () => this.#config,
      neighbors: () => this.views.neighbors(),
      report: (event) => this.speaker.report(event),
      ...(this.#kernel.preferred === undefined ? {} : { preferred: this.#kernel.preferred }),
    })
    await this.#host.start()
  }

  /** Neither the first loss of a node nor the first table must wait for the compiler. */
  async #rehearse(): Promise<void> {
    const { fib, bgp } = this.#config
    const wanted = () => this.#listening && this.#paths() < TABLE_LEARNED
    if (fib.enabled) {
      const { rehearse } = await import('./rehearsal/rehearsal.js')
      const objects = this.#fib.status().mode === 'nexthop-objects'
      const routes = await rehearse({ speaker: bgp, objects, soon: systemClock.soon, wanted })
      this.#log.debug({ routes }, `rehearsed: ${routes} routes were written on paper`)
    }
    const { rehearseTables } = await import('./rehearsal/tables.js')
    const routes = await rehearseTables({ speaker: bgp, clock: systemClock, wanted })
    this.#log.debug({ routes }, `rehearsed: ${routes} routes of tables that nobody sent`)
  }

  /** Ends the sessions with `message`, then takes own routes out of the kernel unless they are to stay. */
  async stop(message: string): Promise<void> {
    this.#listening = false
    this.#rehearsal?.()
    this.#host?.stop()
    this.#findings.stop()
    this.#refusals.stop()
    const { enabled, keepOnStop } = this.#config.fib
    await this.speaker.stop(message, 'shutdown', !enabled || keepOnStop)
    await this.#kernel.stop(this.#config.fib.keepOnStop)
    await this.#api.close()
  }

  /** The process fails: tells the neighbors, as far as that goes. Routes stay in the kernel. */
  async fail(message: string): Promise<void> {
    this.#listening = false
    this.#findings.stop()
    this.#refusals.stop()
    await this.speaker.stop(message, 'out-of-resources', true)
  }

  #context(): ApiContext {
    return {
      version: this.#version,
      speaker: this.speaker,
      views: this.views,
      fib: this.#fib,
      ...(this.#kernel.resolver === undefined ? {} : { resolver: this.#kernel.resolver }),
      log: this.#log,
      configuration: () => ({ config: this.#config }),
      status: () => this.status(),
      host: () => this.#host?.facts(),
      findings: () => this.#diagnosis.findings(),
      explain: (subject) => this.#diagnosis.explain(subject),
      reload: () => this.reload(),
    }
  }
}
