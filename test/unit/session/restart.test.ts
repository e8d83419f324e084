import t from 'tap'
import { NO_RESTART, stepRestart } from '../../../src/session/restart.js'
import type {
  EndCause,
  Negotiated,
  RestartAction,
  RestartEvent,
  RestartParams,
  RestartState,
} from '../../../src/session/types.js'
import { negotiated } from './make.js'

const PARAMS: RestartParams = { enabled: true, stalePathTime: 360 }
const BOTH = ['ipv4-unicast', 'ipv6-unicast'] as const

const lost = (cause: EndCause, n: Negotiated = negotiated()): RestartEvent => ({
  type: 'lost',
  cause,
  negotiated: n,
})
const back = (n: Negotiated = negotiated()): RestartEvent => ({ type: 'established', negotiated: n })
const endOfRib = (family: 'ipv4-unicast' | 'ipv6-unicast'): RestartEvent => ({ type: 'end-of-rib', family })
const timer = (name: 'restart' | 'stale'): RestartEvent => ({ type: 'timer', timer: name })

const notifying = (changes: Partial<Negotiated> = {}) =>
  negotiated({ restartOnNotification: true, ...changes })
const restarting = (changes: Partial<Negotiated['gracefulRestart']>) =>
  negotiated({ gracefulRestart: { ...negotiated().gracefulRestart!, ...changes } })

function brief(actions: readonly RestartAction[]): string[] {
  return actions.map((a) => {
    if (a.type === 'start') return `start ${a.timer} ${a.ms}`
    if (a.type === 'stop') return `stop ${a.timer}`
    return `${a.type} ${a.families.map((f) => f.slice(0, 4)).join(' ')}`
  })
}

function run(events: readonly RestartEvent[], params = PARAMS) {
  let state: RestartState = NO_RESTART
  let actions: readonly RestartAction[] = []
  for (const event of events) ({ state, actions } = stepRestart(state, event, params))
  return { state, actions: brief(actions), raw: actions }
}

t.test('which end keeps what', async (t) => {
  const keep = ['keep ipv4 ipv6', 'start restart 120000', 'start stale 360000']
  const drop = ['drop ipv4 ipv6']
  const table: [EndCause, without: string[], withNBit: string[]][] = [
    ['tcp', keep, keep],
    ['replaced', keep, keep],
    ['notification', drop, keep],
    ['hold-expired', drop, keep],
    ['send-hold-expired', drop, keep],
    ['collision', drop, keep],
    ['hard-reset', drop, drop],
    ['admin', drop, drop],
    ['dead', drop, drop],
    ['control-dead', keep, keep],
  ]
  for (const [cause, without, withNBit] of table) {
    t.same(run([lost(cause)]).actions, without, `${cause}, without the N bit`)
    t.same(run([lost(cause, notifying())]).actions, withNBit, `${cause}, with the N bit on both sides`)
  }
})

t.test('kept for the restart time that the peer announced, at most for stalepath-time', async (t) => {
  t.same(run([lost('tcp', restarting({ time: 30 }))]).actions, [
    'keep ipv4 ipv6',
    'start restart 30000',
    'start stale 360000',
  ])
  t.same(run([lost('tcp', restarting({ time: 4095 }))], { ...PARAMS, stalePathTime: 100 }).actions, [
    'keep ipv4 ipv6',
    'start restart 100000',
    'start stale 100000',
  ])
})

t.test('only the families of the peer’s capability are kept', async (t) => {
  const one = restarting({ families: [{ family: 'ipv6-unicast', forwarding: false }] })
  t.same(run([lost('tcp', one)]).actions, [
    'drop ipv4',
    'keep ipv6',
    'start restart 120000',
    'start stale 360000',
  ])
})

t.test('a peer that lists no family (OpenBGPD) is dropped at once', async (t) => {
  const { raw, state } = run([lost('tcp', restarting({ families: [], time: 0 }))])
  t.same(brief(raw), ['drop ipv4 ipv6'])
  t.match(raw, [{ reason: 'the neighbor lists no family for graceful restart' }])
  t.equal(state.phase, 'none')
})

t.test('without the capability, with the helper off, or with a time of 0 nothing is kept', async (t) => {
  t.same(run([lost('tcp', negotiated({ gracefulRestart: undefined }))]).actions, ['drop ipv4 ipv6'])
  t.same(run([lost('tcp')], { ...PARAMS, enabled: false }).actions, ['drop ipv4 ipv6'])
  t.same(run([lost('tcp', restarting({ time: 0 }))]).actions, ['drop ipv4 ipv6'])
  t.same(run([lost('tcp')], { ...PARAMS, stalePathTime: 0 }).actions, ['drop ipv4 ipv6'])
})

t.test('a family that was not negotiated is nobody’s to keep', async (t) => {
  t.same(run([lost('tcp', negotiated({ families: ['ipv4-unicast'] }))]).actions[0], 'keep ipv4')
  t.same(run([lost('tcp', negotiated({ families: [] }))]).actions, [])
})

t.test(
  'if the session does not get re-established within the restart time, all stale routes are deleted',
  async (t) => {
    const { state, actions } = run([lost('tcp'), timer('restart')])
    t.same(actions, ['stop restart', 'stop stale', 'sweep ipv4 ipv6'])
    t.same(state, NO_RESTART)
  },
)

