/** Attribute values as people write them, both ways where configuration needs it. */
import { Community } from './community.js'
import { AS_CONFED_SEQUENCE, AS_CONFED_SET, AS_SET, type AsPathSegment } from './types.js'

/** '64512 64513 {1,2} (65001 65002) [65003,65004]': sequences plain, sets in braces, confederation in () and []. */
export function asPathText(segments: readonly AsPathSegment[]): string {
  return segments
    .map(({ type, asns }) => {
      if (type === AS_SET) return `{${asns.join(',')}}`
      if (type === AS_CONFED_SEQUENCE) return `(${asns.join(' ')})`
      return type === AS_CONFED_SET ? `[${asns.join(',')}]` : asns.join(' ')
    })
    .join(' ')
}

const names = new Map<number, string>(
  Object.entries(Community).map(([key, value]) => [value, key.toLowerCase().replaceAll('_', '-')]),
)
const values = new Map([...names].map(([value, name]) => [name, value]))

/** 'no-export' for a well-known community, else 'a:b'. */
export function communityText(community: number): string {
  return names.get(community) ?? `${community >>> 16}:${community & 0xffff}`
}

/** Reads 'a:b', a well-known name ('no-export') or a decimal number. @returns undefined for anything else */
export function parseCommunity(text: string): number | undefined {
  const known = values.get(text.toLowerCase().replaceAll('_', '-'))
  if (known !== undefined) return known
  const parts = text.split(':').map(decimal)
  const [high, low] = parts
  if (parts.length === 1) return high !== undefined && high <= 0xffffffff ? high : undefined
  if (parts.length !== 2 || high === undefined || low === undefined) return undefined
  return high > 65535 || low > 65535 ? undefined : high * 65536 + low
}

/** 'a:b:c' (RFC 8092 §5). */
export function largeCommunityText(community: readonly [number, number, number]): string {
  return community.join(':')
}

/** Reads 'a:b:c', each 0 to 4294967295 without leading zeros (RFC 8092 §5). @returns undefined for anything else */
export function parseLargeCommunity(text: string): [number, number, number] | undefined {
  const [a, b, c, ...rest] = text.split(':').map(decimal)
  if (a === undefined || b === undefined || c === undefined || rest.length > 0) return undefined
  return a > 0xffffffff || b > 0xffffffff || c > 0xffffffff ? undefined : [a, b, c]
}

function decimal(text: string): number | undefined {
  return /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined
}
