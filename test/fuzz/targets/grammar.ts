/**
 * BGP messages by their grammar (RFC 4271 §4 and what extends it), with a fault thrown in now and then: most of
 * them get past the first checks, where octets drawn at random would end.
 */
import { u16, u32 } from '../../support/raw-bytes.js'
import { type Choices, octets, oneIn, pick } from '../engine/random.js'

const AS_NUMBERS = [64512, 64513, 65001, 1, 23456, 65535, 65536, 4200000001, 4294967295, 0]
const HOPS = [
  [192, 168, 95, 210],
  [192, 168, 95, 211],
  [10, 0, 0, 1],
  [0, 0, 0, 0],
  [127, 0, 0, 1],
  [224, 0, 0, 5],
  [255, 255, 255, 255],
]
const GLOBAL = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
const LINK_LOCAL = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
const SIX = [GLOBAL, LINK_LOCAL, new Array<number>(16).fill(0), [...GLOBAL.slice(0, 15), 9]]

/** A message: header and body; once in a while the header is wrong. */
function message(c: Choices, type: number, body: readonly number[]): number[] {
  const marker = new Array<number>(16).fill(255)
  let length = 19 + body.length
  let code = type
  if (oneIn(c, 40)) marker[c.below(16)] = c.below(255)
  if (oneIn(c, 30)) length = pick(c, [length - 1, length + 1, 0, 18, 19, 4096, 4097, 65535])
  if (oneIn(c, 40)) code = pick(c, [6, 0, 255, 1, 2, 3, 4, 5])
  return [...marker, ...u16(length), code, ...body]
}

/** A few messages of any type. */
export function stream(c: Choices): number[] {
  const out: number[] = []
  for (let count = 1 + c.below(3); count > 0; count--) out.push(...anyMessage(c))
  return out
}

/** One message of any type; most are UPDATEs. */
export function anyMessage(c: Choices): number[] {
  switch (c.below(9)) {
    case 0:
      return message(c, 1, openBody(c))
    case 1:
      return message(c, 3, [
        pick(c, [6, 1, 2, 3, 4, 5, 7, 8, 0, 99]),
        pick(c, [2, 4, 9, 1, 7, 0]),
        ...notificationData(c),
      ])
    case 2:
      return message(c, 4, oneIn(c, 10) ? octets(c, 1 + c.below(3)) : [])
    case 3:
      return message(c, 5, [
        ...u16(pick(c, [1, 2, 16388, 0])),
        pick(c, [0, 1, 2, 3, 255]),
        pick(c, [1, 2, 128]),
        ...(oneIn(c, 6) ? octets(c, 1 + c.below(12)) : []),
      ])
    default:
      return message(c, 2, updateBody(c))
  }
}

function notificationData(c: Choices): number[] {
  const text = octets(c, c.below(12)).map((octet) => (oneIn(c, 4) ? octet : 97 + (octet % 26)))
  return pick(c, [[], [text.length, ...text], [text.length + 1, ...text], [6, 2, text.length, ...text], text])
}

// OPEN

/** Body of an OPEN (RFC 4271 §4.2, RFC 5492, RFC 9072). */
export function openBody(c: Choices): number[] {
  const capabilities: number[] = []
  for (let count = c.below(10); count > 0; count--) capabilities.push(...capability(c))
  const fixed = [
    pick(c, [4, 4, 4, 3, 5, 0]),
    ...u16(pick(c, AS_NUMBERS) & 0xffff),
    ...u16(pick(c, [90, 180, 3, 0, 1, 2, 65535])),
    ...u32(pick(c, [0xc0a85fd2, 0xc0a85fc8, 1, 0, 0xffffffff])),
  ]
  return [...fixed, ...parameters(c, capabilities)]
}

function parameters(c: Choices, capabilities: readonly number[]): number[] {
  if (capabilities.length === 0) return oneIn(c, 4) ? octets(c, c.below(6)) : [0]
  const { length } = capabilities
  const code = oneIn(c, 30) ? pick(c, [1, 3, 255, 0]) : 2
  if (length > 253 || oneIn(c, 6)) {
    const extended = [code, ...u16(wrong(c, length)), ...capabilities]
    return [pick(c, [255, 255, 1, 0]), 255, ...u16(wrong(c, extended.length)), ...extended]
  }
  if (oneIn(c, 8)) {
    // Two parameters.
    const half = c.below(length)
    const parts = [2, half, ...capabilities.slice(0, half), 2, length - half, ...capabilities.slice(half)]
    return [parts.length & 255, ...parts]
  }
  return [(wrong(c, length) + 2) & 255, code, wrong(c, length) & 255, ...capabilities]
}

