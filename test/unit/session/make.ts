import { stepPeer } from '../../../src/session/peer.js'
import type {
  AdvertiseOptions,
  Negotiated,
  PeerAction,
  PeerEvent,
  PeerParams,
  PeerState,
} from '../../../src/session/types.js'
import type { OpenMessage } from '../../../src/wire/types.js'

/** 192.0.2.1 and 192.0.2.2 */
export const OWN_ID = 0xc0000201
const PEER_ID = 0xc0000202
export const NO_DATA = new Uint8Array(0)

export const ADVERTISE: AdvertiseOptions = {
  families: ['ipv4-unicast', 'ipv6-unicast'],
  routeRefresh: true,
  enhancedRouteRefresh: true,
  extendedMessage: true,
  extendedNextHop: false,
  fqdn: { host: 'switch', domain: '' },
  softwareVersion: 'ecmpd/0',
  gracefulRestart: { time: 120, restarting: false, notification: false, families: [] },
}

/** The side under test: AS 64513, router-id 192.0.2.1, hold time 90. */
export function params(changes: Partial<PeerParams> = {}): PeerParams {
  return {
    peer: '192.0.2.2',
    localAs: 64513,
    remoteAs: 64512,
    routerId: OWN_ID,
    passive: false,
    holdTime: 90,
    keepalive: 30,
    connectRetry: 120,
    openHold: 240,
    idleHold: 5,
    sendHold: 0,
    delayOpen: 0,
    advertise: ADVERTISE,
    required: [],
    ...changes,
  }
}

/** An OPEN of the peer: AS 64512, router-id 192.0.2.2, graceful restart for both families. */
export function open(changes: Partial<OpenMessage> = {}): OpenMessage {
  return {
    type: 'open',
    version: 4,
    myAs: 64512,
    holdTime: 90,
    routerId: PEER_ID,
    capabilities: [
      { code: 1, name: 'multiprotocol', afi: 1, safi: 1 },
      { code: 1, name: 'multiprotocol', afi: 2, safi: 1 },
      { code: 2, name: 'route-refresh' },
      { code: 65, name: 'four-octet-as', as: 64512 },
      {
        code: 64,
        name: 'graceful-restart',
        restarting: true,
        notification: false,
        time: 120,
        families: [
          { afi: 1, safi: 1, forwarding: true },
          { afi: 2, safi: 1, forwarding: true },
        ],
      },
    ],
    ...changes,
  }
}

/** The peer's OPEN without graceful restart. */
export function plainOpen(changes: Partial<OpenMessage> = {}): OpenMessage {
  return open({ capabilities: open().capabilities.filter((c) => c.code !== 64), ...changes })
}

export function negotiated(changes: Partial<Negotiated> = {}): Negotiated {
  return {
    peerType: 'ebgp',
    localAs: 64513,
    remoteAs: 64512,
    routerId: PEER_ID,
    holdTime: 90,
    keepalive: 30,
    sendHold: 480,
    families: ['ipv4-unicast', 'ipv6-unicast'],
    as4: true,
    extendedMessage: { send: true, receive: true },
    routeRefresh: true,
    enhancedRouteRefresh: true,
    extendedNextHop: { send: false, receive: false },
    addPath: { send: [], receive: [] },
    gracefulRestart: {
      restarting: false,
      notification: false,
      time: 120,
      families: [
        { family: 'ipv4-unicast', forwarding: true },
        { family: 'ipv6-unicast', forwarding: true },
      ],
    },
    restartOnNotification: false,
    sent: [{ code: 2, name: 'route-refresh' }],
    received: [],
    ...changes,
  }
}

/** Feeds events one after the other. @returns the last state, and the actions of the last event */
export function run(
  state: PeerState,
  events: readonly PeerEvent[],
  p: PeerParams = params(),
): { state: PeerState; actions: readonly PeerAction[] } {
  let actions: readonly PeerAction[] = []
  for (const event of events) ({ state, actions } = stepPeer(state, event, p))
  return { state, actions }
}

/** The actions in short: 'send-open 1', 'start hold 1', 'close 1 6/7', 'changed Idle Connect'. */
export function brief(actions: readonly PeerAction[]): string[] {
  return actions.map((a) => {
    switch (a.type) {
      case 'start':
      case 'stop':
        return `${a.type} ${a.timer}${'connection' in a ? ` ${a.connection}` : ''}`
      case 'close':
        return `close ${a.connection}${a.notification ? ` ${a.notification.code}/${a.notification.subcode}` : ''}`
      case 'down':
        return `down ${a.connection} ${a.end.cause}`
      case 'failed':
        return `failed${a.connection === undefined ? '' : ` ${a.connection}`} ${a.end.cause}`
      case 'changed':
        return `changed ${a.from} ${a.to}`
      case 'dial':
      case 'cancel-dial':
        return a.type
      default:
        return `${a.type} ${a.connection}`
    }
  })
}
