/** `/api/v1/next-hops`: the ECMP sets in use. */

import type { FastifyInstance } from 'fastify'
import { FAMILIES } from '../../ip/family.js'
import type { ApiContext } from '../http/context.js'

export function nextHopRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/next-hops',
    config: {
      document: {
        class: 'read',
        summary: 'ECMP sets in use with the number of prefixes that use each, by family, most used first',
        answer: { schema: 'NextHopSets' },
      },
    },
    handler: async () => ({ sets: FAMILIES.flatMap((family) => context.views.nextHopSets(family)) }),
  })
}
