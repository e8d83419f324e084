import type { FastifyInstance } from 'fastify'
import { firstLine } from '../../diagnose/model/finding.js'
import type { Metrics } from '../answers/metrics.js'
import type { ApiContext } from '../http/context.js'

/** `/metrics`, `/healthz` and `/readyz`: open on every address. */
export function healthRoutes(app: FastifyInstance, context: ApiContext, metrics: Metrics): void {
  app.route({
    method: 'GET',
    url: '/metrics',
    config: {
      document: {
        class: 'open',
        summary: 'Metrics in the text format of Prometheus',
        answer: { media: 'text/plain' },
      },
    },
    handler: async (_request, reply) => {
      reply.type(metrics.contentType)
      return metrics.text()
    },
  })
  app.route({
    method: 'GET',
    url: '/healthz',
    config: {
      document: { class: 'open', summary: 'The event loop turns', answer: { schema: 'Health' } },
    },
    handler: async () => ({ healthy: true }),
  })
  app.route({
    method: 'GET',
    url: '/readyz',
    config: {
      document: {
        class: 'open',
        summary: 'Listeners are open, the FIB is healthy, the first routes are complete',
        answer: { schema: 'Ready' },
        errors: { 503: 'Not ready; the body is a Ready that says why' },
      },
    },
    handler: async (_request, reply) => {
      const { ready, waiting } = context.status()
      reply.code(ready ? 200 : 503)
      const errors = context.findings().filter(({ severity }) => severity === 'error')
      return { ready, waiting, findings: errors.map(firstLine) }
    },
  })
}
