import type { Checked } from '../../text/values.js'
import { readArgument } from './arguments.js'
import type { Context } from './context.js'

/** Where a command stands: at the top, under `router bgp`, in an address family, in a route map. */
export type Mode = 'config' | 'router' | 'family' | 'route-map'

/** One kind of command: a row of the grammar table, from which parsing, help, suggestions and docs come. */
export interface Command {
  /**
   * Keywords, `<name:type>` arguments, `[optional]` parts and `{a|b}` choices:
   * 'neighbor <peer:peer> timers <keepalive:0-65535> <hold:0-65535>'. The types are in arguments.ts.
   */
  readonly syntax: string
  readonly modes: readonly Mode[]
  /** One phrase that says what it does. */
  readonly help: string
  /** What becomes of it: carried out, read without effect, or refused for now. */
  readonly support: 'yes' | 'no effect' | 'not yet'
  run(args: Args, context: Context): void
  /** Exists behind `no` alone, with every argument. */
  readonly onlyNo?: true
  /** The `no` form; absent where there is none. Arguments behind the last keyword may be missing. */
  no?(args: Args, context: Context): void
}

/** An argument that is not there: left out of a `no` form that needs it, or no argument of the syntax at all. */
export class MissingArgument extends Error {
  readonly argument: string

  constructor(argument: string) {
    super(`no argument ${argument}`)
    this.argument = argument
  }
}

/** Arguments of a command by name; keywords of choices and optional parts are there as themselves. */
export class Args {
  readonly #values: ReadonlyMap<string, string | number>
  /** Number of the word that a name was read from. */
  readonly words: ReadonlyMap<string, number>

  constructor(values: ReadonlyMap<string, string | number>, words: ReadonlyMap<string, number>) {
    this.#values = values
    this.words = words
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** @throws MissingArgument for one that was left out, or that the syntax does not have */
  text(name: string): string {
    return String(this.#value(name))
  }

  /** @throws MissingArgument for one that was left out, or that the syntax does not have */
  number(name: string): number {
    return Number(this.#value(name))
  }

  #value(name: string): string | number {
    const value = this.#values.get(name)
    if (value === undefined) throw new MissingArgument(name)
    return value
  }
}

/** One word of a syntax. */
export type Element =
  | { readonly kind: 'keyword'; readonly text: string }
  | { readonly kind: 'argument'; readonly name: string; readonly type: string }

/** Every way to write a command, without optional parts and choices. */
export type Variant = readonly Element[]

/**
 * Spells a syntax out into its variants, the longest first.
 * @throws Error on a syntax that is not well formed: a mistake in the table
 */
export function variantsOf(syntax: string): readonly Variant[] {
  const tokens = syntax.match(/<[^>]+>|[[\]{}|]|[^\s[\]{}|<>]+/g) ?? []
  let at = 0
  const sequence = (): Variant[] => {
    let ways: Variant[] = [[]]
    while (at < tokens.length && !['|', ']', '}'].includes(tokens[at])) {
      const token = tokens[at++]
      let next: Variant[]
      if (token === '[') next = [...alternatives(']'), []]
      else if (token === '{') next = alternatives('}')
      else next = [[elementOf(token)]]
      ways = ways.flatMap((way) => next.map((one) => [...way, ...one]))
    }
    return ways
  }
  const alternatives = (end: string): Variant[] => {
    const found = [...sequence()]
    while (tokens[at] === '|') {
      at++
      found.push(...sequence())
    }
    if (tokens[at++] !== end) throw new Error(`\`${end}\` is missing in: ${syntax}`)
    return found
  }
  const variants = sequence()
  if (at !== tokens.length) throw new Error(`\`${tokens[at]}\` is out of place in: ${syntax}`)
  return variants.sort((a, b) => b.length - a.length)
}

function elementOf(token: string): Element {
  const argument = /^<([^:>]+)(?::([^>]+))?>$/.exec(token)
  if (argument === null) return { kind: 'keyword', text: token }
  return { kind: 'argument', name: argument[1], type: argument[2] ?? 'word' }
}

/** How an element is written in help. */
export function shownElement(element: Element): string {
  return element.kind === 'keyword' ? element.text : `<${element.name}>`
}

/** Reads one argument word. */
export function readElement(
  element: Extract<Element, { kind: 'argument' }>,
  text: string,
): Checked<string | number> {
  return readArgument(element.type, element.name, text)
}
