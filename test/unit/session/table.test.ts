import t from 'tap'
import { initialPeer, peerState, stepPeer } from '../../../src/session/peer.js'
import type { PeerEvent, PeerState, State } from '../../../src/session/types.js'
import { brief, NO_DATA, open, params, run } from './make.js'

/**
 * RFC 4271 §8.2.2 as a table: every state (with its kinds: stopped and idle hold are both Idle) against every
 * event; the answer is the state after it and the actions in order. Connection 1 is the one that exists.
 */

const start: PeerEvent = { type: 'automatic-start' }
const STATES: Record<string, readonly PeerEvent[]> = {
  'Idle (stopped)': [],
  'Idle (idle hold)': [start, { type: 'tcp-acked', connection: 1 }, fault(2, 0)],
  Connect: [start],
  Active: [start, { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'refused' } }],
  'Connect (delay open)': [start, { type: 'tcp-acked', connection: 1 }],
  'Active (delay open)': [
    start,
    { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'refused' } },
    { type: 'tcp-confirmed', connection: 1 },
  ],
  OpenSent: [start, { type: 'tcp-acked', connection: 1 }],
  OpenConfirm: [
    start,
    { type: 'tcp-acked', connection: 1 },
    { type: 'open', connection: 1, message: open() },
  ],
  Established: [
    start,
    { type: 'tcp-acked', connection: 1 },
    { type: 'open', connection: 1, message: open() },
    { type: 'keepalive', connection: 1 },
  ],
}

function fault(code: number, subcode: number): PeerEvent {
  return { type: 'fault', connection: 1, code, subcode, data: NO_DATA, text: 'malformed' }
}

function notification(code: number, subcode: number): PeerEvent {
  return {
    type: 'notification',
    connection: 1,
    message: { type: 'notification', code, subcode, data: NO_DATA },
  }
}

const EVENTS: Record<string, PeerEvent> = {
  'ManualStart [1]': { type: 'manual-start' },
  'ManualStop [2]': { type: 'manual-stop', subcode: 2, data: NO_DATA, text: 'shut down' },
  'AutomaticStart [3]': start,
  'AutomaticStop [8]': { type: 'automatic-stop', subcode: 4, data: NO_DATA, text: 'reset' },
  'ConnectRetryTimer_Expires [9]': { type: 'timer', timer: 'connect-retry' },
  'HoldTimer_Expires [10]': { type: 'timer', timer: 'hold', connection: 1 },
  'KeepaliveTimer_Expires [11]': { type: 'timer', timer: 'keepalive', connection: 1 },
  'DelayOpenTimer_Expires [12]': { type: 'timer', timer: 'delay-open', connection: 1 },
  'IdleHoldTimer_Expires [13]': { type: 'timer', timer: 'idle-hold' },
  'Tcp_CR_Acked [16]': { type: 'tcp-acked', connection: 2 },
  'TcpConnectionConfirmed [17]': { type: 'tcp-confirmed', connection: 2 },
  'TcpConnectionFails [18]': { type: 'tcp-fails', connection: 1, reason: 'reset by the peer' },
  'TcpConnectionFails, dial [18]': {
    type: 'dial-failed',
    failure: { reason: 'dial-refused', text: 'refused' },
  },
  'BGPOpen [19, 20]': { type: 'open', connection: 1, message: open() },
  'BGPHeaderErr [21]': fault(1, 2),
  'BGPOpenMsgErr, framing [22]': fault(2, 0),
  'BGPOpenMsgErr, meaning [22]': { type: 'open', connection: 1, message: open({ myAs: 0 }) },
  'OpenCollisionDump [23]': { type: 'open', connection: 2, message: open() },
  'NotifMsgVerErr [24]': notification(2, 1),
  'NotifMsg [25]': notification(6, 2),
  'KeepAliveMsg [26]': { type: 'keepalive', connection: 1 },
  'UpdateMsg [27]': { type: 'update', connection: 1 },
  'UpdateMsgErr [28]': fault(3, 1),
  'SendHoldTimer_Expires [29]': { type: 'timer', timer: 'send-hold', connection: 1 },
  RouteRefreshMsg: {
    type: 'route-refresh',
    connection: 1,
    message: { type: 'route-refresh', afi: 1, subtype: 0, safi: 1 },
  },
  'malformed NOTIFICATION': fault(0, 0),
  'octets sent': { type: 'sent', connection: 1 },
}

