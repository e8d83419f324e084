import type { FastifyInstance } from 'fastify'
import { kernelView } from '../../views/kernel-view.js'
import type { FibView } from '../../views/model/kernel.js'
import type { ApiContext } from '../http/context.js'

/** `/api/v1/fib`. */
export function fibRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/fib',
    config: {
      document: {
        class: 'read',
        summary: "The kernel's side: counts, and every refused prefix with its reason",
        answer: { schema: 'Fib' },
      },
    },
    handler: async (): Promise<FibView> => kernelView(context.fib),
  })
}
