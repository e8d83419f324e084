import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { HEADER, OPEN, UPDATE, Updates } from './messages.js'
import { mrtUpdates } from './mrt.js'
import { prefixText } from './prefixes.js'
import { communityText, nlriHash, type Sample, type Table, type TableSpec } from './tables.js'

const AS_PATH = 2
const NEXT_HOP = 3
const LOCAL_PREF = 5
const COMMUNITIES = 8
const AS_SEQUENCE = 2
/** NLRI of 0.0.0.0/32. */
const UNSPECIFIED = ' \0\0\0\0'
/** What an eBGP recording is played to. */
const NEIGHBOR_AS = 64_513

/** A recording of BGP messages as they were sent, and who sent them. */
export interface Recording {
  readonly octets: Buffer
  /** AS of the first OPEN. */
  readonly as: number
  /** AS of the neighbor: the same where the paths carry LOCAL_PREF. */
  readonly neighborAs: number
}

/**
 * Reads a file of BGP messages, one behind the other, or an MRT table dump; compressed by gzip or not.
 * @param nextHop what stands for the next hops of an MRT file
 * @throws Error when it is neither
 */
export function readRecording(file: string, nextHop: string): Recording {
  const read = readFileSync(file)
  const octets = read[0] === 0x1f && read[1] === 0x8b ? gunzipSync(read) : read
  if (!octets.subarray(0, 16).every((octet) => octet === 0xff)) {
    return { ...mrtUpdates(octets, nextHop), neighborAs: NEIGHBOR_AS }
  }
  let as: number | undefined
  for (const { type, body } of messages(octets)) {
    if (type === OPEN) as ??= asOf(body)
    if (type !== UPDATE || as === undefined || body.readUInt16BE(2) === 0) continue
    const first = attributesOf(body.subarray(4, 4 + body.readUInt16BE(2)))
    const internal = [...first].some((attribute) => attribute.type === LOCAL_PREF)
    return { octets, as, neighborAs: internal ? as : NEIGHBOR_AS }
  }
  throw new Error(`${file} holds no OPEN and UPDATE: it is no recording of a BGP session`)
}

function* attributesOf(block: Buffer): Generator<{ type: number; value: Buffer }> {
  for (let at = 0; at < block.length; ) {
    const extended = block[at] & 0x10
    const start = at + (extended ? 4 : 3)
    const end = start + (extended ? block.readUInt16BE(at + 2) : block[at + 2])
    yield { type: block[at + 1], value: block.subarray(start, end) }
    at = end
  }
}

/** Four-octet AS number of an OPEN's body, from capability 65 if there is one. */
function asOf(body: Buffer): number {
  for (let at = 10; at + 2 <= body.length; at += 2 + body[at + 1]) {
    for (let inner = at + 2; inner < at + 2 + body[at + 1]; inner += 2 + body[inner + 1]) {
      if (body[inner] === 65) return body.readUInt32BE(inner + 2)
    }
  }
  return body.readUInt16BE(1)
}

function* messages(octets: Buffer): Generator<{ type: number; body: Buffer; whole: Buffer }> {
  for (let at = 0; at + HEADER <= octets.length; ) {
    const length = octets.readUInt16BE(at + 16)
    if (length < HEADER || at + length > octets.length) throw new Error(`no BGP message at octet ${at}`)
    const whole = octets.subarray(at, at + length)
    yield { type: octets[at + 18], body: whole.subarray(HEADER), whole }
    at += length
  }
}

