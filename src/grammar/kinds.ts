/**
 * Kinds of arguments: how one word of a command line is read, the answer to a wrong one, and what `?` shows
 * in its place. Which kinds there are is for each grammar to say; those that need no knowledge of BGP are here.
 */

/** A text that was read, or what is wrong with it (one phrase) and what to do. */
export type Checked<T> = { readonly value: T } | { readonly problem: string; readonly hint?: string }

/** The value of an argument: canonical text, or a number. */
export type ArgumentValue = string | number

/** A kind of argument. */
export interface ArgumentKind {
  /** What stands for it in `?` and in completion, as on a switch: 'A.B.C.D', '<1-32>', 'WORD', 'LINE'. */
  readonly placeholder: string
  /** One phrase that says what may be written. */
  readonly help: string
  /** A text that it reads. */
  readonly example: string
  /** It takes the rest of the line, blanks included. */
  readonly rest?: true
  /**
   * Reads one word (with `rest`: the rest of the line).
   * @param name what the syntax calls the argument, for messages
   */
  read(text: string, name: string): Checked<ArgumentValue>
}

/**
 * The kinds of a grammar by the name that stands in a syntax: `<name:kind>`.
 * @returns undefined for a name that the grammar does not have
 */
export type Kinds = (kind: string) => ArgumentKind | undefined

/** Any word. */
const WORD: ArgumentKind = {
  placeholder: 'WORD',
  help: 'a word',
  example: 'NAME',
  read: (text) => ({ value: text }),
}

/** Everything up to the end of the line. */
const REST: ArgumentKind = {
  placeholder: 'LINE',
  help: 'text up to the end of the line',
  example: 'some words',
  rest: true,
  read: (text) => ({ value: text }),
}

/** A whole number of a range, both ends included. */
function numberKind(min: number, max: number): ArgumentKind {
  return {
    placeholder: `<${min}-${max}>`,
    help: `a number from ${min} to ${max}`,
    example: String(min),
    read: (text, name) => {
      const value = Number(text)
      if (/^\d+$/.test(text) && value >= min && value <= max) return { value }
      return { problem: `${name} \`${text}\` is no number from ${min} to ${max}` }
    },
  }
}

/**
 * The kinds that every grammar has, `MIN-MAX` (a number), `word` and `rest`, beside its own.
 * @param own kinds by name
 */
export function kindsOf(own: Readonly<Record<string, ArgumentKind>>): Kinds {
  const known = new Map(Object.entries({ word: WORD, rest: REST, ...own }))
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const range = /^(\d+)-(\d+)$/.exec(name)
    if (range === null) return undefined
    const kind = numberKind(Number(range[1]), Number(range[2]))
    known.set(name, kind)
    return kind
  }
}