/** A length that is right nearly always. */
function wrong(c: Choices, length: number): number {
  return oneIn(c, 40) ? Math.max(0, pick(c, [length - 1, length + 1, 0, length + 200])) : length
}

function capability(c: Choices): number[] {
  const value = capabilityValue(c)
  const [code, ...octetsOf] = value
  const end = c.below(25)
  if (end === 23) octetsOf.pop()
  else if (end === 24) octetsOf.push(c.below(256))
  return [code, wrong(c, octetsOf.length) & 255, ...octetsOf]
}

/** Code and value. */
function capabilityValue(c: Choices): number[] {
  const family = () => [...u16(pick(c, [1, 2, 25, 0])), pick(c, [1, 2, 128])]
  const several = (one: () => number[]) => Array.from({ length: c.below(4) }, one).flat()
  const text = () => octets(c, c.below(8)).map((octet) => (oneIn(c, 8) ? octet : 97 + (octet % 26)))
  switch (c.below(14)) {
    case 0:
      return [1, ...u16(pick(c, [1, 2])), 0, 1]
    case 1:
      return [65, ...u32(pick(c, AS_NUMBERS))]
    case 2:
      return [2]
    case 3:
      return [6]
    case 4:
      return [70]
    case 5:
      return [64, ...u16(c.below(65536)), ...several(() => [...family(), pick(c, [0x80, 0, 0xff])])]
    case 6:
      return [69, ...several(() => [...family(), pick(c, [3, 1, 2, 0, 4])])]
    case 7:
      return [71, ...several(() => [...family(), pick(c, [0x80, 0]), ...octets(c, 3)])]
    case 8: {
      const host = text()
      const domain = text()
      return [73, wrong(c, host.length) & 255, ...host, wrong(c, domain.length) & 255, ...domain]
    }
    case 9: {
      const version = text()
      return [75, wrong(c, version.length) & 255, ...version]
    }
    case 10:
      return [5, ...several(() => [...u16(pick(c, [1, 2])), 0, 1, ...u16(pick(c, [2, 1]))])]
    case 11:
      return [9, c.below(6)]
    case 12:
      return [1, ...u16(pick(c, [1, 2, 16388])), c.below(256), pick(c, [1, 2, 71])]
    default:
      return [c.below(256), ...octets(c, c.below(10))]
  }
}

// UPDATE

/** Body of an UPDATE (RFC 4271 §4.3). */
export function updateBody(c: Choices): number[] {
  const addPath = oneIn(c, 8)
  const withdrawn = oneIn(c, 3) ? nlriList(c, 32, addPath) : []
  const announced = c.below(3) > 0 ? nlriList(c, 32, addPath) : []
  const attributes = attributeList(c, addPath)
  const withdrawnLength = wrong(c, withdrawn.length)
  return [
    ...u16(withdrawnLength),
    ...withdrawn,
    ...u16(wrong(c, attributes.length)),
    ...attributes,
    ...announced,
  ]
}

/** Prefixes of a small world, so that messages meet each other. */
function nlriList(c: Choices, width: number, addPath: boolean): number[] {
  const out: number[] = []
  for (let count = 1 + c.below(3); count > 0; count--) {
    if (addPath) out.push(...u32(pick(c, [1, 2, 0, 4294967295])))
    const bits = oneIn(c, 40)
      ? c.below(256)
      : pick(c, width === 32 ? [24, 32, 8, 0, 25, 17] : [64, 128, 48, 0, 49])
    const address =
      width === 32
        ? pick(c, [
            [10, 1, 2, 3],
            [192, 168, 95, 123],
            [0, 0, 0, 0],
            [224, 0, 0, 1],
            [127, 0, 0, 1],
          ])
        : pick(c, SIX)
    const whole = [...address, ...new Array<number>(20).fill(7)]
    out.push(bits, ...whole.slice(0, (bits + 7) >>> 3))
  }
  if (oneIn(c, 50)) out.pop()
  return out
}

function attributeList(c: Choices, addPath: boolean): number[] {
  const parts: number[][] = []
  if (!oneIn(c, 12)) parts.push(framed(c, 0x40, 1, [pick(c, [0, 1, 2, 3])]))
  if (!oneIn(c, 12)) parts.push(framed(c, 0x40, 2, asPath(c, 4)))
  if (!oneIn(c, 12)) parts.push(framed(c, 0x40, 3, pick(c, HOPS)))
  for (let count = c.below(5); count > 0; count--) parts.push(anyAttribute(c, addPath))
  if (oneIn(c, 4) && parts.length > 1) parts.push(parts.splice(c.below(parts.length), 1)[0])
  if (oneIn(c, 20) && parts.length > 0) parts.push(parts[c.below(parts.length)])
  return parts.flat()
}