/** The table that the recorded session's UPDATEs leave behind (IPv4 in the UPDATE itself). */
export function readTable(spec: TableSpec): Table {
  const { octets } = readRecording(spec.file!, spec.nextHop)
  const updates = new Updates()
  const paths = new Map<string, Buffer>()
  const distinct = new Set<string>()
  for (const { type, body, whole } of messages(octets)) {
    if (type !== UPDATE) continue
    updates.add(whole)
    const withdrawn = body.readUInt16BE(0)
    const length = body.readUInt16BE(2 + withdrawn)
    const attributes = body.subarray(4 + withdrawn, 4 + withdrawn + length)
    if (length) distinct.add(attributes.toString('latin1'))
    for (const key of prefixKeys(body, 2, 2 + withdrawn)) paths.delete(key)
    for (const key of prefixKeys(body, 4 + withdrawn + length, body.length)) paths.set(key, attributes)
  }
  const keys = [...paths.keys()]
  const octetsOf = (key: string) => Buffer.from(key, 'latin1')
  const samples = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
    const key = keys[Math.round(share * (keys.length - 1))]
    return readSample(prefixText(octetsOf(key), 'ipv4-unicast'), paths.get(key)!)
  })
  return {
    family: 'ipv4-unicast',
    bytes: updates.bytes(),
    updates: updates.count,
    prefixes: paths.size,
    asSets: keys.filter((key) => hasAsSet(paths.get(key)!)).length,
    faulty: keys.filter((key) => !hasAsSet(paths.get(key)!) && isFaulty(key, paths.get(key)!)).length,
    sets: distinct.size,
    samples,
    hash: keys.reduce((sum, key) => (sum + nlriHash(octetsOf(key), 0, key.length)) >>> 0, 0),
    withdrawals() {
      const gone = new Updates()
      gone.withdraw('ipv4-unicast', keys.map(octetsOf))
      return gone.bytes()
    },
  }
}

/** Prefixes of a stretch of NLRI, host bits cleared, each as text of its octets. */
function* prefixKeys(body: Buffer, start: number, end: number): Generator<string> {
  for (let at = start; at < end; ) {
    const next = at + 1 + ((body[at] + 7) >> 3)
    const spare = (8 - (body[at] & 7)) & 7
    if (spare && body[next - 1] & ((1 << spare) - 1)) {
      const masked = Buffer.from(body.subarray(at, next))
      masked[masked.length - 1] &= 255 << spare
      yield masked.toString('latin1')
    } else yield body.toString('latin1', at, next)
    at = next
  }
}

/** What an attribute block says (four-octet AS numbers; an AS_SET leaves the path out). */
export function readSample(prefix: string, block: Buffer): Sample {
  let asPath: number[] = []
  let nextHop = ''
  let communities: string[] = []
  for (const { type, value } of attributesOf(block)) {
    if (type === AS_PATH) asPath = pathOf(value)
    if (type === NEXT_HOP) nextHop = [...value].join('.')
    if (type === COMMUNITIES) {
      const numbers = Array.from({ length: value.length / 4 }, (_, i) => value.readUInt32BE(4 * i))
      communities = numbers.sort((a, b) => a - b).map(communityText)
    }
  }
  return { prefix, asPath, nextHop, communities }
}

/** Whether the AS path has a segment that is no sequence. */
function hasAsSet(block: Buffer): boolean {
  for (const { type, value } of attributesOf(block)) {
    if (type !== AS_PATH) continue
    for (let at = 0; at < value.length; at += 2 + 4 * value[at + 1])
      if (value[at] !== AS_SEQUENCE) return true
  }
  return false
}

/** Value of the attribute of this type. */
export function attributeBlock(block: Buffer, type: number): Buffer | undefined {
  for (const attribute of attributesOf(block)) if (attribute.type === type) return attribute.value
  return undefined
}

/** AS 0 in the path, or 0.0.0.0/32. */
function isFaulty(key: string, block: Buffer): boolean {
  return key === UNSPECIFIED || readSample('', block).asPath.includes(0)
}

function pathOf(value: Buffer): number[] {
  const path: number[] = []
  for (let at = 0; at < value.length; at += 2 + 4 * value[at + 1]) {
    for (let i = 0; i < value[at + 1]; i++) path.push(value.readUInt32BE(at + 2 + 4 * i))
  }
  return path
}