t.test('back with the F bit: stale until End-of-RIB, then what is still stale is removed', async (t) => {
  const first = run([lost('tcp'), back()])
  t.same(first.actions, ['stop restart'])
  t.same(first.state, { phase: 'receiving', stale: BOTH })
  const second = run([lost('tcp'), back(), endOfRib('ipv6-unicast')])
  t.same(second.actions, ['sweep ipv6'])
  t.same(second.state, { phase: 'receiving', stale: ['ipv4-unicast'] })
  const third = run([lost('tcp'), back(), endOfRib('ipv6-unicast'), endOfRib('ipv4-unicast')])
  t.same(third.actions, ['sweep ipv4', 'stop stale'])
  t.same(third.state, NO_RESTART)
})

t.test('back without the F bit, the family or the capability: removed immediately', async (t) => {
  const noBit = restarting({
    families: [
      { family: 'ipv4-unicast', forwarding: false },
      { family: 'ipv6-unicast', forwarding: true },
    ],
  })
  t.same(run([lost('tcp'), back(noBit)]).actions, ['stop restart', 'sweep ipv4'])
  t.same(run([lost('tcp'), back(noBit)]).state, { phase: 'receiving', stale: ['ipv6-unicast'] })
  const noFamily = restarting({ families: [{ family: 'ipv4-unicast', forwarding: true }] })
  t.same(run([lost('tcp'), back(noFamily)]).actions, ['stop restart', 'sweep ipv6'])
  const none = negotiated({ gracefulRestart: undefined })
  t.same(run([lost('tcp'), back(none)]).actions, ['stop restart', 'sweep ipv4 ipv6', 'stop stale'])
  t.same(run([lost('tcp'), back(none)]).state, NO_RESTART)
  const fewer = negotiated({ families: ['ipv4-unicast'] })
  t.same(run([lost('tcp'), back(fewer)]).actions, ['stop restart', 'sweep ipv6'], 'no longer negotiated')
})

t.test('stalepath-time bounds the retention from loss to End-of-RIB', async (t) => {
  t.same(run([lost('tcp'), timer('stale')]).actions, ['stop restart', 'stop stale', 'sweep ipv4 ipv6'])
  const { state, actions } = run([lost('tcp'), back(), endOfRib('ipv4-unicast'), timer('stale')])
  t.same(actions, ['stop restart', 'stop stale', 'sweep ipv6'])
  t.same(state, NO_RESTART)
})

t.test('a second restart: routes previously marked as stale are deleted', async (t) => {
  const { state, actions } = run([lost('tcp'), back(), endOfRib('ipv4-unicast'), lost('tcp')])
  t.same(actions, ['sweep ipv6', 'keep ipv4 ipv6', 'start restart 120000', 'start stale 360000'])
  t.same(state, { phase: 'waiting', stale: BOTH })
})

t.test('with the N bit they stay, and so does the stale timer (RFC 8538 §4.1)', async (t) => {
  const { actions } = run([lost('tcp', notifying()), back(notifying()), lost('tcp', notifying())])
  t.same(actions, ['keep ipv4 ipv6', 'start restart 120000'])
})

t.test('a NOTIFICATION while receiving drops everything and stops the clock', async (t) => {
  const { state, actions } = run([lost('tcp'), back(), lost('notification')])
  t.same(actions, ['drop ipv4 ipv6', 'stop stale'])
  t.same(state, NO_RESTART)
})

t.test('give-up removes what is stale', async (t) => {
  for (const events of [[lost('tcp')], [lost('tcp'), back()]]) {
    const { state, actions } = run([...events, { type: 'give-up' }])
    t.same(actions, ['stop restart', 'stop stale', 'sweep ipv4 ipv6'])
    t.same(state, NO_RESTART)
  }
})

t.test('give-up says why, where somebody knows', async (t) => {
  const { raw } = run([lost('tcp'), { type: 'give-up', reason: 'it is dead' }])
  t.match(raw.at(-1), { type: 'sweep', reason: 'it is dead' })
})

t.test('events that mean nothing in a phase change nothing', async (t) => {
  const quiet: [RestartEvent[], RestartEvent[]][] = [
    [[], [timer('restart'), timer('stale'), endOfRib('ipv4-unicast'), back(), { type: 'give-up' }]],
    [[lost('tcp')], [endOfRib('ipv4-unicast')]],
    [
      [lost('tcp'), back(), endOfRib('ipv4-unicast')],
      [timer('restart'), endOfRib('ipv4-unicast'), back()],
    ],
  ]
  for (const [events, more] of quiet) {
    const { state } = run(events)
    for (const event of more) t.same(stepRestart(state, event, PARAMS), { state, actions: [] }, event.type)
  }
})

t.test('every removal says why', async (t) => {
  const reason = (...events: RestartEvent[]) =>
    run(events).raw.find((a) => a.type === 'drop' || a.type === 'sweep')
  t.match(reason(lost('hold-expired')), { reason: /hold time passed in silence/ })
  t.match(reason(lost('notification')), { reason: /NOTIFICATION ends the session/ })
  t.match(reason(lost('hard-reset', notifying())), { reason: /hard reset/ })
  t.match(reason(lost('admin')), { reason: /ended here/ })
  t.match(reason(lost('tcp'), timer('restart')), { reason: /did not come back within its restart time/ })
  t.match(reason(lost('tcp'), timer('stale')), { reason: /360 s without End-of-RIB/ })
})