/** An attribute of any kind. */
function anyAttribute(c: Choices, addPath: boolean): number[] {
  const number = () => u32(pick(c, [100, 0, 1, 4294967295, 200]))
  const several = (size: number) => octets(c, size * (1 + c.below(4)))
  switch (c.below(22)) {
    case 0:
      return framed(c, 0x80, 4, number())
    case 1:
      return framed(c, 0x40, 5, number())
    case 2:
      return framed(c, 0x40, 6, [])
    case 3:
      return framed(c, 0xc0, 7, [...u32(pick(c, AS_NUMBERS)), ...pick(c, HOPS)])
    case 4:
      return framed(c, 0xc0, 7, [...u16(pick(c, AS_NUMBERS)), ...pick(c, HOPS)])
    case 5:
      return framed(
        c,
        0xc0,
        8,
        oneIn(c, 3)
          ? u32(pick(c, [0xffffff01, 0xffffff02, 0xffffff03, 0xffff0000, 0xffff0006, 0xffff0007, 0xffff029a]))
          : several(4),
      )
    case 6:
      return framed(c, 0x80, 9, number())
    case 7:
      return framed(c, 0x80, 10, several(4))
    case 8:
    case 9:
      return framed(c, 0x80, 14, mpReach(c, addPath))
    case 10:
    case 11: {
      const six = c.below(4) > 0
      const list = oneIn(c, 4) ? [] : nlriList(c, six ? 128 : 32, addPath)
      return framed(c, 0x80, 15, [...u16(six ? 2 : 1), pick(c, [1, 1, 2]), ...list])
    }
    case 12:
      return framed(c, 0xc0, 16, several(8))
    case 13:
      return framed(c, 0xc0, 17, asPath(c, 4))
    case 14:
      return framed(c, 0xc0, 18, [...u32(pick(c, AS_NUMBERS)), ...pick(c, HOPS)])
    case 15:
      return framed(c, 0xc0, 25, several(20))
    case 16: {
      const value = pick(c, [octets(c, 8), new Array<number>(8).fill(255)])
      return framed(c, 0x80, 26, [
        ...(oneIn(c, 3) ? [2, 0, 4, 1] : []),
        1,
        0,
        pick(c, [11, 11, 3, 12]),
        ...value,
      ])
    }
    case 17: {
      const one = several(12)
      return framed(c, 0xc0, 32, oneIn(c, 2) ? [...one, ...one] : one)
    }
    case 18:
      return framed(c, 0xc0, 35, number())
    case 19:
      return framed(c, 0x40, 2, asPath(c, pick(c, [2, 4])))
    case 20:
      return framed(c, 0xc0, 8, new Array<number>(4 * (64 + c.below(600))).fill(9))
    default:
      return framed(c, pick(c, [0xc0, 0x80, 0xe0, 0x40]), c.below(256), octets(c, c.below(12)))
  }
}

function mpReach(c: Choices, addPath: boolean): number[] {
  const six = c.below(4) > 0
  const hop = pick(
    c,
    six
      ? [GLOBAL, [...GLOBAL, ...LINK_LOCAL], LINK_LOCAL, pick(c, HOPS), [], octets(c, 24)]
      : [pick(c, HOPS), GLOBAL, [...GLOBAL, ...LINK_LOCAL], octets(c, 5)],
  )
  const list = oneIn(c, 6) ? [] : nlriList(c, six ? 128 : 32, addPath)
  return [
    ...u16(six ? 2 : 1),
    pick(c, [1, 1, 1, 2, 128]),
    wrong(c, hop.length) & 255,
    ...hop,
    pick(c, [0, 0, 1]),
    ...list,
  ]
}

function asPath(c: Choices, width: number): number[] {
  const out: number[] = []
  for (let segments = c.below(3); segments > 0; segments--) {
    const count = oneIn(c, 20) ? pick(c, [0, 255, 200]) : 1 + c.below(4)
    out.push(pick(c, [2, 2, 2, 1, 3, 4, 0, 5]), wrong(c, count) & 255)
    for (let i = 0; i < count; i++) {
      const as = oneIn(c, 20) ? pick(c, AS_NUMBERS) : 64000 + c.below(1000)
      out.push(...(width === 4 ? u32(as) : u16(as)))
    }
  }
  if (oneIn(c, 50)) out.pop()
  return out
}

/** Header and value; flags and length are wrong once in a while. */
function framed(c: Choices, flags: number, code: number, value: readonly number[]): number[] {
  let bits = flags
  if (oneIn(c, 40)) bits ^= pick(c, [0x80, 0x40, 0x20, 0x01, 0x0f])
  if (value.length > 255 || oneIn(c, 30)) return [bits | 0x10, code, ...u16(wrong(c, value.length)), ...value]
  return [bits, code, wrong(c, value.length) & 255, ...value]
}
