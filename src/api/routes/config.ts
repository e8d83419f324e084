import type { FastifyInstance } from 'fastify'
import type { ConfigView } from '../../show/source.js'
import type { ApiContext } from '../context.js'
import { ApiError } from '../errors.js'

/** Keys whose values never leave the process, wherever they stand. */
const SECRET = /^(token|password|secret|md5|key)$/i

/** A copy without secrets. */
export function withoutSecrets<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutSecrets) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SECRET.test(key))
      .map(([key, entry]) => [key, withoutSecrets(entry)]),
  ) as T
}

/** `/api/v1/config` and `/api/v1/reload`. */
export function configRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/config',
    config: {
      document: {
        class: 'read',
        summary: 'The effective configuration, secrets removed',
        answer: { schema: 'Config' },
      },
    },
    handler: async (): Promise<ConfigView> => withoutSecrets(context.configuration().config),
  })
  app.route({
    method: 'POST',
    url: '/api/v1/reload',
    config: {
      document: {
        class: 'change',
        summary: 'Apply the changed configuration file',
        description:
          'Sessions that the change does not concern are not touched; a wrong file changes nothing.',
        answer: { schema: 'Reload' },
        errors: { 422: 'The file is wrong, nothing was changed' },
      },
    },
    handler: async () => {
      const outcome = await context.reload()
      if (!outcome.ok) {
        throw new ApiError(
          422,
          'not_applied',
          outcome.message,
          'Nothing was changed; `ecmpd config check FILE` shows what is wrong',
          outcome.diagnostics,
        )
      }
      return { report: outcome.report, notes: outcome.notes }
    },
  })
}
