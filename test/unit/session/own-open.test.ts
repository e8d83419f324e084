import t from 'tap'
import { checkOpen } from '../../../src/session/open.js'
import { establishedConnection, initialPeer } from '../../../src/session/peer.js'
import type { PeerEvent, PeerState } from '../../../src/session/types.js'
import { NO_DATA, open, params, plainOpen, run } from './make.js'

const start: PeerEvent = { type: 'manual-start' }
const acked = (connection: number): PeerEvent => ({ type: 'tcp-acked', connection })
const refused = (connection: number, subcode: number): PeerEvent => ({
  type: 'notification',
  connection,
  message: { type: 'notification', code: 2, subcode, data: NO_DATA },
})
const idle: PeerEvent = { type: 'timer', timer: 'idle-hold' }

/** AS of the OPEN that the last event made it send. */
function sentAs(state: PeerState, events: readonly PeerEvent[], p = params()) {
  const step = run(state, events, p)
  const sent = step.actions.find((action) => action.type === 'send-open')
  return { state: step.state, as: sent?.type === 'send-open' ? sent.message.myAs : undefined }
}

t.test('two own AS numbers: a peer that answers 2/2 is offered the other one, in turn', async (t) => {
  const p = params({ localAs: 64999, otherAs: 64513 })
  const first = sentAs(initialPeer(1), [start, acked(1)], p)
  t.equal(first.as, 64999)
  const second = sentAs(first.state, [refused(1, 2), idle, acked(2)], p)
  t.equal(second.as, 64513)
  const third = sentAs(second.state, [refused(2, 2), idle, acked(3)], p)
  t.equal(third.as, 64999)
  const kept = sentAs(first.state, [refused(1, 6), idle, acked(2)], p)
  t.equal(kept.as, 64999, 'another answer changes nothing')
  const session = run(
    second.state,
    [
      { type: 'open', connection: 2, message: plainOpen() },
      { type: 'keepalive', connection: 2 },
    ],
    p,
  )
  t.equal(establishedConnection(session.state)?.negotiated?.localAs, 64513)
  const single = params({ localAs: 64999 })
  const same = sentAs(
    sentAs(initialPeer(1), [start, acked(1)], single).state,
    [refused(1, 2), idle, acked(2)],
    single,
  )
  t.equal(same.as, 64999, 'without another one nothing changes')
})

t.test('no capabilities at all', async (t) => {
  const p = params({ plainOpen: true })
  const { state, actions } = run(initialPeer(1), [start, acked(1)], p)
  const sent = actions.find((action) => action.type === 'send-open')
  t.same(sent?.type === 'send-open' && sent.message.capabilities, [])
  const session = run(
    state,
    [
      { type: 'open', connection: 1, message: plainOpen() },
      { type: 'keepalive', connection: 1 },
    ],
    p,
  )
  t.match(establishedConnection(session.state)?.negotiated, { families: ['ipv4-unicast'], as4: false })
})

t.test('the own families are used whatever the peer announces', async (t) => {
  const families = (p = params()) => {
    const message = open({ capabilities: [] })
    const { state } = run(initialPeer(1), [start, acked(1), { type: 'open', connection: 1, message }], p)
    return state.connections[0].negotiated?.families
  }
  t.same(families(), ['ipv4-unicast'])
  t.same(families(params({ overrideFamilies: true })), ['ipv4-unicast', 'ipv6-unicast'])
})

t.test('remote-as external: any AS but the own one', async (t) => {
  const external = params({ remoteAs: 0 })
  t.same(checkOpen(open({ myAs: 7, capabilities: [] }), external), { ok: true, remoteAs: 7 })
  t.match(checkOpen(open({ myAs: 64513, capabilities: [] }), external), {
    ok: false,
    code: 2,
    subcode: 2,
    why: { text: /our own, where another one is expected/ },
  })
  const internal = params({ remoteAs: 64513 })
  t.match(checkOpen(open({ myAs: 64513, capabilities: [] }), internal), { ok: true })
  t.match(checkOpen(open({ myAs: 7, capabilities: [] }), internal), { ok: false, subcode: 2 })
})

t.test('the least hold time that is accepted', async (t) => {
  const strict = params({ minimumHold: 30 })
  t.match(checkOpen(open({ holdTime: 9 }), strict), {
    ok: false,
    code: 2,
    subcode: 6,
    why: { text: /below the least one/ },
  })
  for (const holdTime of [0, 30, 90]) t.match(checkOpen(open({ holdTime }), strict), { ok: true })
})
