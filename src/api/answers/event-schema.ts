/** JSON Schema of what `/api/v1/events` sends (speaker/model/event.ts). */

import {
  count,
  family,
  flag,
  type JsonSchema,
  list,
  object,
  oneOf,
  sessionState,
  text,
  time,
} from './schema-parts.js'

const stamp = { id: count, at: time }

/** One event, of whichever type. */
export const EVENT_SCHEMA: JsonSchema = {
  oneOf: [
    object(
      {
        type: { const: 'session' },
        ...stamp,
        neighbor: text,
        from: sessionState,
        to: sessionState,
        cause: text,
      },
      { name: text, description: text },
    ),
    object(
      {
        type: { const: 'route' },
        ...stamp,
        family,
        prefix: text,
        change: oneOf('announced', 'changed', 'withdrawn'),
        nextHops: list(text),
      },
      { best: object({ neighbor: text, asPath: text }) },
    ),
    object({
      type: { const: 'routes' },
      ...stamp,
      family,
      announced: count,
      changed: count,
      withdrawn: count,
    }),
    object(
      {
        type: { const: 'neighbor' },
        ...stamp,
        neighbor: text,
        change: oneOf('added', 'removed', 'changed'),
      },
      { name: text },
    ),
    object(
      {
        type: { const: 'operation' },
        ...stamp,
        neighbor: text,
        operation: oneOf('shutdown', 'start', 'reset', 'drain', 'undrain', 'refresh'),
        by: text,
      },
      { name: text, message: text, direction: oneOf('in', 'out', 'both') },
    ),
    object({ type: { const: 'maintenance' }, ...stamp, on: flag, by: text }),
    object(
      {
        type: { const: 'liveness' },
        ...stamp,
        subject: oneOf('neighbor', 'gateway'),
        address: text,
        source: text,
        change: oneOf('dead', 'alive'),
        dead: flag,
      },
      { name: text, cause: text },
    ),
    object(
      {
        type: { const: 'finding' },
        ...stamp,
        change: oneOf('raised', 'cleared'),
        finding: text,
        severity: oneOf('error', 'warning', 'note'),
        subject: text,
        text,
      },
      { neighbor: text, name: text },
    ),
    object(
      {
        type: { const: 'damped' },
        ...stamp,
        ...{ neighbor: text, failures: count, refused: count, until: time, cause: text },
      },
      { name: text },
    ),
    object({ type: { const: 'refused' }, ...stamp, address: text, port: count, cause: text }, { name: text }),
    object(
      {
        type: { const: 'fault' },
        ...stamp,
        neighbor: text,
        verdict: oneOf('discard', 'withdraw', 'reset'),
        rule: text,
        text,
        prefixes: list(text),
        message: text,
      },
      { name: text },
    ),
    object(
      { type: { const: 'dials' }, ...stamp, neighbor: text, count, cause: text },
      { name: text, description: text },
    ),

    object(
      {
        type: { const: 'retention' },
        ...stamp,
        neighbor: text,
        families: list(family),
        change: oneOf('kept', 'last-choice', 'removed'),
        paths: count,
        reason: text,
      },
      { name: text, until: time },
    ),
    object(
      { type: { const: 'next-hop' }, ...stamp, nextHop: text, change: oneOf('unusable', 'usable') },
      { reason: text, neighbor: text, name: text, more: count },
    ),
    object(
      {
        type: { const: 'maximum-prefix' },
        ...stamp,
        neighbor: text,
        family,
        change: oneOf('near', 'exceeded', 'over'),
        limit: count,
        count,
      },
      { name: text, until: time },
    ),
    object(
      { type: { const: 'fib' }, ...stamp, change: oneOf('refused', 'installed'), prefix: text },
      { reason: text, more: count },
    ),
    object({
      type: { const: 'drops' },
      ...stamp,
      protection: oneOf('MD5', 'GTSM'),
      segments: count,
      missing: list(text),
      text,
    }),
  ],
}
