import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/model/model.js'
import { withoutSecrets } from '../../config/text/secrets.js'
import type { ApiContext } from '../http/context.js'
import { ApiError } from '../http/errors.js'

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
    handler: async (): Promise<Config> => withoutSecrets(context.configuration().config),
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
          outcome.diagnostics.length > 0
            ? '`ecmpd config check FILE` checks it without applying it'
            : 'Remove the cause, then reload again',
          outcome.diagnostics,
        )
      }
      return { report: outcome.report, notes: outcome.notes }
    },
  })
}
