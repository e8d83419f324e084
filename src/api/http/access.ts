import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'

/** How a request came in. */
export interface Origin {
  readonly via: 'unix' | 'tcp'
  /** TCP between two loopback addresses. */
  readonly loopback: boolean
}

/** What a route is: open to all (metrics, health), a read, or a change of the daemon's state. */
export type RouteClass = 'open' | 'read' | 'change'

/** Why a request is refused. */
export interface AccessRefusal {
  readonly status: 401 | 403
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** True when the `Authorization` header carries the token; takes equally long for any wrong one. */
export function carriesToken(header: string | undefined, token: string | undefined): boolean {
  if (header === undefined || token === undefined || token === '') return false
  const given = /^Bearer +(.+)$/i.exec(header)?.[1]
  if (given === undefined) return false
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

/**
 * True for a Host header that a web page under an attacker's name can't send (DNS rebinding): an address, or
 * localhost. Its absence is fine, since every browser sends one.
 */
export function isLocalHost(host: string | undefined): boolean {
  if (host === undefined || host === '') return true
  const name = /^\[([^\]]+)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '')
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0
}

/**
 * Who may do what: everything over the UNIX socket or with the token; reads on loopback; elsewhere only what
 * is open.
 * @param token whether the request carries the configured token
 * @returns undefined when the request may pass
 */
export function refuse(
  route: RouteClass,
  origin: Origin,
  token: boolean,
  host: string | undefined,
): AccessRefusal | undefined {
  if (origin.via === 'unix' || token) return undefined
  if (origin.loopback && !isLocalHost(host)) {
    return {
      status: 403,
      code: 'wrong_host',
      message: 'The Host header names neither an address nor localhost',
      hint: 'Use http://127.0.0.1 or http://localhost, or send the token',
    }
  }
  if (route === 'open') return undefined
  if (route === 'read' && origin.loopback) return undefined
  const hint = 'Use the UNIX socket, or send `Authorization: Bearer` with the token of `api.token`'
  if (origin.loopback) {
    return { status: 403, code: 'forbidden', message: 'Changes are not open on this address', hint }
  }
  return { status: 401, code: 'unauthorized', message: 'This address needs a token', hint }
}
