import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiApplication, createApplication } from '../../../src/api/app.js'
import type { ApiContext, ReloadOutcome } from '../../../src/api/http/context.js'
import { ApiListeners } from '../../../src/api/http/listeners.js'
import type { Config } from '../../../src/config/model/model.js'
import type { Explanation } from '../../../src/diagnose/model/explanation.js'
import type { Finding } from '../../../src/diagnose/model/finding.js'
import type { HostFacts } from '../../../src/host/model.js'
import type { Family } from '../../../src/ip/family.js'
import type { FibPort } from '../../../src/ports/fib.js'
import { silent } from '../../../src/ports/log.js'
import { findNeighbor } from '../../../src/session/neighbor-key.js'
import type { SpeakerApi } from '../../../src/speaker/api.js'
import type { NeighborOperation, OperationOutcome } from '../../../src/speaker/model/operation.js'
import type { SpeakerEvent } from '../../../src/views/model/event.js'
import type { NeighborView } from '../../../src/views/model/neighbor.js'
import type { NextHopSetView } from '../../../src/views/model/next-hops.js'
import type { RoutePage, RouteQuery, RouteView } from '../../../src/views/model/route.js'
import type { Views } from '../../../src/views/views.js'
import { CONFIG, downNeighbor, FIB, NOW, neighbor, STATUS, vip } from '../show/fixtures.js'
import { HOST } from './host-facts.js'

type Body = SpeakerEvent extends infer E ? (E extends unknown ? Omit<E, 'id' | 'at'> : never) : never

/** A speaker made of what a test puts in. */
export class FakeSpeaker implements SpeakerApi, Views {
  list: NeighborView[] = [neighbor(), downNeighbor()]
  table: RouteView[] = [vip({ gateways: undefined })]
  sets: NextHopSetView[] = [{ family: 'ipv4-unicast', nextHops: ['192.168.95.210'], prefixes: 1 }]
  readonly queries: RouteQuery[] = []
  /** What was asked for: address, operation, who. */
  readonly operations: (readonly [string, NeighborOperation, string])[] = []
  /** Maintenance that was asked for: on or off, who. */
  readonly maintained: (readonly [boolean, string])[] = []
  outcome: OperationOutcome = { ok: true, text: 'done' }
  readonly ring: SpeakerEvent[] = []
  readonly listeners = new Set<(event: SpeakerEvent) => void>()
  #id = 0

