import t from 'tap'
import { api } from './fixtures.js'

const NODE = '192.168.95.210'
const url = (verb: string, address = NODE) => `/api/v1/neighbors/${address}/${verb}`

t.test('operations reach the speaker, with who asked', async (t) => {
  const made = await api(t)
  const post = (verb: string, json?: unknown) =>
    made.ask(url(verb), { method: 'POST', via: 'unix', ...(json === undefined ? {} : { json }) })
  t.match(await post('shutdown', { message: 'grüß', by: 'ann\n' }), {
    status: 200,
    body: { text: 'done', neighbor: { address: NODE } },
  })
  await post('start')
  await post('reset', {})
  await post('refresh')
  await post('refresh', { direction: 'in' })
  await post('refresh?direction=out')
  await post('reset', { soft: 'in' })
  t.same(made.speaker.operations, [
    [NODE, { type: 'shutdown', message: 'grüß' }, 'ann (UNIX socket)'],
    [NODE, { type: 'start' }, 'the operator (UNIX socket)'],
    [NODE, { type: 'reset', message: undefined }, 'the operator (UNIX socket)'],
    [NODE, { type: 'refresh', direction: 'both' }, 'the operator (UNIX socket)'],
    [NODE, { type: 'refresh', direction: 'in' }, 'the operator (UNIX socket)'],
    [NODE, { type: 'refresh', direction: 'out' }, 'the operator (UNIX socket)'],
    [NODE, { type: 'refresh', direction: 'in' }, 'the operator (UNIX socket)'],
  ])
})

t.test('maintenance of all, and of one neighbor', async (t) => {
  const made = await api(t)
  const post = (path: string, json?: unknown) =>
    made.ask(path, { method: 'POST', via: 'unix', ...(json === undefined ? {} : { json }) })
  t.match(await post('/api/v1/maintenance', { on: true, by: 'ann' }), {
    status: 200,
    body: { on: false, text: 'done' },
  })
  t.equal((await post('/api/v1/maintenance', {})).status, 400)
  await post(url('drain'))
  await post(url('undrain'))
  t.same(made.speaker.maintained, [[true, 'ann (UNIX socket)']])
  t.match(made.speaker.operations, [
    [NODE, { type: 'drain' }],
    [NODE, { type: 'undrain' }],
  ])
  made.speaker.outcome = { ok: false, reason: 'conflict', text: 'It is on', remedy: 'Edit the file' }
  t.match(await post('/api/v1/maintenance', { on: false }), { status: 409 })
})

t.test('over TCP only with the token', async (t) => {
  const made = await api(t)
  t.match(await made.ask(url('reset'), { method: 'POST' }), {
    status: 403,
    body: { error: { code: 'forbidden', hint: /token/ } },
  })
  t.equal(made.speaker.operations.length, 0)
  const headers = { authorization: 'Bearer very-secret-token' }
  t.equal((await made.ask(url('reset'), { method: 'POST', headers, json: { by: 'bob' } })).status, 200)
  t.same(made.speaker.operations.at(-1)?.[2], 'bob (API, 127.0.0.1)')
})

t.test('mistakes are answered with the remedy', async (t) => {
  const made = await api(t)
  const error = async (path: string, json?: unknown) => {
    const { status, body } = await made.ask(path, { method: 'POST', via: 'unix', json })
    return [status, body.error.code, `${body.error.message} (${body.error.hint})`]
  }
  t.match(await error(url('shutdown'), { message: 'ü'.repeat(128) }), [400, 'bad_message', /256 octets/])
  t.match(await error(url('shutdown'), { message: 'a\u0007' }), [400, 'bad_message', /control/])
  t.match(await error(url('shutdown'), { mesage: 'a' }), [400, 'bad_parameter', /Did you mean `message`\?/])
  t.match(await error(url('refresh'), { direction: 'up' }), [400, 'bad_parameter', /direction/])
  t.match(await error(`${url('refresh')}?directon=in`), [400, 'bad_parameter', /`direction`/])
  t.match(await error(url('reset', '192.0.2.9')), [404, 'unknown_neighbor', /lists them/])
  t.match(await error(url('reset', 'x')), [400, 'bad_address', /Not an IP address/])
  made.speaker.outcome = { ok: false, reason: 'conflict', text: 'It is down', remedy: 'Start it' }
  t.match(await error(url('reset')), [409, 'conflict', 'It is down (Start it)'])
})
