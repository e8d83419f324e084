/** Rows of the checklist that the corpus of malformed messages covers, with the vectors of each. */
export interface Row {
  readonly id: string
  readonly title: string
  readonly rfc: string
  /** Names of vectors; a '*' stands for anything. */
  readonly vectors: readonly string[]
}

const row = (id: string, title: string, rfc: string, vectors: string): Row => ({
  id,
  title,
  rfc,
  vectors: vectors.split(' '),
})

export const ROWS: readonly Row[] = [
  row('HDR-1', 'marker not all ones: 1/1', '4271 6.1', 'hdr-marker'),
  row('HDR-2', 'length below 19 or above 4096: 1/2 with the length', '4271 6.1', 'hdr-len-*'),
  row(
    'HDR-4',
    'too short or too long for the type: 1/2',
    '4271 6.1',
    'hdr-open-28 hdr-update-22 hdr-keepalive-20 hdr-rr-22',
  ),
  row('HDR-5', 'short NOTIFICATION: close, or 1/2', '4271 6.1, 6.4', 'hdr-notification-20'),
  row('HDR-6', 'unknown type: 1/3 with the type', '4271 6.1', 'hdr-type-*'),
  row('OPN-0', 'a plain OPEN is accepted, also without capabilities', '4271 4.2', 'open-ok open-no-options'),
  row('OPN-1', 'version not 4: 2/1 with 0004', '4271 6.2', 'open-version-*'),
  row(
    'OPN-2',
    'unacceptable AS: 2/2',
    '4271 6.2, 6793 3',
    'open-wrong-as open-wrong-as4 open-astrans-no-as4',
  ),
  row('OPN-3', 'AS 0: 2/2', '7607 2', 'open-as-0 open-as4-0'),
  row('OPN-4', 'hold time 1 or 2: 2/6', '4271 6.2', 'open-hold-*'),
  row('OPN-6', 'identifier 0, or the own one on iBGP: 2/3', '6286 2.1-2.2', 'open-id-*'),
  row('OPN-7', 'unknown optional parameter: 2/4', '4271 6.2', 'open-param-unknown open-param-auth'),
  row(
    'OPN-8',
    'malformed parameters: 2/0',
    '4271 6.2',
    'open-optlen-* open-param-over open-param-1-octet open-cap-over open-cap-1-octet open-cve-*',
  ),
  row('OPN-9', 'extended optional parameters', '9072 2', 'open-ext-*'),
  row(
    'CAP-1',
    'unknown capability ignored',
    '5492 3, 5',
    'open-cap-unknown open-cap-zero-code open-cap-mp-unknown-only open-cap-enh-odd',
  ),
  row(
    'CAP-2',
    'several parameters, repeated capabilities',
    '5492 4',
    'open-cap-split open-cap-dup open-cap-empty-param open-cap-gr-two',
  ),
  row(
    'CAP-5',
    'a capability of wrong length: ignored or 2/0',
    'robustness',
    'open-cap-mp-len-* open-cap-*-len-*',
  ),
  row('CAP-7.corpus', 'FQDN capability that overruns', 'draft-walton-bgp-hostname', 'open-cap-fqdn-*'),
  row(
    'CAP-8.corpus',
    'software version that overruns',
    'draft-abraitis-bgp-version-capability',
    'open-cap-swver-*',
  ),
  row('FSM-1', 'unexpected message: 5/1, 5/2 or 5/3', '6608 4', 'fsm-*'),
  row('FSM-5', 'NOTIFICATION: close, no answer', '4271 6.4', 'notif-*'),
  row(
    'UPD-0',
    'plain UPDATEs and End-of-RIB',
    '4271 4.3',
    'upd-ok upd-eor-* ibgp-ok nlri-dup nlri-default nlri-zeros-4000 wd-and-nlri-same',
  ),
  row('UPD-1', 'lengths that do not fit: 3/1', '7606 3b', 'upd-wdlen-* upd-attrlen-over upd-both-wrap'),
  row(
    'UPD-2',
    'attributes overrun or cut: withdraw',
    '7606 4',
    'upd-last-attr-over upd-trailing-* ibgp-attr-framing',
  ),
  row(
    'UPD-3',
    'the same without NLRI: 3/1',
    '7606 5.2',
    'upd-framing-no-nlri upd-origin-bad-no-nlri upd-discardable-no-nlri',
  ),
  row(
    'UPD-4',
    'mandatory attribute missing: withdraw',
    '7606 3d',
    'upd-missing-* upd-no-attrs upd-only-unknown mp6-missing-origin mpun-with-bare-nlri ibgp-no-localpref',
  ),
  row(
    'UPD-5',
    'repeated attribute: the first counts; MP_REACH or MP_UNREACH twice: 3/1',
    '7606 3g',
    'mp6-dup mpun-dup upd-dup-*',
  ),
  row('UPD-6', 'attribute flags', '7606 3c', '*-flag-* upd-reserved-flags upd-extlen-small'),
  row('UPD-7', 'attributes of length 0', '7606 4', '*-len-0'),
  row('UPD-8', 'unknown well-known attribute: 3/2 or withdraw', '4271 6.3', 'upd-unknown-wellknown'),
  row(
    'UPD-9',
    'unknown optional attributes',
    '4271 5, 9',
    'upd-unknown-trans upd-unknown-trans-0 upd-unknown-nontrans upd-unknown-3000 upd-attr-*',
  ),
  row('UPD-10', 'any order of attributes', '4271 5', 'upd-order-reversed'),
  row('UPD-12', 'attributes without NLRI: no effect', '4271 6.3', 'upd-attrs-no-nlri'),
  row('UPD-14.corpus', 'no room for the own AS: not sent on', '4271 9.2', 'upd-fill-4096'),
  row('UPD-15', 'two errors: the stronger counts', '7606 3h', 'two-errors'),
  row('UPD-16', 'published triggers of crashes', 'CVE', 'cve-*'),
  row(
    'NLR-1',
    'NLRI or withdrawn prefix too long or cut: 3/10',
    '7606 5.3, 3i',
    'nlri-len-33 nlri-len-255 nlri-cut wd-len-33 wd-cut',
  ),
  row('NLR-2', 'bits beyond the length do not matter', '4271 4.3', 'nlri-host-bits'),
  row(
    'NLR-3.corpus',
    'multicast and loopback prefixes are ignored',
    '4271 6.3',
    'nlri-multicast nlri-loopback',
  ),
  row('NLR-4', 'withdrawal of an unknown route is ignored', '4271 9', 'wd-unknown-prefix'),
  row('MP-1', 'next hop length that does not fit the family: reset', '7606 7.11', 'mp6-nh-len-* mp6-nh-over'),
  row(
    'MP-2',
    'MP_REACH or MP_UNREACH malformed: reset',
    '7606 5.3',
    'mp6-len-* mp6-prefix-* mpun-len-2 mpun-prefix-129 mpun-cut mp6-no-nlri',
  ),
  row(
    'MP-3',
    'NEXT_HOP beside MP_REACH and the reserved octet are ignored',
    '4760 3',
    'mp6-ok mp6-with-nexthop mp6-reserved mp4-nh4',
  ),
  row(
    'MP-4',
    'a family that was not negotiated is ignored',
    '4760 7-8',
    'mp-afi-999 mp-safi-128 mpun-unknown-family flowspec-len-0',
  ),
  row('MP-5.corpus', 'odd IPv6 next hops', '2545 3', 'mp6-ll mp6-nh-zero mp6-nh-mcast mp6-nh-mapped'),
  row('ATT-1', 'ORIGIN', '7606 7.1', 'origin-* ibgp-origin-bad'),
  row('ATT-2', 'AS_PATH', '7606 7.2', 'aspath-*'),
  row('ATT-3', 'NEXT_HOP', '7606 7.3, 4271 6.3', 'nexthop-*'),
  row('ATT-4.corpus', 'MULTI_EXIT_DISC', '7606 7.4', 'med-*'),
  row('ATT-5.corpus', 'LOCAL_PREF', '7606 7.5', 'localpref-* ibgp-localpref-*'),
  row('ATT-6', 'ATOMIC_AGGREGATE', '7606 7.6', 'atomic-*'),
  row('ATT-7', 'AGGREGATOR', '7606 7.7', 'aggregator-*'),
  row('ATT-8', 'COMMUNITIES', '7606 7.8', 'community-*'),
  row('ATT-9', 'ORIGINATOR_ID', '7606 7.9', 'originator-* ibgp-originator-*'),
  row('ATT-10', 'CLUSTER_LIST', '7606 7.10', 'cluster-* ibgp-cluster-*'),
  row('ATT-16', 'EXTENDED COMMUNITIES', '7606 7.14', 'extcomm-*'),
  row('ATT-17', 'AS4_PATH', '6793 6', 'as4path-*'),
  row('ATT-18', 'AS4_AGGREGATOR', '6793 6', 'as4aggr-*'),
  row('ATT-25', 'IPv6 EXTENDED COMMUNITIES', '7606 7.15', 'ipv6extcomm-*'),
  row('ATT-26', 'AIGP', '7311 3.2', 'aigp-*'),
  row('ATT-32', 'LARGE_COMMUNITY', '8092 6', 'largecomm-*'),
  row('ATT-35', 'Only to Customer', '9234 5', 'otc-*'),
  row('ATT-40', 'BGP Prefix-SID', '8669 6', 'prefixsid-*'),
  row('ATT-x', 'attributes that are not implemented', '7606', 'encap-* pmsi-* bgpls-* attrset-*'),
  row('ENH-1.corpus', 'IPv6 next hop without the capability', '8950 4', 'mp4-nh6'),
  row('RFR-0', 'ROUTE-REFRESH, odd and malformed', '2918, 7313, 5291', 'rr-*'),
  row('ROL-0', 'role capability repeated or of length 0', '9234 4', 'open-cap-role-*'),
  row('AP-0', 'ADD-PATH mode 4 is ignored', '7911 4', 'open-cap-addpath-4'),
  row('LLG-0', 'long-lived graceful restart without graceful restart', '9494 4.5', 'open-cap-llgr-no-gr'),
]

/** Whether a vector belongs to a row. */
export function covers({ vectors }: Row, id: string): boolean {
  return vectors.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(id))
}
