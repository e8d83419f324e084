/** From a neighbor's options to the parameters of its session machines (session/types.ts). */

import { parseAddress } from '../../ip/address.js'
import type { AdvertiseOptions, PeerParams, RestartParams } from '../../session/types.js'
import type { NeighborOptions, SpeakerOptions } from '../model/options.js'
import { keepsOurs, type OwnRestartBits } from './own-restart.js'
import { protectionQuestions } from './protection.js'

/** What the session machines need to know of a neighbor's options. */
export function peerParams(
  options: NeighborOptions,
  speaker: SpeakerOptions,
  own: OwnRestartBits,
): PeerParams {
  return {
    peer: options.address,
    questions: protectionQuestions(options),
    localAs: options.localAs,
    otherAs: options.localAsStyle?.dual ? speaker.localAs : undefined,
    remoteAs: options.remoteAs,
    routerId: speaker.routerId,
    passive: options.passive,
    holdTime: options.timers.holdTime,
    minimumHold: options.timers.minimumHold,
    keepalive: options.timers.keepalive,
    connectRetry: options.timers.connectRetry,
    openHold: options.timers.openHold,
    idleHold: options.timers.idleHold,
    sendHold: options.timers.sendHold,
    delayOpen: options.timers.delayOpen ?? 0,
    advertise: advertise(options, speaker, own),
    required: options.capabilities?.required ?? [],
    plainOpen: options.capabilities?.negotiate === false,
    overrideFamilies: options.capabilities?.override,
    role: options.role,
  }
}

function advertise(options: NeighborOptions, speaker: SpeakerOptions, own: OwnRestartBits): AdvertiseOptions {
  const families = options.families.map((family) => family.family)
  const { gracefulRestart } = options
  const kept = keepsOurs(options)
  const forwarding = kept && own.forwarding
  return {
    families,
    routeRefresh: true,
    enhancedRouteRefresh: true,
    extendedMessage: true,
    // Nodes that peer over IPv6 send their IPv4 prefixes with an IPv6 next hop (RFC 8950).
    extendedNextHop:
      options.capabilities?.extendedNextHop ??
      (families.includes('ipv4-unicast') && parseAddress(options.address)?.family === 'ipv6-unicast'),
    addPath: options.families.flatMap(({ family, addPath }) =>
      addPath === undefined ? [] : [{ family, receive: addPath.receive, send: addPath.send !== undefined }],
    ),
    fqdn: speaker.hostName === '' ? undefined : { host: speaker.hostName, domain: '' },
    // No families: a helper only. Neighbors may wait for End-of-RIB all the same, so it leaves at once.
    gracefulRestart: gracefulRestart.enabled
      ? {
          time: gracefulRestart.restartTime,
          restarting: kept && own.restarting,
          notification: gracefulRestart.notification,
          families: kept ? families.map((family) => ({ family, forwarding })) : [],
        }
      : undefined,
    // A helper asks for no time, but understands what others' stale routes are.
    longLived:
      gracefulRestart.longLived &&
      families.map((family) => ({
        family,
        forwarding,
        time: kept ? (gracefulRestart.longLived?.staleTime ?? 0) : 0,
      })),
  }
}

/** What the graceful-restart helper needs to know of a neighbor's options. */
export function restartParams(options: NeighborOptions): RestartParams {
  return {
    enabled: options.gracefulRestart.enabled,
    stalePathTime: options.gracefulRestart.stalePathTime,
    longLived: options.gracefulRestart.longLived?.staleTime,
  }
}
