import type { FastifyInstance } from 'fastify'
import type { HostFacts } from '../../host/model.js'
import type { ApiContext } from '../http/context.js'
import { ApiError } from '../http/errors.js'

/** `/api/v1/host`. */
export function hostRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/host',
    config: {
      document: {
        class: 'read',
        summary: 'What is known of this machine: settings, counters, interfaces, how neighbors are reached',
        answer: { schema: 'Host' },
      },
    },
    handler: async (): Promise<HostFacts> => {
      const facts = context.host()
      if (facts !== undefined) return facts
      throw new ApiError(503, 'starting', 'This machine is not read yet', 'Ask again in a second')
    },
  })
}
