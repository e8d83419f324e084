import type { Config } from './model.js'

/** What stands for a secret wherever a configuration is printed or returned. */
export const HIDDEN = '(hidden)'

/** A copy of a configuration that may be shown: its secrets are replaced, that they are set can still be seen. */
export function withoutSecrets(config: Config): Config {
  const { api } = config
  return api.token === undefined ? config : { ...config, api: { ...api, token: HIDDEN } }
}
