import t from 'tap'
import type { Family } from '../../../../src/ip/family.js'
import type { RouteRule } from '../../../../src/policy/types.js'
import type {
  MachineRouteChange,
  MachineRouteKind,
  MachineRoutes,
} from '../../../../src/ports/machine-routes.js'
import type { AnnounceOptions } from '../../../../src/speaker/model/announce-options.js'
import type { NeighborOptions } from '../../../../src/speaker/model/options.js'
import { heard } from '../../../support/heard.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  asPath,
  fourOctetAs,
  multiprotocol,
  nextHop,
  origin,
  routeRefresh,
  update,
  withdraw,
} from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const ROUTER = '192.168.95.1'
const INSIDE = '192.168.95.2'

const node = neighbor(NODE, { passive: true })
const router = neighbor(ROUTER, {
  remoteAs: 64999,
  passive: true,
  families: [family('ipv4-unicast', { export: 'all' })],
})
const inside = neighbor(INSIDE, {
  remoteAs: 64513,
  passive: true,
  families: [family('ipv4-unicast', { export: 'all', nextHop: 'third-party' })],
})

const own = (more: Partial<AnnounceOptions>): AnnounceOptions => ({
  networks: [],
  redistribute: [],
  aggregates: [],
  ...more,
})
const network = (prefix: string, more: Partial<AnnounceOptions['networks'][number]> = {}) => ({
  prefix,
  ifInTable: false,
  ...more,
})
const permit = (set: RouteRule['set'], match: RouteRule['match'] = {}): RouteRule => ({
  seq: 10,
  action: 'permit',
  match,
  set,
})

/** Routes of a machine that a test changes. */
class Machine implements MachineRoutes {
  readonly listeners = new Set<(changes: readonly MachineRouteChange[]) => void>()
  readonly routes = new Map<string, MachineRouteChange>()

  follow(listener: (changes: readonly MachineRouteChange[]) => void): () => void {
    this.listeners.add(listener)
    queueMicrotask(() => listener([...this.routes.values()]))
    return () => this.listeners.delete(listener)
  }

  set(prefix: string, kind: MachineRouteKind, metric = 0): void {
    this.#tell({ prefix, family: familyOf(prefix), route: { kind, metric } })
  }

  remove(prefix: string): void {
    this.#tell({ prefix, family: familyOf(prefix) })
  }

  #tell(change: MachineRouteChange): void {
    if (change.route === undefined) this.routes.delete(change.prefix)
    else this.routes.set(change.prefix, change)
    for (const listener of this.listeners) listener([change])
  }
}

const familyOf = (prefix: string): Family => (prefix.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast')

async function up(lab: SpeakerLab, address: string, as: number): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  peer.greet({ as, routerId: address, capabilities: [multiprotocol(1), routeRefresh(), fourOctetAs(as)] })
  await lab.clock.run()
  return peer
}

async function start(
  neighbors: readonly NeighborOptions[],
  announce: AnnounceOptions | undefined,
  machine?: Machine,
): Promise<{ lab: SpeakerLab; sw: LabSpeaker; apply(next: AnnounceOptions | undefined): Promise<unknown> }> {
  const lab = new SpeakerLab()
  const options = (next: AnnounceOptions | undefined) => speakerOptions(neighbors, { announce: next })
  const sw = await lab.start([SWITCH, '10.9.9.200'], options(announce), undefined, machine)
  return {
    lab,
    sw,
    async apply(next) {
      const report = await sw.speaker.apply(options(next))
      await lab.clock.run()
      return report
    },
  }
}

const route = ({ views }: LabSpeaker, prefix: string) =>
  views.routes({ family: familyOf(prefix), prefix, limit: 1 }).routes[0]

