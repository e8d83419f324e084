/** The decision of one prefix told step by step, for views: on demand, so it may allocate. */

import { PATH_MULTIPATH, PATH_NEW, type PathStore } from '../store/paths.js'
import {
  REASON_NEXT_HOP_UNREACHABLE,
  REASON_TEXTS,
  STEP_MED,
  STEP_ONLY,
  STEP_TEXTS,
  VALID,
} from '../store/reasons.js'
import type { Decision } from './decide.js'

/** A path's part in the decision. */
export interface PathExplanation {
  readonly path: number
  readonly best: boolean
  /** Best or multipath. */
  readonly multipath: boolean
  /** Takes part in the decision; `reason` says why not. */
  readonly valid: boolean
  readonly reason?: string
  /** The step at which it lost, or, for the best path, the step that decided against the last rival. */
  readonly decidedBy?: string
}

/**
 * Best path, other multipaths, the rest; paths that wait for the decision come last, as if they
 * had been decided.
 * @param head first path of the prefix's list
 */
export function explainPaths(paths: PathStore, decision: Decision, head: number): PathExplanation[] {
  const list: number[] = []
  const fresh: number[] = []
  for (let path = head; path !== 0; path = paths.nextOfPrefix[path]) {
    if ((paths.flags[path] & PATH_NEW) !== 0) fresh.push(path)
    else list.push(path)
  }
  const decided = list.length > 0 && (paths.flags[list[0]] & PATH_MULTIPATH) !== 0
  list.push(...fresh)
  const rivals = list.filter((path) => decision.valid(path))
  const steps = new Map<number, number>()
  const mixed = rivals.some((path) => decision.med(path) !== decision.med(rivals[0]))
  let last = STEP_ONLY
  for (const path of rivals) {
    if (!decided || path === list[0]) continue
    const step = lostAt(decision, list[0], path, mixed ? rivals : [])
    steps.set(path, step)
    last = Math.max(last, step)
  }
  return list.map((path, position) => {
    const valid = decision.valid(path)
    const best = position === 0 && decided
    const step = best ? last : steps.get(path)
    const reason = paths.reason[path] === VALID ? REASON_NEXT_HOP_UNREACHABLE : paths.reason[path]
    return {
      path,
      best,
      multipath: (paths.flags[path] & PATH_MULTIPATH) !== 0,
      valid,
      ...(valid ? {} : { reason: REASON_TEXTS[reason] }),
      ...(valid && step !== undefined ? { decidedBy: STEP_TEXTS[step] } : {}),
    }
  })
}

/**
 * The step at which `path` lost against the best.
 * @param rivals valid paths, one of which may have put it out by MED before it came to the best
 */
function lostAt(decision: Decision, best: number, path: number, rivals: readonly number[]): number {
  const order = decision.compare(path, best)
  const { step } = decision
  if (order > 0 && step <= STEP_MED) return step
  const putOut = rivals.some((rival) => decision.compare(path, rival) > 0 && decision.step === STEP_MED)
  return putOut ? STEP_MED : step
}
