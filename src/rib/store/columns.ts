/**
 * Columns: typed arrays that grow together, one element for each id. Zero is what a fresh element holds, so
 * stores that use them keep id 0 for "none" and need no filling.
 */

/**
 * The next capacity of a store that holds `capacity` ids and needs room for `needed`. It grows in large steps:
 * copying is what growth costs, while pages of a fresh array that nobody has touched take no memory.
 */
export function grownCapacity(capacity: number, needed: number): number {
  return Math.max(needed, capacity < 1048576 ? capacity * 4 : capacity * 2, 16)
}

/** A longer copy of `column`, zeros behind its elements. */
export function growInt32(column: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity)
  grown.set(column)
  return grown
}

/** As growInt32, for unsigned 32-bit columns. */
export function growUint32(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(capacity)
  grown.set(column)
  return grown
}

/** As growInt32, for unsigned 16-bit columns. */
export function growUint16(column: Uint16Array, capacity: number): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(capacity)
  grown.set(column)
  return grown
}

/** As growInt32, for columns of octets. */
export function growUint8(column: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(capacity)
  grown.set(column)
  return grown
}

/** As growInt32, for columns of doubles. */
export function growFloat64(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity)
  grown.set(column)
  return grown
}
