/** Reads the messages of the device under test, by hand from the RFCs' drawings. */

/** An attribute as it stands in the message. */
export interface RawAttribute {
  readonly flags: number
  readonly type: number
  readonly value: Uint8Array
}

/** A prefix with the path identifier that stands before it, if the session has such. */
export interface RawNlri {
  readonly prefix: string
  readonly pathId?: number
}

/** What a peer has to know to read UPDATEs. */
export interface ReadingTerms {
  /** Octets of an AS number in AS_PATH. */
  readonly asSize: 2 | 4
  /** Families, as 'afi/safi', whose NLRI carry path identifiers. */
  readonly addPath: ReadonlySet<string>
}

/** An UPDATE taken apart. */
export interface RawUpdate {
  readonly withdrawn: readonly RawNlri[]
  readonly announced: readonly RawNlri[]
  readonly attributes: readonly RawAttribute[]
  readonly reach?: {
    readonly family: string
    readonly nextHop: Uint8Array
    readonly announced: readonly RawNlri[]
  }
  readonly unreach?: { readonly family: string; readonly withdrawn: readonly RawNlri[] }
  /** The family that this UPDATE is the End-of-RIB of (RFC 4724 §2). */
  readonly endOfRib?: string
}

const number16 = (octets: Uint8Array, at: number) => octets[at] * 256 + octets[at + 1]
const number32 = (octets: Uint8Array, at: number) => number16(octets, at) * 65536 + number16(octets, at + 2)

/** Four octets as 'a.b.c.d'. */
const dotted = (octets: Uint8Array, at = 0): string => [...octets.subarray(at, at + 4)].join('.')

