/** Why a path takes no part in the decision (stored with the path), and the steps that decide among the rest. */

/** The path takes part. */
export const VALID = 0
export const REASON_POLICY = 1
export const REASON_AS_LOOP = 2
/** Next hops that a session may not send at all: what is wrong with each (speaker/inbound/next-hop-accepted.ts). */
export const REASON_NEXT_HOP_OWN = 3
export const REASON_ORIGINATOR_LOOP = 4
export const REASON_CLUSTER_LOOP = 5
export const REASON_FIRST_AS = 6
/** Never stored: it follows from the next hop's resolution. */
export const REASON_NEXT_HOP_UNREACHABLE = 7
export const REASON_ROUTE_LEAK = 8
export const REASON_NEXT_HOP_NO_HOST = 9
export const REASON_NEXT_HOP_LOOPBACK = 10
export const REASON_NEXT_HOP_MULTICAST = 11
export const REASON_NEXT_HOP_RESERVED = 12
export const REASON_NEXT_HOP_MAPPED = 13
export const REASON_NEXT_HOP_OTHER_LINK = 14
export const REASON_NEXT_HOP_NOT_CONNECTED = 15

/** Names of the reasons for programs, by code; '' for VALID. */
export const REASON_IDS = [
  '',
  'policy',
  'own-as',
  'next-hop-own',
  'originator-loop',
  'cluster-loop',
  'first-as',
  'next-hop-unreachable',
  'route-leak',
  'next-hop-no-host',
  'next-hop-loopback',
  'next-hop-multicast',
  'next-hop-reserved',
  'next-hop-mapped',
  'next-hop-other-link',
  'next-hop-not-connected',
] as const

/** The name of a reason. */
export type ReasonId = Exclude<(typeof REASON_IDS)[number], ''>

/** Texts of the reasons, by code. */
export const REASON_TEXTS: readonly string[] = [
  'valid',
  'rejected by import policy',
  'own AS in AS_PATH',
  'next hop is an own address',
  'own router id as ORIGINATOR_ID',
  'own cluster id in CLUSTER_LIST',
  'first AS is not the neighbor',
  'next hop unreachable',
  'route leak: only for customers of who sent it (RFC 9234)',
  'next hop is no host address',
  'next hop is a loopback address',
  'next hop is a multicast address',
  'next hop is a reserved address',
  'next hop is an IPv4-mapped IPv6 address: announce IPv6 prefixes over an IPv6 session',
  'next hop is a link-local address of another link',
  'next hop does not lie on a subnet shared with this machine (set ebgp-multihop if that is meant)',
]

export const STEP_ONLY = 0
export const STEP_LLGR_STALE = 1
export const STEP_WEIGHT = 2
export const STEP_LOCAL_PREF = 3
export const STEP_LOCAL_ORIGIN = 4
export const STEP_AS_PATH = 5
export const STEP_ORIGIN = 6
export const STEP_MED = 7
export const STEP_TYPE = 8
export const STEP_METRIC = 9
export const STEP_AGE = 10
export const STEP_ROUTER_ID = 11
export const STEP_CLUSTER_LIST = 12
export const STEP_ADDRESS = 13
export const STEP_PATH_ID = 14

/** Texts of the decision's steps, by code, for views. */
export const STEP_TEXTS: readonly string[] = [
  'only path',
  'long-lived stale',
  'weight',
  'local preference',
  'locally originated',
  'AS path length',
  'origin',
  'MED',
  'eBGP over iBGP',
  'IGP metric',
  'oldest path',
  'router id',
  'cluster list length',
  'neighbor address',
  'path identifier',
]
