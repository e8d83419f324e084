import Fastify from 'fastify'
import t from 'tap'
import type { JsonSchema } from '../../../src/api/answers/schema-parts.js'
import { SCHEMAS } from '../../../src/api/answers/schemas.js'
import { neighbor, path, vip } from '../show/fixtures.js'
import { api, SESSION } from './fixtures.js'

/** A validator that knows the named schemas; it changes and removes nothing. */
async function validator() {
  const app = Fastify({
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  })
  const definitions = Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [
      name,
      JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/definitions/')),
    ]),
  )
  for (const name of Object.keys(SCHEMAS)) {
    const schema: JsonSchema = { definitions, $ref: `#/definitions/${name}` }
    app.post(`/${name}`, { schema: { body: schema } }, async () => ({}))
  }
  await app.ready()
  return async (name: string, payload: unknown): Promise<string> => {
    const answer = await app.inject({ method: 'POST', url: `/${name}`, payload: payload as object })
    return answer.statusCode === 200 ? '' : answer.body
  }
}

t.test('every answer is as the OpenAPI document says', async (t) => {
  const made = await api(t)
  const check = await validator()
  made.speaker.happen(SESSION)
  made.speaker.happen({
    type: 'route',
    family: 'ipv4-unicast',
    prefix: '10.0.0.0/8',
    change: 'announced',
    nextHops: ['192.168.95.210'],
    best: { neighbor: '192.168.95.210', asPath: '64512' },
  })
  made.speaker.list.push(
    neighbor({
      address: '192.168.95.219',
      lastError: {
        at: '2026-11-22T11:59:00.000Z',
        reason: 'hold-expired',
        text: 'x',
        notification: { direction: 'sent', code: 4, subcode: 0, name: 'Hold Timer Expired', data: '' },
      },
    }),
  )
  const document = (await made.ask('/api/v1/openapi.json')).body
  t.match(document, { openapi: '3.1.0', info: { title: 'ecmpd', version: '0.1.0' } })
  t.same(Object.keys(document.paths).sort(), [
    '/api/v1/config',
    '/api/v1/events',
    '/api/v1/explain',
    '/api/v1/fib',
    '/api/v1/findings',
    '/api/v1/host',
    '/api/v1/maintenance',
    '/api/v1/neighbors',
    '/api/v1/neighbors/{address}',
    '/api/v1/neighbors/{address}/advertised',
    '/api/v1/neighbors/{address}/drain',
    '/api/v1/neighbors/{address}/refresh',
    '/api/v1/neighbors/{address}/reset',
    '/api/v1/neighbors/{address}/shutdown',
    '/api/v1/neighbors/{address}/start',
    '/api/v1/neighbors/{address}/undrain',
    '/api/v1/next-hops',
    '/api/v1/openapi.json',
    '/api/v1/reload',
    '/api/v1/routes',
    '/api/v1/status',
    '/healthz',
    '/metrics',
    '/readyz',
  ])
  let checked = 0
  for (const [url, methods] of Object.entries<Record<string, never>>(document.paths)) {
    for (const [method, operation] of Object.entries<{ responses: Record<string, { content: object }> }>(
      methods,
    )) {
      const content = operation.responses[200].content as Record<string, { schema: { $ref?: string } }>
      const name = content['application/json']?.schema.$ref?.split('/').at(-1)
      if (name === undefined) continue
      const asked = url === '/api/v1/explain' ? '?subject=host' : ''
      const path = `${url.replace('{address}', '192.168.95.210')}${asked}`
      const json = url === '/api/v1/maintenance' ? { on: true } : undefined
      const answer = await made.ask(path, { method: method.toUpperCase(), via: 'unix', json })
      t.equal(answer.status, 200, `${method} ${path}`)
      t.equal(await check(name, answer.body), '', `${name} fits`)
      checked++
    }
  }
  t.equal(checked, 21)
  const events = (await made.ask('/api/v1/events?format=json')).body
  t.equal(await check('Events', events), '')
  t.equal(events.events.length, 2)
  t.not(await check('Neighbor', { address: 1 }), '', 'the validator does refuse')
})

t.test('a machine that is not read yet, and one of which little is known', async (t) => {
  const made = await api(t)
  const check = await validator()
  made.host = {
    ...made.host!,
    network: { known: false, why: 'no such program: ip' },
    arrivals: { known: false, why: 'CAP_NET_RAW is missing' },
  }
  t.equal(await check('Host', (await made.ask('/api/v1/host')).body), '')
  made.host = undefined
  t.match(await made.ask('/api/v1/host'), { status: 503, body: { error: { code: 'starting' } } })
})