/** Sixteen octets in the shortest form (RFC 5952). */
function colons(octets: Uint8Array, at = 0): string {
  const groups = Array.from({ length: 8 }, (_, index) => number16(octets, at + 2 * index))
  let start = -1
  let longest = 1
  for (let first = 0; first < 8; first++) {
    let length = 0
    while (first + length < 8 && groups[first + length] === 0) length++
    if (length > longest) {
      longest = length
      start = first
    }
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(':')
  return start < 0 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + longest))}`
}

function readNlri(octets: Uint8Array, width: 4 | 16, withPathId: boolean): RawNlri[] {
  const list: RawNlri[] = []
  for (let at = 0; at < octets.length; ) {
    const pathId = withPathId ? number32(octets, at) : undefined
    if (withPathId) at += 4
    const bits = octets[at]
    const size = Math.ceil(bits / 8)
    if (!(bits <= width * 8) || at + 1 + size > octets.length) throw new Error(`NLRI ${octets} at ${at}`)
    const address = new Uint8Array(width)
    address.set(octets.subarray(at + 1, at + 1 + size))
    list.push({ prefix: `${width === 4 ? dotted(address) : colons(address)}/${bits}`, pathId })
    at += 1 + size
  }
  return list
}

/** Splits a block of path attributes. @throws Error when it is malformed */
function readAttributes(block: Uint8Array): RawAttribute[] {
  const attributes: RawAttribute[] = []
  for (let at = 0; at < block.length; ) {
    const [flags, type] = [block[at], block[at + 1]]
    const long = (flags & 0x10) !== 0
    const start = at + (long ? 4 : 3)
    const length = long ? number16(block, at + 2) : block[at + 2]
    if (start > block.length || start + length > block.length) throw new Error(`attribute ${type} overruns`)
    attributes.push({ flags, type, value: block.subarray(start, start + length) })
    at = start + length
  }
  return attributes
}

/**
 * Takes the body of an UPDATE apart.
 * @throws Error when it is malformed: the device under test has sent what it must not
 */
export function readUpdate(body: Uint8Array, terms: ReadingTerms): RawUpdate {
  const withdrawnEnd = 2 + number16(body, 0)
  const attributesEnd = withdrawnEnd + 2 + number16(body, withdrawnEnd)
  if (!(attributesEnd <= body.length)) throw new Error('lengths of an UPDATE do not fit')
  const ids = terms.addPath.has('1/1')
  const withdrawn = readNlri(body.subarray(2, withdrawnEnd), 4, ids)
  const attributes = readAttributes(body.subarray(withdrawnEnd + 2, attributesEnd))
  const announced = readNlri(body.subarray(attributesEnd), 4, ids)
  let reach: RawUpdate['reach']
  let unreach: RawUpdate['unreach']
  for (const { type, value } of attributes) {
    if (type !== 14 && type !== 15) continue
    const family = `${number16(value, 0)}/${value[2]}`
    const width = number16(value, 0) === 1 ? 4 : 16
    if (type === 15) {
      unreach = { family, withdrawn: readNlri(value.subarray(3), width, terms.addPath.has(family)) }
    } else {
      const end = 4 + value[3]
      const list = readNlri(value.subarray(end + 1), width, terms.addPath.has(family))
      reach = { family, nextHop: value.subarray(4, end), announced: list }
    }
  }
  let endOfRib: string | undefined
  if (body.length === 4) endOfRib = '1/1'
  else if (unreach?.withdrawn.length === 0 && attributes.length === 1 && announced.length === 0) {
    endOfRib = unreach.family
  }
  return { withdrawn, announced, attributes, reach, unreach, endOfRib }
}

/** A path as an observer has it. */
export class Route {
  readonly prefix: string
  readonly pathId: number | undefined
  readonly attributes: readonly RawAttribute[]
  /** Next hop, of the attribute or of MP_REACH_NLRI; two addresses are joined by a comma. */
  readonly nextHop: string
  readonly #asSize: 2 | 4

  constructor(nlri: RawNlri, update: RawUpdate, nextHop: Uint8Array | undefined, asSize: 2 | 4) {
    this.prefix = nlri.prefix
    this.pathId = nlri.pathId
    this.attributes = update.attributes.filter(({ type }) => type !== 14 && type !== 15)
    const octets = nextHop ?? this.value(3) ?? new Uint8Array(0)
    this.nextHop =
      octets.length === 4
        ? dotted(octets)
        : Array.from({ length: octets.length / 16 }, (_, index) => colons(octets, index * 16)).join(',')
    this.#asSize = asSize
  }

  attribute(type: number): RawAttribute | undefined {
    return this.attributes.find((one) => one.type === type)
  }

  value(type: number): Uint8Array | undefined {
    return this.attribute(type)?.value
  }

  /** Attribute values of four octets: MED, LOCAL_PREF. */
  #number(type: number): number | undefined {
    const value = this.value(type)
    return value && number32(value, 0)
  }

  get origin(): number | undefined {
    return this.value(1)?.[0]
  }
  get med(): number | undefined {
    return this.#number(4)
  }
  get localPref(): number | undefined {
    return this.#number(5)
  }
  get otc(): number | undefined {
    return this.#number(35)
  }
  get originatorId(): string | undefined {
    const value = this.value(9)
    return value && dotted(value)
  }
  get clusterList(): string[] {
    const value = this.value(10) ?? new Uint8Array(0)
    return Array.from({ length: value.length / 4 }, (_, index) => dotted(value, index * 4))
  }

  /** Segments of an AS path; type 2 is a sequence. */
  segments(type = 2, size: 2 | 4 = this.#asSize): { readonly type: number; readonly asns: number[] }[] {
    const value = this.value(type) ?? new Uint8Array(0)
    const segments = []
    for (let at = 0; at < value.length; ) {
      const count = value[at + 1]
      const asns = Array.from({ length: count }, (_, index) =>
        size === 4 ? number32(value, at + 2 + index * 4) : number16(value, at + 2 + index * 2),
      )
      segments.push({ type: value[at], asns })
      at += 2 + count * size
    }
    return segments
  }

  /** '65000 65001 {65002 65003}'. */
  get asPath(): string {
    return pathText(this.segments())
  }

  /** AS4_PATH, empty without one. */
  get as4Path(): string {
    return pathText(this.segments(17, 4))
  }

  get communities(): string[] {
    const value = this.value(8) ?? new Uint8Array(0)
    return Array.from({ length: value.length / 4 }, (_, index) =>
      [number16(value, index * 4), number16(value, index * 4 + 2)].join(':'),
    )
  }

  get largeCommunities(): string[] {
    const value = this.value(32) ?? new Uint8Array(0)
    return Array.from({ length: value.length / 12 }, (_, index) =>
      [0, 4, 8].map((offset) => number32(value, index * 12 + offset)).join(':'),
    )
  }
}

function pathText(segments: readonly { type: number; asns: number[] }[]): string {
  return segments.map(({ type, asns }) => (type === 2 ? asns.join(' ') : `{${asns.join(' ')}}`)).join(' ')
}

/** Capabilities of an OPEN's body, in order. @throws Error when it is malformed */
function readCapabilities(body: Uint8Array): { code: number; value: Uint8Array }[] {
  const capabilities = []
  // RFC 9072 §2: the extended form begins with the non-extended length, then type 255.
  const extended = body[9] !== 0 && body[10] === 255
  const start = extended ? 13 : 10
  const end = start + (extended ? number16(body, 11) : body[9])
  if (end !== body.length) throw new Error('optional parameters do not fill the OPEN')
  for (let at = start; at < end; ) {
    const length = extended ? number16(body, at + 1) : body[at + 1]
    const first = at + (extended ? 3 : 2)
    if (body[at] === 2) {
      for (let inner = first; inner < first + length; inner += 2 + body[inner + 1]) {
        capabilities.push({
          code: body[inner],
          value: body.subarray(inner + 2, inner + 2 + body[inner + 1]),
        })
      }
    }
    at = first + length
  }
  return capabilities
}

/** The fixed fields of an OPEN and its capabilities. */
export function readOpen(body: Uint8Array) {
  return {
    version: body[0],
    myAs: number16(body, 1),
    hold: number16(body, 3),
    id: dotted(body, 5),
    capabilities: readCapabilities(body),
  }
}

/** 'code/subcode', with '/data' in hexadecimal digits when there is any. */
export function notificationText(body: Uint8Array): string {
  const data = Array.from(body.subarray(2), (octet) => octet.toString(16).padStart(2, '0')).join('')
  return `${body[0]}/${body[1]}${data && `/${data}`}`
}
