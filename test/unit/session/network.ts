import { establishedConnection, initialPeer, peerState, stepPeer } from '../../../src/session/peer.js'
import type { End, PeerAction, PeerEvent, PeerParams, PeerState } from '../../../src/session/types.js'
import type { NotificationMessage, OpenMessage } from '../../../src/wire/types.js'

/**
 * Two neighbors' machines, a manual clock and a network in memory. Each octet stream keeps its order; between
 * streams every order is possible, since each delivery takes a random time.
 */

type Sent =
  | { readonly type: 'open'; readonly message: OpenMessage }
  | { readonly type: 'keepalive' }
  | { readonly type: 'update' }
  | { readonly type: 'notification'; readonly message: NotificationMessage }
  | { readonly type: 'fin' }

/** Numbers in [0, 1) from a seed. */
export function randomFrom(seed: number): () => number {
  let x = seed >>> 0 || 1
  return () => {
    x ^= x << 13
    x >>>= 0
    x ^= x >>> 17
    x ^= x << 5
    x >>>= 0
    return x / 4294967296
  }
}

class Side {
  state: PeerState
  readonly params: PeerParams
  readonly other: () => Side
  readonly ends: End[] = []
  /** Open connections by id; both sides use the same id. */
  readonly open = new Set<number>()
  established = 0
  readonly timers = new Map<string, number>()
  dialling: number | undefined
  /** A dead process answers nothing. */
  alive = true

  constructor(params: PeerParams, other: () => Side, seed: number) {
    this.params = params
    this.other = other
    this.state = initialPeer(seed)
  }

  get name(): string {
    return peerState(this.state)
  }

  /** Id of the connection with the session. */
  get session(): number | undefined {
    return establishedConnection(this.state)?.id
  }
}

export class Network {
  readonly a: Side
  readonly b: Side
  now = 0
  connections = 0
  private readonly queue: { at: number; order: number; run: () => void }[] = []
  private order = 0
  private readonly lastArrival = new Map<string, number>()
  private readonly random: () => number
  private readonly latency: () => number

  /** @param latency longest time of one delivery, ms */
  constructor(a: PeerParams, b: PeerParams, seed: number, latency = 50) {
    this.random = randomFrom(seed)
    this.latency = () => 1 + this.random() * latency
    this.a = new Side(a, () => this.b, seed)
    this.b = new Side(b, () => this.a, seed + 1)
  }

  at(ms: number, run: () => void): void {
    this.queue.push({ at: this.now + ms, order: this.order++, run })
  }

  /** Runs everything up to a time; the clock stands there afterwards. */
  runUntil(end: number): void {
    for (;;) {
      let next = -1
      for (let i = 0; i < this.queue.length; i++) {
        if (this.queue[i].at > end) continue
        if (next < 0 || before(this.queue[i], this.queue[next])) next = i
      }
      if (next < 0) break
      const [job] = this.queue.splice(next, 1)
      this.now = job.at
      job.run()
    }
    this.now = end
  }

  feed(side: Side, event: PeerEvent): void {
    if (!side.alive) return
    const { state, actions } = stepPeer(side.state, event, side.params)
    side.state = state
    for (const action of actions) this.act(side, action)
  }

  /** The process dies without a word, and its host does not answer for it either. */
  kill(side: Side): void {
    side.alive = false
    side.timers.clear()
  }

  /** A new process with the same configuration. */
  restart(side: Side, seed: number): void {
    side.alive = true
    side.open.clear()
    side.dialling = undefined
    side.state = initialPeer(seed)
  }

  private act(side: Side, action: PeerAction): void {
    switch (action.type) {
      case 'dial':
        this.dial(side)
        break
      case 'cancel-dial':
        side.dialling = undefined
        break
      case 'send-open':
        this.send(side, action.connection, { type: 'open', message: action.message })
        break
      case 'send-keepalive':
        this.send(side, action.connection, { type: 'keepalive' })
        break
      case 'close':
        if (action.notification) {
          this.send(side, action.connection, { type: 'notification', message: action.notification })
        }
        this.send(side, action.connection, { type: 'fin' })
        side.open.delete(action.connection)
        for (const name of [...side.timers.keys()]) {
          if (name.endsWith(` ${action.connection}`)) side.timers.delete(name)
        }
        break
      case 'start': {
        const connection = 'connection' in action ? action.connection : undefined
        const name = connection === undefined ? action.timer : `${action.timer} ${connection}`
        const due = this.now + action.ms
        side.timers.set(name, due)
        this.at(action.ms, () => {
          if (side.timers.get(name) !== due) return
          side.timers.delete(name)
          const { timer } = action
          this.feed(side, { type: 'timer', timer, connection } as PeerEvent)
        })
        break
      }
      case 'stop':
        side.timers.delete('connection' in action ? `${action.timer} ${action.connection}` : action.timer)
        break
      case 'established':
        side.established++
        break
      case 'down':
      case 'failed':
        side.ends.push(action.end)
        break
      default:
        break
    }
  }

  private dial(side: Side): void {
    const id = ++this.connections
    const other = side.other()
    side.dialling = id
    this.at(this.latency(), () => {
      if (side.dialling !== id) return
      side.dialling = undefined
      if (!other.alive) {
        this.feed(side, { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'refused' } })
        return
      }
      side.open.add(id)
      // The accepting side hears of it at its own time, and before anything sent on the connection.
      this.arrive(other, id, () => {
        other.open.add(id)
        this.feed(other, { type: 'tcp-confirmed', connection: id })
      })
      this.feed(side, { type: 'tcp-acked', connection: id })
    })
  }

  private send(side: Side, id: number, sent: Sent): void {
    const other = side.other()
    // The kernel takes it, whether or not the other host is alive.
    this.at(0, () => this.feed(side, { type: 'sent', connection: id }))
    this.arrive(other, id, () => {
      if (!other.open.has(id)) return
      if (sent.type === 'fin') {
        other.open.delete(id)
        this.feed(other, { type: 'tcp-fails', connection: id, reason: 'closed by the peer' })
      } else {
        this.feed(other, { ...sent, connection: id })
      }
    })
  }

  private arrive(to: Side, id: number, run: () => void): void {
    const stream = `${to === this.a ? 'a' : 'b'} ${id}`
    const at = Math.max(this.lastArrival.get(stream) ?? 0, this.now + this.latency())
    this.lastArrival.set(stream, at)
    this.at(at - this.now, () => {
      if (to.alive) run()
    })
  }

  update(side: Side): void {
    if (side.session !== undefined) this.send(side, side.session, { type: 'update' })
  }
}

function before(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
