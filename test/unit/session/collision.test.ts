import t from 'tap'
import { initialPeer, peerState, stepPeer } from '../../../src/session/peer.js'
import type { PeerEvent, PeerParams } from '../../../src/session/types.js'
import { ADVERTISE, brief, OWN_ID, open, params, plainOpen, run } from './make.js'
import { Network } from './network.js'

const start: PeerEvent = { type: 'automatic-start' }
const acked = (connection: number): PeerEvent => ({ type: 'tcp-acked', connection })
const confirmed = (connection: number): PeerEvent => ({ type: 'tcp-confirmed', connection })
const opens = (connection: number, message = open()): PeerEvent => ({ type: 'open', connection, message })
const keepalive = (connection: number): PeerEvent => ({ type: 'keepalive', connection })

/** 1 is dialled here and in OpenConfirm, 2 was dialled by the peer. */
function bothOpen(p: PeerParams, message = open()) {
  const { state } = run(initialPeer(1), [start, confirmed(2), acked(1), opens(1, message)], p)
  return stepPeer(state, opens(2, message), p)
}

t.test('the connection initiated by the BGP speaker with the higher identifier is retained', async (t) => {
  const lower = bothOpen(params({ routerId: 1 }))
  t.same(
    lower.state.connections.map((c) => c.id),
    [2],
    'the local identifier is less: the existing one is closed, the remote one accepted',
  )
  t.same(brief(lower.actions), [
    'close 1 6/7',
    'failed 1 collision',
    'changed OpenConfirm OpenSent',
    'negotiated 2',
    'send-keepalive 2',
    'start hold 2',
    'start keepalive 2',
    'changed OpenSent OpenConfirm',
  ])
  const higher = bothOpen(params({ routerId: 0xffffffff }))
  t.same(
    higher.state.connections.map((c) => c.id),
    [1],
    'otherwise the newly created one is closed; identifiers are unsigned',
  )
  t.same(brief(higher.actions), ['close 2 6/7', 'failed 2 collision'])
})

t.test(
  'equal identifiers: the connection initiated by the speaker with the larger AS is preserved',
  async (t) => {
    const same = plainOpen({ routerId: OWN_ID })
    t.same(
      bothOpen(params(), same).state.connections.map((c) => c.id),
      [1],
      '64513 here is larger than 64512 there',
    )
    t.same(
      bothOpen(params({ localAs: 64511 }), same).state.connections.map((c) => c.id),
      [2],
    )
  },
)

t.test('a connection in OpenSent is no collision yet: its OPEN decides', async (t) => {
  const { state } = run(initialPeer(1), [start, confirmed(2), acked(1), opens(1)])
  t.same(
    state.connections.map((c) => [c.id, c.state]),
    [
      [2, 'OpenSent'],
      [1, 'OpenConfirm'],
    ],
  )
})

t.test(
  'a collision that was under way is decided by identifier although one side is Established',
  async (t) => {
    const p = params({ routerId: 1 })
    const before = run(
      initialPeer(1),
      [start, confirmed(2), acked(1), opens(1, plainOpen()), keepalive(1)],
      p,
    )
    t.equal(peerState(before.state), 'Established')
    const { state, actions } = stepPeer(before.state, opens(2, plainOpen()), p)
    t.same(
      state.connections.map((c) => c.id),
      [2],
    )
    t.same(brief(actions).slice(0, 2), ['close 1 6/7', 'down 1 collision'])
  },
)

t.test('a connection that comes beside an Established one waits for the OPEN of the peer', async (t) => {
  const { state, actions } = run(initialPeer(1), [start, acked(1), opens(1), keepalive(1), confirmed(2)])
  t.same(brief(actions), ['stop connect-retry', 'start delay-open 2'])
  t.equal(peerState(state), 'Established')
})

