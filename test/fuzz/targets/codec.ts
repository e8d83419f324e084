import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { FAMILIES, type Family } from '../../../src/ip/family.js'
import { AttributeTable } from '../../../src/rib/attributes/attributes.js'
import { NextHopSets } from '../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../src/rib/attributes/next-hops.js'
import { MessageType } from '../../../src/wire/codes.js'
import { decodeUpdate } from '../../../src/wire/decode.js'
import { Framer } from '../../../src/wire/framer.js'
import {
  decodeNotification,
  describeNotification,
  encodeNotification,
  hardResetReason,
} from '../../../src/wire/notification.js'
import { decodeOpen, encodeOpen } from '../../../src/wire/open.js'
import { decodeRouteRefresh, encodeRouteRefresh } from '../../../src/wire/refresh.js'
import type { DecodeContext, Fault } from '../../../src/wire/types.js'
import { splitUpdate, UpdateFields } from '../../../src/wire/update.js'
import { CRASH_INPUTS } from '../../support/crash-inputs.js'
import { contentOf, encodeContent, mergedContent, ordered } from '../../support/update-content.js'
import { ByteChoices, type Choices } from '../engine/random.js'
import { check, type Target } from '../engine/target.js'
import { stream } from './grammar.js'

/** First octets of an input: how it is cut into chunks, and what was negotiated. */
const HEAD = 2

interface Vector {
  readonly hex: string
}

const vectors: Vector[] = JSON.parse(
  readFileSync(`${process.cwd()}/test/fixtures/malformed-corpus.json`, 'utf8'),
)

/** Framer, all messages, attribute sets: any octets, read as a session would read them, written and read again. */
export const codec: Target = {
  name: 'codec',
  limit: 70_000,
  batch: 64,
  *seeds() {
    for (const { hex } of vectors) yield Uint8Array.of(0, 0, ...Buffer.from(hex, 'hex'))
    // With Extended Message, which some of them need.
    for (const message of Object.values(CRASH_INPUTS)) yield Uint8Array.of(0, 1, ...message)
  },
  generate: (random) => Uint8Array.of(random.below(256), random.below(256), ...stream(random)),
  mutate(input, random) {
    // Mends the length of the first message, so that what is behind its header is looked at.
    if (input.length < HEAD + 19 || random.below(3) > 0) return undefined
    const mended = input.slice()
    const length = input.length - HEAD
    if (length > 65535) return undefined
    mended[HEAD + 16] = length >>> 8
    mended[HEAD + 17] = length
    return mended
  },
  run(input) {
    const bytes = input.slice(HEAD)
    const options = input[1] ?? 0
    const whole = read(bytes, [bytes.length], options)
    const other = read(
      bytes,
      cuts(new ByteChoices(input.subarray(0, 1)), bytes.length, input[0] ?? 0),
      options,
    )
    check(isDeepStrictEqual(whole, other), () => `chunks change what is read: ${whole.log} / ${other.log}`)
    for (const message of whole.messages) checkMessage(message, options)
  },
}

interface Reading {
  readonly messages: readonly Uint8Array[]
  readonly log: string
}

/** Pushes octets in chunks of these sizes; a handler that stops half of the time must make no difference. */
function read(bytes: Uint8Array, sizes: readonly number[], options: number): Reading {
  const framer = new Framer()
  if ((options & 1) !== 0) framer.maxLength = 65535
  const messages: Uint8Array[] = []
  let log = ''
  let stops = sizes.length > 1
  const handler = {
    message(type: number, octets: Uint8Array, start: number, end: number) {
      messages.push(octets.slice(start, end))
      log += `${type}/${end - start} `
      stops = !stops
      return sizes.length === 1 || stops
    },
    fault(fault: Fault) {
      checkFault(fault)
      log += `fault ${fault.code}/${fault.subcode} ${fault.text}`
    },
  }
  let at = 0
  for (const size of sizes) {
    if (!framer.push(bytes.subarray(at, at + size), handler))
      while (framer.buffered > 0 && !framer.broken && !framer.resume(handler));
    at += size
  }
  // After a fault, what is kept depends on how much had come by then.
  return { messages, log: framer.broken ? log : `${log}held ${framer.buffered}` }
}

function cuts(choices: Choices, length: number, seed: number): number[] {
  const sizes: number[] = []
  let left = length
  for (let i = 0; left > 0; i++) {
    const size = Math.min(
      left,
      seed === 255 && length < 500 ? 1 : 1 + ((seed * (i + 7) + choices.below(256)) % 61),
    )
    sizes.push(size)
    left -= size
  }
  return sizes
}

function checkMessage(bytes: Uint8Array, options: number): void {
  const type = bytes[18]
  if (type === MessageType.Open) checkOpen(bytes)
  else if (type === MessageType.Update) checkUpdates(bytes, options)
  else if (type === MessageType.Notification) checkNotification(bytes)
  else if (type === MessageType.RouteRefresh) checkRefresh(bytes, (options & 2) !== 0)
}

function checkNotification(bytes: Uint8Array): void {
  const message = decodeNotification(bytes, 0, bytes.length)
  check(/^[\P{C}]+$/u.test(describeNotification(message)), () => 'a NOTIFICATION in words is not printable')
  hardResetReason(message)
  check(
    isDeepStrictEqual(encodeNotification(message, 65535), bytes),
    () => 'a NOTIFICATION is written otherwise',
  )
}

