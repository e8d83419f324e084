import { didYouMean } from '../grammar/nearest.js'
import { canonicalAddress } from '../ip/address.js'
import { FAMILIES, type Family } from '../ip/family.js'
import { canonicalPrefix } from '../ip/prefix.js'

/** Which routes of a neighbor are asked for. */
export type NeighborTable = 'advertised-routes' | 'routes' | 'received-routes'

/**
 * Shape of JSON about several families: 'keyed' by family; 'bare' for a single one that was named; 'vrf' bare
 * under its VRF's name, as FRR answers to `show bgp vrf all …`.
 */
export type JsonForm = 'keyed' | 'bare' | 'vrf'

interface Scope {
  /** Families asked for, in fixed order; with more than one each gets a heading. */
  readonly families: readonly Family[]
  readonly form: JsonForm
}

/** A `show` command as understood. */
export type ShowCommand =
  | ({ readonly view: 'summary' } & Scope)
  | ({ readonly view: 'table' } & Scope)
  | { readonly view: 'prefix'; readonly family: Family; readonly target: Target }
  | ({ readonly view: 'neighbors'; readonly address?: string } & Scope)
  | {
      readonly view: 'neighbor-routes'
      readonly address: string
      readonly table: NeighborTable
      readonly family: Family
    }
  | { readonly view: 'routes'; readonly family: Family }
  | { readonly view: 'route'; readonly family: Family; readonly target: Target }
  | { readonly view: 'version' | 'fib' | 'running-config' | 'events' }

/** An exact prefix, or the longest one that covers an address. */
export type Target = { readonly prefix: string } | { readonly longest: string }

/** A command with `json` taken off its end, or why it is none; `error` is one line in the switch's words. */
export type ParsedShow =
  | { readonly command: ShowCommand; readonly json: boolean }
  | { readonly error: string }

/** Words that a step accepts, and what follows each. A parser state of the small grammar below. */
interface Step {
  readonly words?: Readonly<Record<string, (rest: Words) => ParsedStep>>
  /** Anything else: an argument. Returns undefined when it is none either. */
  readonly argument?: (text: string, rest: Words) => ParsedStep | undefined
  /** What the argument is called in messages: 'PREFIX'. */
  readonly argumentName?: string
  /** The command when no word follows; absent: incomplete. */
  readonly end?: ShowCommand
}

type ParsedStep = ShowCommand | { readonly error: string }

/** The words that are left, and the ones read so far (for messages). */
class Words {
  readonly #words: readonly string[]
  #next = 0

  constructor(words: readonly string[]) {
    this.#words = words
  }

  peek(): string | undefined {
    return this.#words[this.#next]
  }

  take(): string | undefined {
    return this.#words[this.#next++]
  }

