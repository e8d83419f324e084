/** What is secret in a configuration, and how it is kept out of whatever is shown. */

import type { NeighborOptions } from '../../speaker/model/options.js'
import type { Config } from '../model/model.js'

/** What stands for a secret wherever a configuration is printed or returned. */
export const HIDDEN = '(hidden)'

/** True for a key of the document whose value is a secret. */
export function isSecret(key: string): boolean {
  return key === 'password' || key === 'token'
}

/** A copy of a configuration that may be shown: its secrets are replaced, that they are set can still be seen. */
export function withoutSecrets(config: Config): Config {
  const { api, bgp } = config
  return {
    ...config,
    api: api.token === undefined ? api : { ...api, token: HIDDEN },
    bgp: {
      ...bgp,
      neighbors: bgp.neighbors.map(withoutPassword),
      listenRanges: bgp.listenRanges.map((range) => ({
        ...range,
        template: withoutPassword(range.template),
      })),
    },
  }
}

function withoutPassword<T extends { readonly password?: string }>(options: T): T {
  return options.password === undefined ? options : { ...options, password: HIDDEN }
}

/** The neighbors and listen ranges that have a password, by their path in the document. */
export function passwordsOf({ bgp }: Config): ReadonlyMap<string, NeighborPassword> {
  const found = new Map<string, NeighborPassword>()
  const add = (path: string, { password, passwordFrom }: Partial<NeighborPassword>) => {
    if (password !== undefined) found.set(path, { password, passwordFrom })
  }
  for (const neighbor of bgp.neighbors) add(`neighbors[${neighbor.address}]`, neighbor)
  for (const { prefix, template } of bgp.listenRanges) add(`listenRanges[${prefix}]`, template)
  return found
}

type NeighborPassword = { readonly password: string } & Pick<NeighborOptions, 'passwordFrom'>
