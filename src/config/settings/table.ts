/**
 * Every neighbor setting that is one row. A new one is a row here, in the file of its family, and its option with
 * what a change of it asks for in speaker/model/options.ts; the compiler asks for either when the other is there.
 * config/dialect.md and config/ecmpd.schema.json are made from the rows: `npm run generate` writes them.
 *
 * Settings that are put together from several places are no rows, and stand in resolve/: families and policies,
 * timers, graceful restart, passwords, addresses and AS numbers, capabilities.
 */

import type { FamilyOptions, NeighborTemplate } from '../../speaker/model/options.js'
import { CONNECTION_SETTINGS } from './connection.js'
import { PATH_SETTINGS } from './paths.js'
import { SESSION_SETTINGS } from './session.js'
import { type Found, type OptionOf, type Place, resolveRows } from './setting.js'

/** Settings of a whole neighbor, by key of the document. */
export const NEIGHBOR_SETTINGS = { ...CONNECTION_SETTINGS, ...SESSION_SETTINGS }

/** Settings of an address family, by key of the document. */
export const FAMILY_SETTINGS = { ...PATH_SETTINGS }

/** Options that several keys, or several places, make together. */
type Composed =
  | 'remoteAs'
  | 'localAs'
  | 'localAsStyle'
  | 'localAddress'
  | 'shutdown'
  | 'password'
  | 'passwordFrom'
  | 'timers'
  | 'families'
  | 'gracefulRestart'
  | 'capabilities'

type ComposedOfFamily =
  | 'family'
  | 'import'
  | 'export'
  | 'policyMissing'
  | 'nextHop'
  | 'defaultOriginate'
  | 'maximumPrefix'
  | 'maximumPrefixThreshold'
  | 'maximumPrefixAction'
  | 'maximumPrefixReceived'
  | 'routeReflectorClient'
  | 'addPath'

type Missing<Options, Made> = Exclude<keyof Options, Made>

/** An option that no row makes and that is not put together elsewhere is an error of the compiler here. */
const COMPLETE: Readonly<
  Record<
    | Missing<NeighborTemplate, OptionOf<typeof NEIGHBOR_SETTINGS> | Composed>
    | Missing<FamilyOptions, OptionOf<typeof FAMILY_SETTINGS> | ComposedOfFamily>,
    never
  >
> = {}
void COMPLETE

/** The options of a neighbor that rows make. @param found what the most specific place says of a key */
export function neighborOptions(
  found: (key: string) => Found<unknown> | undefined,
  at: Omit<Place, 'other'>,
): Pick<NeighborTemplate, OptionOf<typeof NEIGHBOR_SETTINGS>> {
  return resolveRows<NeighborTemplate, typeof NEIGHBOR_SETTINGS>(NEIGHBOR_SETTINGS, found, at)
}

/** The options of an address family that rows make. @param found what the most specific place says of a key */
export function familyOptions(
  found: (key: string) => Found<unknown> | undefined,
  at: Omit<Place, 'other'>,
): Pick<FamilyOptions, OptionOf<typeof FAMILY_SETTINGS>> {
  return resolveRows<FamilyOptions, typeof FAMILY_SETTINGS>(FAMILY_SETTINGS, found, at)
}
