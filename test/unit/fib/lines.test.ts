import t from 'tap'
import { isUp, parseAddresses, parseLinks, parseNextHops } from '../../../src/fib/kernel/kernel-state.js'
import { ownTail, parseOwnRoute, parseRouteLine } from '../../../src/fib/kernel/route-line.js'
import { parseAddressLine, parseLinkLine, parseNextHopLine } from '../../../src/fib/kernel/watch.js'

// Recorded from iproute2 6.1.0 on Linux 6.18.

t.test('routes', async (t) => {
  t.same(
    parseRouteLine(
      '1.1.1.3 nhid 2003 proto 186 metric 195 \\\tnexthop via 192.168.95.210 dev eth0 weight 1 \\\tnexthop via 192.168.95.211 dev eth0 weight 1 linkdown ',
    ),
    {
      deleted: false,
      type: 'unicast',
      family: 'ipv4-unicast',
      prefix: '1.1.1.3/32',
      nhid: 2003,
      protocol: 186,
      metric: 195,
      table: undefined,
      hops: [
        { via: '192.168.95.210', device: 'eth0', down: false },
        { via: '192.168.95.211', device: 'eth0', down: true },
      ],
    },
  )
  t.match(
    parseRouteLine(
      'Deleted fd00::1 nhid 2011 proto 186 metric 195 pref medium\\\tnexthop via fd07::5 dev eth1 weight 1 ',
    ),
    {
      deleted: true,
      family: 'ipv6-unicast',
      prefix: 'fd00::1/128',
      nhid: 2011,
      hops: [{ via: 'fd07::5', device: 'eth1' }],
    },
  )
  t.match(parseRouteLine('1.1.1.2 via 192.168.95.215 dev eth0 metric 195 '), {
    prefix: '1.1.1.2/32',
    nhid: 0,
    protocol: 3,
    metric: 195,
    hops: [{ via: '192.168.95.215', device: 'eth0' }],
  })
  t.match(
    parseRouteLine(
      '1.1.3.4 proto 186 metric 195 \\\tnexthop via inet6 fd95::210 dev eth0 weight 1 \\\tnexthop via 10.7.0.5 dev eth1 weight 1 dead linkdown ',
    ),
    {
      family: 'ipv4-unicast',
      hops: [
        { via: 'fd95::210', device: 'eth0', down: false },
        { via: '10.7.0.5', device: 'eth1', down: true },
      ],
    },
  )
  t.match(parseRouteLine('192.168.95.0/24 dev eth0 proto 2 scope 253 src 192.168.95.200 '), {
    prefix: '192.168.95.0/24',
    protocol: 2,
    metric: 0,
    hops: [{ via: undefined, device: 'eth0' }],
  })
  t.match(parseRouteLine('6 10.66.0.0/16 proto 4 '), { type: 'blackhole', prefix: '10.66.0.0/16', hops: [] })
  t.match(parseRouteLine('blackhole 10.66.0.0/16 proto static '), { type: 'blackhole' })
  t.match(parseRouteLine('10.67.0.0/16 via 192.168.95.1 dev eth0 table 100 '), { table: '100' })
  t.match(parseRouteLine('2 fe80::40da:b1ff:fefa:922a dev eth0 table 255 proto 2 metric 0 pref medium'), {
    type: 'local',
    table: '255',
  })
  t.match(parseRouteLine('10.9.0.2 dev v1 proto 2 scope 253 src 10.9.0.1 linkdown '), {
    hops: [{ down: true }],
  })
})

t.test('a default route shows its family, or is told', async (t) => {
  t.match(parseRouteLine('default via 192.168.95.1 dev eth0 '), {
    prefix: '0.0.0.0/0',
    family: 'ipv4-unicast',
  })
  t.match(parseRouteLine('default via fd95::1 dev eth0 metric 1024 pref medium'), {
    prefix: '::/0',
    family: 'ipv6-unicast',
  })
  t.match(parseRouteLine('default dev ppp0 scope 253', 'ipv6-unicast'), { prefix: '::/0' })
})

t.test('what is no route', async (t) => {
  for (const text of ['', 'Deleted', 'Dump terminated', 'foo bar', 'Error: something']) {
    t.equal(parseRouteLine(text), undefined, text)
  }
})

t.test('own routes, read the short way', async (t) => {
  const tail = ownTail(195)
  const line = '1.1.1.3 nhid 2003 proto 186 metric 195 \\\tnexthop via 192.168.95.210 dev eth0 weight 1 '
  t.same(parseOwnRoute(line, tail, 'ipv4-unicast'), { prefix: '1.1.1.3/32', nhid: 2003 })
  t.same(
    parseOwnRoute(
      '10.1.0.0/16 nhid 2003 via 192.168.95.210 dev eth0 proto 186 metric 195 ',
      tail,
      'ipv4-unicast',
    ),
    {
      prefix: '10.1.0.0/16',
      nhid: 2003,
    },
  )
  t.same(
    parseOwnRoute(
      'fd00::1 nhid 5 proto 186 metric 195 pref medium\\\tnexthop via fd07::5',
      tail,
      'ipv6-unicast',
    ),
    {
      prefix: 'fd00::1/128',
      nhid: 5,
    },
  )
  t.equal(parseOwnRoute(line.replace('195', '20'), tail, 'ipv4-unicast'), undefined)
  t.equal(parseOwnRoute(line.replace('186', '4'), tail, 'ipv4-unicast'), undefined)
  t.equal(
    parseOwnRoute('1.1.1.3 via 10.0.0.1 dev eth0 proto 186 metric 195 ', tail, 'ipv4-unicast'),
    undefined,
  )
  t.equal(
    parseOwnRoute('default nhid 5 via 10.0.0.1 dev eth0 proto 186 metric 195 ', tail, 'ipv4-unicast'),
    undefined,
  )
})

