/** The pieces that schemas are put together from; each says what it takes in the words of its error. */

import { z } from 'zod'
import type { Checked } from '../../grammar/kinds.js'
import { readAs, readPrefix } from './values.js'

/** A text that a reader of values.ts accepts. */
export function text(read: (text: string) => Checked<unknown>, what: string) {
  return z.string({ error: `must be ${what}, as text` }).superRefine((value, context) => {
    const result = read(value)
    if ('problem' in result) {
      context.addIssue({ code: 'custom', message: result.problem, params: { hint: result.hint } })
    }
  })
}

/** A whole number in a range. */
export function integer(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** A text for people: one line, at most 255 octets (the limit of RFC 9003, too). */
export function words(min: 0 | 1) {
  const error = `must be text of ${min} to 255 octets on one line; put it in quotes`
  return z
    .string({ error })
    .min(min, { error })
    .refine((value) => Buffer.byteLength(value) <= 255 && !/[\u0000-\u001f\u007f]/.test(value), { error })
}

/** A name or path that must not be empty. */
export function name(what: string) {
  const error = `must be ${what}`
  return z.string({ error }).min(1, { error })
}

export const flag = () => z.boolean({ error: 'must be true or false' })

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}` })
}

export function list<T extends z.ZodType>(item: T, what: string) {
  return z.array(item, { error: `must be a list of ${what}` })
}

/** An AS number, or one of `words`. */
export function asNumber(words: readonly string[] = []) {
  const error = 'must be a whole number from 1 to 4294967295, or asdot in quotes such as "1.10"'
  return z
    .union([z.int().meta({ minimum: 1, maximum: 4_294_967_295 }), z.string()], { error })
    .superRefine((value, context) => {
      if (words.includes(String(value))) return
      const result = readAs(value)
      if ('problem' in result) {
        context.addIssue({ code: 'custom', message: result.problem, params: { hint: result.hint } })
      }
    })
}

/** A masked prefix. */
export const prefix = () => text(readPrefix, 'a prefix')