t.test('a neighbor has at least what the contract names, and octets in hex', async (t) => {
  const made = await api(t)
  const { body } = await made.ask('/api/v1/neighbors')
  t.equal(body.neighbors.length, 2)
  const one = (await made.ask('/api/v1/neighbors/192.168.95.210')).body
  for (const key of [
    'address',
    'description',
    'remoteAs',
    'state',
    'since',
    'prefixesReceived',
    'prefixesAccepted',
    'prefixesAdvertised',
    'holdTime',
    'keepalive',
    'capabilities',
  ]) {
    t.ok(key in one, key)
  }
  const unknown = one.capabilities.received.find(({ name }: { name: string }) => name === 'unknown')
  t.same(unknown, { code: 200, name: 'unknown', data: '0102' })
})

t.test('routes: filters reach the speaker in canonical form', async (t) => {
  const made = await api(t)
  const last = () => made.speaker.queries.at(-1)
  await made.ask('/api/v1/routes')
  t.same(last(), { family: 'ipv4-unicast', limit: 100 })
  await made.ask('/api/v1/routes?prefix=10.1.2.3%2F8&limit=5')
  t.same(last(), { family: 'ipv4-unicast', prefix: '10.0.0.0/8', limit: 5 })
  await made.ask('/api/v1/routes?longest=2001:DB8::0001&neighbor=192.168.95.210&cursor=0')
  t.same(last(), {
    family: 'ipv6-unicast',
    longest: '2001:db8::1',
    neighbor: '192.168.95.210',
    limit: 100,
    cursor: '0',
  })
  await made.ask('/api/v1/routes?family=ipv6')
  t.match(last(), { family: 'ipv6-unicast' })
})

t.test('routes carry the interfaces of their gateways', async (t) => {
  const made = await api(t)
  const { body } = await made.ask('/api/v1/routes')
  t.same(body.routes[0].gateways, [{ address: '192.168.95.210', interface: 'eth0' }])
})

t.test('a large page is streamed and is the same JSON', async (t) => {
  const made = await api(t)
  made.speaker.table = Array.from({ length: 2500 }, (_, n) =>
    vip({
      prefix: `10.${n >> 8}.${n & 255}.1/32`,
      paths: [path(210)],
      nextHops: ['192.168.95.210'],
      gateways: undefined,
      fib: { state: 'off' },
    }),
  )
  const all = await made.ask('/api/v1/routes?limit=1000000')
  t.equal(all.body.routes.length, 2500)
  t.equal(all.body.total, 2500)
  t.notOk('next' in all.body)
  t.ok(made.speaker.queries.every(({ limit }) => limit <= 1000))
  const some = await made.ask('/api/v1/routes?limit=1500')
  t.equal(some.body.routes.length, 1500)
  t.equal(some.body.next, '1500')
  const rest = await made.ask(`/api/v1/routes?limit=2000&cursor=${some.body.next}`)
  t.equal(rest.body.routes.length, 1000)
  t.same(
    new Set([...some.body.routes, ...rest.body.routes].map(({ prefix }: { prefix: string }) => prefix)).size,
    2500,
  )
})

t.test('mistakes are answered with the remedy', async (t) => {
  const made = await api(t)
  const error = async (url: string) => {
    const { status, body } = await made.ask(url)
    return [status, body.error.code, `${body.error.message} (${body.error.hint})`] as const
  }
  t.match(await error('/api/v1/routes?prefix=10.0.0.0'), [400, 'bad_prefix', /10\.0\.0\.0 .*address\/length/])
  t.match(await error('/api/v1/routes?longest=10'), [400, 'bad_address', /Not an IP address: 10 /])
  t.match(await error('/api/v1/routes?limit=0'), [400, 'bad_parameter', /limit/])
  t.match(await error('/api/v1/routes?limt=5'), [400, 'bad_parameter', /`limt` \(Did you mean `limit`\?\)/])
  t.match(await error('/api/v1/routes?cursor=zzz'), [400, 'bad_cursor', /not a cursor/])
  t.match(await error('/api/v1/routes?longest=10.0.0.1&prefix=10.0.0.0/8'), [400, 'bad_parameter', /exclude/])
  t.match(await error('/api/v1/routes?family=ipv6&prefix=10.0.0.0/8'), [
    400,
    'bad_parameter',
    /not of family/,
  ])
  t.match(await error('/api/v1/routes?neighbor=192.0.2.9'), [404, 'unknown_neighbor', /lists them/])
  t.match(await error('/api/v1/neighbors/192.0.2.9'), [404, 'unknown_neighbor', /No neighbor 192\.0\.2\.9/])
  t.match(await error('/api/v1/neighbors/nonsense'), [400, 'bad_address', /nonsense/])
  t.match(await error('/api/v1/neigbors'), [404, 'not_found', /Did you mean \/api\/v1\/neighbors\?/])
  t.match(await error('/api/v1/events?types=x'), [400, 'bad_parameter', /Types are session/])
})