t.test('ORI-1: a network goes out with the own AS, or an empty path; End-of-RIB follows', async (t) => {
  const { lab, sw } = await start([router, inside, node], own({ networks: [network('198.51.100.0/24')] }))
  const outside = await up(lab, ROUTER, 64999)
  t.same(heard(outside), [`+ 198.51.100.0/24 via ${SWITCH} path 64513 i med 0`, 'end'])
  const internal = await up(lab, INSIDE, 64513)
  t.same(heard(internal, true), [`+ 198.51.100.0/24 via ${SWITCH} path  i med 0 pref 100`, 'end'])
  const closed = await up(lab, NODE, 64512)
  t.same(heard(closed), ['end'], 'nothing is exported unless it is said')
  t.equal(sw.fib.size, 0, 'the kernel gets nothing')
  t.match(route(sw, '198.51.100.0/24'), {
    nextHops: [],
    paths: [
      {
        type: 'local',
        neighbor: 'local',
        nextHop: '0.0.0.0',
        weight: 32768,
        origin: 'IGP',
        med: 0,
        best: true,
      },
    ],
  })
})

t.test('an own route wins over a neighbor’s, and gives way when it is taken back', async (t) => {
  const prefix = '198.51.100.0/24'
  const { lab, sw, apply } = await start([router, node], own({ networks: [network(prefix)] }))
  const outside = await up(lab, ROUTER, 64999)
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, prefix))
  await lab.clock.run()
  heard(outside)
  t.equal(sw.fib.size, 0)
  const report = await apply(undefined)
  t.match(report, { reset: [], changed: [], unchanged: 2 })
  t.same(heard(outside), [`+ ${prefix} via ${SWITCH} path 64513 64512 i`])
  t.same(sw.fib.via(prefix), [NODE])
  await apply(own({ networks: [network(prefix), network('203.0.113.0/24')] }))
  t.same(heard(outside).sort(), [
    `+ ${prefix} via ${SWITCH} path 64513 i med 0`,
    `+ 203.0.113.0/24 via ${SWITCH} path 64513 i med 0`,
  ])
  t.equal(sw.fib.size, 0)
  t.equal(outside.closed, undefined)
  await apply(own({ networks: [network(prefix)] }))
  t.same(heard(outside), ['- 203.0.113.0/24'])
})

t.test('a network can have a route map, and wait for a route of the machine', async (t) => {
  const machine = new Machine()
  const { lab, sw } = await start(
    [router],
    own({
      networks: [
        network('198.51.100.0/24', {
          routeMap: {
            name: 'M',
            rules: [permit({ med: 7, nextHop: '192.0.2.9', addCommunities: ['1:2'], weight: 5 })],
          },
        }),
        network('203.0.113.0/24', { ifInTable: true }),
        network('203.0.114.0/24', { routeMap: { name: 'NO', rules: [] } }),
      ],
    }),
    machine,
  )
  const outside = await up(lab, ROUTER, 64999)
  t.same(heard(outside), [`+ 198.51.100.0/24 via ${SWITCH} path 64513 i med 7 communities 65538`, 'end'])
  t.equal(sw.fib.size, 0, 'no next hop of a route map leads into the kernel')
  t.match(route(sw, '198.51.100.0/24'), { paths: [{ weight: 5 }] })
  t.match(sw.lines, [/warn network 203\.0\.113\.0\/24 is not announced: .* no route for exactly this prefix/])
  machine.set('203.0.113.0/24', 'kernel')
  await lab.clock.run()
  t.same(heard(outside), [`+ 203.0.113.0/24 via ${SWITCH} path 64513 i med 0`])
  machine.remove('203.0.113.0/24')
  await lab.clock.run()
  t.same(heard(outside), ['- 203.0.113.0/24'])
})

