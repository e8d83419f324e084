/** What `show` and the API say of settings that views hold: the rows know it, so that neither names a setting. */

import type { Rows, Written } from './setting.js'

/** Values that a view holds, each with its row's part about showing. */
function valuesOf<O>(rows: Rows<O>, view: object) {
  return Object.values(rows).flatMap(({ option, shown }) => {
    const value = option === undefined ? undefined : (view as Record<PropertyKey, unknown>)[option]
    return shown === undefined || value === undefined ? [] : [{ shown, value: value as never }]
  })
}

/** Lines of `show bgp neighbors`, in the order of the rows. @param view a read model that holds options */
export function shownLines<O>(rows: Rows<O>, view: object): readonly string[] {
  return valuesOf(rows, view).flatMap(({ shown, value }) => shown.lines?.(value) ?? [])
}

/** Keys of FRR's JSON. @param view a read model that holds options */
export function shownInFrr<O>(rows: Rows<O>, view: object, at: Written): object {
  return Object.assign({}, ...valuesOf(rows, view).map(({ shown, value }) => shown.frr?.(value, at) ?? {}))
}

/** JSON Schemas of the values, by name in the view. */
export function shownSchemas<O>(
  rows: Rows<O>,
): Readonly<Record<string, { readonly [key: string]: unknown }>> {
  return Object.fromEntries(
    Object.values(rows).flatMap(({ option, shown }) =>
      option === undefined || shown === undefined ? [] : [[option, shown.json]],
    ),
  )
}
