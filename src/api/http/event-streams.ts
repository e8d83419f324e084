import type { ServerResponse } from 'node:http'
import type { SpeakerApi } from '../../speaker/api.js'
import type { SpeakerEvent } from '../../views/model/event.js'

/** Readers at one time. */
const MOST_READERS = 64
/** Octets that wait for a reader before it counts as too slow. */
const MOST_QUEUED = 1 << 20
/** Milliseconds between comments that keep proxies from closing an idle stream. */
const HEARTBEAT = 15_000

interface Reader {
  readonly response: ServerResponse
  readonly filter: (event: SpeakerEvent) => boolean
}

/**
 * Hands the speaker's events to readers of Server-Sent Events. An event becomes text once, however many read
 * it; what happens in one turn of the event loop is one write; and a reader that does not keep up is
 * disconnected: with Last-Event-ID it can come back, memory can't.
 */
export class EventStreams {
  readonly #speaker: SpeakerApi
  readonly #run: string
  readonly #readers = new Set<Reader>()
  #pending: SpeakerEvent[] = []
  #flushing = false
  #unsubscribe: (() => void) | undefined
  #heartbeat: NodeJS.Timeout | undefined

  /** @param started tells this run's event ids from those of an earlier one */
  constructor(speaker: SpeakerApi, started: string) {
    this.#speaker = speaker
    this.#run = Date.parse(started).toString(36)
  }

  get hasRoom(): boolean {
    return this.#readers.size < MOST_READERS
  }

  get size(): number {
    return this.#readers.size
  }

  #text(event: SpeakerEvent): string {
    return `id: ${this.#run}-${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
  }

  /**
   * What a reader that has seen `last` missed; a `gap` in front when not all of it is known any more.
   * Without `last` it starts with what comes.
   */
  #missed(last: string | undefined, filter: Reader['filter']): string {
    if (last === undefined || last === '') return ''
    const [run, number] = last.split('-')
    const seen = run === this.#run && /^\d{1,15}$/.test(number ?? '') ? Number(number) : undefined
    const events = this.#speaker.recent(seen)
    const whole = seen !== undefined && (events.length === 0 || events[0].id === seen + 1)
    const gap = whole ? '' : `event: gap\ndata: ${JSON.stringify({ after: last.slice(0, 64) })}\n\n`
    return (
      gap +
      events
        .filter(filter)
        .map((event) => this.#text(event))
        .join('')
    )
  }

  /** Starts a stream on `response`, which this owns from now on. */
  add(response: ServerResponse, filter: Reader['filter'], last: string | undefined): void {
    // What waits for the end of this turn is in the ring already: others get it first, or it would come twice.
    this.#flush()
    const reader: Reader = { response, filter }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    response.on('error', () => {})
    response.on('close', () => this.#remove(reader))
    response.socket?.setNoDelay(true)
    this.#readers.add(reader)
    this.#unsubscribe ??= this.#speaker.subscribe((event) => this.#take(event))
    this.#heartbeat ??= setInterval(() => this.#broadcast(() => ': still here\n\n'), HEARTBEAT).unref()
    this.#write(reader, `retry: 2000\n\n${this.#missed(last, filter)}`)
  }

  #take(event: SpeakerEvent): void {
    this.#pending.push(event)
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  #flush(): void {
    const events = this.#pending
    if (events.length === 0) return
    this.#pending = []
    const texts = events.map((event) => this.#text(event))
    this.#broadcast(({ filter }) => texts.filter((_text, index) => filter(events[index])).join(''))
  }

  #broadcast(text: (reader: Reader) => string): void {
    for (const reader of this.#readers) {
      const chunk = text(reader)
      if (chunk !== '') this.#write(reader, chunk)
    }
  }

  #write(reader: Reader, chunk: string): void {
    const { response } = reader
    response.write(chunk)
    if (response.writableLength > MOST_QUEUED) {
      this.#remove(reader)
      response.destroy()
    }
  }

  #remove(reader: Reader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
    this.#pending = []
  }

  /** Ends every stream. */
  close(): void {
    this.#flush()
    for (const reader of [...this.#readers]) {
      this.#remove(reader)
      reader.response.end()
    }
  }
}
