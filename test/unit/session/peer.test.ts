import t from 'tap'
import { establishedConnection, initialPeer, peerState, stepPeer } from '../../../src/session/peer.js'
import { said } from '../../../src/session/reasons.js'
import type { PeerAction, PeerEvent, PeerState } from '../../../src/session/types.js'
import { brief, NO_DATA, open, params, plainOpen, run } from './make.js'
import { Network, randomFrom } from './network.js'

const start: PeerEvent = { type: 'automatic-start' }
const up: PeerEvent[] = [
  start,
  { type: 'tcp-acked', connection: 1 },
  { type: 'open', connection: 1, message: open() },
  { type: 'keepalive', connection: 1 },
]

function timer(actions: readonly PeerAction[], name: string): number {
  const found = actions.find((a) => a.type === 'start' && a.timer === name)
  return found?.type === 'start' ? found.ms : Number.NaN
}

t.test('passive neighbors never dial', async (t) => {
  const p = params({ passive: true })
  let { state, actions } = run(initialPeer(1), [start], p)
  t.same(brief(actions), ['changed Idle Active'])
  const seen: string[] = []
  const events: PeerEvent[] = [
    { type: 'timer', timer: 'connect-retry' },
    { type: 'tcp-confirmed', connection: 1 },
    { type: 'tcp-fails', connection: 1, reason: 'x' },
    { type: 'timer', timer: 'connect-retry' },
    { type: 'tcp-confirmed', connection: 2 },
    { type: 'open', connection: 2, message: open() },
    { type: 'keepalive', connection: 2 },
    { type: 'timer', timer: 'hold', connection: 2 },
    { type: 'timer', timer: 'idle-hold' },
  ]
  for (const event of events) {
    ;({ state, actions } = stepPeer(state, event, p))
    seen.push(...brief(actions))
  }
  t.notOk(seen.includes('dial'))
  t.equal(peerState(state), 'Active', 'after its idle hold time it waits again')
})

t.test('OPEN first: nothing else is sent before the OPEN of the peer has been read', async (t) => {
  const { actions } = run(initialPeer(1), [start, { type: 'tcp-acked', connection: 1 }])
  t.same(
    brief(actions).filter((a) => a.startsWith('send')),
    ['send-open 1'],
  )
  t.equal(timer(actions, 'hold'), 240_000, 'a large hold time: 4 minutes are suggested')
})

t.test('hold and keepalive timers follow the negotiated hold time', async (t) => {
  const nine = run(initialPeer(1), [
    start,
    { type: 'tcp-acked', connection: 1 },
    { type: 'open', connection: 1, message: open({ holdTime: 9 }) },
  ])
  t.equal(timer(nine.actions, 'hold'), 9000)
  const keepalive = timer(nine.actions, 'keepalive')
  t.ok(keepalive >= 2250 && keepalive <= 3000, `a third, with jitter: ${keepalive}`)
  const three = run(initialPeer(1), [
    start,
    { type: 'tcp-acked', connection: 1 },
    { type: 'open', connection: 1, message: open({ holdTime: 3 }) },
  ])
  t.equal(timer(three.actions, 'keepalive'), 1000, 'KEEPALIVEs are not sent faster than one a second')
})

t.test('hold time 0: neither hold nor keepalive nor send hold timer', async (t) => {
  let { state, actions } = run(initialPeer(1), [
    start,
    { type: 'tcp-acked', connection: 1 },
    { type: 'open', connection: 1, message: open({ holdTime: 0 }) },
  ])
  t.same(brief(actions), ['negotiated 1', 'send-keepalive 1', 'stop hold 1', 'changed OpenSent OpenConfirm'])
  ;({ state, actions } = stepPeer(state, { type: 'keepalive', connection: 1 }, params()))
  t.same(brief(actions), ['established 1', 'changed OpenConfirm Established'])
  t.same(stepPeer(state, { type: 'update', connection: 1 }, params()).actions, [])
  t.same(stepPeer(state, { type: 'sent', connection: 1 }, params()).actions, [])
  t.same(stepPeer(state, { type: 'timer', timer: 'keepalive', connection: 1 }, params()).actions, [])
})

