/** JSON Schema of `/api/v1/host` (host/model.ts). */

import { count, flag, type JsonSchema, list, object, oneOf, text, time } from './schema-parts.js'

const integer: JsonSchema = { type: 'integer' }

/** Facts that are known, or why they are not. */
function known(
  properties: Record<string, JsonSchema>,
  optional: Record<string, JsonSchema> = {},
): JsonSchema {
  return {
    oneOf: [
      object({ known: { const: true }, ...properties }, optional),
      object({ known: { const: false }, why: text }),
    ],
  }
}

const sysctl = object(
  {
    name: text,
    setting: oneOf(
      'ip_forward',
      'fib_multipath_hash_policy',
      'fib_multipath_use_neigh',
      'send_redirects',
      'rp_filter',
      'accept_ra',
    ),
    family: oneOf('ipv4', 'ipv6'),
    value: integer,
    effective: integer,
  },
  { interface: text, since: time, before: integer },
)

const counter = object({ name: text, total: count, grown: count, recent: count }, { lastGrown: time })

const link = object({
  index: count,
  name: text,
  adminUp: flag,
  up: flag,
  mtu: count,
  addresses: list(object({ address: text, length: count }, { peer: text })),
})

const reach = object(
  {
    address: text,
    own: flag,
    connected: flag,
    table: oneOf(
      'NONE',
      'INCOMPLETE',
      'REACHABLE',
      'STALE',
      'DELAY',
      'PROBE',
      'FAILED',
      'PERMANENT',
      'NOARP',
    ),
  },
  { subnet: text, interface: text, lladdr: text },
)

const preferred = object(
  { prefix: text, protocol: text, metric: count, command: text },
  { via: text, interface: text },
)

const syn = object({
  from: text,
  to: text,
  port: count,
  attempts: count,
  packets: count,
  first: time,
  last: time,
  ttl: count,
  signed: flag,
  index: count,
})

const refusal = object({
  to: text,
  from: text,
  reason: oneOf('prohibited', 'host', 'network', 'port', 'other'),
  count,
  last: time,
})

/** The facts of a machine. */
export const HOST_SCHEMA: JsonSchema = object({
  at: time,
  sysctls: list(sysctl),
  counters: list(counter),
  network: known({ at: time, links: list(link), neighbors: list(reach) }),
  preferred: known({ routes: list(preferred) }),
  arrivals: known({ since: time, listening: flag, syns: list(syn), refusals: list(refusal) }),
})
