import type { FastifyInstance } from 'fastify'
import { canonicalAddress } from '../../ip/address.js'
import { canonicalPrefix } from '../../ip/prefix.js'
import type { SpeakerEvent } from '../../speaker/model/views.js'
import type { ApiContext } from '../context.js'
import { ApiError } from '../errors.js'
import type { EventStreams } from '../event-streams.js'

const TYPES = [
  'session',
  'route',
  'routes',
  'neighbor',
  'operation',
  'maintenance',
  'refused',
  'fault',
] as const

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    types: {
      type: 'string',
      maxLength: 64,
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

/** @throws ApiError 400, naming the parameter */
function filterOf(query: EventQuery): (event: SpeakerEvent) => boolean {
  const types = query.types?.split(',').map((type) => type.trim())
  const wrong = types?.find((type) => !(TYPES as readonly string[]).includes(type))
  if (wrong !== undefined) {
    throw new ApiError(400, 'bad_parameter', `Unknown event type ${wrong}`, `Types are ${TYPES.join(', ')}`)
  }
  const neighbor = query.neighbor === undefined ? undefined : canonicalAddress(query.neighbor)
  if (query.neighbor !== undefined && neighbor === undefined) {
    throw new ApiError(
      400,
      'bad_address',
      `Not an IP address: ${query.neighbor}`,
      'Write 192.0.2.1 or 2001:db8::1',
    )
  }
  const prefix = query.prefix === undefined ? undefined : canonicalPrefix(query.prefix)
  if (query.prefix !== undefined && prefix === undefined) {
    throw new ApiError(400, 'bad_prefix', `Not a prefix: ${query.prefix}`, 'Write address/length')
  }
  return (event) => {
    if (types !== undefined && !types.includes(event.type)) return false
    if (prefix !== undefined && !(event.type === 'route' && event.prefix === prefix))
      return event.type === 'routes'
    if (neighbor === undefined) return true
    switch (event.type) {
      case 'route':
        return event.best?.neighbor === neighbor
      case 'refused':
        return event.address === neighbor
      case 'routes':
      case 'maintenance':
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
      const filter = filterOf(request.query)
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
