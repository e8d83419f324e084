/** What surrounds the speaker in a document: the kernel's routes and the API. */

import { API_PORT, FIB, FOREIGN_METRICS } from '../model/defaults.js'
import type { ApiOptions, FibOptions, ListenAddress } from '../model/model.js'
import { whyUnreadable } from '../text/unreadable.js'
import { readEndpoint, readPrefix } from '../text/values.js'
import type { Resolution } from './resolution.js'

/** Routes in the kernel: which are own ones, and which may cover what the machine needs. */
export function fibOf(context: Resolution): FibOptions {
  const fib = context.document.fib ?? {}
  const nextHopIds = { ...FIB.nextHopIds, ...fib.nextHopIds }
  const metric = fib.metric ?? FIB.metric
  if (FOREIGN_METRICS.includes(metric)) {
    const owner = metric === 20 ? 'FRR' : 'BIRD'
    context.error(
      ['fib', 'metric'],
      `metric ${metric} is ${owner}’s`,
      'it tells own routes from others; 195 is free',
    )
  }
  if (nextHopIds.base + nextHopIds.count - 1 > 4_294_967_295) {
    context.error(['fib', 'nextHopIds'], 'the range ends above 4294967295', 'lower `base` or `count`')
  }
  const allow = (fib.allow ?? []).flatMap((text, i) => {
    const read = readPrefix(text)
    if ('value' in read) return [read.value.text]
    context.error(['fib', 'allow', i], read.problem, read.hint)
    return []
  })
  return {
    enabled: fib.enabled ?? FIB.enabled,
    metric,
    nextHopIds,
    keepOnStop: fib.keepOnStop ?? FIB.keepOnStop,
    mode: fib.mode ?? FIB.mode,
    allow,
    retry: fib.retry ?? FIB.retry,
  }
}

/** Where the API listens, and the token that it asks for. */
export function apiOf(context: Resolution): ApiOptions {
  const api = context.document.api ?? {}
  const { socket } = api
  return { ...(socket === undefined ? {} : { socket }), tcp: tcpOf(api.tcp, context), ...tokenOf(context) }
}

function tcpOf(value: number | string | undefined, context: Resolution): ListenAddress | 'off' {
  const fallback = { address: '127.0.0.1', port: API_PORT }
  if (value === 'off') return 'off'
  if (value === undefined) return fallback
  const read = readEndpoint(String(value), fallback)
  if ('value' in read) return read.value
  context.error(['api', 'tcp'], read.problem, read.hint)
  return fallback
}

function tokenOf(context: Resolution): Pick<ApiOptions, 'token' | 'tokenFrom'> {
  const { token, tokenFile, tokenVariable } = context.document.api ?? {}
  const given = Object.entries({ token, tokenFile, tokenVariable }).filter(([, value]) => value !== undefined)
  if (given.length > 1) {
    const names = given.map(([name]) => `\`${name}\``).join(' and ')
    context.error(['api', given[1][0]], `${names} contradict each other`, 'keep one')
    return {}
  }
  if (tokenFile !== undefined) {
    const text = readSecret(tokenFile, ['api', 'tokenFile'], context)
    return text === undefined ? {} : { token: text, tokenFrom: { file: tokenFile } }
  }
  if (tokenVariable !== undefined) {
    const text = context.environment.variable(tokenVariable)
    if (text !== undefined && text !== '') return { token: text, tokenFrom: { variable: tokenVariable } }
    context.error(
      ['api', 'tokenVariable'],
      `the environment has no \`${tokenVariable}\``,
      'set it before the start',
    )
  }
  return token === undefined ? {} : { token }
}

function readSecret(file: string, path: string[], context: Resolution): string | undefined {
  try {
    const text = context.environment.readFile(file).trim()
    if (text !== '') return text
    context.error(path, `${file} is empty`, 'it holds the secret on one line')
  } catch (error) {
    context.error(path, `${file} can't be read: ${whyUnreadable(error)}`)
  }
  return undefined
}
