/**
 * Follows the kernel with `ip monitor`: one child for links, addresses and next-hop objects, one for routes,
 * so that a link that goes down is not queued behind a hundred thousand route lines. A child that dies is
 * started again; then, and when the kernel dropped notifications because they were not read fast enough,
 * `gap` says that something may have been missed and must be read anew.
 */
import { readFile } from 'node:fs/promises'
import type { Cancel, Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import { type AddressState, isUp } from './kernel-state.js'
import { type Child, lineSplitter, type Spawn } from './process.js'
import { hasTail, ownTail, parseRouteLine, type RouteLine } from './route-line.js'

/** A link as a notification shows it. */
export interface LinkEvent {
  readonly index: number
  readonly name: string
  readonly up: boolean
  /** IFF_UP alone: without it the kernel has dropped the link's IPv4 routes, silently. */
  readonly adminUp: boolean
  readonly deleted: boolean
}

export interface AddressEvent extends AddressState {
  readonly deleted: boolean
}

export interface WatchHandlers {
  link(event: LinkEvent): void
  address(event: AddressEvent): void
  /** `members`: of a group. */
  nextHop(event: { readonly id: number; readonly deleted: boolean }): void
  /** A route of the main table; own ones that were added or changed are left out. */
  route(route: RouteLine): void
  /** All events of one chunk of output were delivered. */
  eventsEnd(): void
  /** Events may have been missed. */
  gap(what: 'links' | 'routes', reason: string): void
}

/** @param text a line of `ip -N -o monitor link` without label, or of `ip -o link show` */
export function parseLinkLine(text: string): LinkEvent | undefined {
  const match = /^(Deleted )?(\d+): ([^\s@:]+)(?:@[^\s:]+)?: <([^>]*)>(.*)/.exec(text)
  if (match === null) return undefined
  const flags = match[4].split(',')
  // A port that leaves its bridge is notified as deleted too (AF_BRIDGE), with the bridge as its master.
  const deleted = match[1] !== undefined && !/ master /.test(match[5])
  return {
    index: Number(match[2]),
    name: match[3],
    up: !deleted && isUp(flags),
    adminUp: !deleted && flags.includes('UP'),
    deleted,
  }
}

/** @param text a line of `ip -N -o monitor address` without label, or of `ip -o address show` */
export function parseAddressLine(text: string): AddressEvent | undefined {
  const match =
    /^(Deleted )?(\d+): (\S+)\s+inet6? ([0-9a-f.:]+)(?: peer ([0-9a-f.:]+))?(?:\/(\d+))?(.*)/.exec(text)
  if (match === null) return undefined
  const [, deleted, index, , local, peer, length] = match
  return {
    deleted: deleted !== undefined,
    index: Number(index),
    address: local,
    subnet: peer ?? local,
    length: length === undefined ? (local.includes(':') ? 128 : 32) : Number(length),
  }
}

/** @param text a line of `ip -N -o monitor nexthop` without label */
export function parseNextHopLine(text: string): { id: number; deleted: boolean } | undefined {
  const match = /^(Deleted )?id (\d+) /.exec(text)
  return match === null ? undefined : { id: Number(match[2]), deleted: match[1] !== undefined }
}

/** Pause before a monitor that died is started again, and at most, milliseconds. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 10_000
/** How long to wait for a monitor to have joined its multicast groups. */
const JOIN_TIMEOUT = 1000

const OBJECTS = {
  links: ['link', 'address', 'nexthop'],
  routes: ['route'],
} as const

/** Both monitors. */
export class KernelWatch {
  readonly #ip: readonly string[]
  readonly #clock: Clock
  readonly #log: Log
  readonly #spawn: Spawn
  readonly #handlers: WatchHandlers
  /** Found in every line about an own route that was added or changed. */
  readonly #own: string
  readonly #children = new Map<'links' | 'routes', Child>()
  readonly #restarts = new Set<Cancel>()
  #running = false

  /**
   * @param ip the `ip` command, with what selects the namespace
   * @param metric of own routes
   */
  constructor(
    ip: readonly string[],
    metric: number,
    clock: Clock,
    log: Log,
    spawn: Spawn,
    handlers: WatchHandlers,
  ) {
    this.#ip = ip
    this.#clock = clock
    this.#log = log
    this.#spawn = spawn
    this.#handlers = handlers
    this.#own = ownTail(metric)
  }

  /** Starts both; resolves when the kernel delivers to them, so that what is read afterwards is kept current. */
  async start(): Promise<void> {
    this.#running = true
    this.#start('links', FIRST_PAUSE)
    this.#start('routes', FIRST_PAUSE)
    await Promise.all([...this.#children.values()].map((child) => this.#joined(child)))
  }

  /** Routes are not watched while very many are written: their notifications would only be lost. */
  pauseRoutes(): void {
    const child = this.#children.get('routes')
    this.#children.delete('routes')
    child?.kill()
  }

  /** They are watched again; `gap` says when, so that what was missed is read. */
  resumeRoutes(): void {
    if (this.#running && !this.#children.has('routes')) this.#startAgain('routes', FIRST_PAUSE, 'paused')
  }

  /** Process ids, for the status. */
  get pids(): number[] {
    return [...this.#children.values()].flatMap((child) => (child.pid === undefined ? [] : [child.pid]))
  }

  /** Starts both anew: `ip` remembers interface names, and one was given to another interface. */
  renew(): void {
    for (const child of this.#children.values()) child.kill()
  }

  stop(): void {
    this.#running = false
    for (const cancel of this.#restarts) cancel()
    for (const child of this.#children.values()) child.kill()
    this.#children.clear()
  }

  #start(what: 'links' | 'routes', pause: number): void {
    const argv = [...this.#ip, '-N', '-o', 'monitor', 'label', ...OBJECTS[what]]
    const started = this.#clock.now()
    const lines = lineSplitter((text) => this.#line(text))
    const child = this.#spawn(argv, {
      stdout: (chunk) => {
        if (!this.#running) return
        lines(chunk)
        this.#handlers.eventsEnd()
      },
      stderr: (chunk) => {
        const text = chunk.toString().trim()
        if (this.#running && text !== '') this.#handlers.gap(what, text.split('\n')[0])
      },
      ended: (reason) => {
        if (this.#children.get(what) !== child) return
        this.#children.delete(what)
        if (!this.#running) return
        const wait = this.#clock.now() - started > LONGEST_PAUSE ? FIRST_PAUSE : pause
        this.#log.warn({ monitor: what, reason }, `ip monitor (${what}) ended: it is started again`)
        const cancel = this.#clock.after(wait, () => {
          this.#restarts.delete(cancel)
          this.#start(what, Math.min(wait * 2, LONGEST_PAUSE))
          const next = this.#children.get(what)
          if (next !== undefined)
            this.#joined(next).then(() => this.#handlers.gap(what, `monitor: ${reason}`))
        })
        this.#restarts.add(cancel)
      },
    })
    this.#children.set(what, child)
  }

  #startAgain(what: 'links' | 'routes', pause: number, reason: string): void {
    this.#start(what, pause)
    const child = this.#children.get(what)
    if (child === undefined) return
    this.#joined(child).then(() => {
      if (this.#running && this.#children.get(what) === child) this.#handlers.gap(what, `monitor: ${reason}`)
    })
  }

  #line(text: string): void {
    if (text.startsWith('[ROUTE]')) {
      if (!text.startsWith('Deleted', 7) && hasTail(text, this.#own)) return
      const route = parseRouteLine(text.slice(7))
      if (route !== undefined && (route.table === undefined || route.table === '254')) {
        this.#handlers.route(route)
      }
    } else if (text.startsWith('[LINK]')) {
      const link = parseLinkLine(text.slice(6))
      if (link !== undefined) this.#handlers.link(link)
    } else if (text.startsWith('[ADDR]')) {
      const address = parseAddressLine(text.slice(6))
      if (address !== undefined) this.#handlers.address(address)
    } else if (text.startsWith('[NEXTHOP]')) {
      const nextHop = parseNextHopLine(text.slice(9))
      if (nextHop !== undefined) this.#handlers.nextHop(nextHop)
    }
  }

  /** `ip monitor` does not say when it listens; its socket's line in /proc does. */
  async #joined(child: Child): Promise<void> {
    const until = this.#clock.now() + JOIN_TIMEOUT
    const socket = new RegExp(`^\\S+ +0 +${child.pid} +(?!0{8} )[0-9a-f]{8} `, 'm')
    while (this.#running && this.#clock.now() < until) {
      try {
        if (socket.test(await readFile(`/proc/${child.pid}/net/netlink`, 'utf8'))) return
      } catch {
        return
      }
      await new Promise<void>((resolve) => this.#clock.after(1, resolve))
    }
  }
}
