import type { FastifyInstance } from 'fastify'
import { pageBody, queryOf, type RawQuery, ROUTE_QUERY } from '../answers/route-query.js'
import type { ApiContext } from '../http/context.js'
import { existingNeighbor } from './neighbors.js'

/** `/api/v1/routes`. */
export function routeRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route<{ Querystring: RawQuery }>({
    method: 'GET',
    url: '/api/v1/routes',
    schema: { querystring: ROUTE_QUERY },
    config: {
      document: {
        class: 'read',
        summary: 'Routes of the Loc-RIB in ascending prefix order',
        description: 'Without a match the list is empty. Large limits are streamed.',
        answer: { schema: 'RoutePage' },
        errors: { 404: 'No such neighbor' },
      },
    },
    handler: async (request, reply) => {
      const query = queryOf(request.query)
      const neighbor = query.neighbor && existingNeighbor(context, query.neighbor).key
      return pageBody(reply, context, { ...query, neighbor }, (part) => context.views.routes(part))
    },
  })
}
