import t from 'tap'
import { diffConfigs } from '../../../src/config/describe/diff.js'
import { emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import { errors, good, said } from './support.js'

const NODE = '192.168.95.210'
const yaml = (top: string, more = 'port: 179') =>
  `as: 64513\nrouterId: 1.1.1.1\n${top}\nneighbors:\n  - { address: ${NODE}, remoteAs: 64512, ${more} }\n`
const ios = (...lines: readonly string[]) =>
  ['router bgp 64513', ' bgp router-id 1.1.1.1', ` neighbor ${NODE} remote-as 64512`]
    .concat(lines.map((line) => ` ${line}`))
    .join('\n')

t.test('maintenance, of all and of one neighbor, in YAML and in the words of FRR', async (t) => {
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

t.test('long-lived graceful restart in YAML, layer by layer, and in the words of FRR', async (t) => {
  const of = (config: ReturnType<typeof good>) => config.bgp.neighbors[0].gracefulRestart.longLived
  t.equal(of(good(yaml(''))), undefined)
  t.same(of(good(yaml('longLivedGracefulRestart: true'))), { staleTime: 86_400, partialDeployment: false })
  t.same(of(good(yaml('longLivedGracefulRestart: { staleTime: 60 }', 'longLivedGracefulRestart: true'))), {
    staleTime: 60,
    partialDeployment: false,
  })
  t.equal(of(good(yaml('longLivedGracefulRestart: true', 'longLivedGracefulRestart: false'))), undefined)
  t.equal(of(good(yaml('longLivedGracefulRestart: { enabled: false, staleTime: 7 }'))), undefined)
  const one = good(yaml('', 'longLivedGracefulRestart: { staleTime: 60, partialDeployment: true }'))
  t.same(of(one), { staleTime: 60, partialDeployment: true })
  t.same(good(emitYaml(one)).bgp, one.bgp)
  const frr = good(ios('bgp long-lived-graceful-restart stale-time 30'))
  t.same(of(frr), { staleTime: 30, partialDeployment: false })
  t.match(emitIos(frr).text, /\n bgp long-lived-graceful-restart stale-time 30\n/)
  t.same(of(good(emitIos(frr).text)), of(frr))
  t.same(good(emitYaml(frr)).bgp, frr.bgp)
  t.match(diffConfigs(good(yaml('')), good(yaml('', 'longLivedGracefulRestart: true'))), [
    { session: 'reset' },
  ])
  t.match(errors(yaml('longLivedGracefulRestart: { staleTime: 0 }')), [/1 to 16777215/])
  t.match(said(yaml('longLivedGracefulRestart: true', 'gracefulRestart: false')), [/warning: .*no effect/])
})

t.test('the restarting side in YAML and in the words of FRR', async (t) => {
  const of = (config: ReturnType<typeof good>) => config.bgp.neighbors[0].gracefulRestart.restarter
  t.equal(of(good(yaml(''))), undefined, 'a helper only')
  const all = good(yaml('gracefulRestart: { restarter: true }\nselectionDeferralTime: 60'))
  t.equal(of(all), true)
  t.equal(all.bgp.selectionDeferralTime, 60)
  t.same(good(emitYaml(all)).bgp, all.bgp)
  const text = emitIos(all).text
  t.match(text, /\n bgp graceful-restart preserve-fw-state\n bgp graceful-restart select-defer-time 60\n/)
  const frr = good(text)
  t.same([of(frr), frr.bgp.selectionDeferralTime], [true, 60])
  t.equal(of(good(ios('bgp graceful-restart preserve-fw-state'))), true)
  const helper = good(
    ios('bgp graceful-restart preserve-fw-state', `neighbor ${NODE} graceful-restart-helper`),
  )
  t.equal(of(helper), undefined)
  t.match(emitIos(helper).text, new RegExp(`\n neighbor ${NODE} graceful-restart-helper\n`))
  t.same(
    emitIos(helper).lost.filter((line) => /graceful/.test(line)),
    [],
  )
  t.equal(of(good(emitIos(helper).text)), undefined)
  const fib = (keepOnStop: boolean) =>
    said(yaml(`gracefulRestart: { restarter: true }\nfib: { enabled: true, keepOnStop: ${keepOnStop} }`))
  t.match(fib(false), [/restarter without keepOnStop/])
  t.notMatch(fib(true).join('\n'), /restarter/)
  t.match(diffConfigs(good(yaml('')), good(yaml('', 'gracefulRestart: { restarter: true }'))), [
    { path: `neighbors[${NODE}].gracefulRestart.restarter`, session: 'reset' },
  ])
})
