import { stringify } from 'yaml'
import { Lab } from '../../src/demo/lab.js'
import { type Host, join, LAN, SWITCH, SWITCH_AS, SWITCH_HOST } from '../../src/demo/topology.js'
import type { NeighborView } from '../../src/views/model/neighbor.js'
import type { PathView } from '../../src/views/model/route.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { sleep } from '../lab/wait.js'
import { Bird } from './daemons/bird.js'
import { type Daemon, type DaemonClass, PATIENCE } from './daemons/daemon.js'
import { addressOf, type DaemonModel, type SeenPath, type SessionModel } from './model.js'
import type { RowId } from './rows.js'

const host = (namespace: string, last: number): Host => ({
  namespace,
  name: namespace,
  address: `192.168.95.${last}`,
  address6: `fd00:95::${last}`,
})

/** Where the daemon of the column runs. */
export const DAEMON = host('daemon', 210)
/** Another of its kind. */
export const SECOND = host('second', 211)
/** BIRDs that bring routes. */
export const FEEDS = [host('feed0', 221), host('feed1', 222), host('feed2', 223)] as const

export const DAEMON_AS = 64512
export const FEED_AS = 64999

/** Something did not come as it should: the sentence of a failed cell. */
class Unmet extends Error {}

const short = (text: string | undefined) => (text && text.length > 300 ? `${text.slice(0, 300)}…` : text)

/** @throws Unmet unless `actual` and `expected` are the same as JSON */
export function same(what: string, actual: unknown, expected: unknown): void {
  const [seen, wanted] = [actual, expected].map((value) => JSON.stringify(value))
  if (seen !== wanted) throw new Unmet(`${what}: ${short(seen)}, expected ${short(wanted)}`)
}

/** @throws Unmet with `what` unless it holds */
export function check(holds: boolean, what: string): void {
  if (!holds) throw new Unmet(what)
}

/** What became of a cell. */
export interface Outcome {
  readonly row: RowId
  /** 'fault': the daemon's own, a known one, which was seen. */
  readonly outcome: 'pass' | 'fail' | 'fault' | 'n/a'
  /** Why it failed, what the daemon's fault is, or why it has no such feature. */
  readonly detail?: string
}

/** The network of a scene with what runs in it: ecmpd as the switch, the daemon, sources of routes. */
export class Stage {
  readonly lab = new Lab()
  readonly kind: DaemonClass
  readonly daemons: Daemon[] = []
  readonly outcomes: Outcome[] = []
  #ecmpd?: Ecmpd
  /** Whether the daemon has shown the known fault of the row that is played. */
  #faulty: () => boolean = () => false

  constructor(kind: DaemonClass) {
    this.kind = kind
  }

  /** Builds the network of these hosts and the switch. */
  async build(hosts: readonly Host[]): Promise<void> {
    const lan = this.lab.namespace(LAN)
    await this.lab.ip(undefined, [`netns add ${lan}`])
    await this.lab.ip(LAN, ['link add name br0 type bridge', 'link set lo up', 'link set br0 up'])
    for (const one of [SWITCH_HOST, ...hosts]) await join(this.lab, one)
  }

  get ecmpd(): Ecmpd {
    return this.#ecmpd!
  }

  /** ecmpd, not yet started. @param config as YAML has it; AS 64513 unless it says another */
  configure(config: Record<string, unknown>, fib = false): Ecmpd {
    this.#ecmpd = new Ecmpd(this.lab, { config: text(config), fib })
    return this.#ecmpd
  }

  /** Changes ecmpd's file, for its next start or reload. */
  rewrite(config: Record<string, unknown>): void {
    this.ecmpd.write(text(config))
  }

  /** Changes ecmpd's file and applies it. */
  async reload(config: Record<string, unknown>): Promise<void> {
    this.rewrite(config)
    const { code, stderr } = await this.ecmpd.reload()
    check(code === 0, `ecmpd reload: ${stderr}`)
  }

  /** A daemon of the column's kind. */
  daemon(model: DaemonModel, at: Host = DAEMON): Daemon {
    const daemon = new this.kind(this.lab, at, model)
    this.daemons.push(daemon)
    return daemon
  }

  /** A source of routes. */
  feed(index: 0 | 1 | 2, model: DaemonModel): Daemon {
    const feed = new Bird(this.lab, FEEDS[index], model)
    this.daemons.push(feed)
    return feed
  }

