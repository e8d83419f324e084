import type { RouteClass } from '../http/access.js'
import type { JsonSchema } from './schema-parts.js'
import { SCHEMAS } from './schemas.js'

/** What a route says of itself, beside the schemas that fastify checks requests with. */
export interface RouteDocument {
  readonly class: RouteClass
  readonly summary: string
  readonly description?: string
  /** Name in SCHEMAS, or a media type with free content. */
  readonly answer: { readonly schema: string } | { readonly media: string }
  /** Error statuses that the route answers with itself, with the cause. */
  readonly errors?: Readonly<Record<number, string>>
}

/** A route as it was registered. */
export interface DocumentedRoute {
  readonly method: string
  /** fastify's form: '/api/v1/neighbors/:address'. */
  readonly url: string
  readonly document: RouteDocument
  readonly params?: JsonSchema
  readonly query?: JsonSchema
  readonly body?: JsonSchema
}

function parameters(place: 'path' | 'query', schema: JsonSchema | undefined): object[] {
  const properties = (schema?.properties ?? {}) as Record<string, JsonSchema>
  const required = (schema?.required ?? []) as readonly string[]
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}

const errorAnswer = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
})

function operation({ document, params, query, body }: DocumentedRoute): object {
  const { answer } = document
  const content =
    'schema' in answer
      ? { 'application/json': { schema: { $ref: `#/components/schemas/${answer.schema}` } } }
      : { [answer.media]: { schema: { type: 'string' } } }
  const errors: Record<string, string> = { ...document.errors }
  if (document.class !== 'open') errors[401] = 'This address needs a token'
  if (document.class === 'change') errors[403] = 'Changes need the UNIX socket or a token'
  if (query !== undefined || params !== undefined || body !== undefined)
    errors[400] ??= 'A parameter is wrong'
  return {
    summary: document.summary,
    ...(document.description === undefined ? {} : { description: document.description }),
    parameters: [...parameters('path', params), ...parameters('query', query)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: false, content: { 'application/json': { schema: body } } } }),
    security: document.class === 'open' ? [] : [{ token: [] }, {}],
    responses: {
      200: { description: 'Done', content },
      ...Object.fromEntries(Object.entries(errors).map(([status, why]) => [status, errorAnswer(why)])),
    },
  }
}

/** The OpenAPI 3.1 document of the registered routes. */
export function openApi(version: string, routes: readonly DocumentedRoute[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.url.replace(/:([A-Za-z]+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operation(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ecmpd',
      version,
      description:
        'A BGP switch in a process. Over the UNIX socket everything is open; on loopback addresses reads are; elsewhere only /metrics, /healthz and /readyz are, the rest needs a token.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}