t.test('redistributed routes follow the machine', async (t) => {
  const machine = new Machine()
  machine.set('10.1.0.0/24', 'connected')
  machine.set('10.2.0.0/24', 'static', 30)
  machine.set('10.3.0.0/24', 'kernel', 40)
  machine.set('0.0.0.0/0', 'static')
  machine.set('127.0.0.0/8', 'connected')
  machine.set('2001:db8::/64', 'connected')
  const from = (kind: MachineRouteKind, more = {}) => ({
    from: kind,
    family: 'ipv4-unicast' as const,
    defaultRoute: false,
    ...more,
  })
  const { lab, sw, apply } = await start(
    [router],
    own({ redistribute: [from('connected', { metric: 5 }), from('static')] }),
    machine,
  )
  const outside = await up(lab, ROUTER, 64999)
  t.same(heard(outside).sort(), [
    `+ 10.1.0.0/24 via ${SWITCH} path 64513 ? med 5`,
    `+ 10.2.0.0/24 via ${SWITCH} path 64513 ? med 30`,
    'end',
  ])
  t.equal(route(sw, '2001:db8::/64'), undefined)
  machine.set('10.1.1.0/24', 'connected')
  machine.set('10.2.0.0/24', 'kernel')
  machine.set('10.4.0.0/24', 'kernel')
  await lab.clock.run()
  t.same(heard(outside).sort(), [`+ 10.1.1.0/24 via ${SWITCH} path 64513 ? med 5`, '- 10.2.0.0/24'].sort())
  await apply(
    own({
      redistribute: [
        from('static', { defaultRoute: true }),
        from('kernel', {
          routeMap: {
            name: '',
            rules: [
              permit(
                { med: 1 },
                {
                  prefixLists: [
                    { name: '', rules: [{ action: 'permit', prefix: '10.3.0.0/16', ge: 24, le: 24 }] },
                  ],
                },
              ),
            ],
          },
        }),
      ],
    }),
  )
  t.same(
    heard(outside).sort(),
    [
      '- 10.1.0.0/24',
      '- 10.1.1.0/24',
      `+ 0.0.0.0/0 via ${SWITCH} path 64513 ? med 0`,
      `+ 10.3.0.0/24 via ${SWITCH} path 64513 ? med 1`,
    ].sort(),
  )
  t.equal(machine.listeners.size, 1)
  await apply(own({ networks: [network('10.3.0.0/24')] }))
  t.same(heard(outside).sort(), ['- 0.0.0.0/0', `+ 10.3.0.0/24 via ${SWITCH} path 64513 i med 0`].sort())
  t.equal(machine.listeners.size, 0, 'nobody looks when nothing depends on it')
  t.equal(sw.fib.size, 0)
})

t.test('very many routes of the machine come in slices', async (t) => {
  const machine = new Machine()
  for (let i = 0; i < 3000; i++) machine.set(`10.${i >> 8}.${i & 255}.0/24`, 'static')
  const { lab, sw } = await start(
    [router],
    own({ redistribute: [{ from: 'static', family: 'ipv4-unicast', defaultRoute: false }] }),
    machine,
  )
  const outside = await up(lab, ROUTER, 64999)
  await lab.clock.run()
  t.equal(heard(outside).filter((line) => line.startsWith('+')).length, 3000)
  t.equal(sw.views.speaker().tables[0].prefixes, 3000)
})

t.test('without a way to the machine’s routes that is said, and nothing waits', async (t) => {
  const { sw } = await start([router], own({ networks: [network('198.51.100.0/24', { ifInTable: true })] }))
  t.match(sw.lines, [/error the routes of this machine can’t be read/])
})