  /** Starts ecmpd and the daemons together; waits until these neighbors of ecmpd are Established. */
  async start(neighbors: readonly string[]): Promise<NeighborView[]> {
    await Promise.all([this.ecmpd.start(), ...this.daemons.map((daemon) => daemon.start())])
    return this.ecmpd.established(neighbors, PATIENCE)
  }

  /** Plays a row: what it throws is why the cell failed. */
  async row(id: RowId, play: () => Promise<void>): Promise<void> {
    const fault = this.daemons[0]?.faults[id]
    const sources = this.lab.children
    const before = sources.map(({ output }) => output.length)
    const shown = () => sources.map(({ output }, index) => output.slice(before[index] ?? 0)).join('')
    this.#faulty = () => fault?.seen.test(shown()) ?? false
    try {
      await play()
      this.outcomes.push({ row: id, outcome: 'pass' })
    } catch (error) {
      const outcome: Outcome = this.#faulty()
        ? { row: id, outcome: 'fault', detail: fault!.why }
        : { row: id, outcome: 'fail', detail: (error as Error).message }
      this.outcomes.push(outcome)
    } finally {
      this.#faulty = () => false
    }
  }

  /**
   * Waits for a condition; a throw counts as "not yet".
   * @throws Unmet when PATIENCE is over, or at once when the daemon shows the fault that the row has with it
   */
  async until<T>(
    what: string,
    holds: () => Promise<T | undefined | false> | T | undefined | false,
  ): Promise<T> {
    let last = ''
    for (const deadline = performance.now() + PATIENCE; performance.now() < deadline; await sleep(100)) {
      try {
        const value = await holds()
        if (value !== undefined && value !== false) return value
      } catch (error) {
        last = `; ${(error as Error).message}`
      }
      if (this.#faulty()) break
    }
    throw new Unmet(`still not so: ${what}${last}`)
  }

  /** ecmpd's paths of a prefix from a neighbor. */
  async learned(prefix: string, from?: string): Promise<readonly PathView[]> {
    const route = await this.ecmpd.route(prefix)
    return (route?.paths ?? []).filter(({ neighbor }) => from === undefined || neighbor === from)
  }

  /** Waits until ecmpd has so many paths of a prefix from a neighbor. @returns them */
  untilLearned(prefix: string, from: string, count = 1): Promise<readonly PathView[]> {
    return this.until(
      `ecmpd has ${count} path${count === 1 ? '' : 's'} of ${prefix} from ${from}`,
      async () => {
        const paths = await this.learned(prefix, from)
        if (paths.length !== count) throw new Error(`it has ${paths.length}`)
        return paths
      },
    )
  }

  /** Waits until a daemon has so many paths of a prefix from a neighbor. @returns them */
  untilSeen(daemon: Daemon, prefix: string, from: string, count = 1): Promise<readonly SeenPath[]> {
    return this.until(
      `${daemon.title} has ${count} path${count === 1 ? '' : 's'} of ${prefix} from ${from}`,
      async () => {
        const paths = (await daemon.paths(prefix)).filter((path) => path.from === from)
        if (paths.length !== count) throw new Error(`it has ${paths.length}`)
        return paths
      },
    )
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.lab.destroy()
  }

  /** What the processes printed last, for people. */
  log(): string[] {
    return this.lab.children
      .filter(({ output }) => output !== '')
      .flatMap(({ name, output, exit }) => [
        `--- ${name}${exit ? ` (ended: ${exit.signal ?? exit.code})` : ''}`,
        ...output.trim().split('\n').slice(-40),
      ])
  }
}

function text(config: Record<string, unknown>): string {
  return stringify({ as: SWITCH_AS, routerId: SWITCH_HOST.address, ...config })
}

/** The switch as a daemon's neighbor. */
export const toSwitch = (session: Partial<SessionModel> = {}): SessionModel => ({
  to: SWITCH_HOST,
  as: SWITCH_AS,
  version: 4,
  ...session,
})

/** ecmpd's neighbor at a host. @param settings more, as YAML has them */
export const neighbor = (
  at: Host,
  remoteAs: number,
  settings: Record<string, unknown> = {},
  version: 4 | 6 = 4,
) => ({
  address: addressOf(at, version),
  remoteAs,
  export: 'all',
  timers: { hold: 30, connectRetry: 2, idleHold: 1 },
  ...settings,
})

export { PATIENCE, SWITCH, SWITCH_AS, SWITCH_HOST }
