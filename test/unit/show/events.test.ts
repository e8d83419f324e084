import t from 'tap'
import { eventLine } from '../../../src/show/events.js'
import type { SpeakerEvent } from '../../../src/views/model/event.js'
import { NOW } from './fixtures.js'

type Body<T> = T extends SpeakerEvent ? Omit<T, 'id' | 'at'> : never

const node = { neighbor: '192.168.95.210', name: 'k8s-master-0' }
const WHO = 'neighbor 192.168.95.210 (k8s-master-0)'

const LINES: readonly (readonly [Body<SpeakerEvent>, string])[] = [
  [
    {
      ...{ type: 'retention', ...node, families: ['ipv4-unicast'], change: 'kept', paths: 2 },
      ...{ reason: 'graceful restart', until: '2026-11-22T12:02:00.000Z' },
    },
    `${WHO}: 2 paths (ipv4-unicast) kept as stale until 2026-11-22T12:02:00.000Z: graceful restart`,
  ],
  [
    {
      ...{ type: 'retention', ...node, families: ['ipv6-unicast'], change: 'removed', paths: 1 },
      reason: 'it did not come back',
    },
    `${WHO}: 1 path (ipv6-unicast) removed: it did not come back`,
  ],
  [
    { type: 'next-hop', nextHop: '10.0.0.1', change: 'unusable', reason: 'eth0 is down', more: 1 },
    "next hop 10.0.0.1 can't be used: eth0 is down (and 1 change of others before)",
  ],
  [
    { type: 'next-hop', nextHop: '10.0.0.1', change: 'usable', ...node },
    `next hop 10.0.0.1 from ${WHO} can be used again`,
  ],
  [
    { type: 'maximum-prefix', ...node, family: 'ipv4-unicast', change: 'near', limit: 4, count: 3 },
    `${WHO} nears its limit: 3 prefixes of IPv4 Unicast, 4 allowed`,
  ],
  [
    {
      ...{ type: 'maximum-prefix', ...node, family: 'ipv4-unicast', change: 'exceeded', limit: 4, count: 5 },
      until: '2026-11-22T12:02:00.000Z',
    },
    `${WHO} exceeds its limit: 5 prefixes of IPv4 Unicast, 4 allowed; kept out until 2026-11-22T12:02:00.000Z`,
  ],
  [
    { type: 'maximum-prefix', ...node, family: 'ipv4-unicast', change: 'exceeded', limit: 4, count: 5 },
    `${WHO} exceeds its limit: 5 prefixes of IPv4 Unicast, 4 allowed; only warned about`,
  ],
  [
    { type: 'maximum-prefix', ...node, family: 'ipv4-unicast', change: 'over', limit: 4, count: 5 },
    `${WHO} is let in again after more than 4 prefixes`,
  ],
  [
    { type: 'fib', change: 'refused', prefix: '10.0.0.0/8', reason: 'it covers a neighbor', more: 3 },
    'route 10.0.0.0/8 is not in the kernel (and 3 more routes): it covers a neighbor',
  ],
  [{ type: 'fib', change: 'installed', prefix: '10.0.0.0/8' }, 'route 10.0.0.0/8 is in the kernel now'],
  [
    {
      type: 'drops',
      protection: 'GTSM',
      segments: 2,
      missing: ['192.168.95.210'],
      text: 'TCP segments dropped',
    },
    'TCP segments dropped',
  ],
]

t.test('every event is one line that tells who, what and why', async (t) => {
  for (const [body, line] of LINES) {
    t.equal(eventLine({ id: 1, at: NOW, ...body } as SpeakerEvent), `${NOW} ${line}`)
  }
})
