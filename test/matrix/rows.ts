/** Rows of the table: what is tried with every daemon. Ids are stable: the page is compared by them. */
export const ROWS = [
  { id: 'ebgp.ipv4', title: 'eBGP, IPv4 routes both ways', rfc: '4271' },
  { id: 'ebgp.ipv6', title: 'eBGP over IPv6, IPv6 routes both ways', rfc: '4760, 2545' },
  { id: 'ibgp.ipv4', title: 'iBGP, IPv4 routes both ways', rfc: '4271' },
  { id: 'ibgp.ipv6', title: 'iBGP over IPv6, IPv6 routes both ways', rfc: '4760, 2545' },
  { id: 'as4', title: '4-octet AS numbers on both sides and in the path', rfc: '6793' },
  { id: 'as4.old', title: 'the daemon takes 2-octet AS numbers alone', rfc: '6793' },
  { id: 'md5.ipv4.dials', title: 'TCP-MD5 over IPv4, ecmpd dials', rfc: '2385' },
  { id: 'md5.ipv4.listens', title: 'TCP-MD5 over IPv4, ecmpd listens', rfc: '2385' },
  { id: 'md5.ipv6.dials', title: 'TCP-MD5 over IPv6, ecmpd dials', rfc: '2385' },
  { id: 'md5.ipv6.listens', title: 'TCP-MD5 over IPv6, ecmpd listens', rfc: '2385' },
  { id: 'own', title: "ecmpd's own routes and a default route announced, one withdrawn", rfc: '4271' },
  { id: 'communities', title: 'communities equal on both sides, both ways', rfc: '1997' },
  { id: 'large', title: 'large communities equal on both sides, both ways', rfc: '8092' },
  {
    id: 'refresh.asks',
    title: 'route refresh: ecmpd asks, and a change of its policy needs no new session',
    rfc: '2918',
  },
  { id: 'refresh.asked', title: 'route refresh: the daemon asks', rfc: '2918' },
  { id: 'enhanced.asks', title: 'enhanced route refresh: ecmpd asks', rfc: '7313' },
  { id: 'enhanced.asked', title: 'enhanced route refresh: the daemon asks', rfc: '7313' },
  {
    id: 'long.received',
    title: 'extended messages: an UPDATE of more than 4096 octets received',
    rfc: '8654',
  },
  { id: 'long.sent', title: 'extended messages: an UPDATE of more than 4096 octets sent', rfc: '8654' },
  {
    id: 'restart.back',
    title: 'graceful restart: the daemon is killed and comes back; ecmpd keeps its paths, then sweeps',
    rfc: '4724',
  },
  {
    id: 'restart.away',
    title: 'graceful restart: the daemon is killed and stays away; its paths go after the restart time',
    rfc: '4724',
  },
  {
    id: 'restart.own-back',
    title: 'graceful restart: ecmpd is killed and comes back; the daemon keeps its routes, then sweeps',
    rfc: '4724',
  },
  {
    id: 'restart.own-away',
    title: 'graceful restart: ecmpd is killed and stays away; its routes go after the restart time',
    rfc: '4724',
  },
  {
    id: 'long-lived.back',
    title: 'long-lived graceful restart: paths of the killed daemon become the last choice until it is back',
    rfc: '9494',
  },
  {
    id: 'long-lived.away',
    title: 'long-lived graceful restart: the daemon stays away; its paths go after the stale time',
    rfc: '9494',
  },
  {
    id: 'long-lived.own',
    title:
      'long-lived graceful restart: ecmpd stays away for longer than its restart time; the daemon keeps its routes',
    rfc: '9494',
  },
  { id: 'addpath.received', title: 'ADD-PATH: two paths of a prefix received, one withdrawn', rfc: '7911' },
  { id: 'addpath.sent', title: 'ADD-PATH: two paths of a prefix sent, one withdrawn', rfc: '7911' },
  { id: 'reflect.client', title: 'reflection: ecmpd reflects, the daemon is a client', rfc: '4456' },
  { id: 'reflect.non-client', title: 'reflection: ecmpd reflects, the daemon is no client', rfc: '4456' },
  { id: 'reflect.by', title: 'reflection: the daemon reflects, ecmpd is a client', rfc: '4456' },
  { id: 'nexthop.received', title: 'IPv4 routes with an IPv6 next hop received and installed', rfc: '8950' },
  { id: 'nexthop.sent', title: 'IPv4 routes with an IPv6 next hop sent', rfc: '8950' },
] as const

export type RowId = (typeof ROWS)[number]['id']
