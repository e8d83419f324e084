import t from 'tap'
import { dialectOf } from '../../../../src/config/load.js'
import { formatDiagnostic } from '../../../../src/config/text/format.js'
import { formatEndpoint, readAs, readEndpoint, readPort } from '../../../../src/config/text/values.js'

t.test('AS numbers', async (t) => {
  t.same(readAs('1.10'), { value: 65546 })
  t.same(readAs('65535.65535'), { value: 4_294_967_295 })
  t.same(readAs(64512), { value: 64512 })
  for (const wrong of ['', 'x', '-1', '1.65536', '4294967296', '1.2.3', '0', '0.0', '23456', '1e3']) {
    t.ok('problem' in readAs(wrong), wrong)
  }
})

t.test('endpoints', async (t) => {
  const fallback = { address: '0.0.0.0', port: 179 }
  const cases: [text: string, address: string, port: number][] = [
    ['1790', '0.0.0.0', 1790],
    [':1790', '0.0.0.0', 1790],
    ['10.0.0.1', '10.0.0.1', 179],
    ['10.0.0.1:1790', '10.0.0.1', 1790],
    ['::', '::', 179],
    ['2001:DB8::1', '2001:db8::1', 179],
    ['[::]:1790', '::', 1790],
    ['[2001:db8::1]', '2001:db8::1', 179],
  ]
  for (const [text, address, port] of cases) {
    t.same(readEndpoint(text, fallback), { value: { address, port } }, text)
  }
  for (const wrong of [
    '',
    'host:179',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    '[::1',
    '[]:1',
    '10.0.0.1:x',
    '::1:x',
  ]) {
    t.ok('problem' in readEndpoint(wrong, fallback), wrong)
  }
  t.equal(formatEndpoint({ address: '::', port: 179 }), '[::]:179')
  t.ok('problem' in readPort('1.5'))
})

t.test('a diagnostic is a line that editors read', async (t) => {
  const diagnostic = {
    file: 'a.yaml',
    line: 3,
    column: 7,
    path: 'as',
    severity: 'error',
    message: 'no',
  } as const
  t.equal(formatDiagnostic(diagnostic), 'a.yaml:3:7: error: no')
  t.equal(formatDiagnostic({ ...diagnostic, hint: 'yes' }), 'a.yaml:3:7: error: no (yes)')
})

t.test('the dialect is seen from the content', async (t) => {
  for (const text of [
    'router bgp 64513',
    '! saved\nhostname x\nrouter bgp 64513\n',
    'conf t\r\n\trouter bgp 1.10\r\n',
    'Ruijie(config)#router bgp 64513',
    'Ruijie(config)# rou bgp 64513',
    'ROUTER BGP 1',
    'router bgp',
    'neighbor 10.0.0.1 remote-as 1',
  ]) {
    t.equal(dialectOf(text), 'ios', text)
  }
  for (const text of [
    '',
    'as: 1',
    '# router bgp 1\nas: 1',
    'as: 1\nneighbors:\n  - description: router bgp 5\n',
    'router: bgp',
  ]) {
    t.equal(dialectOf(text), 'yaml', text)
  }
})
