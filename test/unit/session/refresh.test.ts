import t from 'tap'
import {
  initialRefresh,
  type RefreshAction,
  type RefreshEvent,
  type RefreshParams,
  stepRefresh,
} from '../../../src/session/refresh.js'
import { negotiated } from './make.js'

const V4 = 'ipv4-unicast'
const PARAMS: RefreshParams = { negotiated: negotiated(), staleTime: 360 }
const plain = (changes: Parameters<typeof negotiated>[0]): RefreshParams => ({
  negotiated: negotiated(changes),
  staleTime: 360,
})

const message = (subtype: number, afi = 1, safi = 1): RefreshEvent => ({
  type: 'message',
  message: { type: 'route-refresh', afi, subtype, safi },
})
const sent: RefreshEvent = { type: 'end-of-rib-sent', family: V4 }
const received: RefreshEvent = { type: 'end-of-rib-received', family: V4 }
const resent: RefreshEvent = { type: 'resent', family: V4 }
const REQUEST = message(0)
const BORR = message(1)
const EORR = message(2)

function brief(actions: readonly RefreshAction[]): string[] {
  return actions.map((a) => {
    if (a.type === 'send') return ['request', 'BoRR', 'EoRR'][a.message.subtype]
    return a.type === 'start' ? `start ${a.ms}` : a.type
  })
}

/** The actions of each event, one list an event. */
function run(events: readonly RefreshEvent[], params = PARAMS): string[][] {
  let state = initialRefresh(params.negotiated)
  return events.map((event) => {
    const step = stepRefresh(state, event, params)
    state = step.state
    return brief(step.actions)
  })
}

t.test('ROUTE-REFRESH: the Adj-RIB-Out of that family is sent again', async (t) => {
  const off = plain({ enhancedRouteRefresh: false })
  t.same(run([sent, REQUEST, resent], off), [[], ['resend'], []])
})

t.test('other families, or a capability not exchanged: ignored', async (t) => {
  t.same(run([sent, message(0, 25, 65), message(0, 1, 128)]), [[], ['ignored'], ['ignored']])
  const one = plain({ families: [V4] })
  t.same(run([message(0, 2, 1), { type: 'resend', family: 'ipv6-unicast' }], one), [['ignored'], ['ignored']])
  t.same(run([sent, REQUEST], plain({ sent: [] })), [[], ['ignored']])
})

t.test('enhanced: BoRR before, EoRR after', async (t) => {
  t.same(run([sent, REQUEST, resent, resent]), [[], ['BoRR', 'resend'], ['EoRR'], []])
  t.same(
    run([sent, { type: 'resend', family: V4 }, resent]),
    [[], ['BoRR', 'resend'], ['EoRR']],
    'unasked too',
  )
})

t.test('no BoRR before the own End-of-RIB: the request waits for it', async (t) => {
  t.same(run([REQUEST, sent, resent]), [[], ['BoRR', 'resend'], ['EoRR']])
})

t.test('a request while resending: once more after it', async (t) => {
  t.same(run([sent, REQUEST, REQUEST, REQUEST, resent, resent, resent]), [
    [],
    ['BoRR', 'resend'],
    [],
    [],
    ['EoRR', 'BoRR', 'resend'],
    ['EoRR'],
    [],
  ])
})

t.test('BoRR marks as stale, EoRR sweeps', async (t) => {
  t.same(run([received, BORR, EORR]), [[], ['mark', 'start 360000'], ['stop', 'sweep']])
})

t.test('EoRR without BoRR is ignored', async (t) => {
  t.same(run([received, EORR]), [[], ['ignored']])
})

t.test('BoRR before the peer’s End-of-RIB is ignored when graceful restart was received', async (t) => {
  t.same(run([BORR, EORR]), [['ignored'], ['ignored']])
  t.same(run([BORR], plain({ gracefulRestart: undefined })), [['mark', 'start 360000']])
})

t.test('BoRR and EoRR count only when the capability was negotiated', async (t) => {
  t.same(run([received, BORR, EORR], plain({ enhancedRouteRefresh: false })), [[], ['ignored'], ['ignored']])
})

t.test('unknown subtypes are ignored', async (t) => {
  t.same(run([received, message(3), message(255)]), [[], ['ignored'], ['ignored']])
})

t.test('an upper bound ends the wait for EoRR', async (t) => {
  const expired: RefreshEvent = { type: 'timer', family: V4 }
  t.same(run([received, BORR, expired, expired, EORR]), [
    [],
    ['mark', 'start 360000'],
    ['sweep'],
    [],
    ['ignored'],
  ])
  t.same(run([received, BORR], { ...PARAMS, staleTime: 0 }), [[], ['mark']], 'none when 0')
  t.same(run([received, BORR, BORR]).at(-1), ['mark', 'start 360000'], 'a second BoRR marks again')
})

t.test('own requests go out when the capability was negotiated', async (t) => {
  t.same(run([{ type: 'request', family: V4 }]), [['request']])
  t.same(run([{ type: 'request', family: V4 }], plain({ routeRefresh: false })), [['ignored']])
})
