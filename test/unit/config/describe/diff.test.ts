import t from 'tap'
import { diffConfigs, formatChange } from '../../../../src/config/describe/diff.js'
import { keepAutomatic } from '../../../../src/config/resolve/resolve.js'
import { HIDDEN, withoutSecrets } from '../../../../src/config/text/secrets.js'
import { good } from '../support.js'

const text = (neighbors: string, top = '') =>
  `as: 64513\nrouterId: 192.168.95.200\n${top}neighbors:\n${neighbors}`
const node = (n: number, rest = '') =>
  `  - { address: 192.168.95.${n}, remoteAs: 64512, description: n${n}${rest} }\n`
const diff = (before: string, after: string) => diffConfigs(good(before), good(after)).map(formatChange)

t.test('the same again is no difference, whatever the order and the spelling', async (t) => {
  t.same(diff(text(node(210) + node(211)), text(node(211) + node(210))), [])
  t.same(diff(text(node(210)), text(node(210, ', timers: { hold: 90 }, passive: false'))), [])
  const ios = 'router bgp 64513\n bgp router-id 192.168.95.200\n neighbor 192.168.95.210 remote-as 64512\n'
  t.same(diff(ios, `configure terminal\n${ios}${ios}end\n`), [])
})

t.test('neighbors added, removed and changed one by one', async (t) => {
  const before = text(node(210) + node(211) + node(212))
  const after = text(node(210, ', timers: { hold: 9 }') + node(211, ', port: 1790') + node(213))
  t.same(diff(before, after), [
    'changed neighbors[192.168.95.210].timers.hold: 90 -> 9 (session kept)',
    'changed neighbors[192.168.95.210].timers.keepalive: 30 -> 3 (session kept)',
    'changed neighbors[192.168.95.211].port: 179 -> 1790 (new session)',
    'removed neighbors[192.168.95.212]: AS 64512, n212',
    'added neighbors[192.168.95.213]: AS 64512, n213',
  ])
})

t.test('another router id needs new sessions', async (t) => {
  const before = text(node(210))
  const after = before.replace('192.168.95.200', '192.168.95.201').replace('n210', 'new')
  t.same(diff(before, after), [
    'changed routerId: "192.168.95.200" -> "192.168.95.201"',
    'changed neighbors[192.168.95.210].description: "n210" -> "new" (new session)',
  ])
})

t.test('what is not about neighbors', async (t) => {
  const before = text(node(210))
  t.same(
    diff(before, `${before}maximumPaths: 4\nlog: { level: debug }\nlistenRanges: [{ prefix: 10.0.0.0/8 }]\n`),
    [
      'changed maximumPaths.ebgp: 32 -> 4',
      'changed maximumPaths.ibgp: 32 -> 4',
      'changed log.level: "info" -> "debug"',
      'added listenRanges[10.0.0.0/8]: external AS',
    ],
  )
})

t.test('a secret shows that it changed, never what it is', async (t) => {
  const [none, one, two] = ['', 'api: { token: sesame }\n', 'api: { token: mellon }\n'].map((api) =>
    text(node(210), api),
  )
  t.same(diff(none, one), ['added api.token'])
  t.same(diff(one, two), ['changed api.token: a secret -> another one'])
  t.same(diff(two, none), ['removed api.token'])
  t.equal(withoutSecrets(good(one)).api.token, HIDDEN)
  t.equal(withoutSecrets(good(none)).api.token, undefined)
  t.notMatch(JSON.stringify(withoutSecrets(good(one))), /sesame/)
})

t.test('a router id taken from the machine stays when the file is read again', async (t) => {
  const automatic = good('as: 64513\n')
  t.same(automatic.source.automatic, ['routerId', 'hostName'])
  t.equal(automatic.bgp.routerId, 0xc0a85fc8, 'the highest address')
  const later = { ...automatic, bgp: { ...automatic.bgp, routerId: 1 } }
  t.equal(keepAutomatic(automatic, later).bgp.routerId, 0xc0a85fc8)
  t.equal(keepAutomatic(automatic, good('as: 64513\nrouterId: 1.1.1.1\n')).bgp.routerId, 0x01010101)
  t.equal(keepAutomatic(good('as: 64513\nrouterId: 1.1.1.1\n'), automatic).bgp.routerId, 0xc0a85fc8)
})
