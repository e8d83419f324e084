import t from 'tap'
import { named } from '../../../src/policy/list-names.js'
import { rejecters } from '../../../src/policy/rejection.js'
import type { RoutePolicy } from '../../../src/policy/types.js'
import type { Reachability, Resolver } from '../../../src/ports/fib.js'
import type { FamilyOptions } from '../../../src/speaker/model/options.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import { announce, asPath, nextHop, origin, update } from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'
import { good } from '../config/support.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'

/** Knows no route to 10.0.0.0/8. */
const resolver: Resolver = {
  resolve: (address): Reachability =>
    address.startsWith('10.')
      ? { reachable: false, metric: 0, connected: false, reason: 'there is no route to it' }
      : { reachable: true, metric: 0, connected: true, interface: 'eth0' },
  isOwn: (address) => address === '192.168.95.201',
  onChange: () => () => {},
}

const from = (first: number, hop: string, prefix: string) =>
  update({ attributes: [origin(), asPath(first), nextHop(hop)], announced: [prefix] })

async function start(options: Partial<FamilyOptions> = {}) {
  const lab = new SpeakerLab()
  const families = [family('ipv4-unicast', options)]
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true, families })]), resolver)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.clock.run()
  const counts = () => sw.views.neighbor(NODE)?.families[0]
  const unusable = (prefix: string) =>
    sw.views.routes({ family: 'ipv4-unicast', prefix, limit: 1 }).routes[0]?.paths[0].unusable
  return { lab, sw, peer, counts, unusable }
}

t.test('each path says why it is not used, and each reason is counted', async (t) => {
  const { lab, peer, counts, unusable } = await start()
  peer.send(
    update({ attributes: [origin(), asPath(64512, 64513), nextHop(NODE)], announced: ['10.1.0.0/16'] }),
    from(64999, NODE, '10.2.0.0/16'),
    announce(64512, '192.168.95.201', '10.3.0.0/16'),
    announce(64512, '10.9.9.9', '10.4.0.0/16', '10.5.0.0/16'),
    announce(64512, NODE, '10.6.0.0/16'),
  )
  await lab.clock.run()
  t.match(unusable('10.1.0.0/16'), { reason: 'own-as', text: 'AS_PATH 64512 64513 holds the own AS 64513' })
  t.match(unusable('10.2.0.0/16'), { reason: 'first-as', text: /64999 .*64512/ })
  t.match(unusable('10.3.0.0/16'), { reason: 'next-hop-own', nextHop: '192.168.95.201' })
  t.match(unusable('10.4.0.0/16'), {
    reason: 'next-hop-unreachable',
    text: 'next hop 10.9.9.9 unreachable: there is no route to it',
    nextHop: '10.9.9.9',
    remedy: /next-hop-self/,
  })
  t.equal(unusable('10.6.0.0/16'), undefined)
  t.match(counts(), { prefixesReceived: 6, prefixesAccepted: 3, prefixesUsed: 1 })
  t.strictSame(counts()?.unused, {
    'own-as': 1,
    'first-as': 1,
    'next-hop-own': 1,
    'next-hop-unreachable': 2,
  })
  // What becomes usable, another fault's or nobody's is counted so.
  peer.send(
    announce(64512, NODE, '10.1.0.0/16', '10.4.0.0/16'),
    from(64512, '192.168.95.201', '10.2.0.0/16'),
    update({ withdrawn: ['10.3.0.0/16'] }),
  )
  await lab.clock.run()
  t.strictSame(counts()?.unused, { 'next-hop-own': 1, 'next-hop-unreachable': 1 })
  t.match(counts(), { prefixesReceived: 5, prefixesUsed: 3 })
  peer.connection.close()
  await lab.clock.run()
  t.match(counts(), { prefixesReceived: 0, prefixesUsed: 0, unused: {} })
})

t.test('what import policy rejects names the list', async (t) => {
  const permit = { action: 'permit', prefix: '10.1.0.0/16', ge: 16, le: 16 } as const
  const prefixList = { name: 'NODES', rules: [permit] }
  const cases: [Partial<FamilyOptions>, string, string?][] = [
    [{ import: 'none' }, 'import policy is none'],
    [{ import: [permit] }, 'rejected by the prefix list of its import policy'],
    [{ import: named([permit], 'NODES') }, 'rejected by prefix list NODES', 'prefix list NODES'],
    [{ import: { prefixList } }, 'rejected by prefix list NODES', 'prefix list NODES'],
    [
      {
        import: {
          prefixList: { name: '', rules: [{ ...permit, le: 32, prefix: '0.0.0.0/0', ge: 0 }] },
          asPathList: { name: 'PATHS', rules: [] },
        },
      },
      'rejected by AS path list PATHS',
      'AS path list PATHS',
    ],
    [{ import: map('permit') }, 'rejected by route map MAP', 'route map MAP'],
    [{ import: map('deny') }, 'rejected by route map MAP entry 10', 'route map MAP entry 10'],
  ]
  for (const [options, text, list] of cases) {
    const { lab, peer, counts, unusable } = await start(options)
    peer.send(announce(64512, NODE, '10.2.0.0/16'))
    await lab.clock.run()
    t.match(unusable('10.2.0.0/16'), { reason: 'policy', text })
    t.equal(unusable('10.2.0.0/16')?.list, text.startsWith('rejected') ? (list ?? text.slice(12)) : undefined)
    t.strictSame(counts()?.unused, { policy: 1 })
    t.ok(counts()?.importLists)
  }
})

/** Permits 10.1.0.0/16 alone, or denies the other one by name. */
function map(action: 'permit' | 'deny'): RoutePolicy {
  const prefix = action === 'permit' ? '10.1.0.0/16' : '10.2.0.0/16'
  const rules = [{ action: 'permit', prefix, ge: 16, le: 16 }] as const
  return {
    routeMap: {
      name: 'MAP',
      rules: [{ seq: 10, action, match: { prefixLists: [{ name: 'L', rules }] }, set: {} }],
    },
  }
}

t.test('the configuration gives lists their names', async (t) => {
  const text = `as: 64513
routerId: 192.168.95.200
prefixLists: { NODES: [10.1.0.0/16] }
neighbors:
  - { address: ${NODE}, remoteAs: 64512, import: NODES }
`
  t.same(rejecters(good(text).bgp.neighbors[0].families[0].import), [{ kind: 'prefix-list', name: 'NODES' }])
})