/** Actions of a connection that ends in a NOTIFICATION before Established, and the neighbor's idle hold. */
const refuse = (state: string, what: string) => [
  `close 1 ${what}`,
  'failed 1 notification',
  'stop connect-retry',
  `changed ${state} Idle`,
  'start idle-hold',
]
const silent = (state: string, cause = 'notification') => [
  'close 1',
  `failed 1 ${cause}`,
  'stop connect-retry',
  `changed ${state} Idle`,
  'start idle-hold',
]
const lost = (what: string, cause = 'notification') => [
  what === '' ? 'close 1' : `close 1 ${what}`,
  `down 1 ${cause}`,
  'stop connect-retry',
  'changed Established Idle',
  'start idle-hold',
]
const stopped = (state: string, end: string) => [
  'close 1 6/2',
  end,
  `changed ${state} Idle`,
  'stop connect-retry',
  'stop idle-hold',
]
const reset = (state: string, end: string) => [
  'close 1 6/4',
  end,
  `changed ${state} Idle`,
  'stop connect-retry',
  'start idle-hold',
]
const refused = ['close 2 6/5', 'failed 2 admin']
const late = ['close 2']
const second = ['send-open 2', 'start hold 2']
const retained = ['send-keepalive 1', 'start keepalive 1']

type Row = readonly [state: State, actions: readonly string[]]
const same = (state: State): Row => [state, []]

/** States in which no connection exists: what names one is ignored. */
function unconnected(state: State, rows: Record<string, Row>): Record<string, Row> {
  const names = Object.entries(EVENTS).filter(([, event]) => 'connection' in event && event.connection === 1)
  return {
    ...Object.fromEntries(names.map(([name]) => [name, same(state)])),
    'OpenCollisionDump [23]': same(state),
    ...rows,
  }
}

/** The TCP connection is up and DelayOpenTimer runs. */
function delayed(state: 'Connect' | 'Active'): Record<string, Row> {
  const second =
    state === 'Active'
      ? ['start delay-open 2', 'close 1 6/7', 'failed 1 collision']
      : ['stop connect-retry', 'start delay-open 2']
  return {
    'ManualStart [1]': same(state),
    'ManualStop [2]': ['Idle', stopped(state, 'failed 1 admin')],
    'AutomaticStart [3]': same(state),
    'AutomaticStop [8]': ['Idle', reset(state, 'failed 1 notification')],
    'ConnectRetryTimer_Expires [9]': same(state),
    'HoldTimer_Expires [10]': same(state),
    'KeepaliveTimer_Expires [11]': same(state),
    'DelayOpenTimer_Expires [12]': ['OpenSent', ['send-open 1', 'start hold 1', `changed ${state} OpenSent`]],
    'IdleHoldTimer_Expires [13]': same(state),
    'Tcp_CR_Acked [16]': [state, late],
    'TcpConnectionConfirmed [17]': [state, state === 'Active' ? ['stop connect-retry', ...second] : second],
    'TcpConnectionFails [18]': [
      'Active',
      ['failed 1 tcp', ...(state === 'Connect' ? ['changed Connect Active'] : []), 'start connect-retry'],
    ],
    'TcpConnectionFails, dial [18]': same(state),
    'BGPOpen [19, 20]': [
      'OpenConfirm',
      [
        'stop delay-open 1',
        'send-open 1',
        'negotiated 1',
        'send-keepalive 1',
        'start hold 1',
        'start keepalive 1',
        `changed ${state} OpenConfirm`,
      ],
    ],
    'BGPHeaderErr [21]': ['Idle', refuse(state, '1/2')],
    'BGPOpenMsgErr, framing [22]': ['Idle', refuse(state, '2/0')],
    'BGPOpenMsgErr, meaning [22]': ['Idle', refuse(state, '2/2')],
    'OpenCollisionDump [23]': same(state),
    'NotifMsgVerErr [24]': ['Idle', silent(state)],
    'NotifMsg [25]': ['Idle', silent(state)],
    'KeepAliveMsg [26]': ['Idle', refuse(state, '5/0')],
    'UpdateMsg [27]': ['Idle', refuse(state, '5/0')],
    'UpdateMsgErr [28]': ['Idle', refuse(state, '3/1')],
    'SendHoldTimer_Expires [29]': same(state),
    RouteRefreshMsg: ['Idle', refuse(state, '5/0')],
    'malformed NOTIFICATION': ['Idle', silent(state)],
    'octets sent': same(state),
  }
}