function checkRefresh(bytes: Uint8Array, enhanced: boolean): void {
  const { message, fault } = decodeRouteRefresh(bytes, 0, bytes.length, enhanced)
  if (fault !== undefined) checkFault(fault)
  else {
    const written = encodeRouteRefresh(message)
    check(
      isDeepStrictEqual(written.slice(19), bytes.slice(19, 23)),
      () => 'a ROUTE-REFRESH is written otherwise',
    )
  }
}

function checkOpen(bytes: Uint8Array): void {
  const { message, fault } = decodeOpen(bytes, 0, bytes.length)
  if (fault !== undefined) {
    checkFault(fault)
    return
  }
  const written = encodeOpen(message)
  const again = decodeOpen(written, 0, written.length).message
  check(isDeepStrictEqual(again, message), () => 'an OPEN is read otherwise after it was written')
  check(
    again !== undefined && isDeepStrictEqual(encodeOpen(again), written),
    () => 'an OPEN is no fixed point',
  )
}

/** What can be negotiated, by the bits of an octet. */
function contextOf(options: number): DecodeContext {
  return {
    id: (options >>> 2) & 31,
    peerType: (options & 4) === 0 ? 'ebgp' : 'ibgp',
    as4: (options & 8) === 0,
    rejectAsSet: (options & 16) === 0,
    extendedNextHop: (options & 32) !== 0,
    aigp: (options & 64) !== 0,
  }
}

function checkUpdates(bytes: Uint8Array, options: number): void {
  const context = contextOf(options)
  const addPath: readonly Family[] = (options & 128) === 0 ? [] : FAMILIES
  const update = decodeUpdate(bytes, context, addPath)
  for (const fault of update.faults) checkFault(fault)
  const worst = update.faults.some((fault) => fault.verdict === update.verdict)
  check(worst || update.verdict === 'none', () => `verdict ${update.verdict} without a fault that says so`)
  checkSets(bytes, context, addPath)
  const read = contentOf(bytes, context, addPath)
  if (read === undefined) return
  const content = merged(ordered(read))
  let written: Uint8Array[]
  try {
    written = encodeContent(content, addPath)
  } catch (error) {
    // AS numbers of 2 octets become 4: what was full does not fit any more.
    if (error instanceof RangeError && bytes.length > 30_000) return
    throw error
  }
  const again = mergedContent(written, addPath)
  check(isDeepStrictEqual(again, content), () => 'an UPDATE is read otherwise after it was written')
  check(isDeepStrictEqual(encodeContent(again, addPath), written), () => 'an UPDATE is no fixed point')
}

/** Sets of one family with equal attributes are one: so they are read when they were written. */
function merged(content: ReturnType<typeof ordered>): ReturnType<typeof ordered> {
  const [first, second] = content.sets
  if (second === undefined || first.routes[0].family !== second.routes[0].family) return content
  if (!isDeepStrictEqual(first.attributes, second.attributes)) return content
  return { ...content, sets: [{ ...first, routes: [...first.routes, ...second.routes] }] }
}

/** The table of attribute sets agrees with the decoder, when it sees a block first and when it knows it. */
function checkSets(bytes: Uint8Array, context: DecodeContext, addPath: readonly Family[]): void {
  const fields = new UpdateFields()
  if (!splitUpdate(bytes, 0, bytes.length, fields)) return
  const update = decodeUpdate(bytes, context, addPath)
  const nlriFault = update.faults.some(({ rule }) => rule === 'RFC 7606 §5.3')
  const table = new AttributeTable(new NextHops(new NextHopSets()), 16)
  const hasNlri = fields.nlriEnd > fields.nlriStart
  for (let round = 0; round < 2; round++) {
    const result = table.intern(bytes, fields.attributesStart, fields.attributesEnd, hasNlri, context)
    const { id, reachId } = result
    if (!nlriFault)
      check(
        result.verdict === update.verdict,
        () => `${result.verdict} in the table, ${update.verdict} decoded`,
      )
    if (id === 0 || nlriFault) continue
    const set = table.get(id)
    const expected =
      hasNlri || update.reachAttributes === undefined ? update.attributes : update.reachAttributes
    check(isDeepStrictEqual(set, expected), () => `the table's set differs in round ${round}`)
    if (hasNlri && reachId !== 0)
      check(
        isDeepStrictEqual(table.get(reachId), update.reachAttributes),
        () => 'the set of MP_REACH_NLRI differs',
      )
  }
  check(table.size <= 2, () => `${table.size} sets of one message`)
  table.reclaim()
  check(table.size === 0, () => 'a set stays that nobody holds')
}

/** A fault that ends a session has a NOTIFICATION that can be sent, and people can read it. */
function checkFault(fault: Fault): void {
  const { code, subcode, data, text, rule, verdict } = fault
  check(
    verdict !== 'none' && code >= 0 && code <= 8 && subcode >= 0 && subcode <= 11,
    () => `fault ${code}/${subcode}`,
  )
  check(/^[\P{C}]+$/u.test(text) && /^RFC \d+ §/.test(rule), () => `fault in words: ${text} (${rule})`)
  const written = encodeNotification({ type: 'notification', code, subcode, data })
  check(written.length <= 4096, () => `a NOTIFICATION of ${written.length} octets`)
}
