import t from 'tap'
import { STATUS } from '../../show/fixtures.js'
import { api } from '../fixtures.js'

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
  t.match(text, /^ecmpd_event_loop_lag_seconds\{quantile="0\.99"\} [\d.e-]+$/m)
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
