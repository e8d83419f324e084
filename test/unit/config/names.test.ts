import t from 'tap'
import { diffConfigs, formatChange } from '../../../src/config/describe/diff.js'
import { emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import { errors, good, said } from './support.js'

const text = (names: string) => `as: 64513\nrouterId: 192.168.95.200\nneighbors: []\n${names}`

t.test('names by canonical address', async (t) => {
  const config = good(
    text("names:\n  192.168.95.210: k8s-master-0\n  2001:DB8:0::210: Küche 3\n  fe80::1%eth0: '7'\n"),
  )
  const names = { '192.168.95.210': 'k8s-master-0', '2001:db8::210': 'Küche 3', 'fe80::1%eth0': '7' }
  t.same(config.bgp.names, names)
  t.same(good(emitYaml(config)).bgp, config.bgp, 'they come back from what is shown')
  t.same(emitIos(config).lost.slice(0, 1), ['names[192.168.95.210]: k8s-master-0'])
  t.equal(good(text('names: {}\n')).bgp.names, undefined)
})

t.test('what is no address and what is no name, with place and remedy', async (t) => {
  const fault =
    /^5: `192\.168\.95\.210` must be text of 1 to 63 printable characters, .*; put it in quotes if it is a number/
  const long = 'x'.repeat(64)
  for (const name of ['7', "''", "' '", '"a\\nb"', '"\\e[31m"', '"\\u202e"', long, '[a]']) {
    t.match(errors(text(`names:\n  192.168.95.210: ${name}\n`)), [fault], name)
  }
  t.same(errors(text(`names:\n  192.168.95.210: ${'ü'.repeat(63)}\n`)), [])
  t.match(said(text('names:\n  k8s-master-0: 192.168.95.210\n')), [
    /^5: .*`k8s-master-0` is no IP address.*such as 192/,
  ])
  t.match(said(text('names:\n  192.168.95.0/24: a\n')), [
    /is no IP address.*without a length: 192\.168\.95\.0/,
  ])
  t.match(said(text('names:\n  fe80::1: a\n')), [/link-local and says no interface.*fe80::1%eth0/])
  t.match(said(text('names:\n  2001:db8::1: a\n  2001:DB8::1: b\n')), [
    /^6: .*2001:db8::1 has two names.*keep one/,
  ])
  t.match(errors(text('names: [a]\n')), [/must be a mapping of addresses to names/])
})

t.test('a difference in names names the address', async (t) => {
  const [before, after] = ['a', 'b'].map((name) => good(text(`names: { 192.168.95.210: ${name} }\n`)))
  t.same(diffConfigs(before, after).map(formatChange), ['changed names[192.168.95.210]: "a" -> "b"'])
  t.same(diffConfigs(good(text('')), after).map(formatChange), ['added names[192.168.95.210]: "b"'])
})
