/** Octets of communities (RFC 1997) and large communities (RFC 8092). */
import { CommunityFlag } from './scan.js'

/** Community values as unsigned numbers (IANA "BGP Well-known Communities"). */
export const Community = {
  GRACEFUL_SHUTDOWN: 0xffff0000,
  LLGR_STALE: 0xffff0006,
  NO_LLGR: 0xffff0007,
  BLACKHOLE: 0xffff029a,
  NO_EXPORT: 0xffffff01,
  NO_ADVERTISE: 0xffffff02,
  NO_EXPORT_SUBCONFED: 0xffffff03,
} as const

/** Hot: bits of CommunityFlag for the well-known communities among those in [start, end). */
export function scanCommunities(bytes: Uint8Array, start: number, end: number): number {
  let flags = 0
  for (let at = start; at < end; at += 4) {
    if (bytes[at] === 255 && bytes[at + 1] === 255) flags |= flagOf((bytes[at + 2] << 8) | bytes[at + 3])
  }
  return flags
}

function flagOf(low: number): number {
  switch (low) {
    case 0xff01:
      return CommunityFlag.NoExport
    case 0xff02:
      return CommunityFlag.NoAdvertise
    case 0xff03:
      return CommunityFlag.NoExportSubconfed
    case 0x0000:
      return CommunityFlag.GracefulShutdown
    case 0x0006:
      return CommunityFlag.LlgrStale
    case 0x0007:
      return CommunityFlag.NoLlgr
    case 0x029a:
      return CommunityFlag.Blackhole
    default:
      return 0
  }
}

const SMALL = 16

/** Hot: true when the large communities in [start, end) may hold duplicates (long lists are not looked at). */
export function mayRepeat(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > SMALL * 12) return true
  for (let a = start; a < end; a += 12) {
    for (let b = a + 12; b < end; b += 12) if (sameTwelve(bytes, a, b)) return true
  }
  return false
}

function sameTwelve(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; i < 12; i++) if (bytes[a + i] !== bytes[b + i]) return false
  return true
}

/**
 * Copies large communities without duplicates (RFC 8092 §3), first ones first.
 * @returns the offset behind them in `out`
 */
export function copyDistinct(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  offset: number,
): number {
  const seen = new Set<string>()
  let at = offset
  for (let i = start; i < end; i += 12) {
    const one = bytes.subarray(i, i + 12)
    const key = one.join()
    if (seen.has(key)) continue
    seen.add(key)
    out.set(one, at)
    at += 12
  }
  return at
}