t.test(
  'send hold time: max(480 s, twice the hold time), or as configured but above the hold time',
  async (t) => {
    t.equal(timer(run(initialPeer(1), up).actions, 'send-hold'), 480_000)
    t.equal(timer(run(initialPeer(1), up, params({ sendHold: 100 })).actions, 'send-hold'), 100_000)
    t.equal(timer(run(initialPeer(1), up, params({ sendHold: 5 })).actions, 'send-hold'), 91_000)
  },
)

t.test('UPDATE and progress in sending cost no object', async (t) => {
  const { state } = run(initialPeer(1), up)
  const event: PeerEvent = { type: 'update', connection: 1 }
  const first = stepPeer(state, event, params())
  const second = stepPeer(state, event, params())
  t.equal(first.state, state)
  t.equal(first.actions, second.actions)
  t.same(stepPeer(state, { type: 'update', connection: 9 }, params()).actions, [])
})

t.test('the interval between dials grows, is spread, and has a ceiling', async (t) => {
  const firsts = new Set<number>()
  for (let seed = 1; seed <= 20; seed++) {
    let { state } = run(initialPeer(seed), [start])
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      const failed = stepPeer(
        state,
        { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'refused' } },
        params(),
      )
      waits.push(timer(failed.actions, 'connect-retry'))
      ;({ state } = stepPeer(failed.state, { type: 'timer', timer: 'connect-retry' }, params()))
    }
    firsts.add(waits[0])
    for (const [i, wait] of waits.entries()) {
      const full = Math.min(5 * 2 ** i, 120) * 1000
      t.ok(wait >= full * 0.75 && wait <= full, `wait ${i}: ${wait}`)
    }
  }
  t.ok(firsts.size > 15, 'neighbors do not dial in step')
})

t.test('the idle hold time grows while sessions fail, and starts again after a stable one', async (t) => {
  let state: PeerState = initialPeer(5)
  let id = 0
  const session = (ticks: number) => {
    id++
    const events: PeerEvent[] = [
      state.running ? { type: 'timer', timer: 'idle-hold' } : start,
      { type: 'tcp-acked', connection: id },
      { type: 'open', connection: id, message: open() },
      { type: 'keepalive', connection: id },
      ...Array.from(
        { length: ticks },
        () => ({ type: 'timer', timer: 'keepalive', connection: id }) as const,
      ),
      { type: 'tcp-fails', connection: id, reason: 'reset by the peer' },
    ]
    const result = run(state, events)
    state = result.state
    return timer(result.actions, 'idle-hold')
  }
  const short = [session(0), session(1), session(2)]
  t.ok(short[0] <= 5000 && short[1] > 5000 && short[2] >= 15_000, `${short}`)
  t.ok(session(3) <= 5000, 'stable for about a hold time')
})

t.test('a configured idle hold time of 0 is no busy loop', async (t) => {
  const p = params({ idleHold: 0 })
  let { state, actions } = run(initialPeer(1), [start], p)
  const waits: number[] = []
  for (let i = 0; i < 4; i++) {
    ;({ state, actions } = stepPeer(
      state,
      { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'refused' } },
      p,
    ))
    waits.push(timer(actions, 'connect-retry'))
    ;({ state } = stepPeer(state, { type: 'timer', timer: 'connect-retry' }, p))
  }
  t.ok(waits.every((ms) => ms > 30))
  t.ok(waits[3] > 4 * waits[0])
})

t.test('a peer that connects during the idle hold time is let in', async (t) => {
  const { state } = run(initialPeer(1), [...up, { type: 'tcp-fails', connection: 1, reason: 'x' }])
  t.equal(peerState(state), 'Idle')
  const back = run(state, [
    { type: 'tcp-confirmed', connection: 2 },
    { type: 'open', connection: 2, message: open() },
    { type: 'keepalive', connection: 2 },
  ])
  t.equal(peerState(back.state), 'Established')
  t.ok(brief(back.actions).includes('stop idle-hold'))
  const waiting = run(state, [
    { type: 'tcp-confirmed', connection: 2 },
    { type: 'timer', timer: 'idle-hold' },
  ])
  t.same(waiting.actions, [], 'no dial while a connection exists')
  t.equal(peerState(waiting.state), 'OpenSent')
})

