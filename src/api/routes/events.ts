import type { FastifyInstance } from 'fastify'
import { canonicalPrefix } from '../../ip/prefix.js'
import { type NeighborKey, neighborKey, parseNeighborName } from '../../session/neighbor-key.js'
import type { SpeakerEvent } from '../../views/model/event.js'
import type { ApiContext } from '../http/context.js'
import { ApiError } from '../http/errors.js'
import type { EventStreams } from '../http/event-streams.js'

const TYPES = [
  'session',
  'route',
  'routes',
  'neighbor',
  'operation',
  'maintenance',
  'liveness',
  'retention',
  'next-hop',
  'maximum-prefix',
  'fib',
  'drops',
  'finding',
  'dials',
  'damped',
  'refused',
  'fault',
] as const

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    types: {
      type: 'string',
      maxLength: 256,
      description: `Comma-separated, of ${TYPES.join(', ')}; default all`,
    },
    neighbor: { type: 'string', maxLength: 128, description: 'Only events that name this neighbor' },
    prefix: {
      type: 'string',
      maxLength: 64,
      description: 'Only route events of this prefix, and counts that may hold it',
    },
    lastEventId: { type: 'string', maxLength: 64, description: 'As the header Last-Event-ID' },
    format: {
      type: 'string',
      enum: ['stream', 'json'],
      description: "'json': the last events at once, as a list",
    },
  },
} as const

interface EventQuery {
  readonly types?: string
  readonly neighbor?: string
  readonly prefix?: string
  readonly lastEventId?: string
  readonly format?: 'stream' | 'json'
}

/**
 * The key of the neighbor that is asked for; of one that is not there (any more), what it would be.
 * @throws ApiError 400 for a text that is no name, 409 for an address that several have
 */
function neighborOf(context: ApiContext, text: string): NeighborKey {
  const found = context.views.find(text)
  if ('neighbor' in found) return found.neighbor.key
  if (found.reason === 'malformed') throw new ApiError(400, 'bad_address', found.text, found.remedy)
  if (found.reason === 'ambiguous') throw new ApiError(409, 'ambiguous_neighbor', found.text, found.remedy)
  const name = parseNeighborName(text)
  return name === undefined ? text : neighborKey(name.address, name.remoteAs)
}

/** @throws ApiError 400 or 409, naming the parameter */
function filterOf(context: ApiContext, query: EventQuery): (event: SpeakerEvent) => boolean {
  const types = query.types?.split(',').map((type) => type.trim())
  const wrong = types?.find((type) => !(TYPES as readonly string[]).includes(type))
  if (wrong !== undefined) {
    throw new ApiError(400, 'bad_parameter', `Unknown event type ${wrong}`, `Types are ${TYPES.join(', ')}`)
  }
  const neighbor = query.neighbor === undefined ? undefined : neighborOf(context, query.neighbor)
  // An event about an address alone is of interest to each of its speakers.
  const address = neighbor?.replace(/#.*/, '')
  const prefix = query.prefix === undefined ? undefined : canonicalPrefix(query.prefix)
  if (query.prefix !== undefined && prefix === undefined) {
    throw new ApiError(400, 'bad_prefix', `Not a prefix: ${query.prefix}`, 'Write address/length')
  }
  return (event) => {
    if (types !== undefined && !types.includes(event.type)) return false
    if (prefix !== undefined) {
      const isRoute = event.type === 'route' || event.type === 'fib'
      if (!(isRoute && event.prefix === prefix)) return event.type === 'routes'
    }
    if (neighbor === undefined) return true
    switch (event.type) {
      case 'route':
        return event.best?.neighbor === neighbor
      case 'liveness':
        return event.subject === 'neighbor' && event.address === address
      case 'refused':
        return event.address === address
      case 'routes':
      case 'maintenance':
      case 'fib':
      case 'drops':
        return false
      default:
        return event.neighbor === neighbor
    }
  }
}

/** `/api/v1/events`. */
export function eventRoutes(app: FastifyInstance, context: ApiContext, streams: EventStreams): void {
  app.route<{ Querystring: EventQuery }>({
    method: 'GET',
    url: '/api/v1/events',
    schema: { querystring },
    config: {
      document: {
        class: 'read',
        summary: 'Session and route changes as they happen (Server-Sent Events)',
        description:
          'A reader that comes back with Last-Event-ID gets what it missed; where that is no longer known an event `gap` says so. A reader that is too slow is disconnected and may come back in the same way.',
        answer: { media: 'text/event-stream' },
        errors: { 503: 'Too many readers' },
      },
    },
    handler: async (request, reply) => {
      const filter = filterOf(context, request.query)
      if (request.query.format === 'json') return { events: context.speaker.recent().filter(filter) }
      const header = request.headers['last-event-id']
      const last = typeof header === 'string' ? header : request.query.lastEventId
      if (!streams.hasRoom) {
        throw new ApiError(503, 'too_many_readers', 'Too many readers of events', 'Close some of them')
      }
      reply.hijack()
      streams.add(reply.raw, filter, last)
      return reply
    },
  })
}
