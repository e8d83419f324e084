import type { FastifyInstance, FastifyRequest } from 'fastify'
import { MAX_MESSAGE_OCTETS, type NeighborOperation } from '../../speaker/model/operation.js'
import type { JsonSchema } from '../answers/schema-parts.js'
import type { ApiContext } from '../http/context.js'
import { ApiError } from '../http/errors.js'
import { originOf } from '../http/listeners.js'
import { existingNeighbor, NEIGHBOR_PARAMS, neighborBody } from './neighbors.js'

interface OperationBody {
  readonly message?: string
  readonly direction?: 'in' | 'out' | 'both'
  readonly soft?: 'in' | 'out' | 'both'
  readonly by?: string
}

const by = { type: 'string', maxLength: 64, description: 'Who asks: said in the log and the event' } as const
const message = {
  type: 'string',
  maxLength: MAX_MESSAGE_OCTETS,
  description: `Told to the neighbor (RFC 9003): one line, at most ${MAX_MESSAGE_OCTETS} octets of UTF-8`,
} as const
const direction = {
  type: 'string',
  enum: ['in', 'out', 'both'],
  description: "'in': ask for its routes again, 'out': send ours again; both unless one is named",
} as const

const soft = {
  type: 'string',
  enum: ['in', 'out', 'both'],
  description: 'Keep the session, and refresh instead: what `direction` is to refresh',
} as const