  observe() {
    return () => {}
  }
  async start() {}
  async apply() {
    return { added: [], removed: [], changed: [], reset: [], unchanged: 2 }
  }
  async stop() {}
  operate(address: string, operation: NeighborOperation, by: string) {
    this.operations.push([address, operation, by])
    return this.outcome
  }
  report() {}
  maintenance(on: boolean, by: string) {
    this.maintained.push([on, by])
    return this.outcome
  }
  speaker() {
    return STATUS
  }
  neighbors() {
    return this.list
  }
  neighbor(key: string) {
    return this.list.find((entry) => entry.key === key)
  }
  find(name: string) {
    return findNeighbor(this.list, name)
  }
  nextHopSets(family: Family) {
    return this.sets.filter((set) => set.family === family)
  }
  routes(query: RouteQuery): RoutePage {
    this.queries.push(query)
    if (query.cursor !== undefined && !/^\d+$/.test(query.cursor))
      throw new RangeError('not a cursor of this table')
    const start = Number(query.cursor ?? 0)
    const all = this.table.filter(
      (route) =>
        route.family === query.family && (query.prefix === undefined || route.prefix === query.prefix),
    )
    const end = start + query.limit
    return {
      routes: all.slice(start, end),
      total: all.length,
      ...(end < all.length ? { next: String(end) } : {}),
    }
  }
  advertised(_address: string, query: RouteQuery): RoutePage {
    return this.routes(query)
  }
  subscribe(listener: (event: SpeakerEvent) => void) {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  recent(after = 0) {
    return this.ring.filter(({ id }) => id > after)
  }
  converged() {
    return true
  }
  incomplete(): readonly string[] {
    return []
  }

  /** Makes an event happen. */
  happen(body: Body): SpeakerEvent {
    const event = { ...body, id: ++this.#id, at: NOW } as SpeakerEvent
    this.ring.push(event)
    for (const listener of this.listeners) listener(event)
    return event
  }
}

export const SESSION: Extract<Body, { type: 'session' }> = {
  type: 'session',
  neighbor: '192.168.95.210',
  from: 'OpenConfirm',
  to: 'Established',
  cause: 'KEEPALIVE received',
}

const fib: FibPort = {
  set() {},
  flush() {},
  gatewayLost() {},
  sweep() {},
  kept: () => 0,
  route: (prefix) => ({
    prefix,
    state: 'installed',
    gateways: [{ address: '192.168.95.210', interface: 'eth0' }],
  }),
  refused: () => [{ prefix: '10.0.0.0/8', state: 'refused', reason: 'foreign route', gateways: [] }],
  status: () => {
    const { routes, ...status } = FIB
    return status
  },
}

/** An answer, whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it by key
  readonly body: any
}

/** The API on a UNIX socket and a loopback port, with a fake speaker behind it. */
export class TestApi {
  readonly speaker = new FakeSpeaker()
  readonly folder = mkdtempSync(join(tmpdir(), 'ecmpd-api-'))
  readonly socket = join(this.folder, 'api.sock')
  readonly config: Config = {
    ...CONFIG,
    api: { ...CONFIG.api, token: 'very-secret-token' },
    bgp: {
      ...CONFIG.bgp,
      neighbors: CONFIG.bgp.neighbors.map((options) => ({ ...options, password: 'very-secret-password' })),
    },
  }
  ready = true
  host: HostFacts | undefined = HOST
  outcome: ReloadOutcome = {
    ok: true,
    report: { added: ['192.0.2.1'], removed: [], changed: [], reset: [], unchanged: 2 },
    notes: [],
  }
  findings: Finding[] = []
  explanation: Explanation = {
    subject: { type: 'host' },
    name: 'this machine',
    conclusion: 'well',
    facts: [],
    findings: [],
  }
  reloads = 0
  port = 0
  #application?: ApiApplication
  readonly listeners = new ApiListeners(async () => {
    this.#application ??= await createApplication(this.#context())
    return this.#application.handle
  })

  async open(): Promise<void> {
    await this.listeners.openSocket(this.socket)
    this.port = (await this.listeners.openTcp('127.0.0.1', 0)).port
  }

  async close(): Promise<void> {
    this.#application?.close()
    await this.listeners.close()
    rmSync(this.folder, { recursive: true })
  }

  /** Asks over TCP, or over the UNIX socket where `via` says so. */
  async ask(
    path: string,
    options: { method?: string; headers?: Record<string, string>; via?: 'unix' | 'tcp'; json?: unknown } = {},
  ): Promise<Answer> {
    const where =
      options.via === 'unix' ? { socketPath: this.socket } : { host: '127.0.0.1', port: this.port }
    const call = request({
      ...where,
      path,
      method: options.method ?? 'GET',
      headers: {
        ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      agent: false,
    })
    call.end(options.json === undefined ? undefined : JSON.stringify(options.json))
    const [response] = await once(call, 'response')
    let text = ''
    response.setEncoding('utf8')
    for await (const chunk of response) text += chunk
    const json = String(response.headers['content-type']).startsWith('application/json')
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      body: json ? JSON.parse(text) : undefined,
    }
  }

  #context(): ApiContext {
    return {
      version: '0.1.0',
      speaker: this.speaker,
      views: this.speaker,
      fib,
      log: silent,
      configuration: () => ({ config: this.config }),
      status: () => ({
        ...STATUS,
        ready: this.ready,
        waiting: this.ready ? [] : ['BGP does not listen yet'],
      }),
      host: () => this.host,
      findings: () => this.findings,
      explain: (subject) => (subject === 'host' ? this.explanation : undefined),
      reload: async () => {
        this.reloads++
        return this.outcome
      },
    }
  }
}

/** Opens an API for one test. */
export async function api(t: { teardown(fn: () => unknown): void }): Promise<TestApi> {
  const made = new TestApi()
  await made.open()
  t.teardown(() => made.close())
  return made
}
