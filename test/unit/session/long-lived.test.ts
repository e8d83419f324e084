import t from 'tap'
import type { Family } from '../../../src/ip/family.js'
import { negotiate } from '../../../src/session/negotiate.js'
import { ownCapabilities } from '../../../src/session/open.js'
import { NO_RESTART, stepRestart } from '../../../src/session/restart.js'
import type {
  EndCause,
  LongLivedFamily,
  Negotiated,
  RestartAction,
  RestartEvent,
  RestartParams,
  RestartState,
  RestartTimer,
} from '../../../src/session/types.js'
import type { Capability } from '../../../src/wire/types.js'
import { ADVERTISE, negotiated, open, params } from './make.js'

const PARAMS: RestartParams = {
  enabled: true,
  stalePathTime: 360,
  longLived: 1000,
}
const V4 = 'ipv4-unicast'
const V6 = 'ipv6-unicast'

const longLived = (time: number, forwarding = true, ...families: readonly Family[]): LongLivedFamily[] =>
  (families.length === 0 ? [V4, V6] : families).map((family) => ({
    family: family as Family,
    forwarding,
    time,
  }))
const terms = (changes: Partial<Negotiated> = {}) => negotiated({ longLived: longLived(600), ...changes })
const lost = (n: Negotiated = terms(), cause: EndCause = 'tcp'): RestartEvent => ({
  type: 'lost',
  cause,
  negotiated: n,
})
const back = (n: Negotiated = terms()): RestartEvent => ({ type: 'established', negotiated: n })
const endOfRib = (family: Family): RestartEvent => ({ type: 'end-of-rib', family })
const timer = (name: RestartTimer): RestartEvent => ({ type: 'timer', timer: name })
const giveUp: RestartEvent = { type: 'give-up' }
const OVER = timer('restart')

function brief(actions: readonly RestartAction[]): string[] {
  const short = (text: string) => text.replace(/-unicast/, '')
  return actions.map((a) => {
    if (a.type === 'start') return `start ${short(a.timer)} ${a.ms}`
    if (a.type === 'stop') return `stop ${short(a.timer)}`
    return `${a.type} ${a.families.map(short).join(' ')}`
  })
}

function run(events: readonly RestartEvent[], options = PARAMS) {
  let state: RestartState = NO_RESTART
  let actions: readonly RestartAction[] = []
  for (const event of events) ({ state, actions } = stepRestart(state, event, options))
  return { state, actions: brief(actions) }
}

t.test('RFC 9494 §3, §4.5: announced and taken only together with graceful restart', async (t) => {
  const families = [{ family: V4, forwarding: true, time: 7 }] as const
  const names = (more: object) =>
    ownCapabilities(params({ advertise: { ...ADVERTISE, ...more } })).map(({ code }) => code)
  t.ok(names({ longLived: families }).includes(71))
  t.notOk(names({ longLived: families, gracefulRestart: undefined }).includes(71))
  t.notOk(names({}).includes(71))
  const own = params({ advertise: { ...ADVERTISE, longLived: families } })
  const sent = open({ capabilities: ownCapabilities(own) })
  const cap = (afi: number, time: number) => ({ afi, safi: 1, forwarding: true, time })
  const peer = (...capabilities: readonly object[]) => open({ capabilities: capabilities as Capability[] })
  const restart = {
    ...{ code: 64, name: 'graceful-restart', restarting: false, notification: false, time: 5 },
    families: [],
  }
  const stale = {
    code: 71,
    name: 'long-lived-graceful-restart',
    families: [cap(1, 3), cap(99, 4), cap(1, 9)],
  }
  t.same(negotiate(sent, peer(restart, stale), own).longLived, [{ family: V4, forwarding: true, time: 9 }])
  t.equal(negotiate(sent, peer(stale), own).longLived, undefined, 'RFC 9494 §4.5')
  t.equal(negotiate(sent, peer(restart), own).longLived, undefined)
  const silent = params()
  const plain = open({ capabilities: ownCapabilities(silent) })
  t.equal(negotiate(plain, peer(restart, stale), silent).longLived, undefined)
})

t.test('when the restart time is over the long-lived period begins, family by family', async (t) => {
  t.same(run([lost()]).actions, ['keep ipv4 ipv6', 'start restart 120000', 'start stale 360000'])
  const both = ['stop restart', 'stop stale', 'depreference ipv4 ipv6']
  t.same(run([lost(), OVER]).actions, [
    ...both,
    'start long-lived ipv4 600000',
    'start long-lived ipv6 600000',
  ])
  t.same(
    run([lost(terms({ longLived: longLived(5000) })), OVER]).actions.at(-1),
    'start long-lived ipv6 1000000',
  )
  const one = terms({ longLived: [...longLived(600, true, V4), ...longLived(0, true, V6)] })
  t.same(run([lost(one), OVER]).actions, [
    'stop restart',
    'stop stale',
    'sweep ipv6',
    'depreference ipv4',
    'start long-lived ipv4 600000',
  ])
  const off = { ...PARAMS, longLived: undefined }
  t.same(run([lost(), OVER], off).actions, ['stop restart', 'stop stale', 'sweep ipv4 ipv6'])
  const end = run([lost(), OVER, timer('long-lived ipv4-unicast')])
  t.same(end.actions, ['sweep ipv4'])
  t.same(end.state.stale, [V6])
  const whole = run([lost(), OVER, timer('long-lived ipv4-unicast'), timer('long-lived ipv6-unicast')])
  t.same(whole, { state: NO_RESTART, actions: ['stop restart', 'stop stale', 'sweep ipv6'] })
  t.same(run([lost(), OVER, giveUp]), {
    state: NO_RESTART,
    actions: [
      ...['stop restart', 'stop stale', 'stop long-lived ipv4', 'stop long-lived ipv6'],
      'sweep ipv4 ipv6',
    ],
  })
})