t.test('a route that fails inside says so without details', async (t) => {
  const made = await api(t)
  made.speaker.neighbors = () => {
    throw new Error('secret detail')
  }
  const { status, text } = await made.ask('/api/v1/neighbors')
  t.equal(status, 500)
  t.notMatch(text, 'secret detail')
})

t.test('the configuration comes without secrets', async (t) => {
  const made = await api(t)
  const { text, body } = await made.ask('/api/v1/config')
  t.notMatch(text, 'very-secret')
  t.equal(body.bgp.localAs, 64513)
  t.same(body.api.tcp, { address: '127.0.0.1', port: 9179 })
})

t.test('a wrong file is answered with its lines', async (t) => {
  const made = await api(t)
  made.outcome = {
    ok: false,
    message: 'a.yaml is wrong',
    diagnostics: ['a.yaml:3:1: error: unknown key `x`'],
  }
  const answer = await made.ask('/api/v1/reload', { method: 'POST', via: 'unix' })
  t.match(answer, {
    status: 422,
    body: { error: { code: 'not_applied', message: 'a.yaml is wrong', details: [/a\.yaml:3:1/] } },
  })
})

t.test('health and readiness', async (t) => {
  const made = await api(t)
  t.match(await made.ask('/healthz'), { status: 200, body: { healthy: true } })
  t.match(await made.ask('/readyz'), { status: 200, body: { ready: true, waiting: [] } })
  made.ready = false
  t.match(await made.ask('/readyz'), {
    status: 503,
    body: { ready: false, waiting: ['BGP does not listen yet'] },
  })
})

t.test('another method than a path takes is 405, with those that it takes', async (t) => {
  const made = await api(t)
  for (const [method, path, allow] of [
    ['POST', '/api/v1/neighbors', 'GET, HEAD'],
    ['DELETE', '/api/v1/neighbors/192.168.95.210?x=1', 'GET, HEAD'],
    ['PUT', '/metrics', 'GET, HEAD'],
    ['PATCH', '/api/v1/reload', 'POST'],
  ]) {
    const { status, headers, body } = await made.ask(path, { method, via: 'unix' })
    t.match([status, headers.allow, body.error.code], [405, allow, 'method_not_allowed'], `${method} ${path}`)
  }
  t.equal((await made.ask('/api/v1/nothing', { method: 'POST', via: 'unix' })).status, 404)
})

t.test('where two speakers have one address a neighbor is named with its AS', async (t) => {
  const made = await api(t)
  const address = '192.0.2.1'
  made.speaker.list.push(
    neighbor({ key: `${address}#65001`, address, remoteAs: 65001 }),
    neighbor({ key: `${address}#65002`, address, remoteAs: 65002 }),
  )
  const one = await made.ask('/api/v1/neighbors/192.0.2.1%2365002')
  t.match(one, { status: 200, body: { key: '192.0.2.1#65002', address, remoteAs: 65002 } })
  for (const path of [
    'neighbors/192.0.2.1',
    'routes?neighbor=192.0.2.1',
    'events?format=json&neighbor=192.0.2.1',
  ]) {
    const { status, body } = await made.ask(`/api/v1/${path}`)
    t.match({ status, body }, { status: 409, body: { error: { code: 'ambiguous_neighbor' } } }, path)
    t.match(body.error.message, /192\.0\.2\.1 names 2 neighbors: 192\.0\.2\.1#65001 and 192\.0\.2\.1#65002/)
  }
  const bare = await made.ask('/api/v1/neighbors/192.168.95.210%2364512')
  t.match(bare, { status: 200, body: { key: '192.168.95.210' } }, 'with the AS where the address would do')
  await made.ask('/api/v1/routes?neighbor=192.0.2.1%2365001')
  t.match(made.speaker.queries.at(-1), { neighbor: '192.0.2.1#65001' })
})

t.test('the ECMP sets of both families', async (t) => {
  const made = await api(t)
  const check = await validator()
  const { body } = await made.ask('/api/v1/next-hops')
  t.same(body, { sets: [{ family: 'ipv4-unicast', nextHops: ['192.168.95.210'], prefixes: 1 }] })
  t.equal(await check('NextHopSets', body), '')
})
