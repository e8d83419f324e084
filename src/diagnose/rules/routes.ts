/** Routes that are not used, or not by all who could: by what they differ, and by whom they are announced. */

import type { PathView, RouteView } from '../../views/model/route.js'
import type { UnusableView } from '../../views/model/unusable.js'
import type { Facts } from '../model/facts.js'
import type { Subject } from '../model/finding.js'
import { listed, nameOf, neighborOf } from '../model/names.js'
import { absentees, sessionText } from '../model/routes.js'
import type { Judgment, Rule, RuleFamily } from '../model/rule.js'
import { UNUSED_TITLES } from '../model/unused.js'
import { differenceOf, type PathDifference } from './differences.js'

/** Up to so many prefixes with the same fault get findings of their own; more are one finding about the neighbor. */
const FEW = 3

/** A path that gets no traffic. */
interface Case {
  readonly route: RouteView
  readonly path: PathView
  /** What of it lies behind the best path; absent: it can't be used at all. */
  readonly difference?: PathDifference
}

/** Cases by the rule that they belong to, then by neighbor and fault. */
type Cases = ReadonlyMap<string, ReadonlyMap<string, readonly Case[]>>

const unusedId = (reason: UnusableView['reason']) => `unused-${reason}`
const differenceId = (step: PathDifference['step']) =>
  step === 'graceful-shutdown' ? 'node-graceful-shutdown' : `not-equal-${step}`

const whoOf = (facts: Facts, key: string) => {
  const neighbor = neighborOf(facts, key)
  return neighbor === undefined ? key : nameOf(neighbor)
}

const prefixSubject = ({ family, prefix }: RouteView): Subject => ({ type: 'prefix', family, prefix })

/** '192.168.95.123/32', '192.168.95.123/32 and 4 more prefixes'. */
function prefixesText(cases: readonly Case[]): string {
  const [{ route }] = cases
  const others = cases.length - 1
  return others === 0
    ? route.prefix
    : `${route.prefix} and ${others} more ${others === 1 ? 'prefix' : 'prefixes'}`
}

/** Each case by itself while they are few, all in one about the neighbor when they are many. */
function* gathered(
  cases: readonly Case[],
  judge: (of: string, one: Case) => Omit<Judgment, 'subject'>,
): Generator<Judgment> {
  if (cases.length <= FEW) {
    for (const one of cases) yield { subject: prefixSubject(one.route), ...judge(one.route.prefix, one) }
    return
  }
  const [{ path }] = cases
  yield { subject: { type: 'neighbor', key: path.neighbor }, ...judge(prefixesText(cases), cases[0]) }
}

/** Of each facts they are looked for once, for all rules. */
const known = new WeakMap<Facts, Cases>()

/** The cases of a rule, those of the same neighbor and fault together, in the order in which they came. */
function casesOf(facts: Facts, id: string): Iterable<readonly Case[]> {
  let cases = known.get(facts)
  if (cases === undefined) {
    cases = lookFor(facts)
    known.set(facts, cases)
  }
  return cases.get(id)?.values() ?? []
}

function lookFor({ routes, config }: Facts): Cases {
  const cases = new Map<string, Map<string, Case[]>>()
  const add = (id: string, fault: string, one: Case) => {
    const key = `${one.path.neighbor} ${fault}`
    const ofRule = cases.get(id) ?? new Map<string, Case[]>()
    cases.set(id, ofRule)
    const list = ofRule.get(key)
    if (list === undefined) ofRule.set(key, [one])
    else list.push(one)
  }
  for (const route of routes) {
    for (const path of route.paths) {
      const { unusable, nextHop } = path
      if (unusable !== undefined) {
        const fault = `${unusable.list ?? ''} ${unusable.nextHop ?? nextHop}`
        add(unusedId(unusable.reason), fault, { route, path })
      }
      const difference = differenceOf(path, route, config.bgp.decision)
      if (difference !== undefined) {
        add(differenceId(difference.step), difference.text, { route, path, difference })
      }
    }
  }
  return cases
}

/** A path takes no part in the decision. */
function unusedRule(reason: UnusableView['reason'], { title, next }: { title: string; next: string }): Rule {
  return {
    id: unusedId(reason),
    severity: 'error',
    title,
    next,
    *find(facts) {
      for (const cases of casesOf(facts, unusedId(reason))) {
        // Where another path carries the prefix, its traffic goes on.
        const alone = cases.some(({ route }) => route.nextHops.length === 0)
        yield* gathered(cases, (of, { path }) => {
          const { text, remedy } = path.unusable as UnusableView
          return {
            text: `${of} is not used by ${whoOf(facts, path.neighbor)}: ${text}`,
            ...(remedy === undefined ? {} : { next: remedy }),
            severity: alone ? 'error' : 'warning',
          }
        })
      }
    },
  }
}

