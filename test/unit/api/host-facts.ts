import type { HostFacts } from '../../../src/host/model.js'

const AT = '2026-11-22T12:00:00.000Z'

/** A machine of which everything is known. */
export const HOST: HostFacts = {
  at: AT,
  sysctls: [
    {
      name: 'net.ipv4.ip_forward',
      setting: 'ip_forward',
      family: 'ipv4',
      value: 0,
      effective: 0,
      since: AT,
      before: 1,
    },
    {
      name: 'net.ipv4.conf.eth0.rp_filter',
      setting: 'rp_filter',
      family: 'ipv4',
      interface: 'eth0',
      value: 0,
      effective: 1,
    },
  ],
  counters: [{ name: 'TCPMinTTLDrop', total: 7, grown: 3, recent: 1, lastGrown: AT }],
  network: {
    known: true,
    at: AT,
    links: [
      {
        index: 2,
        name: 'eth0',
        adminUp: true,
        up: true,
        mtu: 1500,
        addresses: [{ address: '192.168.95.200', length: 24 }],
      },
    ],
    neighbors: [
      {
        address: '192.168.95.210',
        own: false,
        connected: true,
        subnet: '192.168.95.0/24',
        interface: 'eth0',
        table: 'REACHABLE',
        lladdr: '02:00:00:00:00:01',
      },
    ],
  },
  preferred: {
    known: true,
    routes: [
      {
        prefix: '192.168.95.123/32',
        via: '192.168.95.1',
        interface: 'eth0',
        protocol: 'static',
        metric: 20,
        command: 'ip route del 192.168.95.123/32 proto static metric 20',
      },
    ],
  },
  arrivals: {
    known: true,
    since: AT,
    listening: true,
    syns: [
      {
        from: '192.168.95.212',
        to: '192.168.95.200',
        port: 179,
        attempts: 2,
        packets: 5,
        first: AT,
        last: AT,
        ttl: 64,
        signed: false,
        index: 2,
      },
    ],
    refusals: [{ to: '192.168.95.211', from: '192.168.95.211', reason: 'prohibited', count: 3, last: AT }],
  },
}
