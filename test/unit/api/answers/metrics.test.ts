import t from 'tap'
import type { CounterName } from '../../../../src/host/model.js'
import { STATUS } from '../../show/fixtures.js'
import { api } from '../fixtures.js'
import { HOST } from '../host-facts.js'

t.test('the metrics tell sessions, messages, prefixes, widths, FIB and process', async (t) => {
  const made = await api(t)
  const { status, headers, text } = await made.ask('/metrics')
  t.equal(status, 200)
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/)
  const lines = text.split('\n')
  const node = process.versions.node
  for (const line of [
    'ecmpd_sessions{state="Established"} 1',
    'ecmpd_sessions{state="Active"} 1',
    'ecmpd_sessions{state="Idle"} 0',
    'ecmpd_neighbor_up{neighbor="192.168.95.210",description="k8s-master-0",remote_as="64512"} 1',
    'ecmpd_neighbor_info{neighbor="192.168.95.210",name="k8s-master-0",description="k8s-master-0",remote_as="64512",dynamic="false"} 1',
    'ecmpd_messages_total{type="keepalive",direction="received"} 302',
    'ecmpd_messages_total{type="route-refresh",direction="sent"} 0',
    'ecmpd_prefixes_received{neighbor="192.168.95.210",family="ipv4-unicast"} 1',
    'ecmpd_prefixes_accepted{neighbor="192.168.95.210",family="ipv4-unicast"} 1',
    'ecmpd_prefixes_best{neighbor="192.168.95.210",family="ipv4-unicast"} 0',
    'ecmpd_ecmp_prefixes{family="ipv4-unicast",width="3"} 1',
    'ecmpd_rib_paths{family="ipv4-unicast"} 3',
    'ecmpd_fib_routes{state="installed"} 1',
    'ecmpd_fib_operations_total{operation="replace"} 2',
    'ecmpd_fib_errors_total 0',
    'ecmpd_update_faults_total{verdict="withdraw"} 0',
    'ecmpd_ready 1',
    `ecmpd_info{version="0.1.0",node="${node}"} 1`,
  ]) {
    t.ok(lines.includes(line), line)
  }
  for (const end of ['p50', 'p99', 'max']) {
    t.match(text, new RegExp(`^ecmpd_event_loop_lag_${end}_seconds [\\d.e-]+$`, 'm'))
  }
  t.match(text, /^process_resident_memory_bytes \d+$/m)
  t.match(text, /^# HELP ecmpd_sessions /m)
  t.match(text, /^# TYPE ecmpd_messages_total counter$/m)
})

t.test('a second scrape counts nothing twice and forgets who left', async (t) => {
  const made = await api(t)
  await made.ask('/metrics')
  made.speaker.list.shift()
  const { text } = await made.ask('/metrics')
  t.match(text, 'ecmpd_messages_total{type="keepalive",direction="received"} 0\n')
  t.notMatch(text, '192.168.95.210')
  t.match(text, `ecmpd_rib_prefixes{family="ipv4-unicast"} ${STATUS.tables[0].prefixes}\n`)
})

t.test('faults of UPDATEs by neighbor and attribute', async (t) => {
  const made = await api(t)
  made.speaker.list[0] = {
    ...made.speaker.list[0],
    faults: {
      withdraw: 3,
      discard: 1,
      reset: 1,
      attributes: [
        { name: 'message', withdraw: 0, discard: 0, reset: 1 },
        { attribute: 2, name: 'AS_PATH', withdraw: 3, discard: 1, reset: 0 },
      ],
    },
  }
  const { text } = await made.ask('/metrics')
  const lines = text.split('\n').filter((line) => /^ecmpd_(neighbor_)?update_faults/.test(line))
  const of = 'ecmpd_neighbor_update_faults_total{neighbor="192.168.95.210"'
  t.same(lines.sort(), [
    `${of},attribute="AS_PATH",verdict="discard"} 1`,
    `${of},attribute="AS_PATH",verdict="withdraw"} 3`,
    `${of},attribute="message",verdict="reset"} 1`,
    'ecmpd_update_faults_total{verdict="discard"} 1',
    'ecmpd_update_faults_total{verdict="reset"} 1',
    'ecmpd_update_faults_total{verdict="withdraw"} 3',
  ])
})

t.test(
  'drops of the kernel; what it does not count, or is not known yet, is missing and not 0',
  async (t) => {
    const made = await api(t)
    const counter = (name: CounterName, total: number) => ({ name, total, grown: 0, recent: 0 })
    const drops = async () =>
      (await made.ask('/metrics')).text.split('\n').filter((line) => /^ecmpd_tcp_/.test(line))
    made.host = undefined
    t.same(await drops(), [])
    const names = ['TCPMD5NotFound', 'TCPMD5Unexpected', 'TCPMD5Failure', 'ListenDrops'] as const
    made.host = { ...HOST, counters: names.map((name, index) => counter(name, index + 3)) }
    t.same(await drops(), [
      'ecmpd_tcp_md5_drops_total{reason="missing"} 3',
      'ecmpd_tcp_md5_drops_total{reason="unexpected"} 4',
      'ecmpd_tcp_md5_drops_total{reason="wrong"} 5',
      'ecmpd_tcp_listen_drops_total 6',
    ])
    made.host = { ...HOST, counters: [counter('TCPMinTTLDrop', 9)] }
    t.same(await drops(), ['ecmpd_tcp_min_ttl_drops_total 9'])
  },
)

t.test('how long a session is up, and what ended the last one', async (t) => {
  const made = await api(t)
  const [up, down] = made.speaker.list
  const at = '2026-11-22T11:00:00.000Z'
  const notification = { direction: 'received', code: 6, subcode: 2, name: 'x', data: '' } as const
  made.speaker.list[0] = { ...up, since: at, lastError: { at, reason: 'version', text: 'refused' } }
  made.speaker.list[1] = {
    ...down,
    lastError: { at, reason: 'peer-shutdown', text: 'shut down', notification },
  }
  const { text } = await made.ask('/metrics')
  t.same(
    text.split('\n').filter((line) => /^ecmpd_neighbor_(uptime|last)/.test(line)),
    [
      `ecmpd_neighbor_uptime_seconds{neighbor="${up.key}"} 3600`,
      `ecmpd_neighbor_last_error_info{neighbor="${up.key}",reason="version",direction="none",code="",subcode=""} 1`,
      `ecmpd_neighbor_last_error_info{neighbor="${down.key}",reason="peer-shutdown",direction="received",code="6",subcode="2"} 1`,
      `ecmpd_neighbor_last_error_timestamp_seconds{neighbor="${up.key}"} ${Date.parse(at) / 1000}`,
      `ecmpd_neighbor_last_error_timestamp_seconds{neighbor="${down.key}"} ${Date.parse(at) / 1000}`,
    ],
  )
})
