import { parseAddress } from '../../src/ip/address.js'
import type { Family } from '../../src/ip/family.js'
import { parsePrefix } from '../../src/ip/prefix.js'
import { CANONICAL_CONTEXT } from '../../src/wire/canonical.js'
import { type DecodedRoute, decodeUpdate } from '../../src/wire/decode.js'
import { nlriOctets, readNlri } from '../../src/wire/nlri.js'
import type { DecodeContext, PathAttributes } from '../../src/wire/types.js'
import { splitUpdate, UpdateFields } from '../../src/wire/update.js'
import { UpdateWriter } from '../../src/wire/update-writer.js'
import { writeAttributes } from '../../src/wire/write-attributes.js'

/** What UPDATEs say, apart from how it is spread over messages. */
export interface UpdateContent {
  /** By family, in order. */
  readonly withdrawn: readonly DecodedRoute[]
  /** Routes of one family that share their attributes. */
  readonly sets: readonly { readonly routes: readonly DecodedRoute[]; readonly attributes: PathAttributes }[]
}

/** The content of one UPDATE; routes that are treated as withdrawn count so. Undefined when it resets the session. */
export function contentOf(
  bytes: Uint8Array,
  context: DecodeContext,
  addPath: readonly Family[],
): UpdateContent | undefined {
  const update = decodeUpdate(bytes, context, addPath)
  if (update.verdict === 'reset') return undefined
  const { announced, attributes, reachAttributes } = update
  if (update.verdict === 'withdraw') return { withdrawn: [...update.withdrawn, ...announced], sets: [] }
  const fields = new UpdateFields()
  splitUpdate(bytes, 0, bytes.length, fields)
  const withIds = addPath.includes('ipv4-unicast')
  const count = readNlri(bytes, fields.nlriStart, fields.nlriEnd, 4, withIds).length
  const sets = [
    { routes: announced.slice(0, count), attributes },
    { routes: announced.slice(count), attributes: count > 0 ? (reachAttributes ?? attributes) : attributes },
  ]
  return { withdrawn: update.withdrawn, sets: sets.filter(({ routes }) => routes.length > 0) }
}

/** Writes a content as UPDATEs with 4-octet AS numbers, up to 65535 octets long. */
export function encodeContent({ withdrawn, sets }: UpdateContent, addPath: readonly Family[]): Uint8Array[] {
  const messages: Uint8Array[] = []
  const sink = { chunk: (bytes: Uint8Array) => void messages.push(...split(bytes)) }
  const writer = new UpdateWriter(sink, 65535)
  const put = ({ prefix, pathId = 0 }: DecodedRoute) => {
    const { bytes, length } = parsePrefix(prefix)!
    const octets = Uint8Array.of(length, ...bytes.subarray(0, nlriOctets(length)))
    if (!writer.addOctets(octets, 0, pathId))
      throw new RangeError(`${prefix} does not fit with its attributes`)
  }
  for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const) {
    writer.withdraw(family, addPath.includes(family))
    for (const route of withdrawn) if (route.family === family) put(route)
  }
  for (const { routes, attributes } of sets) {
    const { family } = routes[0]
    const block = writeAttributes(attributes, { nextHop: false })
    writer.announce(family, block, nextHopOctets(attributes), addPath.includes(family))
    for (const route of routes) put(route)
  }
  writer.flush()
  return messages
}

/** What several UPDATEs written by encodeContent() say together. */
export function mergedContent(messages: readonly Uint8Array[], addPath: readonly Family[]): UpdateContent {
  const withdrawn: DecodedRoute[] = []
  const sets: { routes: DecodedRoute[]; attributes: PathAttributes }[] = []
  let former = ''
  for (const message of messages) {
    const content = contentOf(message, CANONICAL_CONTEXT, addPath)
    if (content === undefined) throw new Error('an UPDATE of our own resets the session')
    withdrawn.push(...content.withdrawn)
    for (const { routes, attributes } of content.sets) {
      const key = `${routes[0].family} ${Buffer.from(writeAttributes(attributes)).toString('hex')}`
      if (key === former) sets.at(-1)?.routes.push(...routes)
      else sets.push({ routes: [...routes], attributes })
      former = key
    }
  }
  return { withdrawn, sets }
}

/** A content in the order in which encodeContent() writes it. */
export function ordered({ withdrawn, sets }: UpdateContent): UpdateContent {
  const of = (family: Family) => withdrawn.filter((route) => route.family === family)
  return { withdrawn: [...of('ipv4-unicast'), ...of('ipv6-unicast')], sets }
}

function nextHopOctets({ nextHop, linkLocalNextHop }: PathAttributes): Uint8Array {
  const global = nextHop === undefined ? undefined : parseAddress(nextHop)?.bytes
  const linkLocal = linkLocalNextHop === undefined ? undefined : parseAddress(linkLocalNextHop)?.bytes
  return Uint8Array.of(...(global ?? []), ...(linkLocal ?? []))
}

function split(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at + 16] * 256 + bytes[at + 17]
    messages.push(bytes.slice(at, at + length))
    at += length
  }
  return messages
}
