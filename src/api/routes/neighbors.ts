import type { FastifyInstance } from 'fastify'
import { canonicalAddress } from '../../ip/address.js'
import type { NeighborView } from '../../speaker/model/views.js'
import type { Capability } from '../../wire/types.js'
import type { ApiContext } from '../context.js'
import { ApiError } from '../errors.js'
import { pageBody, queryOf, type RawQuery, ROUTE_QUERY } from '../route-query.js'

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

/** @throws ApiError 400 for a text that is no address, 404 for one that is no neighbor */
export function existingNeighbor(context: ApiContext, text: string): NeighborView {
  const address = canonicalAddress(text)
  if (address === undefined) {
    throw new ApiError(400, 'bad_address', `Not an IP address: ${text}`, 'Write 192.0.2.1 or 2001:db8::1')
  }
  const neighbor = context.speaker.neighbor(address)
  if (neighbor === undefined) {
    const hint = '`ecmpd show ip bgp summary` or GET /api/v1/neighbors lists them'
    throw new ApiError(404, 'unknown_neighbor', `No neighbor ${address}`, hint)
  }
  return neighbor
}

/** Path parameter of all routes about one neighbor. */
export const NEIGHBOR_PARAMS = {
  type: 'object',
  required: ['address'],
  properties: { address: { type: 'string', maxLength: 128, description: "The neighbor's address" } },
} as const

const unknown = { 404: 'No such neighbor' }

/** `/api/v1/neighbors` and what lies below. */
export function neighborRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/neighbors',
    config: { document: { class: 'read', summary: 'All neighbors', answer: { schema: 'Neighbors' } } },
    handler: async () => ({ neighbors: context.speaker.neighbors().map(neighborBody) }),
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
      const { address } = existingNeighbor(context, request.params.address)
      const query = queryOf(request.query)
      return pageBody(reply, context, query, (part) => context.speaker.advertised(address, part))
    },
  })
}