t.test('links', async (t) => {
  const line = (flags: string) =>
    `2: eth0@if2: <${flags}> mtu 1500 qdisc noqueue state UP group 0 \\    link/[1] 42:da:b1:fa:92:2a brd ff:ff:ff:ff:ff:ff link-netns fy`
  t.same(parseLinkLine(line('BROADCAST,MULTICAST,UP,LOWER_UP')), {
    index: 2,
    name: 'eth0',
    up: true,
    adminUp: true,
    deleted: false,
  })
  t.match(parseLinkLine(line('NO-CARRIER,BROADCAST,MULTICAST,UP')), { up: false, adminUp: true })
  t.match(parseLinkLine(line('BROADCAST,MULTICAST')), { up: false, adminUp: false })
  t.match(
    parseLinkLine('5: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group 0 '),
    { name: 'br0', up: true },
  )
  t.match(
    parseLinkLine('Deleted 7: v1@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group 0 '),
    { index: 7, deleted: true, up: false },
  )
  t.match(
    parseLinkLine(
      'Deleted 3: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state UP \\    link/[1] 1e:35:28:75:16:2c',
    ),
    { index: 3, deleted: false, up: true },
    'a port that left its bridge is still there',
  )
  t.equal(parseLinkLine('nonsense'), undefined)
  t.ok(isUp(['NO-CARRIER', 'BROADCAST', 'UP', 'LOWER_UP']), 'the moment after link set up: objects are taken')
})

t.test('addresses', async (t) => {
  t.same(
    parseAddressLine(
      'Deleted 3: eth1    inet 10.7.0.1/24 scope 0 eth1\\       valid_lft forever preferred_lft forever',
    ),
    {
      deleted: true,
      index: 3,
      address: '10.7.0.1',
      subnet: '10.7.0.1',
      length: 24,
    },
  )
  t.match(parseAddressLine('7: v1    inet 10.9.0.1 peer 10.9.0.2/32 scope 0 v1\\       valid_lft forever'), {
    deleted: false,
    address: '10.9.0.1',
    subnet: '10.9.0.2',
    length: 32,
  })
  t.match(parseAddressLine('2: eth0    inet6 fd95::200/64 scope 0 nodad \\       valid_lft forever'), {
    address: 'fd95::200',
    length: 64,
  })
  t.equal(parseAddressLine('nonsense'), undefined)
})

t.test('next hops', async (t) => {
  t.same(parseNextHopLine('Deleted id 2001 group 1001 proto 186 '), { id: 2001, deleted: true })
  t.same(parseNextHopLine('id 1000 via 192.168.95.210 dev eth0 scope 253 proto 186 '), {
    id: 1000,
    deleted: false,
  })
  t.equal(parseNextHopLine('nonsense'), undefined)
})

t.test('JSON of links, addresses and next hops', async (t) => {
  t.same(
    parseLinks(
      '[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"]},{"ifindex":2,"link_index":2,"ifname":"eth0","flags":["NO-CARRIER","BROADCAST","MULTICAST","UP"]}]',
    ),
    [
      { index: 1, name: 'lo', up: true },
      { index: 2, name: 'eth0', up: false },
    ],
  )
  t.same(
    parseAddresses(
      '[{"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"10.9.0.1","address":"10.9.0.2","prefixlen":32},{"family":"inet6","local":"fd95::200","prefixlen":64},{}]},{}]',
    ),
    [
      { index: 2, address: '10.9.0.1', subnet: '10.9.0.2', length: 32 },
      { index: 2, address: 'fd95::200', subnet: 'fd95::200', length: 64 },
    ],
  )
  t.same(
    parseNextHops(
      '[{"id":1000,"gateway":"192.168.95.219","dev":"eth0","scope":"253","protocol":"186","flags":[]},{"id":2001,"group":[{"id":1000},{"id":1001}],"protocol":"186","flags":[]},' +
        '{"id":3,"group":[{"id":1000,"weight":2},{"id":1001}],"protocol":"11","flags":[]},{"id":4,"blackhole":null,"protocol":"bgp","flags":[]},' +
        '{"id":5,"group":[{"id":1000}],"type":"resilient","protocol":"186"}]',
    ),
    [
      { id: 1000, bgp: true, via: '192.168.95.219', device: 'eth0', group: undefined },
      { id: 2001, bgp: true, via: undefined, device: undefined, group: [1000, 1001] },
      { id: 3, bgp: false, via: undefined, device: undefined, group: [] },
      { id: 4, bgp: true, via: undefined, device: undefined, group: undefined },
      { id: 5, bgp: true, via: undefined, device: undefined, group: [] },
    ],
  )
  t.same(parseNextHops(''), [])
  t.throws(() => parseNextHops('{'), SyntaxError)
})