t.test('ManualStop: Cease, counter 0, no automatic restart; the next start begins anew', async (t) => {
  const data = Uint8Array.of(2, 104, 105)
  const stop: PeerEvent = { type: 'manual-stop', subcode: 2, data, text: 'maintenance' }
  const { state, actions } = run(initialPeer(1), [...up, stop])
  t.match(actions[0], { type: 'close', notification: { code: 6, subcode: 2, data } })
  t.match(actions[1], { type: 'down', end: { cause: 'admin', text: 'maintenance' } })
  t.equal(state.running, false)
  t.equal(state.retries, 0)
  t.same(stepPeer(state, { type: 'timer', timer: 'idle-hold' }, params()).actions, [])
  t.equal(peerState(run(state, [start]).state), 'Connect')
})

t.test('AutomaticStop: restart after the idle hold time, or after the time given', async (t) => {
  const stop = (idleHold?: number): PeerEvent => ({
    type: 'automatic-stop',
    subcode: 1,
    data: NO_DATA,
    text: 'too many prefixes',
    idleHold,
  })
  const computed = run(initialPeer(1), [...up, stop()])
  t.ok(timer(computed.actions, 'idle-hold') <= 5000)
  t.match(computed.actions[1], { type: 'down', end: { cause: 'hard-reset' } })
  t.equal(timer(run(initialPeer(1), [...up, stop(60_000)]).actions, 'idle-hold'), 60_000)
  t.equal(timer(run(initialPeer(1), [...up, stop(0)]).actions, 'idle-hold'), 0)
})

t.test(
  'a peer that somebody calls dead (RFC 5882 §4.2): the answer is that to AutomaticStop, but for the NOTIFICATION',
  async (t) => {
    const states: Record<string, readonly PeerEvent[]> = {
      stopped: [],
      connect: [start],
      active: [start, { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'refused' } }],
      'idle hold': [...up, { type: 'tcp-fails', connection: 1, reason: 'reset' }],
      'open sent': up.slice(0, 2),
      'open confirm': up.slice(0, 3),
      established: up,
    }
    const dead: PeerEvent = { type: 'dead', bfd: true, forwardingDead: true, text: 'x' }
    const stop: PeerEvent = { type: 'automatic-stop', subcode: 10, data: NO_DATA, text: 'x' }
    for (const [name, events] of Object.entries(states)) {
      const before = run(initialPeer(1), events).state
      const [now, then] = [dead, stop].map((event) => stepPeer(before, event, params()))
      const expected = brief(then.actions).map((action) => action.replace('hard-reset', 'dead'))
      t.same(brief(now.actions), expected, name)
      t.same(now.state, then.state, name)
    }
  },
)

t.test('which NOTIFICATION a dead peer is sent', async (t) => {
  const graceful = open()
  const plain = plainOpen()
  const end = (message: typeof graceful, more: { bfd: boolean; forwardingDead: boolean }) => {
    const { state } = run(initialPeer(1), [
      ...up.slice(0, 2),
      { type: 'open', connection: 1, message },
      up[3],
    ])
    return stepPeer(state, { type: 'dead', ...more, text: 'x' }, params()).actions.slice(0, 2)
  }
  t.match(end(plain, { bfd: true, forwardingDead: false }), [
    { type: 'close', notification: { code: 6, subcode: 10 } },
    { type: 'down', end: { cause: 'dead', notification: { direction: 'sent', code: 6, subcode: 10 } } },
  ])
  t.match(end(plain, { bfd: false, forwardingDead: true }), [
    { type: 'close', notification: { code: 4, subcode: 0 } },
    { type: 'down', end: { cause: 'dead' } },
  ])
  const spared = end(graceful, { bfd: true, forwardingDead: false })
  t.match(spared, [
    { type: 'close' },
    { type: 'down', end: { cause: 'control-dead', notification: undefined } },
  ])
  t.notOk('notification' in spared[0] && spared[0].notification, 'it would end graceful restart there')
})

t.test('a stop closes every connection', async (t) => {
  const p = params()
  const { state } = run(initialPeer(1), [
    start,
    { type: 'tcp-confirmed', connection: 2 },
    { type: 'tcp-acked', connection: 1 },
  ])
  t.same(brief(stepPeer(state, { type: 'manual-stop', subcode: 3, data: NO_DATA, text: 'x' }, p).actions), [
    'close 2 6/3',
    'failed 2 admin',
    'close 1 6/3',
    'failed 1 admin',
    'changed OpenSent Idle',
    'stop connect-retry',
    'stop idle-hold',
  ])
})

