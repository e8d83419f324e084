/** What people call a neighbor. */

import { printable } from '../../wire/printable.js'
import type { OpenMessage } from '../../wire/types.js'
import type { SpeakerOptions } from '../model/options.js'

/**
 * What a neighbor is called beside its address: by `names` of the configuration, else by its own `description`, else as
 * it calls itself.
 * @param hostName as its OPEN says, escaped
 * @returns undefined when nobody gave it a name
 */
export function givenName(
  { names }: Pick<SpeakerOptions, 'names'>,
  { address, description }: { readonly address: string; readonly description?: string },
  hostName: string | undefined,
): string | undefined {
  return names?.[address] ?? (description || hostName)
}

/** The host name of an OPEN (capability 73), escaped; undefined where it has none. */
export function hostNameOf({ capabilities }: OpenMessage): string | undefined {
  for (const capability of capabilities) {
    if (capability.name === 'fqdn' && capability.host !== '') return printable(capability.host)
  }
  return undefined
}

/** 'address (name)', for logs; the address alone where nobody gave it a name. */
export function addressAndName(address: string, name: string | undefined): string {
  return name === undefined ? address : `${address} (${name})`
}
