import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { OTHER_READINGS } from '../support/readings.js'
import type { Case } from './case.js'
import type { Context } from './context.js'
import { type Conversation, Failure } from './conversation.js'
import { ipv4, ipv6, KEEPALIVE, raw, toHex } from './octets.js'

/** A message of the corpus of malformed and odd ones. */
export interface Vector {
  readonly id: string
  /** What the session is in when it is sent: a mere connection, OPENs exchanged, or up. */
  readonly phase: 'tcp' | 'openconfirm' | 'established'
  readonly peer: 'ebgp' | 'ibgp'
  readonly hex: string
  /** Allowed outcomes, the strict reading first. */
  readonly expect: readonly string[]
  readonly ref: string
  readonly note: string
  /** The prefix that it announces. */
  readonly prefix?: string
}

export const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(resolve('test/fixtures/malformed-corpus.json'), 'utf8'),
)

/** Community of the path that stands before the vector is sent. */
const MARK = '65001:999'

/** The corpus as cases: a tester T sends the message, an observer O sees what becomes of the route. */
export const corpusCases: readonly Case[] = VECTORS.map((vector) => ({
  id: vector.id,
  title: vector.expect[0],
  rfc: vector.ref,
  setup: 'corpus',
  peers: { t: vector.peer === 'ibgp' ? { as: 'internal' as const } : {} },
  run: (c) => play(c, vector),
}))

async function play(c: Context, vector: Vector) {
  const seen = await outcome(c, vector)
  const allowed = c.strict ? [strictReading(vector)] : vector.expect
  if (allowed.some((one) => fits(seen, one))) return
  const route = seen.types ? ` (attributes ${seen.types.join(' ')})` : ''
  throw new Failure(`${seen.text}${route}, expected ${allowed.join(' or ')}`)
}

/** The first of the allowed readings, or the other one that is explained. */
function strictReading({ id, expect, prefix }: Vector): string {
  const [reading] = OTHER_READINGS[id] ?? expect
  // Of routes that nobody knows before there is nothing to see: cases of their own look at such.
  return reading === 'withdraw' && !prefix ? 'ignore' : reading
}

/** What became of a vector, in the corpus' words. */
interface Outcome {
  /** 'notify:3/1/…', 'close', 'up', 'ignore', 'withdraw', 'accept', 'silent'. */
  readonly text: string
  /** Attribute types of the accepted route at the observer. */
  readonly types?: readonly number[]
}

function fits({ text, types }: Outcome, expected: string): boolean {
  const [what, type] = expected.split(':')
  if (what === 'accept-with') return types?.includes(Number(type)) ?? false
  if (what === 'accept-without') return types !== undefined && !types.includes(Number(type))
  return text === expected || text.startsWith(`${expected}/`)
}

async function outcome(c: Context, vector: Vector): Promise<Outcome> {
  const t = await prepare(c, vector)
  const bytes = raw(vector.hex)
  if (vector.phase !== 'established') {
    t.send(bytes)
    return { text: await opened(c, t, vector.phase === 'tcp') }
  }
  const octets = here(vector.hex, t)
  const o = await c.observer()
  const { prefix } = vector
  if (prefix) {
    t.announce(prefix, { communities: [MARK] })
    await o.hasWith(prefix, 'the mark', (route) => route.communities.includes(MARK))
  }
  t.send(octets)
  const closing = t
    .until('end', () => (t.all(3).length > 0 || t.end !== undefined ? true : undefined), 8000)
    .then(() => true)
  const settled = c.settled(t, o).then(() => false)
  const ended = await Promise.any([closing, settled]).catch(() => undefined)
  closing.catch(() => {})
  settled.catch(() => {})
  if (ended === undefined) return { text: 'silent' }
  if (ended || t.all(3).length > 0 || t.end) return { text: await verdict(t) }
  if (!prefix) return { text: 'ignore' }
  const route = o.table.get(prefix)
  if (!route) return { text: 'withdraw' }
  if (route.communities.includes(MARK)) return { text: 'ignore' }
  return { text: 'accept', types: route.attributes.map(({ type }) => type) }
}

const verdict = async (t: Conversation) => {
  const text = await t.verdict(5000)
  if (text === 'close') return text
  // What was said must arrive whole: the connection then ends in order.
  await t.until('the end of the connection', () => t.end, 5000)
  return `notify:${text}`
}

/** The corpus was written for a tester at 10.99.0.2; this one has another address. */
function here(hex: string, { speaker }: Conversation): Uint8Array {
  return raw(
    hex
      .replaceAll(toHex(ipv4('10.99.0.2')), toHex(ipv4(speaker.address)))
      .replaceAll(toHex(ipv6('2001:db8:99::2')), toHex(ipv6(speaker.address6))),
  )
}

/** Brings a session into the state in which the vector is sent. */
async function prepare(c: Context, vector: Vector): Promise<Conversation> {
  if (vector.phase === 'established') return c.session('t')
  for (let tries = 1; ; tries++) {
    const t = await c.connect('t')
    try {
      if (vector.phase === 'openconfirm') t.send(c.openMessage('t'))
      await t.next(1, 3000)
      if (vector.phase === 'openconfirm') await t.next(4, 3000)
      return t
    } catch (error) {
      // A daemon that has just started, or still rests from an error, refuses for a while.
      if (tries >= 20 || !t.end) throw error
      t.socket.destroy()
      await c.sleep(300)
    }
  }
}

/** How the device under test takes an OPEN, or what was sent in its place. */
async function opened(c: Context, t: Conversation, mayOpen: boolean): Promise<string> {
  const seen = await t
    .until('an answer', () => t.all(3)[0] ?? (mayOpen ? t.all(4)[0] : undefined) ?? t.end, 6000)
    .catch(() => undefined)
  if (seen === undefined) return 'silent'
  if (t.all(3).length === 0 && t.end === undefined) {
    t.send(KEEPALIVE)
    await c.sleep(300)
    if (t.all(3).length === 0 && t.end === undefined) return 'up'
  }
  return verdict(t)
}
