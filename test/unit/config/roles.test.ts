import t from 'tap'
import { emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import { errors, good, said } from './support.js'

const yaml = (more: string) =>
  `as: 64513\nrouterId: 1.1.1.1\nneighbors:\n  - { address: 192.168.95.210, remoteAs: 64512, ${more} }\n`
const ios = (more: string) =>
  `router bgp 64513\n bgp router-id 1.1.1.1\n neighbor 192.168.95.210 remote-as 64512\n neighbor 192.168.95.210 ${more}\n`
const role = (text: string) => good(text).bgp.neighbors[0].role

t.test('a role in YAML and in the words of FRR', async (t) => {
  t.equal(role(yaml('passive: true')), undefined)
  t.same(role(yaml('role: customer')), { own: 'customer', strict: false })
  t.same(role(yaml('role: rs, roleStrict: true')), { own: 'rs', strict: true })
  t.same(role(ios('local-role rs-server strict-mode')), { own: 'rs', strict: true })
  t.same(role(ios('local-role peer')), { own: 'peer', strict: false })
  const both = good(yaml('role: rs, roleStrict: true'))
  t.match(emitIos(both).text, / neighbor 192\.168\.95\.210 local-role rs-server strict-mode\n/)
  t.same(role(emitIos(both).text), { own: 'rs', strict: true })
  t.same(role(emitYaml(both)), { own: 'rs', strict: true })
})

t.test('mistakes', async (t) => {
  t.match(errors(yaml('role: server')), [/provider, rs, rs-client, customer or peer/])
  t.match(errors(ios('local-role boss')), [/no role `boss`/])
  t.match(errors(yaml('roleStrict: true')), [/no role/])
  t.match(said(yaml('role: peer').replace('64512', '64513')), [/warning: .*no effect/])
})
