import t from 'tap'
import { diffConfigs } from '../../../src/config/diff.js'
import { emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit.js'
import { good } from './support.js'

const NODE = '192.168.95.210'
const yaml = (top: string, more = 'port: 179') =>
  `as: 64513\nrouterId: 1.1.1.1\n${top}\nneighbors:\n  - { address: ${NODE}, remoteAs: 64512, ${more} }\n`
const ios = (...lines: readonly string[]) =>
  ['router bgp 64513', ' bgp router-id 1.1.1.1', ` neighbor ${NODE} remote-as 64512`]
    .concat(lines.map((line) => ` ${line}`))
    .join('\n')

t.test('maintenance, of all and of one neighbour, in YAML and in the words of FRR', async (t) => {
  const whole = good(yaml('maintenance: true'))
  t.equal(whole.bgp.maintenance, true)
  t.equal(good(ios('bgp graceful-shutdown')).bgp.maintenance, true)
  t.equal(good(ios('bgp graceful-shutdown', 'no bgp graceful-shutdown')).bgp.maintenance, undefined)
  const one = good(yaml('', 'maintenance: true, honorGracefulShutdown: false'))
  t.match(one.bgp.neighbors[0], { maintenance: true, ignoreGracefulShutdown: true })
  t.equal(good(ios(`neighbor ${NODE} graceful-shutdown`)).bgp.neighbors[0].maintenance, true)
  for (const config of [whole, one]) t.same(good(emitYaml(config)).bgp, config.bgp)
  t.match(emitIos(whole).text, /\n bgp graceful-shutdown\n/)
  t.match(emitIos(one).text, new RegExp(`\n neighbor ${NODE} graceful-shutdown\n`))
  t.match(emitIos(one).lost, [`neighbors[${NODE}].honorGracefulShutdown: false`])
  t.match(diffConfigs(good(yaml('')), one), [
    { path: `neighbors[${NODE}].maintenance`, session: 'in place' },
    { path: `neighbors[${NODE}].honorGracefulShutdown`, session: 'in place' },
  ])
})
