import type { FastifyInstance } from 'fastify'
import type { NeighborView } from '../../views/model/neighbor.js'
import type { Capability } from '../../wire/types.js'
import { pageBody, queryOf, type RawQuery, ROUTE_QUERY } from '../answers/route-query.js'
import type { ApiContext } from '../http/context.js'
import { ApiError } from '../http/errors.js'

/** A capability with octets in hex, since JSON has none. */
function capabilityBody(capability: Capability): object {
  return 'data' in capability
    ? { ...capability, data: Buffer.from(capability.data).toString('hex') }
    : capability
}

/** A neighbor as JSON holds it. */
export function neighborBody(neighbor: NeighborView): object {
  const { sent, received } = neighbor.capabilities
  return {
    ...neighbor,
    capabilities: { sent: sent.map(capabilityBody), received: received.map(capabilityBody) },
  }
}

/**
 * The neighbor that a text from outside names.
 * @throws ApiError 400 for a text that is no name, 404 for one that nobody has, 409 for an address that several have
 */
export function existingNeighbor({ views }: ApiContext, text: string): NeighborView {
  const found = views.find(text)
  if ('neighbor' in found) return found.neighbor
  switch (found.reason) {
    case 'malformed':
      throw new ApiError(400, 'bad_address', found.text, found.remedy)
    case 'unknown':
      throw new ApiError(404, 'unknown_neighbor', found.text, found.remedy)
    case 'ambiguous':
      throw new ApiError(409, 'ambiguous_neighbor', found.text, found.remedy)
  }
}

const NAME = "The neighbor's address, or address#AS ('#' as %23) where several have the address"

/** Path parameter of all routes about one neighbor. */
export const NEIGHBOR_PARAMS = {
  type: 'object',
  required: ['address'],
  properties: { address: { type: 'string', maxLength: 128, description: NAME } },
} as const

const unknown = { 404: 'No such neighbor', 409: 'Several neighbors have the address' }

/** `/api/v1/neighbors` and what lies below. */
export function neighborRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/neighbors',
    config: { document: { class: 'read', summary: 'All neighbors', answer: { schema: 'Neighbors' } } },
    handler: async () => ({ neighbors: context.views.neighbors().map(neighborBody) }),
  })
  app.route<{ Params: { address: string } }>({
    method: 'GET',
    url: '/api/v1/neighbors/:address',
    schema: { params: NEIGHBOR_PARAMS },
    config: {
      document: { class: 'read', summary: 'One neighbor', answer: { schema: 'Neighbor' }, errors: unknown },
    },
    handler: async (request) => neighborBody(existingNeighbor(context, request.params.address)),
  })
  app.route<{ Params: { address: string }; Querystring: RawQuery }>({
    method: 'GET',
    url: '/api/v1/neighbors/:address/advertised',
    schema: { params: NEIGHBOR_PARAMS, querystring: ROUTE_QUERY },
    config: {
      document: {
        class: 'read',
        summary: 'Routes advertised to a neighbor (Adj-RIB-Out)',
        answer: { schema: 'RoutePage' },
        errors: unknown,
      },
    },
    handler: async (request, reply) => {
      const { key } = existingNeighbor(context, request.params.address)
      const query = queryOf(request.query)
      return pageBody(reply, context, query, (part) => context.views.advertised(key, part))
    },
  })
}
