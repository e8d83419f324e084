import t from 'tap'
import { logSettings, settingWarnings } from '../../../src/host/checks.js'
import { dated, readSysctls } from '../../../src/host/sysctls.js'
import { proc } from './proc.js'

const BAD = {
  'sys/net/ipv4/ip_forward': '0',
  'sys/net/ipv4/fib_multipath_hash_policy': '0',
  'sys/net/ipv4/fib_multipath_use_neigh': '0',
  'sys/net/ipv4/conf/all/send_redirects': '1',
  'sys/net/ipv4/conf/eth0/send_redirects': '1',
  'sys/net/ipv4/conf/eth1.7/send_redirects': '1',
  'sys/net/ipv4/conf/all/rp_filter': '0',
  'sys/net/ipv4/conf/eth0/rp_filter': '1',
  'sys/net/ipv6/conf/all/forwarding': '0',
  'sys/net/ipv6/fib_multipath_hash_policy': '0',
  'sys/net/ipv6/conf/eth0/accept_ra': '1',
}
const GOOD = {
  'sys/net/ipv4/ip_forward': '1',
  'sys/net/ipv4/fib_multipath_hash_policy': '3',
  'sys/net/ipv4/conf/all/send_redirects': '0',
  'sys/net/ipv4/conf/eth0/send_redirects': '0',
}
const BOTH = { ipv4: true, ipv6: true }
const eth0 = { interfaces: ['eth0'], ...BOTH }

t.test('each warning has the command to paste', async (t) => {
  const { read } = proc(t, BAD)
  const warnings = settingWarnings(readSysctls(read, { interfaces: ['eth0', 'eth1.7'], ...BOTH }))
  t.same(
    warnings.map(({ command }) => command),
    [
      'sysctl -w net.ipv4.ip_forward=1',
      'sysctl -w net.ipv6.conf.all.forwarding=1',
      'sysctl -w net.ipv4.fib_multipath_hash_policy=1',
      'sysctl -w net.ipv6.fib_multipath_hash_policy=1',
      'sysctl -w net.ipv4.conf.all.send_redirects=0',
      'sysctl -w net.ipv4.conf.eth0.send_redirects=0',
      'sysctl -w net/ipv4/conf/eth1.7/send_redirects=0',
    ],
  )
  for (const { text } of warnings) t.match(text, /: /)
})

t.test('only the families in use, only the interfaces named', async (t) => {
  const { read } = proc(t, BAD)
  const names = (ipv4: boolean, ipv6: boolean) =>
    readSysctls(read, { interfaces: [], ipv4, ipv6 }).map(({ name }) => name)
  t.same(names(false, true), ['net.ipv6.conf.all.forwarding', 'net.ipv6.fib_multipath_hash_policy'])
  t.same(names(true, false), [
    'net.ipv4.ip_forward',
    'net.ipv4.fib_multipath_hash_policy',
    'net.ipv4.fib_multipath_use_neigh',
    'net.ipv4.conf.all.send_redirects',
    'net.ipv4.conf.all.rp_filter',
  ])
})

t.test('what works is made of `all` and of the interface', async (t) => {
  const { read, write } = proc(t, BAD)
  const effective = (setting: string) =>
    readSysctls(read, eth0).find((one) => one.setting === setting && one.interface === 'eth0')?.effective
  t.equal(effective('rp_filter'), 1, 'strict on the interface')
  write({ 'sys/net/ipv4/conf/all/rp_filter': '2' })
  t.equal(effective('rp_filter'), 2, 'the greater one')
  write({ 'sys/net/ipv4/conf/eth0/send_redirects': '0' })
  t.equal(effective('send_redirects'), 1, 'one of both is enough')
  write({ 'sys/net/ipv4/conf/all/send_redirects': '0' })
  t.equal(effective('send_redirects'), 0)
  t.equal(effective('accept_ra'), 1, 'the interface alone')
})

t.test('nothing to warn of when all is set, or can not be read', async (t) => {
  const { read, write } = proc(t, GOOD)
  t.same(settingWarnings(readSysctls(read, { interfaces: ['eth0', 'gone'], ...BOTH })), [])
  write({ 'sys/net/ipv4/ip_forward': 'nonsense' })
  t.notOk(readSysctls(read, eth0).some(({ setting }) => setting === 'ip_forward'))
})

t.test('since when a setting has its value, and what it was before', async (t) => {
  const { read, write } = proc(t, GOOD)
  const forward = (sysctls: ReturnType<typeof readSysctls>) =>
    sysctls.find(({ setting, family }) => setting === 'ip_forward' && family === 'ipv4')!
  const first = dated([], readSysctls(read, eth0), '2026-01-01T00:00:00.000Z')
  t.notOk('since' in forward(first), 'it had it already')
  write({ 'sys/net/ipv4/ip_forward': '0' })
  const second = dated(first, readSysctls(read, eth0), '2026-01-01T00:00:10.000Z')
  t.match(forward(second), { value: 0, since: '2026-01-01T00:00:10.000Z', before: 1 })
  const third = dated(second, readSysctls(read, eth0), '2026-01-01T00:00:20.000Z')
  t.match(forward(third), { value: 0, since: '2026-01-01T00:00:10.000Z', before: 1 }, 'it stays')
})

t.test('what turns wrong while running is logged, and what turns right again', async (t) => {
  const { read, write } = proc(t, GOOD)
  const lines: string[] = []
  const put = (level: string) => (_: object, text: string) => void lines.push(`${level} ${text}`)
  const log = { debug: put('debug'), info: put('info'), warn: put('warn'), error: put('error') }
  let before: ReturnType<typeof readSysctls> = []
  const look = (changes: Record<string, string>) => {
    write(changes)
    const after = readSysctls(read, eth0)
    logSettings(log, before, after)
    before = after
    return lines.splice(0)
  }
  t.same(look({}), [])
  t.same(look({ 'sys/net/ipv4/ip_forward': '0' }), [
    'warn IPv4 forwarding is off: packets for learned routes are dropped (net.ipv4.ip_forward was 1 before); set it with: sysctl -w net.ipv4.ip_forward=1',
  ])
  t.same(look({}), [], 'once')
  t.same(look({ 'sys/net/ipv4/ip_forward': '1' }), ['info net.ipv4.ip_forward is 1 again'])
})
