import { FAMILIES, type Family } from '../../../src/ip/family.js'
import { longLivedTimer } from '../../../src/session/long-lived.js'
import { initialRefresh, stepRefresh } from '../../../src/session/refresh.js'
import { NO_RESTART, stepRestart } from '../../../src/session/restart.js'
import type {
  EndCause,
  Negotiated,
  PeerEvent,
  PeerParams,
  RestartParams,
  RestartTimer,
} from '../../../src/session/types.js'
import { decodeOpen } from '../../../src/wire/open.js'
import type { OpenMessage } from '../../../src/wire/types.js'
import { ByteChoices, type Choices, oneIn, pick } from '../engine/random.js'
import { check, type Target } from '../engine/target.js'
import { openBody } from './grammar.js'
import { PeerWorld } from './peer-world.js'

/** Longest sequences of events. */
const STEPS = 200

/** The session machines: any events in any order, with the driver's side of the contract watched. */
export const machines: Target = {
  name: 'machines',
  limit: 1024,
  batch: 32,
  *seeds() {
    yield new Uint8Array(64)
    yield Uint8Array.from({ length: 256 }, (_, i) => i)
  },
  generate: (random) => Uint8Array.from({ length: 16 + random.below(600) }, () => random.below(256)),
  run(input) {
    const c = new ByteChoices(input)
    const params = peerParams(c)
    const world = new PeerWorld(params)
    for (let step = 0; step < STEPS && c.left > 0; step++) world.step(peerEvent(c, world, params))
    for (const negotiated of world.terms.slice(0, 3)) {
      refresh(c, negotiated)
      restart(c, negotiated)
    }
  },
}

function peerParams(c: Choices): PeerParams {
  const families = pick<readonly Family[]>(c, [FAMILIES, ['ipv4-unicast'], ['ipv6-unicast'], []])
  const flag = () => c.below(2) === 0
  return {
    peer: '192.0.2.1',
    localAs: pick(c, [64513, 4200000001]),
    remoteAs: pick(c, [64512, 64513, 0, 4200000002]),
    routerId: pick(c, [0xc0a85fc8, 1]),
    passive: oneIn(c, 4),
    holdTime: pick(c, [90, 3, 0, 65535]),
    keepalive: pick(c, [30, 0, 1, 65535]),
    connectRetry: pick(c, [10, 1, 120]),
    openHold: pick(c, [240, 1]),
    idleHold: pick(c, [1, 0, 60]),
    sendHold: pick(c, [0, 10, 1]),
    delayOpen: pick(c, [0, 0, 5]),
    advertise: {
      families,
      routeRefresh: flag(),
      enhancedRouteRefresh: flag(),
      extendedMessage: flag(),
      extendedNextHop: flag(),
      ...(flag() && { fqdn: { host: 'switch', domain: '' } }),
      ...(flag() && { softwareVersion: 'ecmpd' }),
      ...(flag() && {
        gracefulRestart: {
          time: pick(c, [120, 0, 4095]),
          restarting: oneIn(c, 3),
          notification: flag(),
          families: families.map((family) => ({ family, forwarding: true })),
        },
      }),
      ...(flag() && { addPath: families.map((family) => ({ family, receive: flag(), send: flag() })) }),
    },
    required: pick<PeerParams['required']>(c, [
      [],
      [],
      [{ code: 2 }, { code: 65 }],
      [{ code: 1, family: 'ipv6-unicast' }],
    ]),
  }
}

/** An OPEN: fitting, or any that the codec lets through. */
function openMessage(c: Choices, params: PeerParams): OpenMessage {
  const body = openBody(c)
  const bytes = Uint8Array.from([...new Array<number>(19).fill(255), ...body])
  const { message } = decodeOpen(bytes, 0, bytes.length)
  const as = params.remoteAs === 0 ? 65001 : params.remoteAs
  const fitting: OpenMessage = {
    type: 'open',
    version: 4,
    myAs: as > 65535 ? 23456 : as,
    holdTime: pick(c, [90, 3, 0]),
    routerId: pick(c, [0xc0a85fd2, 2, 0xffffffff, params.routerId]),
    capabilities: [{ code: 65, name: 'four-octet-as', as }, ...(message?.capabilities ?? [])],
  }
  return message !== undefined && oneIn(c, 4) ? message : fitting
}

