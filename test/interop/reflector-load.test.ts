import { readFileSync } from 'node:fs'
import t from 'tap'
import { freePort } from '../../src/testing/free-port.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { LightClient } from '../lab/light-client.js'
import { openLab } from '../lab/setup.js'
import { sleep, until } from '../lab/wait.js'
import {
  asPath,
  attribute,
  communities,
  ipv4,
  localPref,
  med,
  message,
  nextHop,
  origin,
  toHex,
  u16,
  u32,
} from '../support/raw-bytes.js'

t.setTimeout(600_000)

const AS = 64513
const CLIENTS = 20
const ROUTES = 100_000
const SETS = 10_000
const EACH = ROUTES / SETS
const HOLD = 3
/** Milliseconds between looks at how late this process is. */
const INTERVAL = 20
const REFLECTOR = '127.0.0.1'
const CLUSTER = '10.0.0.0'
const FEEDER = '127.0.2.1'
const LATE = '127.0.2.2'
const client = (i: number) => `127.0.1.${i + 1}`

/** The routes are 20.0.0.0/24, 20.0.1.0/24 and so on; as many to a set of attributes as stand together. */
const prefixOctets = (index: number) => [24, 20 + (index >>> 16), (index >>> 8) & 255, index & 255]
const indexOf = (octets: Buffer, at: number) =>
  ((octets[at] - 20) << 16) | (octets[at + 1] << 8) | octets[at + 2]

/** Attributes of a set, all kinds that a reflector must leave alone. */
function attributes(set: number, preference: number): { before: number[]; after: number[] } {
  const before = [
    ...origin(set % 3),
    ...asPath(65000, 65100 + (set % 400), 4200000000 + set),
    ...nextHop(`10.${(set >>> 8) & 255}.${set & 255}.1`),
    ...med(set),
    ...localPref(preference),
    ...communities(0xfde80000 | (set & 0xffff), 0xfde90001),
  ]
  return { before, after: attribute(0xc0, 32, [...u32(65000), ...u32(set), ...u32(7)]) }
}

/** What the feeder sends of a set. */
function sent(set: number, preference: number): Uint8Array {
  const { before, after } = attributes(set, preference)
  const path = [...before, ...after]
  const nlri = Array.from({ length: EACH }, (_, i) => prefixOctets(set * EACH + i)).flat()
  return message(2, [0, 0, ...u16(path.length), ...path, ...nlri])
}

/** What clients are to receive of each set: the same, with ORIGINATOR_ID and CLUSTER_LIST. */
function reflected(preference: number): Buffer[] {
  const added = [...attribute(0x80, 9, ipv4(FEEDER)), ...attribute(0x80, 10, ipv4(CLUSTER))]
  return Array.from({ length: SETS }, (_, set) => {
    const { before, after } = attributes(set, preference)
    return Buffer.from([...before, ...added, ...after])
  })
}

/**
 * The first route that a client lacks or has with other attributes, '' when there is none. The sessions of this
 * process need their turn between two such looks.
 */
async function difference(one: LightClient, wanted: readonly Buffer[]): Promise<string> {
  await new Promise((resolve) => setImmediate(resolve))
  for (let index = 0; index < ROUTES; index++) {
    const block = one.held[index]
    if (index % EACH > 0 && block === one.held[index - 1]) continue
    const set = Math.floor(index / EACH)
    if (block === 0 || !one.blocks[block].equals(wanted[set])) {
      return `route ${index} has ${toHex(one.blocks[block])}, not ${toHex(wanted[set])}`
    }
  }
  return ''
}