const TABLE: Record<string, Record<string, Row>> = {
  'Idle (stopped)': unconnected('Idle', {
    'ManualStart [1]': ['Connect', ['dial', 'start connect-retry', 'changed Idle Connect']],
    'ManualStop [2]': same('Idle'),
    'AutomaticStart [3]': ['Connect', ['dial', 'start connect-retry', 'changed Idle Connect']],
    'AutomaticStop [8]': same('Idle'),
    'ConnectRetryTimer_Expires [9]': same('Idle'),
    'IdleHoldTimer_Expires [13]': same('Idle'),
    'Tcp_CR_Acked [16]': ['Idle', late],
    'TcpConnectionConfirmed [17]': ['Idle', refused],
    'TcpConnectionFails, dial [18]': same('Idle'),
  }),
  'Idle (idle hold)': unconnected('Idle', {
    'ManualStart [1]': ['Connect', ['stop idle-hold', 'dial', 'start connect-retry', 'changed Idle Connect']],
    'ManualStop [2]': ['Idle', ['stop connect-retry', 'stop idle-hold']],
    'AutomaticStart [3]': same('Idle'),
    'AutomaticStop [8]': same('Idle'),
    'ConnectRetryTimer_Expires [9]': same('Idle'),
    'IdleHoldTimer_Expires [13]': ['Connect', ['dial', 'start connect-retry', 'changed Idle Connect']],
    'Tcp_CR_Acked [16]': ['Idle', late],
    'TcpConnectionConfirmed [17]': ['OpenSent', [...second, 'changed Idle OpenSent']],
    'TcpConnectionFails, dial [18]': same('Idle'),
  }),
  Connect: unconnected('Connect', {
    'ManualStart [1]': same('Connect'),
    'ManualStop [2]': [
      'Idle',
      ['cancel-dial', 'stop connect-retry', 'stop connect-retry', 'stop idle-hold', 'changed Connect Idle'],
    ],
    'AutomaticStart [3]': same('Connect'),
    'AutomaticStop [8]': [
      'Idle',
      ['cancel-dial', 'stop connect-retry', 'stop connect-retry', 'changed Connect Idle', 'start idle-hold'],
    ],
    'ConnectRetryTimer_Expires [9]': [
      'Connect',
      ['cancel-dial', 'failed dial', 'dial', 'start connect-retry'],
    ],
    'IdleHoldTimer_Expires [13]': same('Connect'),
    'Tcp_CR_Acked [16]': ['OpenSent', ['stop connect-retry', ...second, 'changed Connect OpenSent']],
    'TcpConnectionConfirmed [17]': ['OpenSent', [...second, 'changed Connect OpenSent']],
    'TcpConnectionFails, dial [18]': [
      'Active',
      ['failed dial', 'changed Connect Active', 'start connect-retry'],
    ],
  }),
  Active: unconnected('Active', {
    'ManualStart [1]': same('Active'),
    'ManualStop [2]': ['Idle', ['stop connect-retry', 'stop idle-hold', 'changed Active Idle']],
    'AutomaticStart [3]': same('Active'),
    'AutomaticStop [8]': ['Idle', ['stop connect-retry', 'changed Active Idle', 'start idle-hold']],
    'ConnectRetryTimer_Expires [9]': ['Connect', ['dial', 'start connect-retry', 'changed Active Connect']],
    'IdleHoldTimer_Expires [13]': same('Active'),
    'Tcp_CR_Acked [16]': ['Active', late],
    'TcpConnectionConfirmed [17]': ['OpenSent', ['stop connect-retry', ...second, 'changed Active OpenSent']],
    'TcpConnectionFails, dial [18]': same('Active'),
  }),
  'Connect (delay open)': delayed('Connect'),
  'Active (delay open)': delayed('Active'),
  OpenSent: {
    'ManualStart [1]': same('OpenSent'),
    'ManualStop [2]': ['Idle', stopped('OpenSent', 'failed 1 admin')],
    'AutomaticStart [3]': same('OpenSent'),
    'AutomaticStop [8]': ['Idle', reset('OpenSent', 'failed 1 notification')],
    'ConnectRetryTimer_Expires [9]': same('OpenSent'),
    'HoldTimer_Expires [10]': [
      'Idle',
      [
        'close 1 4/0',
        'failed 1 hold-expired',
        'stop connect-retry',
        'changed OpenSent Idle',
        'start idle-hold',
      ],
    ],
    'KeepaliveTimer_Expires [11]': same('OpenSent'),
    'DelayOpenTimer_Expires [12]': same('OpenSent'),
    'IdleHoldTimer_Expires [13]': same('OpenSent'),
    'Tcp_CR_Acked [16]': ['OpenSent', late],
    'TcpConnectionConfirmed [17]': ['OpenSent', ['stop connect-retry', ...second]],
    'TcpConnectionFails [18]': ['Active', ['failed 1 tcp', 'changed OpenSent Active', 'start connect-retry']],
    'TcpConnectionFails, dial [18]': same('OpenSent'),
    'BGPOpen [19, 20]': [
      'OpenConfirm',
      [
        'negotiated 1',
        'send-keepalive 1',
        'start hold 1',
        'start keepalive 1',
        'changed OpenSent OpenConfirm',
      ],
    ],
    'BGPHeaderErr [21]': ['Idle', refuse('OpenSent', '1/2')],
    'BGPOpenMsgErr, framing [22]': ['Idle', refuse('OpenSent', '2/0')],
    'BGPOpenMsgErr, meaning [22]': ['Idle', refuse('OpenSent', '2/2')],
    'OpenCollisionDump [23]': same('OpenSent'),
    'NotifMsgVerErr [24]': ['Idle', silent('OpenSent')],
    'NotifMsg [25]': ['Idle', silent('OpenSent')],
    'KeepAliveMsg [26]': ['Idle', refuse('OpenSent', '5/1')],
    'UpdateMsg [27]': ['Idle', refuse('OpenSent', '5/1')],
    'UpdateMsgErr [28]': ['Idle', refuse('OpenSent', '3/1')],
    'SendHoldTimer_Expires [29]': same('OpenSent'),
    RouteRefreshMsg: ['Idle', refuse('OpenSent', '5/1')],
    'malformed NOTIFICATION': ['Idle', silent('OpenSent')],
    'octets sent': same('OpenSent'),
  },
  OpenConfirm: {
    'ManualStart [1]': same('OpenConfirm'),
    'ManualStop [2]': ['Idle', stopped('OpenConfirm', 'failed 1 admin')],
    'AutomaticStart [3]': same('OpenConfirm'),
    'AutomaticStop [8]': ['Idle', reset('OpenConfirm', 'failed 1 notification')],
    'ConnectRetryTimer_Expires [9]': same('OpenConfirm'),
    'HoldTimer_Expires [10]': [
      'Idle',
      [
        'close 1 4/0',
        'failed 1 hold-expired',
        'stop connect-retry',
        'changed OpenConfirm Idle',
        'start idle-hold',
      ],
    ],
    'KeepaliveTimer_Expires [11]': ['OpenConfirm', retained],
    'DelayOpenTimer_Expires [12]': same('OpenConfirm'),
    'IdleHoldTimer_Expires [13]': same('OpenConfirm'),
    'Tcp_CR_Acked [16]': ['OpenConfirm', late],
    'TcpConnectionConfirmed [17]': ['OpenConfirm', ['stop connect-retry', ...second]],
    'TcpConnectionFails [18]': [
      'Idle',
      ['failed 1 tcp', 'stop connect-retry', 'changed OpenConfirm Idle', 'start idle-hold'],
    ],
    'TcpConnectionFails, dial [18]': same('OpenConfirm'),
    'BGPOpen [19, 20]': ['Idle', refuse('OpenConfirm', '5/2')],
    'BGPHeaderErr [21]': ['Idle', refuse('OpenConfirm', '1/2')],
    'BGPOpenMsgErr, framing [22]': ['Idle', refuse('OpenConfirm', '2/0')],
    'BGPOpenMsgErr, meaning [22]': ['Idle', refuse('OpenConfirm', '5/2')],
    'OpenCollisionDump [23]': same('OpenConfirm'),
    'NotifMsgVerErr [24]': ['Idle', silent('OpenConfirm')],
    'NotifMsg [25]': ['Idle', silent('OpenConfirm')],
    'KeepAliveMsg [26]': [
      'Established',
      ['start hold 1', 'start send-hold 1', 'established 1', 'changed OpenConfirm Established'],
    ],
    'UpdateMsg [27]': ['Idle', refuse('OpenConfirm', '5/2')],
    'UpdateMsgErr [28]': ['Idle', refuse('OpenConfirm', '3/1')],
    'SendHoldTimer_Expires [29]': same('OpenConfirm'),
    RouteRefreshMsg: ['Idle', refuse('OpenConfirm', '5/2')],
    'malformed NOTIFICATION': ['Idle', silent('OpenConfirm')],
    'octets sent': same('OpenConfirm'),
  },
  Established: {
    'ManualStart [1]': same('Established'),
    'ManualStop [2]': ['Idle', stopped('Established', 'down 1 admin')],
    'AutomaticStart [3]': same('Established'),
    'AutomaticStop [8]': ['Idle', reset('Established', 'down 1 notification')],
    'ConnectRetryTimer_Expires [9]': same('Established'),
    'HoldTimer_Expires [10]': ['Idle', lost('4/0', 'hold-expired')],
    'KeepaliveTimer_Expires [11]': ['Established', retained],
    'DelayOpenTimer_Expires [12]': same('Established'),
    'IdleHoldTimer_Expires [13]': same('Established'),
    'Tcp_CR_Acked [16]': ['Established', late],
    'TcpConnectionConfirmed [17]': ['Established', ['stop connect-retry', 'start delay-open 2']],
    'TcpConnectionFails [18]': [
      'Idle',
      ['down 1 tcp', 'stop connect-retry', 'changed Established Idle', 'start idle-hold'],
    ],
    'TcpConnectionFails, dial [18]': same('Established'),
    'BGPOpen [19, 20]': ['Idle', lost('5/3')],
    'BGPHeaderErr [21]': ['Idle', lost('1/2')],
    'BGPOpenMsgErr, framing [22]': ['Idle', lost('2/0')],
    'BGPOpenMsgErr, meaning [22]': ['Idle', lost('5/3')],
    'OpenCollisionDump [23]': same('Established'),
    'NotifMsgVerErr [24]': ['Idle', lost('')],
    'NotifMsg [25]': ['Idle', lost('')],
    'KeepAliveMsg [26]': ['Established', ['start hold 1']],
    'UpdateMsg [27]': ['Established', ['start hold 1']],
    'UpdateMsgErr [28]': ['Idle', lost('3/1')],
    'SendHoldTimer_Expires [29]': ['Idle', lost('8/0', 'send-hold-expired')],
    RouteRefreshMsg: ['Established', ['start hold 1', 'route-refresh 1']],
    'malformed NOTIFICATION': ['Idle', lost('')],
    'octets sent': ['Established', ['start send-hold 1']],
  },
}

