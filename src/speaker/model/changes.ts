/**
 * What a change of an option asks for. It stands where the option is declared, in a table that has a row for each
 * key; comparing two configurations, and what follows from it, walks these tables.
 */

/**
 * `nothing`: it is taken over, at the next session where both sides agree on it; `import`: what was received is
 * looked at again; `export`: what was sent is compared with what is to be sent; `session`: it is part of the TCP
 * connection or of the OPEN, so that a running session can't take it over.
 */
export type Asks = 'nothing' | 'import' | 'export' | 'session'

/** A row: what a change of one option asks for. */
export interface Change<T> {
  readonly asks: Asks
  /** The part of the value that asks for it; left out: all of it. */
  of?(value: T): unknown
  /** Views show the option as it is. */
  readonly viewed?: true
}

/** A row, or several where parts of one option ask for different things, for every option of `O`. */
export type Changes<O> = {
  readonly [K in keyof Required<O>]: Change<O[K]> | readonly Change<O[K]>[]
}

/** What of the options asks for something when it changes, to be compared with `same`. */
export function termsOf<O extends object>(changes: Changes<O>, asks: Asks, options: O): readonly unknown[] {
  const terms: unknown[] = []
  for (const key of Object.keys(changes) as (keyof O)[]) {
    const rows = changes[key] as Change<unknown> | readonly Change<unknown>[]
    for (const row of Array.isArray(rows)
      ? (rows as readonly Change<unknown>[])
      : [rows as Change<unknown>]) {
      if (row.asks === asks) terms.push(row.of === undefined ? options[key] : row.of(options[key]))
    }
  }
  return terms
}

/** Keys of the options that views show as they are. */
export type Viewed<C> = { [K in keyof C]: C[K] extends { readonly viewed: true } ? K : never }[keyof C]

/** The options that views show as they are. */
export function viewOf<O extends object, C extends Changes<O>>(
  changes: C,
  options: O,
): Pick<O, Viewed<C> & keyof O> {
  const view: Partial<Record<keyof O, unknown>> = {}
  for (const key of Object.keys(changes) as (keyof O)[]) {
    if ((changes[key] as { readonly viewed?: true }).viewed) view[key] = options[key]
  }
  return view as Pick<O, Viewed<C> & keyof O>
}
