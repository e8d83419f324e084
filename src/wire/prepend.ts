import { AS_SEQUENCE, type AsPathSegment } from './types.js'

/** Most AS numbers of one segment: its count is one octet (RFC 4271 §4.3). */
export const SEGMENT_MAX = 255

/**
 * An AS_PATH with AS numbers in front: in its first sequence while that has room for all of them, else in a
 * segment of their own (RFC 4271 §5.1.2).
 * @param asns the one that comes first in the new path first; none leaves the path as it is
 */
export function prepended(path: readonly AsPathSegment[], asns: readonly number[]): readonly AsPathSegment[] {
  const [first, ...rest] = path
  if (first?.type === AS_SEQUENCE && first.asns.length + asns.length <= SEGMENT_MAX) {
    return [{ type: AS_SEQUENCE, asns: [...asns, ...first.asns] }, ...rest]
  }
  const own: AsPathSegment[] = []
  for (let start = 0; start < asns.length; start += SEGMENT_MAX) {
    own.push({ type: AS_SEQUENCE, asns: asns.slice(start, start + SEGMENT_MAX) })
  }
  return [...own, ...path]
}