  /** 'show ip bgp', up to and with the word just taken. */
  get read(): string {
    return ['show', ...this.#words.slice(0, this.#next)].join(' ')
  }
}

function run(step: Step, rest: Words): ParsedStep {
  const word = rest.peek()
  const names = Object.keys(step.words ?? {})
  const expected = [...names, ...(step.argumentName === undefined ? [] : [step.argumentName])].join(', ')
  if (word === undefined) {
    return step.end ?? { error: `% Incomplete command: \`${rest.read}\` (next: ${expected})` }
  }
  rest.take()
  const lower = word.toLowerCase()
  const exact = names.filter((name) => name === lower)
  const matches = exact.length > 0 ? exact : names.filter((name) => lower !== '' && name.startsWith(lower))
  if (matches.length === 1) return step.words![matches[0]](rest)
  if (matches.length > 1) {
    return { error: `% Ambiguous command: \`${rest.read}\` (${matches.join(' or ')})` }
  }
  const found = step.argument?.(word, rest)
  if (found !== undefined) return found
  if (expected === '') return { error: `% Too many parameters: \`${rest.read}\`` }
  const hint = didYouMean(word, names) ?? `expected: ${expected}`
  return { error: `% Invalid input: \`${rest.read}\` (${hint})` }
}

const end =
  (command: ShowCommand) =>
  (rest: Words): ParsedStep =>
    run({ end: command }, rest)

/** Reads an address or a prefix; 'A.B.C.D M.M.M.M' too, as the switch has it. */
function target(text: string, family: Family | undefined): { family: Family; target: Target } | undefined {
  const address = canonicalAddress(text)
  const prefix = address === undefined ? canonicalPrefix(text) : undefined
  const canonical = address ?? prefix
  if (canonical === undefined) return undefined
  const own: Family = canonical.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast'
  if (family !== undefined && own !== family) return undefined
  return { family: own, target: address === undefined ? { prefix: canonical } : { longest: canonical } }
}

/** Prefix length of a contiguous network mask, or undefined. */
function maskLength(text: string): number | undefined {
  for (let length = 0; length <= 32; length++) {
    const value = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0
    if (text === [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')) return length
  }
  return undefined
}

/** What follows an address or prefix: nothing, or the mask of an IPv4 network. */
function withMask(
  text: string,
  rest: Words,
  family: Family | undefined,
  make: (family: Family, target: Target) => ShowCommand,
): ParsedStep | undefined {
  const found = target(text, family)
  if (found === undefined) return undefined
  return run(
    {
      end: make(found.family, found.target),
      argument: (mask, after) => {
        const length = maskLength(mask)
        const exact = length === undefined ? undefined : target(`${text}/${length}`, family)
        return exact === undefined ? undefined : run({ end: make(exact.family, exact.target) }, after)
      },
    },
    rest,
  )
}

function neighbors(scope: Scope): Step {
  const tables = (address: string): Step => {
    // Without a family named, the session's own one.
    const session: Family = address.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast'
    const family = scope.families.length === 1 ? scope.families[0] : session
    const table = (name: NeighborTable) => end({ view: 'neighbor-routes', address, table: name, family })
    return {
      words: {
        'advertised-routes': table('advertised-routes'),
        routes: table('routes'),
        'received-routes': table('received-routes'),
      },
      end: { view: 'neighbors', address, ...scope },
    }
  }
  return {
    argumentName: 'ADDRESS',
    argument: (text, rest) => {
      const address = canonicalAddress(text)
      return address === undefined ? undefined : run(tables(address), rest)
    },
    end: { view: 'neighbors', ...scope },
  }
}

/** What may follow `show … bgp` once the families are known. */
function bgp(scope: Scope, before: Step['words'] = {}): Step {
  const single = scope.families.length === 1 ? scope.families[0] : undefined
  return {
    words: {
      ...before,
      summary: end({ view: 'summary', ...scope }),
      neighbors: (rest) => run(neighbors(scope), rest),
    },
    argumentName: 'PREFIX',
    argument: (text, rest) =>
      withMask(text, rest, single, (family, found) => ({ view: 'prefix', family, target: found })),
    end: { view: 'table', ...scope },
  }
}

/** `show bgp [vrf V] [ipv4|ipv6|all] [unicast] …` and its forms below `show ip`. */
function bgpWith(families: readonly Family[], form: JsonForm, vrf: boolean): Step {
  const named = (family: Family) => (rest: Words) => {
    const scope: Scope = { families: [family], form: form === 'vrf' ? 'vrf' : 'bare' }
    return run(bgp(scope, { unicast: (after) => run(bgp(scope), after) }), rest)
  }
  return bgp(
    { families, form },
    {
      ipv4: named('ipv4-unicast'),
      ipv6: named('ipv6-unicast'),
      all: (rest) => run(bgp({ families: FAMILIES, form }), rest),
      ...(vrf
        ? {
            vrf: (rest: Words) =>
              run(
                {
                  words: {
                    all: (after) => run(bgpWith(families, 'vrf', false), after),
                    default: (after) => run(bgpWith(families, 'keyed', false), after),
                  },
                },
                rest,
              ),
          }
        : {}),
    },
  )
}

function routeStep(family: Family): Step {
  const all: ShowCommand = { view: 'routes', family }
  return {
    words: { bgp: end(all) },
    argumentName: 'ADDRESS',
    argument: (text, rest) =>
      withMask(text, rest, family, (own, found) => ({ view: 'route', family: own, target: found })),
    end: all,
  }
}

const TOP: Step = {
  words: {
    ip: (rest) =>
      run(
        {
          words: {
            bgp: (after) => run(bgpWith(['ipv4-unicast'], 'keyed', true), after),
            route: (after) => run(routeStep('ipv4-unicast'), after),
          },
        },
        rest,
      ),
    ipv6: (rest) =>
      run(
        {
          words: {
            bgp: (after) => run(bgpWith(['ipv6-unicast'], 'keyed', true), after),
            route: (after) => run(routeStep('ipv6-unicast'), after),
          },
        },
        rest,
      ),
    bgp: (rest) => run(bgpWith(FAMILIES, 'keyed', true), rest),
    version: end({ view: 'version' }),
    fib: end({ view: 'fib' }),
    'running-config': end({ view: 'running-config' }),
    events: end({ view: 'events' }),
  },
}

/**
 * Reads the words after `show`. Every word may be shortened as far as it stays unambiguous ('ip bgp sum');
 * `json` as the last word asks for JSON.
 */
export function parseShow(words: readonly string[]): ParsedShow {
  const last = words.at(-1)?.toLowerCase()
  const json = last === 'json'
  const parsed = run(TOP, new Words(json ? words.slice(0, -1) : words))
  return 'error' in parsed ? parsed : { command: parsed, json }
}
