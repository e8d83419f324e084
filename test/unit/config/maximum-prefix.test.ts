import t from 'tap'
import { emitYaml } from '../../../src/config/emit-yaml.js'
import { emitIos } from '../../../src/config/ios/emit/emit.js'
import { errors, good } from './support.js'

const yaml = (value: string) =>
  `as: 64513\nrouterId: 1.1.1.1\nneighbors:\n  - { address: 192.168.95.210, remoteAs: 64512, maximumPrefix: ${value} }\n`
const ios = (more: string) =>
  `router bgp 64513\n bgp router-id 1.1.1.1\n neighbor 192.168.95.210 remote-as 64512\n neighbor 192.168.95.210 maximum-prefix ${more}\n`
const limit = (text: string) => {
  const { maximumPrefix, maximumPrefixThreshold, maximumPrefixAction, maximumPrefixReceived } =
    good(text).bgp.neighbors[0].families[0]
  const all = [maximumPrefix, maximumPrefixThreshold, maximumPrefixAction]
  return maximumPrefixReceived ? [...all, 'received'] : all
}

t.test('both dialects say the same, there and back', async (t) => {
  const cases: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['100', '100', [100, undefined, undefined]],
    ['{ limit: 100, threshold: 80 }', '100 80', [100, 80, undefined]],
    ['{ limit: 100, warningOnly: true }', '100 warning-only', [100, undefined, 'warning-only']],
    ['{ limit: 100, threshold: 80, warningOnly: true }', '100 80 warning-only', [100, 80, 'warning-only']],
    ['{ limit: 100, restart: 5 }', '100 restart 5', [100, undefined, 5]],
    ['{ limit: 100, threshold: 80, restart: 5 }', '100 80 restart 5', [100, 80, 5]],
    ['{ limit: 100, received: true }', '100 force', [100, undefined, undefined, 'received']],
    [
      '{ limit: 100, threshold: 80, restart: 5, received: true }',
      '100 80 restart 5 force',
      [100, 80, 5, 'received'],
    ],
  ]
  for (const [value, words, expected] of cases) {
    t.same(limit(yaml(value)), expected, value)
    t.same(limit(ios(words)), expected, words)
    const config = good(yaml(value))
    t.match(emitIos(config).text, ` neighbor 192.168.95.210 maximum-prefix ${words}\n`)
    t.same(limit(emitYaml(config)), expected, `YAML of ${value}`)
  }
})

t.test('mistakes', async (t) => {
  t.match(errors(yaml('{ limit: 9, warningOnly: true, restart: 1 }')), [/exclude each other/])
  t.equal(errors(yaml('{ threshold: 9 }')).length, 1)
  t.equal(errors(yaml('{ limit: 9, threshold: 101 }')).length, 1)
})
