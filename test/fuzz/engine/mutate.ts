import { octets, type Random } from './random.js'

/** Values at which lengths and counts tip over. */
const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 127, 128, 129, 192, 254, 255]

/** Changes an input in one to a few places. @param other another input, to take pieces from */
export function mutate(input: Uint8Array, other: Uint8Array, random: Random, limit: number): Uint8Array {
  let bytes = [...input]
  const times = 1 << random.below(4)
  for (let i = 0; i < times; i++) bytes = once(bytes, other, random)
  return Uint8Array.from(bytes.slice(0, limit))
}

function once(bytes: number[], other: Uint8Array, random: Random): number[] {
  const at = random.below(bytes.length + 1)
  const length = 1 + random.below(random.below(8) === 0 ? 64 : 6)
  switch (random.below(9)) {
    case 0:
      if (at < bytes.length) bytes[at] ^= 1 << random.below(8)
      return bytes
    case 1:
      if (at < bytes.length) bytes[at] = INTERESTING[random.below(INTERESTING.length)]
      return bytes
    case 2:
      if (at < bytes.length) bytes[at] = random.below(256)
      return bytes
    case 3:
      if (at < bytes.length) bytes[at] = (bytes[at] + random.below(9) - 4) & 255
      return bytes
    case 4:
      return [...bytes.slice(0, at), ...bytes.slice(at + length)]
    case 5:
      return [...bytes.slice(0, at), ...octets(random, length), ...bytes.slice(at)]
    case 6: {
      // The same piece once more, here or elsewhere.
      const from = random.below(bytes.length + 1)
      return [...bytes.slice(0, at), ...bytes.slice(from, from + length), ...bytes.slice(at)]
    }
    case 7: {
      const from = random.below(other.length + 1)
      const piece = other.subarray(from, from + 1 + random.below(other.length + 1 - from))
      return [...bytes.slice(0, at), ...piece, ...bytes.slice(random.below(2) === 0 ? at : at + piece.length)]
    }
    default:
      return bytes.slice(0, at)
  }
}
