/** JSON Schemas of what the API answers, for the OpenAPI document. */

import { shownSchemas } from '../../config/settings/shown.js'
import { FAMILY_SETTINGS, NEIGHBOR_SETTINGS } from '../../config/settings/table.js'
import { REASON_IDS } from '../../rib/store/reasons.js'
import { EVENT_SCHEMA } from './event-schema.js'
import { HOST_SCHEMA } from './host-schema.js'
import {
  count,
  family,
  flag,
  type JsonSchema,
  list,
  object,
  oneOf,
  ref,
  seconds,
  sessionState,
  text,
  time,
} from './schema-parts.js'

const role = oneOf('provider', 'rs', 'rs-client', 'customer', 'peer')
const gateway = object({ address: text }, { interface: text })
const messageCounts = object({
  open: count,
  update: count,
  notification: count,
  keepalive: count,
  routeRefresh: count,
})
const faultCounts = { discard: count, withdraw: count, reset: count }
const fibStatus = {
  enabled: flag,
  mode: oneOf('off', 'nexthop-objects', 'plain'),
  installed: count,
  pending: count,
  refused: count,
  operations: object({ add: count, replace: count, delete: count }),
  errors: count,
}
const fibTrouble = {
  kept: { ...count, description: 'Routes of an earlier run that stay until the first routes are complete' },
  problem: text,
}
const maintenance = object({ source: oneOf('configuration', 'operator') }, { by: text, at: time })
/** Every reason for which a path takes no part in the decision. */
const UNUSED_REASONS = ['ebgp-requires-policy', ...REASON_IDS.filter((id) => id !== '')]
const unusedCounts = {
  ...object({}, Object.fromEntries(UNUSED_REASONS.map((reason) => [reason, count]))),
  description: 'Paths received that take no part in the decision, by reason',
}