t.test('a collision with an Established connection closes the newly created one', async (t) => {
  for (const first of [acked(1), confirmed(1)]) {
    const message = plainOpen()
    const events = [start, first, opens(1, message), keepalive(1), confirmed(2), opens(2, message)]
    const { state, actions } = run(initialPeer(1), events)
    t.same(brief(actions), ['close 2 6/7', 'failed 2 collision'])
    t.equal(peerState(state), 'Established')
    t.match(actions[1], { end: { text: /second connection beside the Established session/ } })
  }
})

t.test(
  'with graceful restart received, the previous session is closed silently and the new one retained',
  async (t) => {
    const events = [start, confirmed(1), opens(1), keepalive(1), confirmed(2), opens(2)]
    const { state, actions } = run(initialPeer(1), events)
    t.same(brief(actions), [
      'close 1',
      'down 1 replaced',
      'changed Established Active',
      'stop delay-open 2',
      'send-open 2',
      'negotiated 2',
      'send-keepalive 2',
      'start hold 2',
      'start keepalive 2',
      'changed Active OpenConfirm',
    ])
    const up = stepPeer(state, keepalive(2), params())
    t.ok(brief(up.actions).includes('established 2'))
  },
)

t.test(
  'graceful restart without a family does not replace (RFC 4724 §5 "with one or more AFIs/SAFIs")',
  async (t) => {
    const helper = plainOpen()
    const message = {
      ...helper,
      capabilities: [
        ...helper.capabilities,
        {
          code: 64,
          name: 'graceful-restart',
          restarting: true,
          notification: false,
          time: 0,
          families: [],
        } as const,
      ],
    }
    const events = [start, confirmed(1), opens(1, message), keepalive(1), confirmed(2), opens(2, message)]
    t.same(brief(run(initialPeer(1), events).actions), ['close 2 6/7', 'failed 2 collision'])
  },
)

t.test('in the opposite direction the replacement waits until the new session is up', async (t) => {
  const events = [start, acked(1), opens(1), keepalive(1), confirmed(2), opens(2)]
  const { state } = run(initialPeer(1), events)
  t.same(
    state.connections.map((c) => [c.id, c.state]),
    [
      [1, 'Established'],
      [2, 'OpenConfirm'],
    ],
  )
  const up = stepPeer(state, keepalive(2), params())
  t.same(brief(up.actions), [
    'close 1',
    'down 1 replaced',
    'changed Established OpenConfirm',
    'start hold 2',
    'start send-hold 2',
    'established 2',
    'changed OpenConfirm Established',
  ])
  const cease = { type: 'notification', code: 6, subcode: 7, data: new Uint8Array(0) } as const
  const dropped = stepPeer(state, { type: 'notification', connection: 2, message: cease }, params())
  t.equal(peerState(dropped.state), 'Established', 'the peer took it back: the old session is still there')
})

t.test('of incoming connections without OPEN only the newest is kept', async (t) => {
  const { state, actions } = run(initialPeer(1), [start, confirmed(1), confirmed(2)])
  t.same(brief(actions), ['send-open 2', 'start hold 2', 'close 1 6/7', 'failed 1 collision'])
  t.equal(peerState(state), 'OpenSent')
})

t.test('an incoming connection in OpenConfirm makes room when a newer one sends its OPEN', async (t) => {
  const events = [start, confirmed(1), opens(1), confirmed(2), opens(2)]
  const { state } = run(initialPeer(1), events)
  t.same(
    state.connections.map((c) => c.id),
    [2],
  )
})

t.test('a valid OPEN ends the own dial, and one that succeeded too late is closed', async (t) => {
  const { state, actions } = run(initialPeer(1), [start, confirmed(1), opens(1)])
  t.same(brief(actions).slice(0, 2), ['cancel-dial', 'stop connect-retry'])
  t.same(brief(stepPeer(state, acked(2), params()).actions), ['close 2'])
})

