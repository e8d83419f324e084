/** What was sent to a neighbor as FRR and IOS show it: before the own AS was put in front on the way out. */

import type { NeighborView } from '../views/model/neighbor.js'
import type { PathView, RouteView } from '../views/model/route.js'

/** An AS path without its first AS, if that is `as`. */
function without(asPath: string, as: number): string {
  const [first, ...rest] = asPath.split(' ')
  return first === String(as) ? rest.join(' ') : asPath
}

/**
 * A route with the AS paths that FRR and IOS show among advertised routes: both note the path before the session
 * prepends the own AS (RFC 4271 §5.1.2), and with `local-as` the AS that stands behind it.
 * @param ownAs this speaker's AS
 */
export function beforePrepending(route: RouteView, neighbor: NeighborView, ownAs: number): RouteView {
  if (neighbor.type !== 'ebgp') return route
  const shown = (path: PathView): PathView => {
    const rest = without(path.asPath, neighbor.localAs)
    const asPath = rest === path.asPath || neighbor.localAs === ownAs ? rest : without(rest, ownAs)
    return { ...path, asPath }
  }
  return { ...route, paths: route.paths.map(shown) }
}
