import type { Family } from '../../src/ip/family.js'
import type { FamilyOptions, NeighborOptions, SpeakerOptions } from '../../src/speaker/model/options.js'

type Deep<T> = {
  [K in keyof T]?: T[K] extends readonly unknown[] ? T[K] : T[K] extends object ? Deep<T[K]> : T[K]
}

/** One family with everything let in and nothing sent out, as a YAML configuration has it. */
export function family(name: Family, more: Partial<FamilyOptions> = {}): FamilyOptions {
  return { family: name, import: 'all', export: 'none', nextHop: 'self', maximumPrefix: 0, ...more }
}

/** A neighbor in AS 64512 of a speaker in AS 64513. */
export function neighbor(address: string, more: Deep<NeighborOptions> = {}): NeighborOptions {
  const base: NeighborOptions = {
    address,
    remoteAs: 64512,
    localAs: 64513,
    port: 179,
    passive: false,
    ebgpMultihop: 1,
    timers: { holdTime: 90, keepalive: 30, connectRetry: 10, openHold: 240, idleHold: 1, sendHold: 0 },
    families: [family(address.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast')],
    gracefulRestart: { enabled: true, restartTime: 120, stalePathTime: 360, notification: false },
    weight: 0,
  }
  return {
    ...base,
    ...(more as Partial<NeighborOptions>),
    timers: { ...base.timers, ...more.timers },
    gracefulRestart: { ...base.gracefulRestart, ...more.gracefulRestart },
  }
}

/** A speaker in AS 64513 that listens on port 179. */
export function speakerOptions(
  neighbors: readonly NeighborOptions[],
  more: Deep<SpeakerOptions> = {},
): SpeakerOptions {
  const base: SpeakerOptions = {
    localAs: 64513,
    routerId: 0xc0a85fc8,
    listen: [{ address: '0.0.0.0', port: 179 }],
    neighbors,
    listenRanges: [],
    listenLimit: 100,
    decision: {
      maximumPathsEbgp: 32,
      maximumPathsIbgp: 32,
      multipathRelax: false,
      alwaysCompareMed: false,
      deterministicMed: false,
      missingMedAsWorst: false,
      ignoreAsPath: false,
      compareRouterId: true,
      defaultLocalPref: 100,
    },
    gracefulRestart: { enabled: true, restartTime: 120, stalePathTime: 360, notification: false },
    hostName: 'switch',
  }
  return {
    ...base,
    ...(more as Partial<SpeakerOptions>),
    decision: { ...base.decision, ...more.decision },
    gracefulRestart: { ...base.gracefulRestart, ...more.gracefulRestart },
  }
}