/** Parameters that may all be left out: in the body, or in the query. */
function withAsker(properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
  return { ...properties, by }
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/** @throws ApiError 400 for a text that RFC 9003 has no room for */
function messageOf(body: OperationBody): string | undefined {
  const { message } = body
  if (message === undefined || message === '') return undefined
  const octets = Buffer.byteLength(message, 'utf8')
  if (octets > MAX_MESSAGE_OCTETS) {
    throw new ApiError(
      400,
      'bad_message',
      `The message has ${octets} octets of UTF-8, ${MAX_MESSAGE_OCTETS} are the most (RFC 9003)`,
      'Shorten it',
    )
  }
  if (CONTROL.test(message)) {
    throw new ApiError(400, 'bad_message', 'The message has control characters', 'Write one line of text')
  }
  return message
}

/** Who asks, as far as it is known: the name that the request gives, and how it came. */
function asker(request: FastifyRequest, name: string | undefined): string {
  const origin = originOf(request.raw.socket)
  const via = origin.via === 'unix' ? 'UNIX socket' : `API, ${request.raw.socket.remoteAddress ?? 'TCP'}`
  const clean = (name ?? '').replace(new RegExp(CONTROL, 'g'), '').trim()
  return `${clean === '' ? 'the operator' : clean} (${via})`
}

interface Verb {
  readonly name: NeighborOperation['type']
  readonly summary: string
  readonly description: string
  readonly parameters: Record<string, JsonSchema>
  readonly conflict?: string
  operation(body: OperationBody): NeighborOperation
}

const VERBS: readonly Verb[] = [
  {
    name: 'shutdown',
    summary: 'Shut a neighbor down',
    description:
      'Ends the session with Cease/Administrative Shutdown (6/2). The neighbor stays down until it is started, or ecmpd is: a reload of the configuration does not bring it back.',
    parameters: withAsker({ message }),
    operation: (body) => ({ type: 'shutdown', message: messageOf(body) }),
  },
  {
    name: 'start',
    summary: 'Start a neighbor that was shut down, or dial it now',
    description: 'Lifts a shutdown by the operator, and any wait before the next attempt to connect.',
    parameters: withAsker({}),
    conflict: 'It is shut down by the configuration',
    operation: () => ({ type: 'start' }),
  },
  {
    name: 'reset',
    summary: 'End the session and connect again',
    description:
      'Ends the session with Cease/Administrative Reset (6/4); routes of the neighbor are removed. With `soft` it is a refresh.',
    parameters: withAsker({ message, soft }),
    conflict: 'It is shut down; with `soft`: there is nothing to refresh',
    operation: (body) =>
      body.soft === undefined
        ? { type: 'reset', message: messageOf(body) }
        : { type: 'refresh', direction: body.soft },
  },
  {
    name: 'drain',
    summary: 'Move traffic away from a neighbor (maintenance)',
    description:
      'Its paths count as with GRACEFUL_SHUTDOWN (RFC 8326: LOCAL_PREF 0), and all that it is sent carries it; the session stays.',
    parameters: withAsker({}),
    operation: () => ({ type: 'drain' }),
  },
  {
    name: 'undrain',
    summary: 'End the maintenance of a neighbor',
    description: 'Its paths count as before.',
    parameters: withAsker({}),
    conflict: 'The configuration has it in maintenance',
    operation: () => ({ type: 'undrain' }),
  },
  {
    name: 'refresh',
    summary: 'Ask for all routes again, or send all again',
    description: 'The session stays (RFC 2918, RFC 7313).',
    parameters: withAsker({ direction }),
    conflict: 'There is no session, or the neighbor does not know route refresh',
    operation: ({ direction = 'both' }) => ({ type: 'refresh', direction }),
  },
]

/**
 * `POST /api/v1/neighbors/{address}/shutdown`, `…/start`, `…/reset`, `…/drain`, `…/undrain` and `…/refresh`, and
 * `POST /api/v1/maintenance`.
 */
export function operateRoutes(app: FastifyInstance, context: ApiContext): void {
  maintenanceRoute(app, context)
  for (const verb of VERBS) {
    const errors: Record<number, string> = { 404: 'No such neighbor' }
    if (verb.conflict !== undefined) errors[409] = verb.conflict
    app.route<{ Params: { address: string }; Body: OperationBody | null; Querystring: OperationBody }>({
      method: 'POST',
      url: `/api/v1/neighbors/:address/${verb.name}`,
      schema: {
        params: NEIGHBOR_PARAMS,
        querystring: { type: 'object', additionalProperties: false, properties: verb.parameters },
        body: { type: ['object', 'null'], additionalProperties: false, properties: verb.parameters },
      },
      config: {
        document: {
          class: 'change',
          summary: verb.summary,
          description: verb.description,
          answer: { schema: 'Operation' },
          errors,
        },
      },
      handler: async (request) => {
        const { key } = existingNeighbor(context, request.params.address)
        const body = { ...request.query, ...request.body }
        const operation = verb.operation(body)
        const outcome = context.speaker.operate(key, operation, asker(request, body.by))
        if (!outcome.ok) {
          const unknown = outcome.reason === 'unknown'
          const code = unknown ? 'unknown_neighbor' : 'conflict'
          throw new ApiError(unknown ? 404 : 409, code, outcome.text, outcome.remedy)
        }
        // A dynamic neighbor may have gone with its session.
        const after = context.views.neighbor(key)
        return { text: outcome.text, ...(after === undefined ? {} : { neighbor: neighborBody(after) }) }
      },
    })
  }
}

/** Maintenance of the whole speaker. */
function maintenanceRoute(app: FastifyInstance, context: ApiContext): void {
  app.route<{ Body: { readonly on: boolean; readonly by?: string } }>({
    method: 'POST',
    url: '/api/v1/maintenance',
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['on'],
        properties: { on: { type: 'boolean', description: 'Begin it, or end it' }, by },
      },
    },
    config: {
      document: {
        class: 'change',
        summary: 'Begin or end maintenance',
        description:
          'While it lasts all routes are announced with GRACEFUL_SHUTDOWN (RFC 8326), to iBGP neighbors with LOCAL_PREF 0. A reload of the configuration does not end it.',
        answer: { schema: 'Maintenance' },
        errors: { 409: 'The configuration has it on' },
      },
    },
    handler: async (request) => {
      const { on, by: name } = request.body
      const outcome = context.speaker.maintenance(on, asker(request, name))
      if (!outcome.ok) throw new ApiError(409, 'conflict', outcome.text, outcome.remedy)
      return { on: context.views.speaker().maintenance !== undefined, text: outcome.text }
    },
  })
}