/** Named schemas of the read models: `components.schemas` of the OpenAPI document. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Error: object({
    error: object(
      { code: text, message: text, hint: { type: 'string', description: 'What to do about it' } },
      { details: list(text) },
    ),
  }),
  Notification: object(
    { direction: oneOf('sent', 'received'), code: count, subcode: count, name: text, data: text },
    { message: text },
  ),
  LastError: object({ at: time, reason: text, text }, { remedy: text, notification: ref('Notification') }),
  LastDial: object({ at: time, failures: count }, { reason: text, text, remedy: text }),
  Capability: {
    type: 'object',
    required: ['code', 'name'],
    properties: { code: count, name: text },
    additionalProperties: true,
  },
  NeighborFamily: object(
    {
      family,
      negotiated: flag,
      prefixesReceived: count,
      prefixesAccepted: count,
      prefixesUsed: { ...count, description: 'They take part in the decision' },
      unused: unusedCounts,
      prefixesBest: count,
      prefixesMultipath: count,
      prefixesAdvertised: count,
      prefixesStale: count,
      endOfRibReceived: flag,
      endOfRibSent: flag,
    },
    {
      maximumPrefix: object(
        { limit: count, threshold: count, warningOnly: flag, state: oneOf('below', 'near', 'exceeded') },
        { restart: seconds },
      ),
      importLists: list(text),
      routeReflectorClient: flag,
      rules: object(
        {},
        {
          policyMissing: object({ import: flag, export: flag }),
          ...shownSchemas(FAMILY_SETTINGS),
        },
      ),
      addPath: object(
        { receive: flag, receiving: flag, sending: flag },
        { send: { description: 'all, best-per-as, or a number of paths' } },
      ),
    },
  ),
  Neighbor: object(
    {
      key: { ...text, description: 'Names it everywhere: its address, or address#AS where several have it' },
      address: text,
      remoteAs: count,
      localAs: count,
      type: oneOf('ebgp', 'ibgp'),
      dynamic: flag,
      state: sessionState,
      adminDown: flag,
      since: { ...time, description: 'Since when it is in this state' },
      passive: flag,
      prefixesReceived: count,
      prefixesAccepted: count,
      prefixesAdvertised: count,
      holdTime: seconds,
      keepalive: seconds,
      configuredHoldTime: seconds,
      configuredKeepalive: seconds,
      sendHoldTime: count,
      connectRetry: seconds,
      capabilities: object({ sent: list(ref('Capability')), received: list(ref('Capability')) }),
      gracefulRestart: object(
        { negotiated: flag, restartTime: seconds, helper: oneOf('none', 'waiting', 'receiving') },
        {
          remaining: seconds,
          longLived: object({
            negotiated: flag,
            configured: seconds,
            families: list(object({ family, remaining: seconds })),
          }),
        },
      ),
      families: list(ref('NeighborFamily')),
      messages: object({ sent: messageCounts, received: messageCounts }),
      faults: object({
        ...faultCounts,
        attributes: list(object({ name: text, ...faultCounts }, { attribute: count })),
      }),
      lastFaults: list(ref('UpdateFault')),
      established: count,
      dropped: count,
      outputQueue: count,
    },
    {
      localAsStyle: object({ prepend: flag, showReal: flag, dual: flag }),
      ...shownSchemas(NEIGHBOR_SETTINGS),
      name: text,
      description: text,
      hostName: text,
      routerId: text,
      localAddress: text,
      localPort: count,
      remotePort: count,
      maintenance,
      shutdown: object({ source: oneOf('configuration', 'operator') }, { message: text, by: text, at: time }),
      paused: object(
        { reason: oneOf('maximum-prefix', 'failures'), until: time, count },
        { family, limit: count, refused: count },
      ),
      dead: list(object({ source: text, cause: text, since: time }, { strict: flag })),
      departed: object({ at: time, until: time }),
      lastError: ref('LastError'),
      lastFailure: ref('LastError'),
      lastDial: ref('LastDial'),
      authentication: oneOf('md5'),
      role: object({ own: role, strict: flag }, { neighbor: role }),
      downSince: time,
      lastReset: ref('LastError'),
      lastRead: seconds,
      lastWrite: seconds,
      updateGroup: count,
    },
  ),
  UpdateFault: object(
    {
      at: time,
      verdict: oneOf('discard', 'withdraw', 'reset'),
      rule: text,
      text,
      prefixes: list(text),
      message: text,
      size: count,
    },
    { attribute: count },
  ),
  Neighbors: object({ neighbors: list(ref('Neighbor')) }),
  Path: object(
    {
      neighbor: text,
      neighborRouterId: text,
      type: oneOf('ebgp', 'ibgp', 'local'),
      nextHop: text,
      origin: oneOf('IGP', 'EGP', 'incomplete'),
      asPath: text,
      asPathLength: count,
      localPref: count,
      weight: count,
      communities: list(text),
      largeCommunities: list(text),
      extendedCommunities: list(text),
      atomicAggregate: flag,
      best: flag,
      multipath: flag,
      stale: flag,
      valid: flag,
      since: time,
    },
    {
      neighborName: text,
      neighborDescription: text,
      linkLocalNextHop: text,
      med: count,
      originatorId: text,
      clusterList: list(text),
      fromClient: flag,
      onlyToCustomer: count,
      aggregator: text,
      reason: text,
      unusable: object(
        { reason: oneOf(...UNUSED_REASONS), text },
        { remedy: text, nextHop: text, list: text },
      ),
      longLivedStale: flag,
      decidedBy: { ...text, description: 'The step of the decision process that this path won or lost at' },
      pathId: count,
    },
  ),
  Route: object(
    { prefix: text, family, version: count, paths: list(ref('Path')), nextHops: list(text) },
    {
      gateways: list(gateway),
      suppressed: { ...flag, description: 'An own aggregate is announced instead (summary only)' },
      fib: object({ state: oneOf('installed', 'pending', 'refused', 'off') }, { reason: text }),
    },
  ),
  RoutePage: object(
    { routes: list(ref('Route')), total: { ...count, description: 'Prefixes that match in all' } },
    { next: { ...text, description: 'Pass it on as `cursor`' } },
  ),
  NextHopSets: object({ sets: list(object({ family, nextHops: list(text), prefixes: count })) }),
  Fib: object(
    {
      ...fibStatus,
      routes: list(
        object(
          { prefix: text, state: oneOf('installed', 'pending', 'refused'), gateways: list(gateway) },
          { reason: text },
        ),
      ),
    },
    fibTrouble,
  ),
  Host: HOST_SCHEMA,
  Status: object(
    {
      version: text,
      node: text,
      pid: count,
      now: time,
      uptime: seconds,
      configuration: object({ loaded: time }, { file: text }),
      fib: object(fibStatus, fibTrouble),
      ready: flag,
      waiting: list(text),
      memory: count,
      localAs: count,
      routerId: text,
      hostName: text,
      started: time,
      maximumPaths: object({ ebgp: count, ibgp: count }),
      listen: list(object({ address: text, port: count })),
      tables: list(
        object({
          family,
          version: count,
          prefixes: count,
          paths: count,
          multipathPrefixes: count,
          multipathPaths: count,
          attributeSets: count,
          widths: list(count),
        }),
      ),
    },
    { maintenance, restarting: { const: true } },
  ),
  Config: { type: 'object', description: 'The effective configuration; secrets are removed' },
  Event: EVENT_SCHEMA,
  Events: object({ events: list(ref('Event')) }),
  Reload: object({
    report: object({
      added: list(text),
      removed: list(text),
      changed: list(text),
      reset: list(text),
      unchanged: count,
    }),
    notes: list(text),
  }),
  Operation: object(
    { text: { ...text, description: 'What was done, one sentence' } },
    { neighbor: ref('Neighbor') },
  ),
  Maintenance: object({ on: flag, text: { ...text, description: 'What was done, one sentence' } }),
  Subject: object(
    { type: oneOf('neighbor', 'address', 'prefix', 'next-hop', 'host', 'daemon') },
    { key: text, address: text, family, prefix: text, detail: text },
  ),
  Finding: object(
    {
      id: { ...text, description: 'Stable; docs/findings.md has all' },
      severity: oneOf('error', 'warning', 'note'),
      subject: ref('Subject'),
      text: { ...text, description: 'The cause, one sentence' },
      next: { ...text, description: 'What to do next' },
      evidence: list(text),
    },
    { since: time },
  ),
  Findings: object({ findings: list(ref('Finding')) }),
  Explanation: object(
    {
      subject: ref('Subject'),
      name: text,
      conclusion: text,
      facts: list(object({ label: text, value: text })),
      findings: list(ref('Finding')),
    },
    { next: text },
  ),
  Ready: object(
    { ready: flag, waiting: list(text) },
    {
      findings: {
        ...list(text),
        description: 'Findings of severity error, cause and next step in a line each',
      },
    },
  ),
  Health: object({ healthy: flag }),
}