const DATA = new Uint8Array(0)

function peerEvent(c: Choices, world: PeerWorld, params: PeerParams): PeerEvent {
  const connection = oneIn(c, 12) ? c.below(20) : pick(c, world.live.length > 0 ? world.live : [0])
  const text = 'because'
  switch (c.below(20)) {
    case 0:
      return { type: 'automatic-start' }
    case 1:
      return world.dialling || oneIn(c, 8)
        ? { type: 'tcp-acked', connection: world.next() }
        : { type: 'tcp-confirmed', connection: world.next() }
    case 2:
    case 3:
      return {
        type: 'tcp-confirmed',
        connection: oneIn(c, 20) ? (world.live[0] ?? world.next()) : world.next(),
      }
    case 4:
    case 5:
    case 6:
      return { type: 'open', connection, message: openMessage(c, params) }
    case 7:
    case 8:
    case 9:
      return { type: 'keepalive', connection }
    case 10:
      return { type: 'update', connection }
    case 11: {
      const message = {
        type: 'route-refresh',
        afi: pick(c, [1, 2, 9]),
        subtype: c.below(4),
        safi: pick(c, [1, 2]),
      } as const
      return { type: 'route-refresh', connection, message }
    }
    case 12: {
      const message = {
        type: 'notification',
        code: pick(c, [6, 2, 4]),
        subcode: pick(c, [2, 4, 9, 7]),
        data: DATA,
      } as const
      return { type: 'notification', connection, message }
    }
    case 13:
      return { type: 'fault', connection, code: pick(c, [3, 1, 0]), subcode: c.below(4), data: DATA, text }
    case 14:
      return { type: 'tcp-fails', connection, reason: 'reset' }
    case 15:
      return { type: 'dial-failed', failure: { reason: 'dial-refused', text: 'refused' } }
    case 16:
      return world.timer(c, connection)
    case 17:
      return world.timer(c, connection)
    case 18:
      return oneIn(c, 3)
        ? { type: 'manual-start' }
        : {
            type: 'automatic-stop',
            subcode: pick(c, [4, 1, 6, 8, 10]),
            data: DATA,
            text,
            ...(oneIn(c, 3) && { idleHold: 0 }),
          }
    default:
      return oneIn(c, 2)
        ? { type: 'manual-stop', subcode: pick(c, [2, 3]), data: DATA, text }
        : { type: 'sent', connection }
  }
}

/** The refresh machine: what it marks it sweeps, and one dump runs at a time. */
function refresh(c: ByteChoices, negotiated: Negotiated): void {
  const params = { negotiated, staleTime: pick(c, [360, 0]) }
  let state = initialRefresh(negotiated)
  const marked = new Set<Family>()
  const timers = new Set<Family>()
  const resending = new Set<Family>()
  const between = new Set<number>()
  for (let i = 0; i < 30; i++) {
    const family = pick(c, FAMILIES)
    const afi = pick(c, [1, 2, 9])
    const kind = c.below(8)
    if (kind === 7 && !resending.has(family)) continue
    const step = stepRefresh(
      state,
      kind < 3
        ? { type: 'message', message: { type: 'route-refresh', afi, subtype: kind, safi: 1 } }
        : kind === 7
          ? { type: 'resent', family }
          : {
              type: pick(c, ['end-of-rib-received', 'end-of-rib-sent', 'request', 'resend', 'timer']),
              family,
            },
      params,
    )
    if (kind === 7) resending.delete(family)
    state = step.state
    for (const action of step.actions) {
      if (action.type === 'ignored') continue
      if (action.type === 'send') {
        const { subtype } = action.message
        check(negotiated.routeRefresh || subtype !== 0, () => 'a request that was not negotiated')
        check(negotiated.enhancedRouteRefresh || subtype === 0, () => 'a marker that was not negotiated')
        if (subtype === 1) between.add(action.message.afi)
        else if (subtype === 2) check(between.delete(action.message.afi), () => 'EoRR without BoRR')
      } else if (action.type === 'resend') {
        check(!resending.has(action.family), () => 'two dumps at a time')
        resending.add(action.family)
      } else if (action.type === 'mark') marked.add(action.family)
      else if (action.type === 'sweep') check(marked.delete(action.family), () => 'a sweep without a mark')
      else if (action.type === 'start') timers.add(action.family)
      else timers.delete(action.family)
      check(
        negotiated.families.includes('family' in action ? action.family : family) || action.type === 'send',
        () => 'a family that was not negotiated',
      )
    }
    for (const one of marked) check(params.staleTime === 0 || timers.has(one), () => 'marked without an end')
  }
}