t.test('RFC 9494 §4.2: a family that has no restart time begins at once', async (t) => {
  const restart = negotiated().gracefulRestart!
  const only4 = terms({
    gracefulRestart: { ...restart, families: restart.families.filter(({ family }) => family === V4) },
  })
  t.same(run([lost(only4)]).actions, [
    'keep ipv4 ipv6',
    'start restart 120000',
    'start stale 360000',
    'depreference ipv6',
    'start long-lived ipv6 600000',
  ])
  for (const without of [{ families: [] }, { time: 0 }]) {
    t.same(run([lost(terms({ gracefulRestart: { ...restart, ...without } }))]).actions, [
      'keep ipv4 ipv6',
      'depreference ipv4 ipv6',
      'start long-lived ipv4 600000',
      'start long-lived ipv6 600000',
    ])
  }
  t.same(run([lost(terms(), 'notification')]).actions, ['drop ipv4 ipv6'])
  t.same(run([lost(terms(), 'admin')]).actions, ['drop ipv4 ipv6'])
})

t.test('the neighbor returns: F bits of the new capability, End-of-RIB', async (t) => {
  const begun = [lost(), OVER]
  t.same(run([...begun, back()]).actions, ['stop restart'])
  t.equal(run([...begun, back()]).state.phase, 'receiving')
  t.same(run([...begun, back(), endOfRib(V4)]).actions, ['sweep ipv4', 'stop long-lived ipv4'])
  t.same(run([...begun, back(), endOfRib(V4), endOfRib(V6)]), {
    state: NO_RESTART,
    actions: ['sweep ipv6', 'stop stale', 'stop long-lived ipv6'],
  })
  const restart = negotiated().gracefulRestart!
  const lacking: Partial<Negotiated>[] = [
    { longLived: longLived(600, false) },
    { longLived: [] },
    { longLived: undefined },
    { gracefulRestart: undefined, longLived: undefined },
    {
      gracefulRestart: {
        ...restart,
        families: restart.families.map(({ family }) => ({ family, forwarding: false })),
      },
    },
  ]
  for (const changes of lacking) {
    t.same(
      run([...begun, back(terms(changes))]),
      {
        state: NO_RESTART,
        actions: [
          ...['stop restart', 'stop long-lived ipv4', 'stop long-lived ipv6'],
          ...['sweep ipv4 ipv6', 'stop stale'],
        ],
      },
      JSON.stringify(changes),
    )
  }
  const alone = terms({ gracefulRestart: { ...restart, families: [] } })
  t.same(run([...begun, back(alone)]).actions, ['stop restart'], 'in the long-lived capability alone')
  t.same(
    run([lost(), back(terms({ longLived: longLived(600, false) }))]).state.stale,
    [V4, V6],
    'within the restart time the other F bit counts',
  )
})

t.test('the stale timer is not begun anew by a return without End-of-RIB', async (t) => {
  const again = run([lost(), OVER, back(), lost()])
  t.same(again.actions, ['keep ipv4 ipv6', 'start restart 120000', 'start stale 360000'])
  t.same(again.state.longLived?.running, [V4, V6])
  const over = run([lost(), OVER, back(), lost(), OVER])
  t.same(over.actions, ['stop restart', 'stop stale', 'depreference ipv4 ipv6'], 'no timer is started')
  // It runs out before the restart time of the second loss does.
  const out = run([
    ...[lost(), OVER, back(), lost()],
    ...[timer('long-lived ipv4-unicast'), timer('long-lived ipv6-unicast')],
  ])
  t.same(out, { state: NO_RESTART, actions: ['stop restart', 'stop stale', 'sweep ipv6'] })
  t.same(run([lost(), back(), lost()]).actions, ['keep ipv4 ipv6', 'start restart 120000'])
})

t.test(
  'time that ran out while the neighbor was back: another loss before End-of-RIB keeps nothing',
  async (t) => {
    const spent = [lost(), OVER, back(), timer('long-lived ipv4-unicast')]
    t.same(run(spent).actions, ['sweep ipv4'])
    t.same(run([...spent, lost()]).actions.slice(0, 2), ['drop ipv4', 'keep ipv6'])
    const all = [...spent, timer('long-lived ipv6-unicast')]
    t.equal(run(all).state.phase, 'none')
    t.same(run([...all, lost()]).actions, ['drop ipv4 ipv6'])
    t.same(run([...all, endOfRib(V4), endOfRib(V6)]).state, NO_RESTART, 'End-of-RIB gives the time back')
    t.same(run([...all, endOfRib(V4), lost()]).actions.slice(0, 2), ['drop ipv6', 'keep ipv4'])
  },
)

t.test('stalepath-time bounds what has no long-lived time, or is not long-lived yet', async (t) => {
  const one = terms({ longLived: longLived(600, true, V4) })
  const out = run([lost(one), OVER, back(), timer('stale')])
  t.same(out.actions, [])
  t.same(run([lost(one), back(one), timer('stale')]).actions, [
    'stop restart',
    'stop stale',
    'sweep ipv4 ipv6',
  ])
  t.same(run([lost(one), timer('stale')]).actions, [
    ...['stop restart', 'stop stale', 'sweep ipv6', 'depreference ipv4', 'start long-lived ipv4 600000'],
  ])
})

t.test('a timer that is not running means nothing', async (t) => {
  for (const name of ['restart', 'stale', 'long-lived ipv4-unicast'] as const) {
    t.same(run([timer(name)]), { state: NO_RESTART, actions: [] })
  }
  t.same(run([lost(), timer('long-lived ipv4-unicast')]).actions, [])
})
