import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import t from 'tap'
import { EventStreams } from '../../../src/api/http/event-streams.js'
import { STATUS } from '../show/fixtures.js'
import { api, FakeSpeaker, SESSION, type TestApi } from './fixtures.js'

/** A reader of Server-Sent Events. */
class Reader {
  readonly #call: ClientRequest
  #text = ''
  #wake: (() => void) | undefined
  ended = false

  constructor(made: TestApi, path: string, headers: Record<string, string> = {}) {
    this.#call = get({ host: '127.0.0.1', port: made.port, path, headers, agent: false })
    this.#call.on('response', (response: IncomingMessage) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        this.#text += chunk
        this.#wake?.()
      })
      response.on('close', () => {
        this.ended = true
        this.#wake?.()
      })
    })
    this.#call.on('error', () => {})
  }

  /** Waits until the text holds `part`. */
  async until(part: string): Promise<string> {
    while (!this.#text.includes(part) && !this.ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#text
  }

  async end(): Promise<void> {
    while (!this.ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  close(): void {
    this.#call.destroy()
  }
}

const route = (prefix: string) =>
  ({
    type: 'route',
    family: 'ipv4-unicast',
    prefix,
    change: 'announced',
    nextHops: ['192.168.95.210'],
    best: { neighbor: '192.168.95.210', asPath: '64512' },
  }) as const

const RUN = Date.parse(STATUS.started).toString(36)

t.test('events come as they happen, each once, with an id and a type', async (t) => {
  const made = await api(t)
  const reader = new Reader(made, '/api/v1/events')
  t.teardown(() => reader.close())
  await reader.until('retry: 2000')
  made.speaker.happen(SESSION)
  made.speaker.happen(route('10.0.0.0/8'))
  const text = await reader.until('10.0.0.0/8')
  t.match(text, `id: ${RUN}-1\nevent: session\ndata: {"type":"session",`)
  t.match(text, `id: ${RUN}-2\nevent: route\ndata: `)
  t.equal(text.split('event: session').length, 2)
})

t.test('filters by type, neighbor and prefix', async (t) => {
  const made = await api(t)
  const types = new Reader(made, '/api/v1/events?types=route')
  const prefix = new Reader(made, '/api/v1/events?prefix=10.2.0.0/16')
  const other = new Reader(made, '/api/v1/events?neighbor=192.0.2.1')
  for (const reader of [types, prefix, other]) {
    t.teardown(() => reader.close())
    await reader.until('retry')
  }
  made.speaker.happen(SESSION)
  made.speaker.happen(route('10.1.0.0/16'))
  made.speaker.happen(route('10.2.0.0/16'))
  made.speaker.happen({ ...SESSION, neighbor: '192.0.2.1', cause: 'last' })
  t.notMatch(await types.until('10.2.0.0/16'), 'event: session')
  t.notMatch(await prefix.until('10.2.0.0/16'), '10.1.0.0/16')
  const text = await other.until('last')
  t.notMatch(text, 'event: route')
  t.notMatch(text, '192.168.95.210')
})

t.test('a reader that comes back gets what it missed', async (t) => {
  const made = await api(t)
  for (const n of [1, 2, 3]) made.speaker.happen(route(`10.${n}.0.0/16`))
  const reader = new Reader(made, '/api/v1/events', { 'last-event-id': `${RUN}-1` })
  t.teardown(() => reader.close())
  const text = await reader.until('10.3.0.0/16')
  t.notMatch(text, '10.1.0.0/16')
  t.match(text, '10.2.0.0/16')
  t.notMatch(text, 'event: gap')
})

t.test('what is no longer known is a gap', async (t) => {
  const made = await api(t)
  for (const n of [1, 2, 3]) made.speaker.happen(route(`10.${n}.0.0/16`))
  made.speaker.ring.splice(0, 2)
  const late = new Reader(made, `/api/v1/events?lastEventId=${RUN}-1`)
  t.teardown(() => late.close())
  t.match(await late.until('10.3.0.0/16'), `event: gap\ndata: {"after":"${RUN}-1"}\n\n`)
  const before = new Reader(made, '/api/v1/events?lastEventId=anotherrun-7')
  t.teardown(() => before.close())
  t.match(await before.until('10.3.0.0/16'), 'event: gap')
})

t.test('the speaker is listened to only while somebody reads', async (t) => {
  const made = await api(t)
  const reader = new Reader(made, '/api/v1/events')
  await reader.until('retry')
  t.equal(made.speaker.listeners.size, 1)
  reader.close()
  while (made.speaker.listeners.size > 0) await new Promise((resolve) => setImmediate(resolve))
  t.equal(made.speaker.listeners.size, 0)
})

t.test('a reader that does not read is let go, others stay', async (t) => {
  const speaker = new FakeSpeaker()
  const streams = new EventStreams(speaker, STATUS.started)
  const { createServer } = await import('node:http')
  const server = createServer((_request, response) => streams.add(response, () => true, undefined))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  t.teardown(() => {
    streams.close()
    server.close()
  })
  const call = get({ host: '127.0.0.1', port, agent: false })
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  response.pause()
  response.on('error', () => {})
  call.on('error', () => {})
  while (streams.size === 0) await new Promise((resolve) => setImmediate(resolve))
  const wide = 'x'.repeat(10_000)
  for (let n = 0; n < 2000 && streams.size > 0; n++) {
    speaker.happen({ ...SESSION, cause: wide })
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.equal(streams.size, 0)
})

t.test('the end of the API ends the streams', async (t) => {
  const made = await api(t)
  const reader = new Reader(made, '/api/v1/events')
  await reader.until('retry')
  made.speaker.happen(SESSION)
  await reader.until('Established')
  await made.listeners.close()
  await reader.end()
  t.ok(reader.ended)
})
