import t from 'tap'
import { diffConfigs } from '../../../src/config/describe/diff.js'
import { emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import { errors, good } from './support.js'

const yaml = (more = '') =>
  `as: 64513\nrouterId: 1.1.1.1\n${more}neighbors:\n  - { address: 192.168.95.210, remoteAs: 64512 }\n`
const ios = (line = '') =>
  `router bgp 64513\n bgp router-id 1.1.1.1\n${line} neighbor 192.168.95.210 remote-as 64512\n`

t.test('AS_SETs are rejected unless it says otherwise, in both dialects', async (t) => {
  const rejects = (text: string) => good(text).bgp.rejectAsSets ?? true
  t.equal(rejects(yaml()), true)
  t.equal(rejects(yaml('rejectAsSets: true\n')), true)
  t.equal(rejects(yaml('rejectAsSets: false\n')), false)
  t.equal(rejects(ios()), true)
  t.equal(rejects(ios(' bgp reject-as-sets\n')), true)
  t.equal(rejects(ios(' no bgp reject-as-sets\n')), false)
  t.match(errors(yaml('rejectAsSets: maybe\n')).join(), /rejectAsSets/)
})

t.test('it survives both dialects, and a difference is told', async (t) => {
  const config = good(yaml('rejectAsSets: false\n'))
  const { text, lost } = emitIos(config)
  t.same(lost, [])
  t.match(text, /^ no bgp reject-as-sets$/m)
  t.equal(good(text).bgp.rejectAsSets, false)
  t.equal(good(emitYaml(config)).bgp.rejectAsSets, false)
  t.notMatch(emitIos(good(yaml())).text, 'reject-as-sets')
  t.same(
    diffConfigs(good(yaml()), config).map(({ path }) => path),
    ['rejectAsSets'],
  )
})