for (const [name, events] of Object.entries(STATES)) {
  const p = params({ delayOpen: name.includes('delay') ? 10 : 0 })
  const before = run(initialPeer(7), events, p).state
  t.test(name, async (t) => {
    t.equal(peerState(before), name.split(' ')[0])
    t.same(Object.keys(TABLE[name]).sort(), Object.keys(EVENTS).sort(), 'every event has a row')
    for (const [event, [state, actions]] of Object.entries(TABLE[name])) {
      const frozen = JSON.stringify(before)
      const result = stepPeer(before, EVENTS[event], p)
      t.same([peerState(result.state), brief(result.actions)], [state, actions], event)
      t.equal(JSON.stringify(before), frozen, 'the given state is not changed')
      if (actions.length === 0) t.equal(result.state, before, 'the same object when nothing happened')
    }
  })
}

t.test('an event of a connection that is gone is ignored in every state', async (t) => {
  for (const [name, events] of Object.entries(STATES)) {
    const before: PeerState = run(initialPeer(7), events, params()).state
    for (const event of Object.values(EVENTS)) {
      if (!('connection' in event) || event.type === 'tcp-acked' || event.type === 'tcp-confirmed') continue
      const result = stepPeer(before, { ...event, connection: 99 }, params())
      t.equal(result.state, before, `${name}, ${event.type}`)
      t.same(result.actions, [])
    }
  }
})

t.test('a connection that is there already is not added twice', async (t) => {
  const { state } = run(initialPeer(7), STATES.OpenSent)
  t.same(stepPeer(state, { type: 'tcp-acked', connection: 1 }, params()), { state, actions: [] })
  t.same(stepPeer(state, { type: 'tcp-confirmed', connection: 1 }, params()), { state, actions: [] })
})
