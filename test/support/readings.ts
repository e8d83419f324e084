/**
 * Messages of the malformed corpus that ecmpd does not give the strict reading (the first of `expect`) but another
 * one that the corpus allows, and why. docs/decisions.md tells the same to people.
 */
export const OTHER_READINGS: Readonly<Record<string, readonly [reading: string, reason: string]>> = {
  'hdr-notification-20': ['close', 'RFC 4271 §6.4 forbids to answer a NOTIFICATION with one'],
  'open-cap-mp-len-3': ['up', 'CAP-5: a capability of wrong length has no effect, and costs no session'],
  'open-cap-mp-len-5': ['up', 'CAP-5'],
  'open-cap-as4-len-2': ['up', 'CAP-5: My Autonomous System then is the AS that counts'],
  'open-cap-mp-unknown-only': [
    'up',
    'RFC 5492 §3 leaves it open: the session stays up, log and views say that no family is common',
  ],
  'nexthop-unreachable': [
    'accept',
    'without the kernel (`fib` off) nobody knows what can be reached; DEC-5 plays it with the kernel',
  ],
  'encap-23-bad': ['accept-with:23', 'attribute 23 is not interpreted here, so it is passed on'],
  'encap-23-subtlv': ['accept-with:23', 'attribute 23 is not interpreted here'],
  'pmsi-22-bad': ['accept-with:22', 'attribute 22 is not interpreted here'],
  'attrset-128-bad': ['accept-with:128', 'attribute 128 is not interpreted here'],
  'prefixsid-40-bad': ['accept-with:40', 'attribute 40 is not interpreted here'],
  'mp4-nh6': ['withdraw', 'the NLRI can be located, so the routes go and the session stays'],
  'cve-2023-47235': [
    'notify:3/10',
    'attribute 255 is whole; what breaks is a prefix of 235 bits in the NLRI',
  ],
  'cve-2023-46753': ['notify:3/10', 'attribute 31 is whole; what breaks is a prefix of 70 bits in the NLRI'],
  'upd-fill-4096': ['accept', 'a receiver may keep it; that it is not sent on is tested with UpdateWriter'],
}
