/**
 * One stable pass of a least-significant-digit radix sort over ids.
 * @param ids the ids in their order so far
 * @param keys the array of keys; id's key stands at `id * stride + column`
 * @param shift which 16 bits of the key: 0 or 16
 * @returns the ids ordered by those bits, equal ones in their old order; `ids` itself when all are equal
 */
export function radixSort(
  ids: Int32Array,
  keys: Int32Array | Uint8Array,
  stride: number,
  column: number,
  shift: number,
): Int32Array {
  const starts = new Int32Array(65536)
  for (let i = 0; i < ids.length; i++) starts[(keys[ids[i] * stride + column] >>> shift) & 0xffff]++
  if (ids.length === 0 || starts[(keys[ids[0] * stride + column] >>> shift) & 0xffff] === ids.length)
    return ids
  let next = 0
  for (let digit = 0; digit < 65536; digit++) {
    const count = starts[digit]
    starts[digit] = next
    next += count
  }
  const sorted = new Int32Array(ids.length)
  for (let i = 0; i < ids.length; i++) {
    sorted[starts[(keys[ids[i] * stride + column] >>> shift) & 0xffff]++] = ids[i]
  }
  return sorted
}
