import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../http/context.js'

/** `/api/v1/status`. */
export function statusRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/status',
    config: {
      document: {
        class: 'read',
        summary: 'The speaker, its tables, the FIB and the process',
        answer: { schema: 'Status' },
      },
    },
    handler: async () => context.status(),
  })
}
