/**
 * The syntax of a command as one text: keywords, `<name:kind>` arguments, `[optional]` parts and `{a|b}`
 * choices, as in `clear ip bgp {*|<as:as>|<neighbor:neighbor>} [soft] [{in|out}]`.
 */

/** One word of a syntax. */
export type Element = Keyword | Argument

/** A word that is written as it stands, in capital or small letters, as far as it stays unambiguous. */
export interface Keyword {
  readonly type: 'keyword'
  readonly text: string
}

/** A word that carries a value. */
export interface Argument {
  readonly type: 'argument'
  readonly name: string
  /** Name of its kind; 'word' where the syntax names none. */
  readonly kind: string
}

/** One way to write a command: no optional parts, no choices. */
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
  if (argument === null) return { type: 'keyword', text: token }
  return { type: 'argument', name: argument[1], kind: argument[2] ?? 'word' }
}

/** How an element is written in help: `refresh`, `<peer>`. */
export function shownElement(element: Element): string {
  return element.type === 'keyword' ? element.text : `<${element.name}>`
}

/** The syntax as help shows it, without the kinds of its arguments. */
export function usageOf(syntax: string): string {
  return syntax.replace(/<([^:>]+):[^>]*>/g, '<$1>')
}
