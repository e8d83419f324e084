import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { nearest } from '../grammar/nearest.js'
import { Metrics } from './answers/metrics.js'
import { type DocumentedRoute, openApi, type RouteDocument } from './answers/openapi.js'
import type { JsonSchema } from './answers/schema-parts.js'
import { carriesToken, refuse } from './http/access.js'
import type { ApiContext } from './http/context.js'
import { ApiError, errorBody } from './http/errors.js'
import { EventStreams } from './http/event-streams.js'
import { originOf, type RequestHandler } from './http/listeners.js'
import { configRoutes } from './routes/config.js'
import { eventRoutes } from './routes/events.js'
import { fibRoutes } from './routes/fib.js'
import { findingRoutes } from './routes/findings.js'
import { healthRoutes } from './routes/health.js'
import { hostRoutes } from './routes/host.js'
import { neighborRoutes } from './routes/neighbors.js'
import { nextHopRoutes } from './routes/next-hops.js'
import { operateRoutes } from './routes/operate.js'
import { routeRoutes } from './routes/routes.js'
import { statusRoutes } from './routes/status.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    document?: RouteDocument
  }
}

/** The application: answers requests of any listener until closed. */
export interface ApiApplication {
  readonly handle: RequestHandler
  /** Ends event streams and frees what the metrics hold. */
  close(): Promise<void>
}

function tokenOf(context: ApiContext): string | undefined {
  return context.configuration().config.api.token
}

function guard(context: ApiContext, request: FastifyRequest): void {
  const kind = request.routeOptions.config.document?.class ?? 'read'
  const token = carriesToken(request.headers.authorization, tokenOf(context))
  const refusal = refuse(kind, originOf(request.raw.socket), token, request.headers.host)
  if (refusal !== undefined) {
    throw new ApiError(refusal.status, refusal.code, refusal.message, refusal.hint)
  }
}

/** A fault that fastify found in the request, as an error of ours. */
function translate(error: unknown, known: readonly string[]): ApiError {
  if (error instanceof ApiError) return error
  const { statusCode, message, validation } = error as {
    statusCode?: number
    message?: string
    validation?: readonly { instancePath?: string; params?: { additionalProperty?: string } }[]
  }
  if (validation !== undefined) {
    const unknown = validation[0]?.params?.additionalProperty
    const near = unknown === undefined ? undefined : nearest(unknown, known)
    const hint =
      near === undefined ? 'The parameters are listed in /api/v1/openapi.json' : `Did you mean \`${near}\`?`
    return new ApiError(
      400,
      'bad_parameter',
      unknown === undefined ? (message ?? 'A parameter is wrong') : `Unknown parameter \`${unknown}\``,
      hint,
    )
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiError(statusCode, 'bad_request', message ?? 'Bad request', 'See /api/v1/openapi.json')
  }
  return new ApiError(500, 'internal', 'The request failed inside ecmpd', 'See the log')
}

/** Methods that the routes of a path take; none: there is no such path. */
function methodsOf(path: string, documented: readonly DocumentedRoute[]): string[] {
  const parts = path.split('/')
  const matches = ({ url }: DocumentedRoute) => {
    const pattern = url.split('/')
    return (
      pattern.length === parts.length &&
      pattern.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
    )
  }
  const methods = documented.filter(matches).map(({ method }) => method)
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

/** Builds the HTTP application. Nothing listens here: listeners hand requests to `handle`. */
export async function createApplication(context: ApiContext): Promise<ApiApplication> {
  const documented: DocumentedRoute[] = []
  const app: FastifyInstance = Fastify({
    bodyLimit: 65_536,
    routerOptions: { maxParamLength: 128 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, allErrors: false } },
  })
  const metrics = new Metrics(context)
  const streams = new EventStreams(context.speaker, context.views.speaker().started)

  app.addHook('onRoute', (route) => {
    const document = route.config?.document
    if (document === undefined || route.method === 'HEAD') return
    documented.push({
      method: String(route.method),
      url: route.url,
      document,
      params: route.schema?.params as JsonSchema | undefined,
      query: route.schema?.querystring as JsonSchema | undefined,
      body: route.schema?.body as JsonSchema | undefined,
    })
  })
  app.addHook('onRequest', async (request) => guard(context, request))
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request
    context.log.debug({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
  })
  app.setErrorHandler((error, request, reply) => {
    const { schema } = request.routeOptions
    const parts = [schema?.querystring, schema?.body] as readonly (JsonSchema | undefined)[]
    const known = translate(
      error,
      parts.flatMap((part) => Object.keys(part?.properties ?? {})),
    )
    if (known.status === 500) context.log.error({ err: error, url: request.url }, 'a request failed')
    if (known.status === 401) reply.header('www-authenticate', 'Bearer')
    reply.code(known.status).send(errorBody(known))
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]
    const allowed = methodsOf(path, documented)
    if (allowed.length > 0) {
      reply.header('allow', allowed.join(', '))
      const message = `${request.method} ${path.slice(0, 200)}: only ${allowed.join(', ')} here`
      throw new ApiError(405, 'method_not_allowed', message, 'See /api/v1/openapi.json')
    }
    const near = nearest(
      path,
      documented.map((route) => route.url),
    )
    const hint =
      near === undefined ? 'The routes are listed in /api/v1/openapi.json' : `Did you mean ${near}?`
    throw new ApiError(404, 'not_found', `No such route: ${request.method} ${path.slice(0, 200)}`, hint)
  })

  statusRoutes(app, context)
  neighborRoutes(app, context)
  operateRoutes(app, context)
  routeRoutes(app, context)
  nextHopRoutes(app, context)
  fibRoutes(app, context)
  hostRoutes(app, context)
  findingRoutes(app, context)
  eventRoutes(app, context, streams)
  configRoutes(app, context)
  healthRoutes(app, context, metrics)
  app.route({
    method: 'GET',
    url: '/api/v1/openapi.json',
    config: {
      document: {
        class: 'read',
        summary: 'This description, in OpenAPI 3.1',
        answer: { media: 'application/json' },
      },
    },
    handler: async () => openApi(context.version, documented),
  })

  await app.ready()
  return {
    handle: (request, response) => app.routing(request, response),
    async close() {
      streams.close()
      metrics.close()
      await app.close()
    },
  }
}
