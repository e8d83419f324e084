import t from 'tap'
import { eventLine } from '../../../src/show/events.js'
import { escapeText, jsonText } from '../../../src/show/text.js'
import { ctime, frrUptime, upDown } from '../../../src/show/time.js'
import { ask } from './ask.js'
import { FIB, NOW, STATUS } from './fixtures.js'

t.test('nothing that a terminal obeys gets through, and escaping twice changes nothing', async (t) => {
  const evil = 'a\u0000\u0007\u001b]0;x\u0007\r\n\u009b31m\u2028\u202e\u2066z\u007f'
  const safe = escapeText(evil)
  t.notMatch(safe, /[\u0000-\u001f\u007f-\u009f\u2028\u202e\u2066]/)
  t.equal(escapeText(safe), safe)
  t.equal(escapeText('Grüße, 世界 \\n'), 'Grüße, 世界 \\n')
})

t.test('JSON is safe on a terminal and means the same', async (t) => {
  const evil = { text: 'a\u001b\u009b31m\u2028\u202e\n' }
  for (const indent of [0, 2]) {
    const safe = jsonText(evil, indent)
    t.notMatch(safe, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/)
    t.same(JSON.parse(safe), evil)
  }
})

t.test('durations', async (t) => {
  const day = 86_400
  t.same([0, 59.9, 9014, day - 1].map(upDown), ['00:00:00', '00:00:59', '02:30:14', '23:59:59'])
  t.same([day + 7200, 7 * day, 25 * day, 400 * day].map(upDown), ['1d02h', '1w0d', '3w4d', '1y5w'])
  t.same([61, day + 7380, 9 * day + 10_800, 366 * day].map(frrUptime), [
    '00:01:01',
    '1d02h03m',
    '01w2d03h',
    '01y00w1d',
  ])
  t.equal(ctime('2026-11-02T06:02:06.000Z'), 'Mon Nov  2 06:02:06 2026')
})

t.test('events are one line each', async (t) => {
  const line = eventLine({
    type: 'session',
    id: 1,
    at: NOW,
    neighbor: '192.168.95.210',
    name: 'k8s\nmaster',
    from: 'Established',
    to: 'Idle',
    cause: 'hold timer expired',
  })
  t.equal(line, `${NOW} neighbor 192.168.95.210 (k8s\\x0amaster) Established -> Idle: hold timer expired`)
  t.match(
    await ask('events', {
      events: [
        {
          type: 'route',
          id: 2,
          at: NOW,
          family: 'ipv4-unicast',
          prefix: '10.0.0.0/8',
          change: 'withdrawn',
          nextHops: [],
        },
      ],
    }),
    `${NOW} route 10.0.0.0/8 withdrawn\n`,
  )
})

t.test('version and FIB', async (t) => {
  t.match(
    await ask('version'),
    /^ecmpd 0\.1\.0, [\s\S]*Configuration file: \/etc\/ecmpd\/ecmpd\.yaml\n[\s\S]*Ready\n$/,
  )
  const waiting = { ...STATUS, ready: false, waiting: ['End-of-RIB of 2 neighbors'] }
  t.match(await ask('version', { status: waiting }), 'Not ready: End-of-RIB of 2 neighbors\n')
  t.match(JSON.parse(await ask('version json')), { version: '0.1.0', ready: true })
  t.match(await ask('fib'), '1 installed, 0 pending, 0 refused')
  const refused = {
    ...FIB,
    refused: 1,
    routes: [
      {
        prefix: '10.0.0.0/8',
        state: 'refused' as const,
        reason: 'covers the neighbor 10.0.0.1',
        gateways: [{ address: '192.168.95.210' }],
      },
    ],
  }
  t.match(
    await ask('fib', { fib: refused }),
    '  10.0.0.0/8 via 192.168.95.210\n    covers the neighbor 10.0.0.1\n',
  )
  t.match(await ask('fib', { fib: { ...FIB, enabled: false, mode: 'off' } }), /^FIB is off/)
})

t.test('the running configuration for programs has its ids as people write them', async (t) => {
  const { bgp } = JSON.parse(await ask('running-config json'))
  t.match(bgp, { localAs: 64513, routerId: '192.168.95.200' })
})

t.test('the running configuration is in the switch words', async (t) => {
  const text = await ask('running-config')
  t.match(text, /^Building configuration\.\.\.\n\nCurrent configuration:\n!\n/)
  for (const line of [
    'router bgp 64513',
    ' bgp router-id 192.168.95.200',
    ' bgp graceful-restart restart-time 120',
    ' maximum-paths ebgp 10',
    ' neighbor 192.168.95.210 remote-as 64512',
    ' neighbor 192.168.95.210 description k8s-master-0',
    ' address-family ipv4',
    '  neighbor 192.168.95.210 activate',
    '  neighbor 192.168.95.210 maximum-prefix 100',
    ' exit-address-family',
  ]) {
    t.ok(text.split('\n').includes(line), line)
  }
  t.match(text, /^ip prefix-list \S+ seq 5 permit 192\.168\.95\.0\/24 /m)
  t.match(text, /end\n$/)
})
