import { isDeepStrictEqual } from 'node:util'
import type { Family } from '../../src/ip/family.js'
import { CANONICAL_CONTEXT } from '../../src/wire/canonical.js'
import { MessageType } from '../../src/wire/codes.js'
import { Framer } from '../../src/wire/framer.js'
import { readMrt } from '../../src/wire/mrt.js'
import { mrtAttributes } from '../../src/wire/mrt-table.js'
import { type MrtMessage, mrtContext } from '../../src/wire/mrt-types.js'
import { decodeNotification, describeNotification, encodeNotification } from '../../src/wire/notification.js'
import { decodeOpen, encodeOpen } from '../../src/wire/open.js'
import { readAttributes, readCanonical } from '../../src/wire/read-attributes.js'
import { decodeRouteRefresh, encodeRouteRefresh } from '../../src/wire/refresh.js'
import type { DecodeContext } from '../../src/wire/types.js'
import { writeAttributes } from '../../src/wire/write-attributes.js'
import { contentOf, encodeContent, mergedContent, ordered } from './update-content.js'

/** What a recording holds. */
export interface ReplayTotals {
  messages: number
  /** Messages whose header does not fit them, or that reset a session. */
  refused: number
  states: number
  entries: number
  other: number
  faults: number
}

const BOTH: readonly Family[] = ['ipv4-unicast', 'ipv6-unicast']

/**
 * Decodes everything in a recording, and checks that decode(encode(decode(x))) is decode(x) and that what was
 * written once is written the same way again.
 * @throws Error that names the place when something is not so
 */
export function replay(bytes: Uint8Array): ReplayTotals {
  const totals = { messages: 0, refused: 0, states: 0, entries: 0, other: 0, faults: 0 }
  const seen = new Set<string>()
  for (const record of readMrt(bytes)) {
    try {
      switch (record.kind) {
        case 'message':
          totals.messages++
          if (!checkMessage(record)) totals.refused++
          break
        case 'state':
          totals.states++
          break
        case 'rib':
        case 'table':
          for (const { attributes } of record.entries) {
            totals.entries++
            const block = mrtAttributes(attributes, record.afi, record.safi)
            const key = Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1')
            if (seen.has(key)) continue
            seen.add(key)
            checkAttributes(block, mrtContext(record.kind === 'rib'))
          }
          break
        case 'fault':
          totals.faults++
          break
        default:
          totals.other++
      }
    } catch (error) {
      throw new Error(`record at octet ${record.offset}: ${String(error)}`, { cause: error })
    }
  }
  return totals
}

/** @returns false for one that a session would not take */
function checkMessage({ message, as4, addPath }: MrtMessage): boolean {
  let sound = false
  const framer = new Framer()
  framer.maxLength = 65535
  framer.push(message, {
    message(type, bytes, start, end) {
      const octets = bytes.slice(start, end)
      sound = check(type, octets, mrtContext(as4), addPath ? BOTH : [])
      return true
    },
    fault: () => undefined,
  })
  return sound
}

function check(
  type: number,
  octets: Uint8Array,
  context: DecodeContext,
  addPath: readonly Family[],
): boolean {
  if (type === MessageType.Update) return checkUpdate(octets, context, addPath)
  const [read, write] =
    type === MessageType.Open
      ? [(x: Uint8Array) => decodeOpen(x, 0, x.length).message, encodeOpen]
      : type === MessageType.RouteRefresh
        ? [(x: Uint8Array) => decodeRouteRefresh(x, 0, x.length, true).message, encodeRouteRefresh]
        : type === MessageType.Notification
          ? [(x: Uint8Array) => decodeNotification(x, 0, x.length), encodeNotification]
          : [() => ({}), () => octets]
  const first = read(octets)
  if (first === undefined) return false
  if (type === MessageType.Notification) describeNotification(decodeNotification(octets, 0, octets.length))
  const written = (write as (message: object) => Uint8Array)(first)
  const second = read(written)
  same(second, first, 'decode(encode(decode(x)))')
  same((write as (message: object) => Uint8Array)(second!), written, 'encode(decode(encode(x)))')
  return true
}

/** @returns false for an UPDATE that resets the session */
function checkUpdate(octets: Uint8Array, context: DecodeContext, addPath: readonly Family[]): boolean {
  const content = contentOf(octets, context, addPath)
  if (content === undefined) return false
  const written = encodeContent(content, addPath)
  const second = mergedContent(written, addPath)
  same(second, ordered(content), 'decode(encode(decode(x)))')
  same(encodeContent(second, addPath), written, 'encode(decode(encode(x)))')
  return true
}

/** Reads a block, writes it, and reads it again. */
function checkAttributes(block: Uint8Array, context: DecodeContext): void {
  const first = readAttributes(block, 0, block.length, context)
  const written = writeAttributes(first)
  const second = readCanonical(written, 0, written.length)
  same(second, first, 'decode(encode(decode(x)))')
  same(readAttributes(written, 0, written.length, CANONICAL_CONTEXT), second, 'scanned and read')
  same(writeAttributes(second), written, 'encode(decode(encode(x)))')
}

function same(found: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(found, expected)) return
  throw new Error(`${what} differs: ${text(found)}, expected ${text(expected)}`)
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (one instanceof Uint8Array) return Buffer.from(one).toString('hex')
    return typeof one === 'bigint' ? `${one}n` : one
  })
}