/** Milliseconds for which a process's main thread was ready and had no processor; 0 where the kernel does not tell. */
function starved(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

/** How late this process is, and how long the speaker had no processor: what a busy machine holds up. */
class Lag {
  readonly #speaker: number
  #starved: number
  #last = performance.now()
  #largest = 0
  readonly #timer = setInterval(() => {
    const now = performance.now()
    this.#largest = Math.max(this.#largest, now - this.#last - INTERVAL)
    this.#last = now
  }, INTERVAL)

  /** @param speaker its process id */
  constructor(speaker: number) {
    this.#speaker = speaker
    this.#starved = starved(speaker)
  }

  /** The longest delay here and the time without a processor there since the last call, milliseconds. */
  take(): number {
    const [here, before] = [this.#largest, this.#starved]
    this.#largest = 0
    this.#starved = starved(this.#speaker)
    return here + this.#starved - before
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

async function feed(feeder: LightClient, preference: number): Promise<void> {
  const chunk = 50
  for (let set = 0; set < SETS; set += chunk) {
    await feeder.send(Buffer.concat(Array.from({ length: chunk }, (_, i) => sent(set + i, preference))))
  }
}

t.test(`${CLIENTS} clients, ${ROUTES} routes, hold time ${HOLD} s`, async (t) => {
  const lab = openLab(t)
  const port = await freePort()
  const addresses = Array.from({ length: CLIENTS }, (_, i) => client(i))
  const config = [
    `as: ${AS}`,
    `routerId: ${REFLECTOR}`,
    `clusterId: ${CLUSTER}`,
    `listen: ${REFLECTOR}:${port}`,
    'groups:',
    '  clients:',
    '    remoteAs: internal',
    '    passive: true',
    '    routeReflectorClient: true',
    '    import: all',
    '    addPath: { send: all }',
    `    timers: { hold: ${HOLD}, keepalive: 1 }`,
    'neighbors:',
    ...[FEEDER, LATE, ...addresses].map((address) => `  - { address: ${address}, group: clients }`),
    '',
  ].join('\n')
  const ecmpd = new Ecmpd(lab, { config, fib: false, namespace: null })
  await ecmpd.start()
  const to = { address: REFLECTOR, port }
  const open = (address: string, addPath: boolean) =>
    new LightClient({ as: AS, address, to, hold: HOLD, addPath, indexOf, prefixes: ROUTES })
  // Half of them take several paths of a prefix.
  const clients = addresses.map((address, i) => open(address, i % 2 === 1))
  const feeder = open(FEEDER, false)
  const everyone = [...clients, feeder]
  t.teardown(() => {
    for (const one of everyone) one.close()
  })
  const still = () => everyone.filter(({ ended }) => ended !== undefined).map((one) => one.ended)
  const complete = async (what: string, has: (one: LightClient) => boolean) => {
    const from = performance.now()
    await until(
      what,
      () => {
        if (still().length > 0) throw new Error(`sessions ended: ${still().join(', ')}`)
        const missing = everyone.filter((one) => one !== feeder && !has(one)).length
        if (missing > 0) throw new Error(`${missing} clients wait`)
        return true
      },
      90_000,
      20,
    )
    return performance.now() - from
  }
  const own = new Lag(ecmpd.child.pid)
  t.teardown(() => own.stop())
  const gaps = (what: string, took: number) => {
    const any = Math.max(...everyone.map((one) => one.largestGap))
    const keepalive = Math.max(...everyone.map((one) => one.largestKeepaliveGap))
    const lag = own.take()
    const figures = [any, keepalive, lag].map((value) => `${Math.round(value)} ms`)
    t.comment(
      `${what}: all have it after ${Math.round(took)} ms; at the most ${figures[0]} between messages, ` +
        `${figures[1]} between KEEPALIVEs; the machine held up ${figures[2]}`,
    )
    // What came while this process could not read has not come late, nor what the speaker could not send.
    t.ok(any - lag < HOLD * 1000, `${what}: no client heard nothing for the hold time (${figures[0]})`)
    t.ok(keepalive - lag < HOLD * 1000, `${what}: KEEPALIVEs come during the load (${figures[1]})`)
    for (const one of everyone) one.watch()
  }

  await until('all sessions are up', () => everyone.every(({ established }) => established))
  for (const one of everyone) one.watch()

  const [first] = await Promise.all([
    complete('every client has every route', ({ count }) => count === ROUTES),
    feed(feeder, 100),
  ])
  gaps('full table', first)
  let wanted = reflected(100)
  for (const one of clients) t.equal(await difference(one, wanted), '', one.options.address)

  const late = open(LATE, true)
  everyone.push(late)
  const changed = (one: LightClient, preference: number) => {
    const at = one.held[ROUTES - 1]
    return (
      one.count === ROUTES &&
      at !== 0 &&
      one.blocks[at].includes(Buffer.from([0x40, 5, 4, ...u32(preference)]))
    )
  }
  const [second] = await Promise.all([
    complete('every client has the changed routes', (one) => changed(one, 200)),
    feed(feeder, 200),
  ])
  gaps('all changed, and one more client comes', second)
  wanted = reflected(200)
  for (const one of [...clients, late]) t.equal(await difference(one, wanted), '', one.options.address)
  const [, taker] = clients
  t.ok(
    taker.pathIds.every((id, index) => id > 0 && id === late.pathIds[index]),
    'path identifiers are the same for everybody',
  )

  everyone.splice(everyone.indexOf(feeder), 1)
  feeder.close()
  const gone = await complete('the feeder’s routes are withdrawn', ({ count }) => count === 0)
  gaps('all withdrawn', gone)
  await sleep(HOLD * 1000)
  gaps('afterwards', 0)
  const views = await ecmpd.established([...addresses, LATE])
  t.ok(
    views.every(({ dropped, established }) => dropped === 0 && established === 1),
    'no session was lost',
  )
})