t.test('an OPEN with an error does not end another connection', async (t) => {
  const { state } = run(initialPeer(1), [
    start,
    confirmed(2),
    acked(1),
    opens(1),
    opens(2, open({ myAs: 0 })),
  ])
  t.same(
    state.connections.map((c) => [c.id, c.state]),
    [[1, 'OpenConfirm']],
  )
})

// Pairs of neighbors

const RESTARTING = {
  ...ADVERTISE,
  gracefulRestart: {
    time: 120,
    restarting: false,
    notification: false,
    families: [{ family: 'ipv4-unicast', forwarding: true } as const],
  },
}

function pair(aId: number, bId: number, advertise: typeof ADVERTISE, seed: number, latency: number) {
  const b = { peer: '192.0.2.1', localAs: 64512, remoteAs: 64513, routerId: bId, advertise }
  return new Network(params({ routerId: aId, advertise }), params(b), seed, latency)
}

for (const [name, advertise] of [
  ['without graceful restart', ADVERTISE],
  ['with graceful restart', RESTARTING],
] as const) {
  for (const [aId, bId, winner] of [
    [1, 2, 'b'],
    [2, 1, 'a'],
    [5, 5, 'a'],
  ] as const) {
    t.test(`both dial, ${name}, identifiers ${aId} and ${bId}: exactly one survives, the same`, async (t) => {
      const wrong: string[] = []
      let collisions = 0
      for (let seed = 1; seed <= 600; seed++) {
        const net = pair(aId, bId, advertise, seed * 7919, [5, 50, 400][seed % 3])
        net.at(0, () => net.feed(net.a, start))
        net.at((seed % 40) * 15, () => net.feed(net.b, start))
        net.runUntil(4800)
        const session = net.a.session
        const one = net.a.open.size === 1 && net.b.open.size === 1
        if (session === undefined || session !== net.b.session || !one) {
          wrong.push(`seed ${seed}: ${net.a.name} ${session}, ${net.b.name} ${net.b.session}`)
        }
        const decided = [...net.a.ends, ...net.b.ends].filter((end) => end.cause === 'collision')
        if (decided.length > 0) collisions++
      }
      t.same(wrong, [])
      t.ok(collisions > 100, `${collisions} collisions were decided (${winner} dials the one that stays)`)
    })
  }
}

t.test('a node that dies silently and comes back replaces its session at once', async (t) => {
  for (let seed = 1; seed <= 50; seed++) {
    const net = pair(1, 2, RESTARTING, seed, 20)
    net.feed(net.a, start)
    net.feed(net.b, start)
    net.runUntil(2000)
    net.update(net.b)
    net.runUntil(3000)
    const old = net.a.session
    net.kill(net.b)
    net.a.ends.length = 0
    net.runUntil(10_000)
    t.equal(net.a.session, old, 'nothing was noticed')
    net.restart(net.b, seed + 1000)
    net.feed(net.b, start)
    net.runUntil(11_000)
    t.not(net.a.session, old)
    t.equal(net.a.session, net.b.session)
    t.same(
      net.a.ends.filter((end) => end.cause === 'replaced').map((end) => end.notification),
      [undefined],
      'without NOTIFICATION',
    )
  }
})

t.test('without graceful restart it waits for the hold time of the dead session', async (t) => {
  const net = pair(1, 2, { ...ADVERTISE, gracefulRestart: undefined }, 3, 20)
  net.feed(net.a, start)
  net.feed(net.b, start)
  net.runUntil(2000)
  const old = net.a.session
  net.kill(net.b)
  net.runUntil(10_000)
  net.restart(net.b, 77)
  net.feed(net.b, start)
  net.runUntil(80_000)
  t.equal(net.a.session, old)
  t.equal(net.b.session, undefined)
  net.runUntil(400_000)
  t.not(net.a.session, old)
  t.equal(net.a.session, net.b.session)
  t.ok(net.a.session !== undefined)
  t.ok(net.a.ends.some((end) => end.cause === 'hold-expired'))
})
