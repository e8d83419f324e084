/** One reading of the kernel: next-hop objects and all routes of the main table. */
import type { KernelReader } from '../kernel/kernel-state.js'
import { ownTail, PROTOCOL_BGP, parseOwnRoute, parseRouteLine, type RouteLine } from '../kernel/route-line.js'
import { describeOccupant, isOwnRoute, type Ownership, type OwnRoute, type Snapshot } from './reconcile.js'

/** What `readKernel` found. */
export interface Reading {
  readonly snapshot: Omit<Snapshot, 'ifindex'>
  /** Routes of others than BGP, for the resolver. */
  readonly others: readonly RouteLine[]
}

/**
 * @param each gets every route that is not own
 * @throws Error with what `ip` said when it fails
 */
export async function readKernel(
  reader: KernelReader,
  ownership: Ownership,
  each: (route: RouteLine) => void,
): Promise<Reading> {
  const own: OwnRoute[] = []
  const others: RouteLine[] = []
  const occupants = new Map<string, string>()
  const [nextHops] = await Promise.all([
    // Without next-hop objects there may be none to list, nor a word for it.
    reader.nextHops().catch((error) => {
      if (ownership.objects) throw error
      return []
    }),
    readRoutes(reader, ownership, own, (route) => {
      each(route)
      if (route.protocol !== PROTOCOL_BGP) others.push(route)
      if (route.metric === ownership.metric) occupants.set(route.prefix, describeOccupant(route))
    }),
  ])
  return { snapshot: { nextHops, routes: own, occupants }, others }
}

/** Own routes alone. @throws Error with what `ip` said when it fails */
export async function readOwnRoutes(reader: KernelReader, ownership: Ownership): Promise<OwnRoute[]> {
  const own: OwnRoute[] = []
  await readRoutes(reader, ownership, own, () => {})
  return own
}

/** Own routes, which may be very many, are read the short way. */
function readRoutes(
  reader: KernelReader,
  ownership: Ownership,
  own: OwnRoute[],
  other: (route: RouteLine) => void,
): Promise<void> {
  const tail = ownTail(ownership.metric)
  return reader.routes((line, family) => {
    const short = ownership.objects ? parseOwnRoute(line, tail, family) : undefined
    if (short !== undefined && ownership.ids.contains(short.nhid)) {
      own.push({ ...short, hops: [] })
      return
    }
    const route = parseRouteLine(line, family)
    if (route === undefined) return
    if (isOwnRoute(route, ownership)) own.push(route)
    else other(route)
  })
}