const CAUSES: readonly EndCause[] = [
  'tcp',
  'notification',
  'hard-reset',
  'hold-expired',
  'send-hold-expired',
  'admin',
  'replaced',
]

const RESTART_TIMERS: readonly RestartTimer[] = ['restart', 'stale', ...FAMILIES.map(longLivedTimer)]

/** The graceful-restart helper: what it keeps it sweeps or drops, and a timer bounds it all the time. */
function restart(c: ByteChoices, negotiated: Negotiated): void {
  const params: RestartParams = {
    enabled: !oneIn(c, 4),
    stalePathTime: pick(c, [360, 0, 30]),
    ...(oneIn(c, 2) && { longLived: pick(c, [86_400, 60]) }),
  }
  const longLived = () =>
    oneIn(c, 4)
      ? undefined
      : FAMILIES.filter(() => !oneIn(c, 4)).map((family) => ({
          family,
          forwarding: !oneIn(c, 4),
          time: pick(c, [600, 0, 16_777_215]),
        }))
  let state = NO_RESTART
  let up = true
  const kept = new Set<Family>()
  const timers = new Set<string>()
  for (let i = 0; i < 30; i++) {
    const kind = c.below(6)
    const timer = pick(c, RESTART_TIMERS)
    const terms = { ...negotiated, longLived: longLived() }
    if (kind === 4 && !timers.has(timer)) continue
    if (kind === 4) timers.delete(timer)
    const event =
      kind < 2
        ? up
          ? ({ type: 'lost', cause: pick(c, CAUSES), negotiated: terms } as const)
          : ({ type: 'established', negotiated: terms } as const)
        : kind < 4
          ? ({ type: 'end-of-rib', family: pick(c, FAMILIES) } as const)
          : kind === 4
            ? ({ type: 'timer', timer } as const)
            : ({ type: 'give-up' } as const)
    if (kind < 2) up = !up
    const step = stepRestart(state, event, params)
    state = step.state
    for (const action of step.actions) {
      if (action.type === 'start') {
        check(action.ms > 0 && Number.isFinite(action.ms), () => `a timer of ${action.ms} ms`)
        timers.add(action.timer)
      } else if (action.type === 'stop') timers.delete(action.timer)
      else {
        check(action.families.length > 0 && action.reason !== '', () => `${action.type} of nothing`)
        for (const family of action.families) {
          if (action.type === 'keep') kept.add(family)
          else if (action.type === 'depreference') check(kept.has(family), () => 'long-lived, but not kept')
          else check(kept.delete(family) || action.type === 'drop', () => 'a sweep of what is not kept')
        }
      }
    }
    const waits = state.phase === 'waiting'
    check(
      (state.phase === 'none') === (state.stale.length === 0),
      () => `${state.phase} with ${state.stale.length} stale`,
    )
    check(
      state.stale.length === kept.size && state.stale.every((one) => kept.has(one)),
      () => 'families lost from sight',
    )
    check(waits || !timers.has('restart'), () => `${state.phase} with a restart timer`)
    for (const family of FAMILIES) {
      const running = state.longLived?.running.includes(family) ?? false
      check(running === timers.has(longLivedTimer(family)), () => `${family}: long-lived timer ${!running}`)
      check(!running || state.stale.includes(family), () => `${family}: long-lived, not stale`)
      const bounded = running || timers.has(waits ? 'restart' : 'stale')
      check(bounded || !state.stale.includes(family), () => `${family} stays for ever`)
    }
    check(state.phase !== 'none' || timers.size === 0, () => `idle with timers ${[...timers].join(' ')}`)
  }
}
