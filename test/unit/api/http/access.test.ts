import { networkInterfaces } from 'node:os'
import t from 'tap'
import { carriesToken, isLocalHost, refuse } from '../../../../src/api/http/access.js'
import { socketPaths } from '../../../../src/api/http/socket-path.js'
import { api } from '../fixtures.js'

const unix = { via: 'unix', loopback: false } as const
const loopback = { via: 'tcp', loopback: true } as const
const outside = { via: 'tcp', loopback: false } as const

t.test('who may do what', async (t) => {
  for (const route of ['open', 'read', 'change'] as const) {
    t.equal(refuse(route, unix, false, undefined), undefined, `${route} over the UNIX socket`)
    t.equal(refuse(route, outside, true, 'ecmpd.example'), undefined, `${route} with the token`)
  }
  t.equal(refuse('open', outside, false, 'ecmpd.example'), undefined)
  t.equal(refuse('read', outside, false, '192.0.2.1')?.status, 401)
  t.equal(refuse('change', outside, false, '192.0.2.1')?.status, 401)
  t.equal(refuse('read', loopback, false, 'localhost:9179'), undefined)
  t.equal(refuse('change', loopback, false, 'localhost:9179')?.status, 403)
})

t.test('a page under a name that leads to loopback reads nothing', async (t) => {
  for (const route of ['open', 'read', 'change'] as const) {
    t.match(refuse(route, loopback, false, 'evil.example:9179'), { status: 403, code: 'wrong_host' })
  }
  for (const host of [
    'localhost',
    'localhost:1',
    '127.0.0.1:9179',
    '[::1]:9179',
    '192.0.2.1',
    undefined,
    '',
  ]) {
    t.ok(isLocalHost(host), String(host))
  }
  for (const host of ['localhost.example', 'evil', '127.0.0.1.evil.example', '[x]'])
    t.notOk(isLocalHost(host), host)
})

t.test('the token', async (t) => {
  t.ok(carriesToken('Bearer abc', 'abc'))
  t.ok(carriesToken('bearer abc', 'abc'))
  for (const header of [undefined, '', 'abc', 'Bearer', 'Bearer ', 'Bearer abcd', 'Basic abc']) {
    t.notOk(carriesToken(header, 'abc'), String(header))
  }
  t.notOk(carriesToken('Bearer ', ''))
  t.notOk(carriesToken('Bearer x', undefined))
})

t.test('over real connections', async (t) => {
  const made = await api(t)
  t.equal((await made.ask('/api/v1/status')).status, 200)
  const evil = await made.ask('/api/v1/status', { headers: { host: 'evil.example' } })
  t.match(evil, { status: 403, body: { error: { code: 'wrong_host', hint: /127\.0\.0\.1/ } } })
  const change = { method: 'POST' }
  t.match(await made.ask('/api/v1/reload', change), { status: 403, body: { error: { code: 'forbidden' } } })
  const bad = { ...change, headers: { authorization: 'Bearer wrong' } }
  t.equal((await made.ask('/api/v1/reload', bad)).status, 403)
  t.equal(made.reloads, 0)
  const good = { ...change, headers: { authorization: 'Bearer very-secret-token', host: 'any.example' } }
  t.match(await made.ask('/api/v1/reload', good), { status: 200, body: { report: { added: ['192.0.2.1'] } } })
  t.equal((await made.ask('/api/v1/reload', { ...change, via: 'unix' })).status, 200)
  t.equal(made.reloads, 2)
})

t.test('on an address that others reach', async (t) => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && one.family === 'IPv4' && !one.internal)?.address
  if (own === undefined) {
    t.comment('this machine has no address but loopback')
    return
  }
  const made = await api(t)
  const { port } = await made.listeners.openTcp(own, 0)
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(`http://${own}:${port}${path}`, { headers })).status
  t.equal(await status('/api/v1/status'), 401)
  t.equal(await status('/api/v1/nonsense'), 401)
  t.equal(await status('/api/v1/status', { authorization: 'Bearer wrong' }), 401)
  t.equal(await status('/api/v1/status', { authorization: 'Bearer very-secret-token' }), 200)
  for (const path of ['/metrics', '/healthz', '/readyz']) t.equal(await status(path), 200, path)
})

t.test('places of the socket are never open to all', async (t) => {
  t.same(socketPaths({}), ['/run/ecmpd/ecmpd.sock'])
  t.same(socketPaths({ XDG_RUNTIME_DIR: '/run/user/1000', HOME: '/home/a' }), [
    '/run/ecmpd/ecmpd.sock',
    '/run/user/1000/ecmpd/ecmpd.sock',
    '/home/a/.local/state/ecmpd/ecmpd.sock',
  ])
  t.same(socketPaths({ XDG_RUNTIME_DIR: 'relative', XDG_STATE_HOME: '/s', HOME: '/h' }), [
    '/run/ecmpd/ecmpd.sock',
    '/s/ecmpd/ecmpd.sock',
  ])
})