t.test('with the N bit on both sides a stop for good is a Hard Reset with the reason inside', async (t) => {
  const p = params({
    advertise: {
      ...params().advertise,
      gracefulRestart: { time: 120, restarting: false, notification: true, families: [] },
    },
  })
  const message = open({
    capabilities: open().capabilities.map((c) =>
      c.name === 'graceful-restart' ? { ...c, notification: true } : c,
    ),
  })
  const { state } = run(
    initialPeer(1),
    [
      start,
      { type: 'tcp-acked', connection: 1 },
      { type: 'open', connection: 1, message },
      { type: 'keepalive', connection: 1 },
    ],
    p,
  )
  const data = Uint8Array.of(3, 98, 121, 101)
  const stop = (subcode: number): PeerEvent => ({ type: 'automatic-stop', subcode, data, text: 'x' })
  for (const subcode of [1, 2, 3, 10]) {
    t.match(stepPeer(state, stop(subcode), p).actions, [
      { notification: { code: 6, subcode: 9, data: Uint8Array.of(6, subcode, 3, 98, 121, 101) } },
      { type: 'down', end: { cause: 'hard-reset' } },
    ])
  }
  for (const subcode of [4, 6, 8]) {
    t.match(stepPeer(state, stop(subcode), p).actions, [
      { notification: { code: 6, subcode, data } },
      { type: 'down', end: { cause: 'notification' } },
    ])
  }
})

t.test('a received NOTIFICATION closes without an answer and says what to do', async (t) => {
  const { state } = run(initialPeer(1), up)
  const receive = (code: number, subcode: number, ...data: number[]) =>
    stepPeer(
      state,
      {
        type: 'notification',
        connection: 1,
        message: { type: 'notification', code, subcode, data: Uint8Array.from(data) },
      },
      params(),
    ).actions
  t.same(receive(6, 2)[0], { type: 'close', connection: 1 })
  const text = (code: number, subcode: number, ...data: number[]) => {
    const [, down] = receive(code, subcode, ...data)
    return down.type === 'down' ? `${down.end.cause}: ${said(down.end)}` : ''
  }
  t.match(
    text(2, 2),
    /^notification: 192\.0\.2\.2 refuses our AS 64513: set the AS it expects of us to 64513/,
  )
  t.match(text(2, 3), /refuses our router-id 192\.0\.2\.1/)
  t.match(text(2, 6), /refuses our hold time 90/)
  t.match(text(2, 99), /refuses our OPEN \(2\/99\)/)
  t.match(text(6, 9, 6, 2), /^hard-reset: 192\.0\.2\.2 is administratively shut down \(hard reset\)/)
  t.match(text(6, 9), /^hard-reset: .* for good/)
  t.match(text(6, 7), /^notification: .*connection collision/)
  t.match(text(6, 5), /is this address configured there/)
  t.match(text(6, 77), /Cease\/77/)
  t.match(text(5, 3, 1), /did not expect our OPEN in Established/)
  t.match(text(5, 0), /did not expect our message/)
  t.match(text(4, 0), /heard nothing from us/)
  t.match(text(8, 0), /could not send to us/)
  t.match(text(1, 2), /header/)
  t.match(text(3, 1), /our UPDATE \(3\/1\)/)
  t.match(text(7, 1), /our ROUTE-REFRESH \(7\/1\)/)
  t.match(text(200, 1), /sent NOTIFICATION 200\/1/)
})

t.test('a peer that answers 2/4 is offered an OPEN without capabilities', async (t) => {
  const unsupported: PeerEvent = {
    type: 'notification',
    connection: 1,
    message: { type: 'notification', code: 2, subcode: 4, data: NO_DATA },
  }
  const again: PeerEvent[] = [
    { type: 'timer', timer: 'idle-hold' },
    { type: 'tcp-acked', connection: 2 },
  ]
  const events = [start, { type: 'tcp-acked', connection: 1 } as const, unsupported, ...again]
  const { state, actions } = run(initialPeer(1), events)
  const sent = actions.find((a) => a.type === 'send-open')
  t.same(sent?.type === 'send-open' && sent.message.capabilities, [])
  const session = run(state, [
    { type: 'open', connection: 2, message: plainOpen({ capabilities: [] }) },
    { type: 'keepalive', connection: 2 },
  ])
  t.same(establishedConnection(session.state)?.negotiated?.families, ['ipv4-unicast'])
  const refusedAgain = run(state, [{ ...unsupported, connection: 2 } as PeerEvent])
  t.equal(refusedAgain.state.plainOpen, false, 'refused as well: the next try has capabilities again')
})

