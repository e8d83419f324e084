/** The decision about one prefix: desired against installed. Pure. */

/** What to do to a prefix's route in the kernel. */
export type Action =
  /** Nothing: the kernel has what is wanted. */
  | 'none'
  /** Install where ecmpd has no route: never over another's. */
  | 'add'
  /** Change an own route in one step, without a gap. */
  | 'replace'
  | 'delete'

/** One side of the comparison: '' is a set whose objects are yet to be made, undefined is no route. */
export type GroupKey = string | undefined

/**
 * @param desired key of the group wanted; undefined: no route is wanted or possible
 * @param installed key of the group that the own route in the kernel uses; undefined: there is no own route
 */
export function plan(desired: GroupKey, installed: GroupKey): Action {
  if (desired === undefined) return installed === undefined ? 'none' : 'delete'
  if (installed === undefined) return 'add'
  return desired !== '' && desired === installed ? 'none' : 'replace'
}

/** How a refused line is to be taken. */
export type Outcome =
  /** What was wanted is so already. */
  | 'done'
  /** Another's route has the prefix and metric. */
  | 'occupied'
  /** The group that the route was to use is not there. */
  | 'no-group'
  | 'refused'

/**
 * @param action the route operation that failed
 * @param error as the kernel says it: strerror texts, or extended messages of net/ipv4 and net/ipv6
 */
export function outcome(action: Action, error: string): Outcome {
  if (action === 'delete' && /No such process/i.test(error)) return 'done'
  if (action === 'add' && /File exists/i.test(error)) return 'occupied'
  if (/Nexthop id does not exist/i.test(error)) return 'no-group'
  return 'refused'
}