const DIFFERENCES: Readonly<
  Record<PathDifference['step'], { readonly title: string; readonly next: string }>
> = {
  'maximum-paths': {
    title: 'Equal paths are left out, for the ECMP set is as wide as it may be',
    next: 'raise maximum-paths here',
  },
  'multipath-relax': {
    title: 'Paths of equal length through other ASes are left out of the ECMP set',
    next: 'switch multipath-relax on here (`bgp bestpath as-path multipath-relax`, `multipathRelax: true`)',
  },
  'as-path-length': {
    title: 'A node announces a longer AS path than the others, and gets no traffic',
    next: 'take the prepending away on the node, if it is not meant',
  },
  origin: {
    title: 'A node announces another ORIGIN than the others, and gets no traffic',
    next: 'announce the prefix in the same way on all nodes',
  },
  med: {
    title: 'A node announces another MED than the others, and only the lowest one gets traffic',
    next: 'set the same MED on all nodes, or none',
  },
  'local-preference': {
    title: 'A path has another LOCAL_PREF than the others, and only the highest one gets traffic',
    next: 'look at import policy here, and at maintenance',
  },
  weight: {
    title: 'A path has another weight than the others, and only the highest one gets traffic',
    next: 'set the same weight for all neighbors',
  },
  'graceful-shutdown': {
    title: 'A node announces its routes with GRACEFUL_SHUTDOWN: it is in maintenance, and gets no traffic',
    next: 'nothing while the node is in maintenance; else take the community away there',
  },
}

function differenceRule(step: PathDifference['step']): Rule {
  const id = differenceId(step)
  return {
    id,
    severity: step === 'graceful-shutdown' ? 'note' : 'warning',
    ...DIFFERENCES[step],
    *find(facts) {
      for (const cases of casesOf(facts, id)) {
        yield* gathered(cases, (of, { path, difference }) => {
          const { text, next } = difference as PathDifference
          return {
            text: `${of} does not go to ${whoOf(facts, path.neighbor)}: ${text}`,
            ...(next === undefined ? {} : { next }),
            since: path.since,
          }
        })
      }
    },
  }
}

/** Some of the nodes announce it, others do not. */
const NOT_FROM_ALL: Rule = {
  id: 'not-from-all',
  severity: 'note',
  title: 'Some nodes announce a prefix and others, which are up, do not',
  next: 'with externalTrafficPolicy: Local it is meant so: only nodes with an endpoint announce; else compare the nodes',
  *find(facts) {
    const found = new Map<string, RouteView[]>()
    for (const route of facts.routes) {
      for (const neighbor of absentees(facts, route)) {
        // Of those that are down, or have sent nothing, more is found elsewhere.
        if (neighbor.state !== 'Established' || neighbor.prefixesReceived === 0) continue
        const list = found.get(neighbor.key)
        if (list === undefined) found.set(neighbor.key, [route])
        else list.push(route)
      }
    }
    for (const [key, routes] of found) {
      const neighbor = neighborOf(facts, key)
      if (neighbor === undefined) continue
      const [route] = routes
      const others = routes.length - 1
      const more = others === 0 ? '' : ` and ${others} more of its like`
      yield {
        subject: { type: 'neighbor', key },
        text: `${nameOf(neighbor)} does not announce ${route.prefix}${more}, which ${listed(sendersOf(facts, route), 3)} announce`,
        evidence: [`it is ${sessionText(neighbor, route.family)}`],
      }
    }
  },
}

function sendersOf(facts: Facts, { paths }: RouteView): string[] {
  return [
    ...new Set(paths.filter(({ type }) => type !== 'local').map(({ neighbor }) => whoOf(facts, neighbor))),
  ]
}

/** The family. */
export const ROUTES: RuleFamily = {
  title: 'Routes',
  rules: [
    ...Object.entries(UNUSED_TITLES).map(([reason, words]) =>
      unusedRule(reason as UnusableView['reason'], words),
    ),
    ...(Object.keys(DIFFERENCES) as PathDifference['step'][]).map(differenceRule),
    NOT_FROM_ALL,
  ],
}
