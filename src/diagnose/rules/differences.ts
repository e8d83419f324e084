/** What keeps a path that can be used out of the ECMP set of its prefix (RFC 4271 §9.1.2, and multipath beside it). */

import type { SpeakerOptions } from '../../speaker/model/options.js'
import type { PathView, RouteView } from '../../views/model/route.js'

/** The first step at which a path differs from the best one. */
export interface PathDifference {
  readonly step:
    | 'weight'
    | 'local-preference'
    | 'graceful-shutdown'
    | 'as-path-length'
    | 'origin'
    | 'med'
    | 'multipath-relax'
    | 'maximum-paths'
  /** The values of both, half a sentence. */
  readonly text: string
  readonly next?: string
}

type Decision = SpeakerOptions['decision']

const ORIGINS = ['IGP', 'EGP', 'incomplete'] as const
const GRACEFUL_SHUTDOWN = 'graceful-shutdown'

/**
 * Why a path gets no traffic though it could be used.
 * @returns undefined for one that gets some, or none for itself: unusable, of another kind than the best one, stale
 */
export function differenceOf(
  path: PathView,
  route: RouteView,
  decision: Decision,
): PathDifference | undefined {
  const best = route.paths.find((one) => one.best)
  if (best === undefined || !path.valid || path.best || path.multipath) return undefined
  if (path.type !== best.type || path.type === 'local' || path.stale || path.longLivedStale) return undefined
  // A second path of the same neighbor is one more way to the same place.
  if (path.neighbor === best.neighbor) return undefined
  return (
    byPreference(path, best) ??
    byPath(path, best) ??
    byMed(path, best, decision) ??
    byWidth(path, route, decision)
  )
}

function byPreference(path: PathView, best: PathView): PathDifference | undefined {
  if (path.weight !== best.weight) {
    return { step: 'weight', text: `its weight is ${path.weight}, that of ${best.neighbor} ${best.weight}` }
  }
  if (path.localPref === best.localPref) return undefined
  const text = `its local preference is ${path.localPref}, that of ${best.neighbor} ${best.localPref}`
  if (path.communities.includes(GRACEFUL_SHUTDOWN) && !best.communities.includes(GRACEFUL_SHUTDOWN)) {
    return { step: 'graceful-shutdown', text: `it announces it with GRACEFUL_SHUTDOWN: it is in maintenance` }
  }
  return { step: 'local-preference', text }
}

function byPath(path: PathView, best: PathView): PathDifference | undefined {
  if (path.asPathLength !== best.asPathLength) {
    return {
      step: 'as-path-length',
      text: `its AS path has ${path.asPathLength} ASes (${path.asPath}), that of ${best.neighbor} ${best.asPathLength} (${best.asPath})`,
    }
  }
  if (path.origin !== best.origin) {
    const better = ORIGINS.indexOf(best.origin) < ORIGINS.indexOf(path.origin) ? 'better' : 'other'
    return {
      step: 'origin',
      text: `its ORIGIN is ${path.origin}, that of ${best.neighbor} is the ${better} ${best.origin}`,
    }
  }
  return undefined
}

/** The neighboring AS, whose MEDs are compared with each other. */
const firstAs = ({ asPath }: PathView) => asPath.split(' ', 1)[0]

function byMed(path: PathView, best: PathView, decision: Decision): PathDifference | undefined {
  if (!decision.alwaysCompareMed && firstAs(path) !== firstAs(best)) return undefined
  const medOf = ({ med }: PathView) => med ?? (decision.missingMedAsWorst ? 4_294_967_295 : 0)
  if (medOf(path) === medOf(best)) return undefined
  return { step: 'med', text: `its MED is ${medText(path)}, that of ${best.neighbor} ${medText(best)}` }
}

const medText = ({ med }: PathView) => (med === undefined ? 'not set' : String(med))

/** Equal in all that is compared: the AS path itself, or the width, is what is left. */
function byWidth(path: PathView, { paths }: RouteView, decision: Decision): PathDifference | undefined {
  const best = paths.find((one) => one.best) as PathView
  if (path.asPath !== best.asPath && !decision.multipathRelax) {
    return {
      step: 'multipath-relax',
      text: `its AS path ${path.asPath} is another one than ${best.asPath} of ${best.neighbor}, and multipath-relax is off`,
    }
  }
  const ibgp = path.type === 'ibgp'
  const width = ibgp ? decision.maximumPathsIbgp : decision.maximumPathsEbgp
  const used = paths.filter((one) => one.multipath || one.best).length
  if (used < width) return undefined
  const equal = paths.filter((one) => one.valid && one.type === path.type && !one.stale).length
  const kind = ibgp ? 'ibgp' : 'ebgp'
  return {
    step: 'maximum-paths',
    text: `maximum-paths ${kind} is ${width}, and there are ${equal} equal paths`,
    next: `set maximum-paths ${kind} ${equal} (or more) here`,
  }
}
