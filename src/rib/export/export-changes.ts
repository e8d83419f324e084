/**
 * What a neighbor's configuration changes about attributes on their way out, beyond what the protocol asks
 * for. All of it concerns eBGP, but for the communities.
 */
import { readPath } from '../../wire/as-path.js'
import { AS_SEQUENCE, type AsPathSegment } from '../../wire/types.js'

/** Kinds of communities that are sent (RFC 1997, RFC 4360 with RFC 5701, RFC 8092). */
export interface CommunityKinds {
  readonly standard: boolean
  readonly extended: boolean
  readonly large: boolean
}

/** Private AS numbers (RFC 6996) are taken out of AS_PATH. */
export interface PrivateAsRemoval {
  /** Those of a path with public ones, too; false: only of a path that has no others. */
  readonly all: boolean
  /** They are replaced by the own AS number, which keeps the path as long as it was. */
  readonly replace: boolean
}

/** Changes of outgoing attributes; what is left out changes nothing. */
export interface ExportChanges {
  /** The speaker's real AS, shown behind the one that this neighbor knows (local-as without replace-as). */
  readonly ownAs?: number
  readonly removePrivateAs?: PrivateAsRemoval
  /** The neighbor's AS in paths is replaced by the own one, so that it takes its own routes back. */
  readonly asOverride?: boolean
  /** Paths that hold the neighbor's AS are sent to it all the same. */
  readonly loops?: boolean
  /** AS_PATH gets no own AS (route servers, RFC 7947 §2.2.2). */
  readonly asPathUnchanged?: boolean
  /** MULTI_EXIT_DISC of other ASes is passed on. */
  readonly medUnchanged?: boolean
  /** Left out: all are sent. */
  readonly communities?: CommunityKinds
}

/** Text that is equal for equal changes. */
export function changesKey(changes: ExportChanges | undefined): string {
  if (changes === undefined) return ''
  const { removePrivateAs: removed, communities } = changes
  return [
    changes.ownAs ?? '',
    removed === undefined ? '' : `${removed.all}/${removed.replace}`,
    changes.asOverride === true,
    changes.loops === true,
    changes.asPathUnchanged === true,
    changes.medUnchanged === true,
    communities === undefined ? '' : `${communities.standard}/${communities.extended}/${communities.large}`,
  ].join(',')
}

/** RFC 6996 §5: 64512 to 65534 and 4200000000 to 4294967294. */
export function isPrivateAs(as: number): boolean {
  return (as >= 64512 && as <= 65534) || (as >= 4_200_000_000 && as <= 4_294_967_294)
}

/** Says whether a path has to be looked into at all. */
export function changesPath(changes: ExportChanges | undefined): boolean {
  return changes?.removePrivateAs !== undefined || changes?.asOverride === true
}

/**
 * AS_PATH after remove-private-as and as-override, before the own AS is put in front. Own AS numbers at the
 * front, which a policy has put there, and the neighbor's, by which it knows a loop, are never removed.
 * @param octets hold a well-formed path with 4-octet numbers in [start, start + length)
 * @param shown the own AS in place of others
 */
export function changedPath(
  octets: Uint8Array,
  start: number,
  length: number,
  changes: ExportChanges,
  remoteAs: number,
  shown: readonly number[],
): Uint8Array {
  let path: readonly AsPathSegment[] = readPath(octets, start, start + length)
  const own = shown[shown.length - 1]
  const { removePrivateAs } = changes
  if (removePrivateAs !== undefined) path = withoutPrivate(path, removePrivateAs, remoteAs, shown)
  if (changes.asOverride === true) path = mapped(path, (as) => (as === remoteAs ? own : as))
  return octetsOf(path)
}

function withoutPrivate(
  path: readonly AsPathSegment[],
  { all, replace }: PrivateAsRemoval,
  remoteAs: number,
  shown: readonly number[],
): readonly AsPathSegment[] {
  const [first] = path
  if (first === undefined) return path
  const prepended = first.type === AS_SEQUENCE ? first.asns.findIndex((as) => !shown.includes(as)) : 0
  const front = prepended < 0 ? first.asns.length : prepended
  const rest = [{ ...first, asns: first.asns.slice(front) }, ...path.slice(1)]
  if (!all && !rest.every(({ asns }) => asns.every(isPrivateAs))) return path
  const own = shown[shown.length - 1]
  const done = replace
    ? mapped(rest, (as) => (isPrivateAs(as) && as !== remoteAs ? own : as))
    : rest.map((one) => ({ ...one, asns: one.asns.filter((as) => !isPrivateAs(as) || as === remoteAs) }))
  const [head, ...tail] = done
  return [{ ...head, asns: [...first.asns.slice(0, front), ...head.asns] }, ...tail].filter(
    ({ asns }) => asns.length > 0,
  )
}

function mapped(path: readonly AsPathSegment[], change: (as: number) => number): readonly AsPathSegment[] {
  return path.map((segment) => ({ ...segment, asns: segment.asns.map(change) }))
}

function octetsOf(path: readonly AsPathSegment[]): Uint8Array {
  const octets = new Uint8Array(path.reduce((sum, { asns }) => sum + 2 + 4 * asns.length, 0))
  let at = 0
  for (const { type, asns } of path) {
    octets[at++] = type
    octets[at++] = asns.length
    for (const as of asns) {
      octets[at++] = as >>> 24
      octets[at++] = as >>> 16
      octets[at++] = as >>> 8
      octets[at++] = as
    }
  }
  return octets
}