t.test('an aggregate lives as long as a more specific route', async (t) => {
  const aggregate = own({ aggregates: [{ prefix: '10.0.0.0/8', summaryOnly: true }] })
  const { lab, sw, apply } = await start([router, node], aggregate)
  const outside = await up(lab, ROUTER, 64999)
  const peer = await up(lab, NODE, 64512)
  t.same(heard(outside), ['end'])
  peer.send(announce(64512, NODE, '10.1.0.0/16', '10.2.0.0/16', '11.0.0.0/8'))
  await lab.clock.run()
  const whole = `+ 10.0.0.0/8 via ${SWITCH} path 64513 i atomic by 64513 ${SWITCH}`
  const specific = (n: number) => `+ 10.${n}.0.0/16 via ${SWITCH} path 64513 64512 i`
  t.same(heard(outside).sort(), [whole, `+ 11.0.0.0/8 via ${SWITCH} path 64513 64512 i`].sort())
  t.match(route(sw, '10.1.0.0/16'), { suppressed: true, paths: [{ best: true }] })
  t.equal(route(sw, '11.0.0.0/8')?.suppressed, undefined)
  t.same(sw.fib.via('10.1.0.0/16'), [NODE], 'the kernel has the more specific ones')
  t.same(sw.fib.via('10.0.0.0/8'), undefined)
  peer.send(withdraw('10.1.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), [])
  peer.send(withdraw('10.2.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), ['- 10.0.0.0/8'])
  peer.send(announce(64512, NODE, '10.1.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), [whole])
  await apply(own({ aggregates: [{ prefix: '10.0.0.0/8', summaryOnly: false }] }))
  t.same(heard(outside), [specific(1)], 'unsuppressed')
  await apply(aggregate)
  t.same(heard(outside), ['- 10.1.0.0/16'])
  await apply(undefined)
  t.same(heard(outside).sort(), [specific(1), '- 10.0.0.0/8'].sort())
  t.equal(route(sw, '10.1.0.0/16')?.suppressed, undefined)
})

t.test('RFC 4271 §9.2.2.2: what an aggregate says of its routes', async (t) => {
  const { lab } = await start(
    [router, node],
    own({
      networks: [network('10.9.0.0/16')],
      aggregates: [
        { prefix: '10.0.0.0/8', summaryOnly: false },
        { prefix: '10.8.0.0/13', summaryOnly: false },
      ],
    }),
  )
  const outside = await up(lab, ROUTER, 64999)
  t.same(
    heard(outside).sort(),
    [
      `+ 10.0.0.0/8 via ${SWITCH} path 64513 i by 64513 ${SWITCH}`,
      `+ 10.8.0.0/13 via ${SWITCH} path 64513 i by 64513 ${SWITCH}`,
      `+ 10.9.0.0/16 via ${SWITCH} path 64513 i med 0`,
      'end',
    ].sort(),
    'no AS number is left out: not atomic',
  )
  const peer = await up(lab, NODE, 64512)
  peer.send(update({ attributes: [origin(2), asPath(64512), nextHop(NODE)], announced: ['10.1.0.0/16'] }))
  await lab.clock.run()
  t.same(heard(outside), [
    `+ 10.1.0.0/16 via ${SWITCH} path 64513 64512 ?`,
    `+ 10.0.0.0/8 via ${SWITCH} path 64513 ? atomic by 64513 ${SWITCH}`,
  ])
})

const originate = (more: Partial<NonNullable<ReturnType<typeof family>>>) =>
  neighbor(ROUTER, {
    remoteAs: 64999,
    passive: true,
    families: [family('ipv4-unicast', { export: 'none', ...more })],
  })

t.test('a default route for one neighbor', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([originate({ defaultOriginate: {} }), node]))
  const outside = await up(lab, ROUTER, 64999)
  const sent = `+ 0.0.0.0/0 via ${SWITCH} path 64513 i`
  t.same(heard(outside), [sent, 'end'])
  const query = { family: 'ipv4-unicast' as const, limit: 10 }
  t.match(sw.views.advertised(ROUTER, query), {
    total: 1,
    routes: [{ prefix: '0.0.0.0/0', paths: [{ type: 'local', nextHop: SWITCH, asPath: '64513' }] }],
  })
  t.same(sw.views.routes(query).routes, [], 'it is in no table')
  const peer = await up(lab, NODE, 64512)
  t.same(heard(peer), ['end'])
  peer.send(announce(64512, NODE, '0.0.0.0/0', '10.0.0.0/8'))
  await lab.clock.run()
  t.same(heard(outside), [], 'that of the table does not take its place')
  await sw.speaker.apply(speakerOptions([originate({ defaultOriginate: {}, export: 'all' }), node]))
  await lab.clock.run()
  t.same(heard(outside).sort(), [sent, `+ 10.0.0.0/8 via ${SWITCH} path 64513 64512 i`].sort())
  await sw.speaker.apply(speakerOptions([originate({ export: 'all' }), node]))
  await lab.clock.run()
  t.same(
    heard(outside).filter((line) => line.includes('0.0.0.0/0')),
    [`+ 0.0.0.0/0 via ${SWITCH} path 64513 64512 i`],
    'the table’s route takes its place',
  )
  peer.send(withdraw('0.0.0.0/0'))
  await lab.clock.run()
  t.same(heard(outside), ['- 0.0.0.0/0'])
  await sw.speaker.apply(speakerOptions([originate({ defaultOriginate: {} }), node]))
  await lab.clock.run()
  t.same(heard(outside).sort(), [sent, '- 10.0.0.0/8'].sort())
  await sw.speaker.apply(speakerOptions([originate({}), node]))
  await lab.clock.run()
  t.same(heard(outside), ['- 0.0.0.0/0'])
  t.equal(outside.closed, undefined)
  t.equal(sw.speaker.sizes().updateGroups, 0)
})

t.test('a default route on a condition, with what the route map sets', async (t) => {
  const lab = new SpeakerLab()
  const list = (prefix: string) => ({
    prefixLists: [{ name: '', rules: [{ action: 'permit' as const, prefix, ge: 16, le: 16 }] }],
  })
  const rules: RouteRule[] = [
    { seq: 5, action: 'deny', match: list('10.66.0.0/16'), set: {} },
    { seq: 10, action: 'permit', match: list('10.1.0.0/16'), set: { med: 11, addCommunities: ['1:2'] } },
    { seq: 20, action: 'permit', match: list('10.2.0.0/16'), set: {} },
  ]
  const sw = await lab.start(
    SWITCH,
    speakerOptions([originate({ defaultOriginate: { routeMap: { name: 'M', rules } } }), node]),
  )
  const outside = await up(lab, ROUTER, 64999)
  t.same(heard(outside), ['end'])
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, '10.2.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), [`+ 0.0.0.0/0 via ${SWITCH} path 64513 i`])
  peer.send(announce(64512, NODE, '10.1.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), [`+ 0.0.0.0/0 via ${SWITCH} path 64513 i med 11 communities 65538`])
  peer.send(announce(64512, NODE, '10.66.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), ['- 0.0.0.0/0'])
  peer.send(withdraw('10.66.0.0/16', '10.1.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), [`+ 0.0.0.0/0 via ${SWITCH} path 64513 i`])
  peer.send(withdraw('10.2.0.0/16'))
  await lab.clock.run()
  t.same(heard(outside), ['- 0.0.0.0/0'])
  await sw.speaker.apply(speakerOptions([node]))
  await lab.clock.run()
  t.equal(sw.speaker.sizes().outgoingBlocks, 0)
  t.equal(sw.speaker.sizes().attributeSets, 0)
})

t.test('IPv6: the own address as next hop; a new router id stands in AGGREGATOR', async (t) => {
  const [own6, router6] = ['2001:db8:95::200', '2001:db8:95::1']
  const lab = new SpeakerLab()
  const options = (routerId: number) =>
    speakerOptions(
      [
        neighbor(router6, {
          remoteAs: 64999,
          passive: true,
          families: [family('ipv6-unicast', { export: 'all', defaultOriginate: {} })],
        }),
      ],
      {
        routerId,
        listen: [{ address: '::', port: 179 }],
        announce: own({
          networks: [network('2001:db8:1::/48')],
          aggregates: [{ prefix: '2001:db8::/32', summaryOnly: true }],
        }),
      },
    )
  const sw = await lab.start(own6, options(0x0a000001))
  const session = async () => {
    const peer = await lab.dial(router6, own6)
    peer.greet({ as: 64999, routerId: '10.0.0.9', capabilities: [multiprotocol(2), fourOctetAs(64999)] })
    await lab.clock.run()
    return heard(peer).sort()
  }
  const said = (id: string) =>
    [
      `+ 2001:db8::/32 via ${own6} path 64513 i by 64513 ${id}`,
      `+ ::/0 via ${own6} path 64513 i`,
      'end',
    ].sort()
  t.same(await session(), said('10.0.0.1'))
  t.match(route(sw, '2001:db8:1::/48'), { suppressed: true, paths: [{ nextHop: '::' }] })
  await sw.speaker.apply(options(0x0a000002))
  await lab.clock.run()
  t.same(await session(), said('10.0.0.2'))
})
