import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { canonicalAddress } from '../../ip/address.js'
import { type Family, familyOfText } from '../../ip/family.js'
import { canonicalPrefix } from '../../ip/prefix.js'
import { NEIGHBOR_NAME_FORM, neighborKey, parseNeighborName } from '../../session/neighbor-key.js'
import type {
  RouteDetail,
  RouteDetailPage,
  RoutePage,
  RouteQuery,
  RouteView,
} from '../../views/model/route.js'
import { routeDetailer } from '../../views/route-detail.js'
import type { ApiContext } from '../http/context.js'
import { ApiError } from '../http/errors.js'

/** The parameters of a route list as they come in. */
export interface RawQuery {
  readonly family?: string
  readonly prefix?: string
  readonly longest?: string
  readonly neighbor?: string
  readonly stage?: 'received' | 'accepted'
  readonly limit?: number
  readonly cursor?: string
}

const FAMILY_NAMES: Readonly<Record<string, Family>> = {
  ipv4: 'ipv4-unicast',
  ipv6: 'ipv6-unicast',
  'ipv4-unicast': 'ipv4-unicast',
  'ipv6-unicast': 'ipv6-unicast',
}

/** Routes of one answer at most; a caller that wants more asks again with the cursor. */
const MOST = 1_000_000
/** Routes made at a time: between two of these the event loop runs. */
const PART = 1000

/** JSON Schema of the query string. */
export const ROUTE_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    family: {
      type: 'string',
      enum: Object.keys(FAMILY_NAMES),
      description: "Default: that of `prefix` or `longest`, else 'ipv4-unicast'",
    },
    prefix: { type: 'string', maxLength: 64, description: 'Exactly this prefix' },
    longest: { type: 'string', maxLength: 64, description: 'The longest prefix that covers this address' },
    neighbor: {
      type: 'string',
      maxLength: 128,
      description: 'Only prefixes with a path of this neighbor, and only its paths',
    },
    stage: {
      type: 'string',
      enum: ['received', 'accepted'],
      description:
        'received: paths as they came, before import policy; accepted: without those that it, or a check, refused',
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: MOST,
      default: 100,
      description: 'Prefixes in the answer',
    },
    cursor: { type: 'string', maxLength: 256, description: '`next` of the page before' },
  },
} as const

/**
 * What is asked for; a neighbor is named as it was, in its one spelling.
 * @throws ApiError 400, naming the parameter and its form
 */
export function queryOf(raw: RawQuery): RouteQuery {
  const prefix = raw.prefix === undefined ? undefined : canonicalPrefix(raw.prefix)
  if (raw.prefix !== undefined && prefix === undefined) {
    throw new ApiError(
      400,
      'bad_prefix',
      `Not a prefix: ${raw.prefix}`,
      'Write address/length, 192.0.2.0/24 or 2001:db8::/32; `longest` takes an address',
    )
  }
  const longest = raw.longest === undefined ? undefined : canonicalAddress(raw.longest)
  if (raw.longest !== undefined && longest === undefined) {
    throw new ApiError(
      400,
      'bad_address',
      `Not an IP address: ${raw.longest}`,
      'Write 192.0.2.1 or 2001:db8::1',
    )
  }
  if (prefix !== undefined && longest !== undefined) {
    throw new ApiError(400, 'bad_parameter', '`prefix` and `longest` exclude each other', 'Give one of them')
  }
  const name = raw.neighbor === undefined ? undefined : parseNeighborName(raw.neighbor)
  if (raw.neighbor !== undefined && name === undefined) {
    throw new ApiError(400, 'bad_address', `Not an IP address: ${raw.neighbor}`, NEIGHBOR_NAME_FORM)
  }
  const neighbor = name && neighborKey(name.address, name.remoteAs)
  const target = prefix ?? longest
  const own = target === undefined ? undefined : familyOfText(target)
  const asked = raw.family === undefined ? undefined : FAMILY_NAMES[raw.family]
  if (own !== undefined && asked !== undefined && own !== asked) {
    throw new ApiError(400, 'bad_parameter', `${target} is not of family ${asked}`, 'Leave `family` out')
  }
  return {
    family: own ?? asked ?? 'ipv4-unicast',
    ...(prefix === undefined ? {} : { prefix }),
    ...(longest === undefined ? {} : { longest }),
    ...(neighbor === undefined ? {} : { neighbor }),
    ...(raw.stage === undefined ? {} : { stage: raw.stage }),
    limit: raw.limit ?? 100,
    ...(raw.cursor === undefined ? {} : { cursor: raw.cursor }),
  }
}

function ask(read: (query: RouteQuery) => RoutePage, query: RouteQuery): RoutePage {
  try {
    return read(query)
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ApiError(400, 'bad_cursor', error.message, 'Take `next` of the page before as it is')
    }
    throw error
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** The same JSON as of one page, written part by part; a slow reader holds it back. */
async function* parts(
  first: RoutePage,
  query: RouteQuery,
  read: (query: RouteQuery) => RoutePage,
  detail: (route: RouteView) => RouteDetail,
): AsyncGenerator<string> {
  let page = first
  let left = query.limit
  let before = '{"routes":['
  for (;;) {
    let text = ''
    for (const route of page.routes) {
      text += before + JSON.stringify(detail(route))
      before = ','
    }
    left -= page.routes.length
    yield text
    if (page.next === undefined || left <= 0) break
    await turn()
    page = ask(read, { ...query, limit: Math.min(left, PART), cursor: page.next })
  }
  const next = page.next === undefined ? '' : `,"next":${JSON.stringify(page.next)}`
  yield `${before === ',' ? '' : before}],"total":${first.total}${next}}`
}

/**
 * Answers with a page of routes; a large one is streamed, so that neither memory nor the event loop notices.
 * @throws ApiError 400 for a cursor that the speaker did not make
 */
export function pageBody(
  reply: FastifyReply,
  context: ApiContext,
  query: RouteQuery,
  read: (query: RouteQuery) => RoutePage,
): RouteDetailPage | FastifyReply {
  const detail = routeDetailer(context.fib, context.resolver)
  const first = ask(read, { ...query, limit: Math.min(query.limit, PART) })
  if (query.limit <= PART || first.next === undefined) {
    return { ...first, routes: first.routes.map(detail) }
  }
  reply.type('application/json; charset=utf-8')
  return reply.send(Readable.from(parts(first, query, read, detail)))
}
