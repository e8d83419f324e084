/** Names for people. */

import type { SpeakerOptions } from '../../speaker/model/options.js'
import { readHost } from '../text/values.js'
import type { Resolution } from './resolution.js'

/** `names` by canonical address; an address that stands there twice, in whatever spelling, is an error. */
export function namesOf(context: Resolution): Pick<SpeakerOptions, 'names'> {
  const entries = Object.entries(context.document.names ?? {})
  if (entries.length === 0) return {}
  const names: Record<string, string> = {}
  for (const [written, name] of entries) {
    const path = ['names', written]
    const read = readHost(written)
    if ('problem' in read) context.error(path, read.problem, read.hint)
    else if (names[read.value.text] !== undefined) {
      context.error(
        path,
        `${read.value.text} has two names, this one and ${names[read.value.text]}`,
        'keep one',
      )
    } else names[read.value.text] = name
  }
  return { names }
}
