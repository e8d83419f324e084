/**
 * What a neighbor setting is: one row that holds its key's schema, the option that the speaker gets, the way back
 * into the document, the switch's words in both directions, and what `show` says of it. Schema, resolving,
 * `config show`, the switch's grammar and `show running-config` walk the rows of table.ts; none of them names a
 * setting. What a change of the option asks for stands where the option is declared, in
 * speaker/model/options.ts.
 */

import type { z } from 'zod'
import type { Args } from '../../grammar/args.js'
import type { FamilyOptions, NeighborTemplate } from '../../speaker/model/options.js'
import type { Dialect } from '../model/model.js'
import type { Path } from '../text/diagnostic.js'

/** A value and where it stands in the document. */
export interface Found<T> {
  readonly value: T
  readonly path: Path
}

/** What a setting is resolved with. */
export interface Place {
  /** iBGP. */
  readonly internal: boolean
  /** The neighbor in messages: its address, a range's prefix, a group's name. */
  readonly name: string
  readonly dialect: Dialect
  /** What the most specific place says of another key. */
  other(key: string): Found<unknown> | undefined
  error(path: Path, message: string, hint?: string): void
  warn(path: Path, message: string, hint?: string): void
}

/** What a setting is written back with. */
export interface Written {
  /** iBGP. */
  readonly internal: boolean
}

/** What a setting's lines are written with. */
export interface Lines extends Written {
  /** The neighbor in the document: 'neighbors[192.168.95.210]'. */
  readonly path: string
  /** Gets what the switch's words can't say: 'neighbors[192.168.95.210].ttl: 3'. */
  readonly lost: string[]
}

/** Whom a line's value complains to; `word` is the number of the word on the line. */
export interface Complaints {
  error(message: string, hint?: string, word?: number): void
}

/** A command of the switch that sets a value. */
export interface Words {
  /** What stands behind `neighbor <peer:peer> `: 'advertisement-interval <seconds:0-600>'. */
  readonly syntax: string
  /** One phrase that says what it does. */
  readonly help: string
  /** What the line says, as the document has it. */
  value(args: Args, complaints: Complaints): unknown
  /**
   * What the `no` form says. Left out: nothing, so that group and defaults count again. `value`: that instead.
   * `over`: that, in the place of what the line said, without a warning that it replaces it.
   */
  readonly no?: { readonly value: unknown } | { readonly over: unknown }
  /** Taken in an address family, too, although it is a setting of the whole neighbor. */
  readonly inFamily?: true
  /** Said of all families of the neighbor at once, although it is a setting of one. */
  readonly ofNeighbor?: true
}

/** What `show` and the API say of an option that views hold. */
export interface Shown<T> {
  /** JSON Schema of the view's value. */
  readonly json: { readonly [key: string]: unknown }
  /** Lines of `show bgp neighbors`, indented. */
  lines?(value: NonNullable<T>): readonly string[]
  /** Keys of FRR's JSON. */
  frr?(value: NonNullable<T>, at: Written): object
}

/** One neighbor setting. `O`: options of a neighbor, or of one of its families. */
export interface Setting<O, K extends keyof O, S extends z.ZodType> {
  /** The option that it becomes. */
  readonly option: K
  readonly schema: S
  /** @returns the option's value; undefined: it is left out */
  resolve(found: Found<NonNullable<z.infer<S>>> | undefined, at: Place): O[K] | undefined
  /** @returns what the document says; undefined: nothing */
  describe(options: O, at: Written): z.infer<S> | undefined
  readonly words?: readonly Words[]
  /** What stands behind `neighbor A `, a leading `no ` included: 'ttl-security hops 1'; nothing for the default. */
  lines?(options: O, at: Lines): readonly string[]
  readonly shown?: Shown<O[K]>
}

/** A key that is part of another one's setting, as `roleStrict` is of `role`. */
export interface Part<O, S extends z.ZodType> {
  readonly schema: S
  describe(options: O, at: Written): z.infer<S> | undefined
}

/** Any row of a table. */
export interface SettingRow<O> {
  readonly option?: keyof O
  readonly schema: z.ZodType
  resolve?(found: Found<never> | undefined, at: Place): unknown
  describe(options: O, at: Written): unknown
  readonly words?: readonly Words[]
  lines?(options: O, at: Lines): readonly string[]
  readonly shown?: Shown<never>
}

/** Rows by key of the document, in the order in which they are written. */
export type Rows<O> = Readonly<Record<string, SettingRow<O>>>

/** Options that rows make. */
export type OptionOf<R> = { [K in keyof R]: R[K] extends { readonly option: infer P } ? P : never }[keyof R]

/** What the document says of the settings of rows. */
export type Said<R extends Readonly<Record<string, { readonly schema: z.ZodType }>>> = {
  [K in keyof R]?: z.infer<R[K]['schema']>
}

/** A setting of a whole neighbor. */
export const ofNeighbor = <K extends keyof NeighborTemplate, S extends z.ZodType>(
  row: Setting<NeighborTemplate, K, S>,
) => row

/** A setting of one address family of a neighbor, which may also stand at all its families. */
export const ofFamily = <K extends keyof FamilyOptions, S extends z.ZodType>(
  row: Setting<FamilyOptions, K, S>,
) => row

/** The schemas of rows by key, for a strict object. */
export function shapeOf<R extends Readonly<Record<string, { readonly schema: z.ZodType }>>>(rows: R) {
  const entries = Object.entries(rows).map(([key, row]) => [key, row.schema] as const)
  return Object.fromEntries(entries) as { -readonly [K in keyof R]: R[K]['schema'] }
}

/** The options that rows make of a document. @param found what the most specific place says of a key */
export function resolveRows<O, R extends Rows<O>>(
  rows: R,
  found: (key: string) => Found<unknown> | undefined,
  at: Omit<Place, 'other'>,
): Pick<O, OptionOf<R> & keyof O> {
  const options: Partial<Record<keyof O, unknown>> = {}
  const place: Place = { ...at, other: found }
  for (const [key, row] of Object.entries(rows)) {
    const value = row.resolve?.(found(key) as Found<never> | undefined, place)
    if (row.option !== undefined && value !== undefined) options[row.option] = value
  }
  return options as Pick<O, OptionOf<R> & keyof O>
}

/** What the document says of options. */
export function describeRows<O, R extends Rows<O>>(rows: R, options: O, at: Written): Said<R> {
  const said: Record<string, unknown> = {}
  for (const [key, row] of Object.entries(rows)) {
    const value = row.describe(options, at)
    if (value !== undefined) said[key] = value
  }
  return said as Said<R>
}

/** The lines that say options in the switch's words, in the order of the rows. */
export function linesOf<O>(rows: Rows<O>, options: O, at: Lines): readonly string[] {
  return Object.values(rows).flatMap((row) => row.lines?.(options, at) ?? [])
}