t.test('DelayOpen: the OPEN waits for that of the peer, or for the timer', async (t) => {
  const p = params({ delayOpen: 10 })
  const { actions, state } = run(initialPeer(1), [start, { type: 'tcp-acked', connection: 1 }], p)
  t.equal(timer(actions, 'delay-open'), 10_000)
  const answer = stepPeer(state, { type: 'open', connection: 1, message: open() }, p)
  t.equal(peerState(answer.state), 'OpenConfirm')
})

t.test('unexpected messages are named with the type octet as data (RFC 6608)', async (t) => {
  const { state } = run(initialPeer(1), [start, { type: 'tcp-acked', connection: 1 }])
  const [close, failed] = stepPeer(state, { type: 'keepalive', connection: 1 }, params()).actions
  t.match(close, { notification: { code: 5, subcode: 1, data: Uint8Array.of(4) } })
  t.match(failed, { end: { text: '192.0.2.2 sent KEEPALIVE in state OpenSent, where BGP allows none' } })
})

t.test('two neighbors keep a session up, and notice when one falls silent', async (t) => {
  const b = params({ peer: '192.0.2.1', localAs: 64512, remoteAs: 64513, routerId: 9, holdTime: 9 })
  const net = new Network(params(), b, 4)
  net.feed(net.a, start)
  net.feed(net.b, start)
  net.runUntil(2000)
  t.equal(net.a.name, 'Established')
  net.runUntil(600_000)
  t.equal(net.a.established, 1, 'up for ten minutes on keepalives alone')
  net.kill(net.b)
  net.runUntil(600_000 + 10_000)
  t.equal(net.a.session, undefined)
  t.same(
    net.a.ends.map((end) => end.cause).filter((cause) => cause !== 'collision' && cause !== 'dial'),
    ['hold-expired'],
  )
})

t.test('nothing throws, whatever order events come in', async (t) => {
  const events: PeerEvent[] = [
    start,
    { type: 'manual-start' },
    { type: 'manual-stop', subcode: 2, data: NO_DATA, text: 'x' },
    { type: 'automatic-stop', subcode: 4, data: NO_DATA, text: 'x' },
    { type: 'timer', timer: 'connect-retry' },
    { type: 'timer', timer: 'idle-hold' },
    { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'x' } },
    ...[1, 2, 3, 4].flatMap((connection): PeerEvent[] => [
      { type: 'tcp-acked', connection },
      { type: 'tcp-confirmed', connection },
      { type: 'tcp-fails', connection, reason: 'x' },
      { type: 'open', connection, message: open() },
      { type: 'open', connection, message: plainOpen() },
      { type: 'open', connection, message: open({ routerId: 0 }) },
      { type: 'keepalive', connection },
      { type: 'keepalive', connection },
      { type: 'update', connection },
      { type: 'sent', connection },
      { type: 'timer', timer: 'hold', connection },
      { type: 'timer', timer: 'keepalive', connection },
      { type: 'timer', timer: 'delay-open', connection },
      { type: 'timer', timer: 'send-hold', connection },
      { type: 'fault', connection, code: 3, subcode: 1, data: NO_DATA, text: 'x' },
    ]),
  ]
  let state = initialPeer(99)
  const random = randomFrom(99)
  let established = 0
  let wrong = 0
  for (let i = 0; i < 50_000; i++) {
    const event = events[Math.floor(random() * events.length)]
    const before = peerState(state)
    const result = stepPeer(state, event, params())
    // The reported changes lead from the state before to the state after, without a gap.
    let at = before
    for (const a of result.actions) {
      if (a.type === 'established') established++
      if (a.type !== 'changed') continue
      if (a.from !== at || a.from === a.to) wrong++
      at = a.to
    }
    if (at !== peerState(result.state)) wrong++
    const ids = result.state.connections.map((c) => c.id)
    if (new Set(ids).size !== ids.length) wrong++
    if (result.state.connections.filter((c) => c.state === 'Established').length > 1) wrong++
    if (result.state.connections.length > 4) wrong++
    if (!result.state.running && ids.length > 0) wrong++
    state = result.state
  }
  t.equal(wrong, 0)
  t.ok(established > 20, `${established} sessions came up in between`)
})
