/** Why paths take no part in the decision, in general words: for docs/findings.md, and where a path says no more. */

import type { UnusedReason } from '../../views/model/unusable.js'

const CORRECT = 'announce the prefix there with an address of the node as its next hop'

/** What each reason means, and what to do. */
export const UNUSED_TITLES: {
  readonly [R in UnusedReason]: { readonly title: string; readonly next: string }
} = {
  policy: {
    title: 'Import policy rejects routes of a neighbor',
    next: 'let the prefix pass the list that is named, or announce it not',
  },
  'ebgp-requires-policy': {
    title: 'Routes are rejected since an import policy is required and there is none (RFC 8212)',
    next: 'give the neighbor an import policy, or set `no bgp ebgp-requires-policy` (`ebgpRequiresPolicy: false`)',
  },
  'own-as': {
    title: 'Routes have our AS in their AS path: they have been here before',
    next: 'nothing, if they come back from here; else allowas-in, or correct the AS numbers',
  },
  'first-as': {
    title: "Routes do not begin with the neighbor's AS",
    next: 'nothing prepends the AS of the neighbor there: correct it, or set `no bgp enforce-first-as`',
  },
  'originator-loop': {
    title: 'Routes have our router id as ORIGINATOR_ID: they have been here before (RFC 4456)',
    next: 'nothing, if they are our own; else give each speaker its own router id',
  },
  'cluster-loop': {
    title: 'Routes have our cluster id in CLUSTER_LIST: they have been here before (RFC 4456)',
    next: 'nothing, if they come back from here; else give each cluster its own id',
  },
  'route-leak': {
    title: 'Routes are for customers only, of who sent them: a route leak (RFC 9234)',
    next: 'look who announces them to whom, and at the roles',
  },
  'next-hop-unreachable': {
    title: 'Nothing leads to the next hop of routes at the moment',
    next: 'look at `ip route get` for the next hop, and at the link to it',
  },
  'next-hop-own': { title: 'The next hop of routes is an address of this machine', next: CORRECT },
  'next-hop-no-host': { title: 'The next hop of routes is no host address', next: CORRECT },
  'next-hop-loopback': { title: 'The next hop of routes is a loopback address', next: CORRECT },
  'next-hop-multicast': { title: 'The next hop of routes is a multicast address', next: CORRECT },
  'next-hop-reserved': { title: 'The next hop of routes is a reserved address', next: CORRECT },
  'next-hop-mapped': {
    title: 'IPv6 routes over an IPv4 session have an IPv4-mapped next hop',
    next: 'announce IPv6 prefixes over a second session, between IPv6 addresses',
  },
  'next-hop-other-link': {
    title: 'The next hop of routes is a link-local address of another link',
    next: CORRECT,
  },
  'next-hop-not-connected': {
    title: 'The next hop of routes lies on no subnet shared with this machine',
    next: 'set ebgp-multihop if it is meant so, or correct the next hop',
  },
}
