import t from 'tap'
import { parseShow } from './parse.js'

const parse = (line: string) => parseShow(line.split(' ').filter(Boolean))
const command = (line: string) => {
  const parsed = parse(line)
  return 'error' in parsed ? parsed.error : parsed.show
}

t.test('commands, whole and shortened', async (t) => {
  const summary = { view: 'summary', families: ['ipv4-unicast'], form: 'keyed' }
  for (const line of ['ip bgp summary', 'ip bgp sum', 'ip b s', 'IP BGP SUMMARY'])
    t.same(command(line), summary)
  t.same(command('bgp ipv4 unicast summary'), { ...summary, form: 'bare' })
  t.same(command('ip bgp ipv4 unicast summary'), { ...summary, form: 'bare' })
  t.same(command('bgp vrf all ipv4 unicast summary'), { ...summary, form: 'vrf' })
  t.same(command('bgp vrf default summary'), { ...summary, families: ['ipv4-unicast', 'ipv6-unicast'] })
  t.same(command('ipv6 bgp summary'), { ...summary, families: ['ipv6-unicast'] })
  t.same(command('ip bgp'), { view: 'table', families: ['ipv4-unicast'], form: 'keyed' })
  t.same(command('run'), { view: 'running-config' })
  t.same(command('ver'), { view: 'version' })
  t.same(command('fib'), { view: 'fib' })
})

t.test('prefixes and addresses', async (t) => {
  t.same(command('ip bgp 10.1.2.3/8'), {
    view: 'prefix',
    family: 'ipv4-unicast',
    target: { prefix: '10.0.0.0/8' },
  })
  t.same(command('ip route 10.0.0.0 255.0.0.0'), {
    view: 'route',
    family: 'ipv4-unicast',
    target: { prefix: '10.0.0.0/8' },
  })
  t.same(command('bgp 2001:DB8:0::1'), {
    view: 'prefix',
    family: 'ipv6-unicast',
    target: { longest: '2001:db8::1' },
  })
  t.same(command('ip bgp neighbors 2001:db8::1 routes'), {
    view: 'neighbor-routes',
    address: '2001:db8::1',
    table: 'routes',
    families: ['ipv4-unicast'],
  })
  t.match(command('bgp all neighbors 192.0.2.1 advertised-routes'), {
    families: ['ipv4-unicast', 'ipv6-unicast'],
  })
  t.equal(
    command('ip route 2001:db8::1'),
    '% Invalid input: `show ip route 2001:db8::1` at `2001:db8::1` (it is IPv6, expected: IPv4; `show ipv6 route 2001:db8::1`)',
  )
  t.match(command('ipv6 route 10.0.0.1'), /expected: IPv6; `show ip route 10\.0\.0\.1`\)$/)
  t.match(command('bgp ipv4 unicast 2001:db8::/32'), /expected: IPv4; `show bgp ipv6 2001:db8::\/32`\)$/)
  const six = { view: 'prefix', family: 'ipv6-unicast', target: { prefix: '2001:db8::1/128' } }
  t.same(command('ip bgp 2001:db8::1/128'), six, 'an address says which family it is of')
  t.match(command('ipv6 bgp 10.0.0.1'), { view: 'prefix', family: 'ipv4-unicast' })
  t.match(command('ip route 10.0.0.0 255.0.255.0'), /^% Too many parameters/)
})

t.test('json at the end', async (t) => {
  t.match(parse('ip bgp summary json'), { json: true })
  t.match(parse('ip bgp JSON'), { json: true, show: { view: 'table' } })
  t.match(parse('ip bgp'), { json: false })
})

t.test('mistakes are answered in the switch words, with what could follow', async (t) => {
  t.equal(command('ip'), '% Incomplete command: `show ip` (next: bgp, route)')
  t.equal(
    command(''),
    '% Incomplete command: `show` (next: ip, ipv6, bgp, version, fib, running-config, events)',
  )
  t.equal(command('ip bgp sumary'), '% Invalid input: `show ip bgp sumary` (did you mean `summary`?)')
  t.match(command('ip bgp summary all'), '% Invalid input: `show ip bgp summary all`')
  t.equal(
    command('ip bgp neighbors node1'),
    '% Invalid input: `show ip bgp neighbors node1` (expected: ADDRESS)',
  )
  t.match(command('ip bgp 10.0.0.0/33'), /^% Invalid input: .*expected: .*PREFIX/)
  t.equal(
    command('ip bgp neighbors 10.0.0.1 r'),
    '% Ambiguous command: `show ip bgp neighbors 10.0.0.1 r` (routes or received-routes)',
  )
})
