/** Routes that are not used, and what keeps paths out of the ECMP set. */

import t from 'tap'
import { diagnose } from '../../../src/diagnose/diagnose.js'
import type { PathView, RouteView } from '../../../src/views/model/route.js'
import { CONFIG, FIB, vip } from '../show/fixtures.js'
import { facts, host } from './facts.js'

const [first] = vip().paths
const path = (neighbor: string, change: Partial<PathView> = {}): PathView => ({
  ...first,
  neighbor,
  nextHop: neighbor,
  best: false,
  multipath: false,
  ...change,
})
/** Three nodes, of which the third gets nothing for what is changed on it. */
const route = (change: Partial<PathView>, more: Partial<RouteView> = {}): RouteView =>
  vip({
    paths: [
      path('192.168.95.210', { best: true, multipath: true }),
      path('192.168.95.211', { multipath: true }),
      path('192.168.95.212', change),
    ],
    ...more,
  })
const found = (one: RouteView, config = CONFIG) =>
  diagnose(facts({ routes: [one], config })).map(({ id, text }) => [id, text] as const)

t.test('the step that a path lost at, with the values of both', async (t) => {
  const who = '192.168.95.123/32 does not go to k8s-master-2 (192.168.95.212)'
  const of = '192.168.95.210'
  const cases: readonly [Partial<PathView>, string, string][] = [
    [{ weight: 5 }, 'not-equal-weight', `its weight is 5, that of ${of} 0`],
    [{ localPref: 50 }, 'not-equal-local-preference', `its local preference is 50, that of ${of} 100`],
    [
      { asPath: '64512 64512', asPathLength: 2 },
      'not-equal-as-path-length',
      `its AS path has 2 ASes (64512 64512), that of ${of} 1 (64512)`,
    ],
    [
      { origin: 'incomplete' },
      'not-equal-origin',
      `its ORIGIN is incomplete, that of ${of} is the better IGP`,
    ],
    [{ med: 10 }, 'not-equal-med', `its MED is 10, that of ${of} not set`],
    [
      { asPath: '64599', asPathLength: 1 },
      'not-equal-multipath-relax',
      `its AS path 64599 is another one than 64512 of ${of}, and multipath-relax is off`,
    ],
    [
      { localPref: 0, communities: ['graceful-shutdown'] },
      'node-graceful-shutdown',
      'it announces it with GRACEFUL_SHUTDOWN: it is in maintenance',
    ],
  ]
  for (const [change, id, text] of cases) t.same(found(route(change)), [[id, `${who}: ${text}`]], id)
})

t.test('the limit, and how many equal paths there are', async (t) => {
  const decision = { ...CONFIG.bgp.decision, maximumPathsEbgp: 2 }
  const narrow = { ...CONFIG, bgp: { ...CONFIG.bgp, decision } }
  t.match(found(route({}), narrow), [
    ['not-equal-maximum-paths', /maximum-paths ebgp is 2, and there are 3 equal paths$/],
  ])
  t.same(found(route({}), CONFIG), [], 'a path whose set is not full yet is on its way')
})

t.test('many prefixes with the same difference are one finding about the neighbor', async (t) => {
  const routes = [1, 2, 3, 4, 5].map((n) => route({ localPref: 50 }, { prefix: `192.0.2.${n}/32` }))
  const findings = diagnose(facts({ routes }))
  t.match(findings, [
    { subject: { type: 'neighbor', key: '192.168.95.212' }, text: /^192.0.2.1\/32 and 4 more prefixes/ },
  ])
})

t.test('a node that announces other prefixes, and not this one', async (t) => {
  const two = vip({ paths: route({}).paths.slice(0, 2) })
  t.match(found(two), [['not-from-all', /^k8s-master-2 .* does not announce 192.168.95.123\/32, which/]])
})

t.test('the kernel: refused, and passed by', async (t) => {
  const refused = {
    prefix: '192.168.95.0/24',
    state: 'refused',
    reason: 'it covers an own address',
    gateways: [],
  }
  const preferred = [
    {
      prefix: '192.168.95.123/32',
      via: '192.168.95.1',
      interface: 'eth0',
      protocol: 'static',
      metric: 10,
      command: 'ip route del 192.168.95.123 proto static metric 10',
    },
  ]
  const findings = diagnose(facts({ fib: { ...FIB, routes: [refused as never] }, host: host({ preferred }) }))
  t.match(findings, [
    { id: 'foreign-better', next: /^`ip route del 192.168.95.123/ },
    { id: 'fib-refused', text: '192.168.95.0/24 is not installed: it covers an own address' },
  ])
})

t.test('settings of the kernel, with when they changed', async (t) => {
  const since = '2026-11-22T11:00:00.000Z'
  const sysctls = [
    {
      name: 'net.ipv4.ip_forward',
      setting: 'ip_forward',
      family: 'ipv4',
      value: 0,
      effective: 0,
      since,
      before: 1,
    },
  ] as const
  t.match(diagnose(facts({ host: host({ sysctls }) })), [
    { id: 'forwarding-off', severity: 'error', next: '`sysctl -w net.ipv4.ip_forward=1`', since },
  ])
  t.same(diagnose(facts({ host: host({ sysctls }), fib: { ...FIB, enabled: false } })), [])
})
