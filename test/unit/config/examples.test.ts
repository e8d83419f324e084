import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { jsonSchemaText } from '../../../src/config/document/json-schema.js'
import { dialectMarkdown } from '../../../src/config/ios/help.js'
import { loadConfig, loadText } from '../../../src/config/load.js'
import { environment } from './support.js'

const read = (name: string) => readFileSync(`config/${name}`, 'utf8')
const config = (name: string) => {
  const { config, diagnostics } = loadText(read(name), name, environment)
  return { config: config!, diagnostics }
}
const manifests = (name: string) =>
  parseAllDocuments(read(name)).flatMap((document) => {
    const value = document.toJS() as {
      kind: string
      metadata: { name: string }
      spec: Record<string, never>
    } | null
    return value === null ? [] : [value]
  })

/** A manifest's content, as deep as it goes. */
interface Json {
  readonly [key: string]: Json
}

t.test('every example loads without a word', async (t) => {
  const examples = readdirSync('config').filter(
    (name) => /\.(yaml|conf)$/.test(name) && !name.includes('cilium'),
  )
  t.same(examples.sort(), ['monitor.yaml', 'reflector.yaml', 'ruijie.conf', 'switch.yaml', 'test-peer.yaml'])
  for (const name of examples) {
    const { config: loaded, diagnostics } = config(name)
    t.ok(loaded, name)
    t.same(diagnostics, [], name)
  }
})

t.test('the switch takes host routes of the pool and announces nothing to the nodes', async (t) => {
  const { bgp, fib } = config('switch.yaml').config
  t.equal(fib.enabled, true)
  t.equal(bgp.neighbors.length, 3)
  for (const { families } of bgp.neighbors) {
    t.match(families, [
      { export: 'none', import: [{ action: 'permit', prefix: '192.168.95.0/24', ge: 32, le: 32 }] },
    ])
  }
})

t.test(
  'the monitor never dials, announces nothing, installs nothing and has no graceful restart',
  async (t) => {
    const { bgp, fib } = config('monitor.yaml').config
    t.equal(fib.enabled, false)
    t.same(bgp.neighbors, [])
    t.equal(bgp.gracefulRestart.enabled, false)
    for (const { template } of bgp.listenRanges) {
      t.equal(template.passive, true)
      t.equal(template.gracefulRestart.enabled, false)
      t.match(template.families, [{ import: 'all', export: 'none' }])
    }
  },
)

t.test('the test peer needs no root', async (t) => {
  const { bgp, fib, api } = config('test-peer.yaml').config
  t.ok(bgp.listen.length > 0 && bgp.listen.every(({ port }) => port >= 1024))
  t.equal(fib.enabled, false)
  t.equal(api.tcp, 'off')
})

t.test('the manifests match the configurations', async (t) => {
  const find = (name: string, kind: string, named: string) =>
    manifests(name).find((one) => one.kind === kind && one.metadata.name === named)?.spec as unknown as Json
  const cluster = find('switch-cilium.yaml', 'CiliumBGPClusterConfig', 'switch').bgpInstances[0]
  const { bgp } = config('switch.yaml').config
  t.equal(cluster.localASN, bgp.neighbors[0].remoteAs)
  t.equal(cluster.peers[0].peerASN, bgp.localAs)
  t.equal(`${cluster.peers[0].peerAddress}`, bgp.listen[0].address)
  const peer = find('switch-cilium.yaml', 'CiliumBGPPeerConfig', 'switch')
  t.same(peer.gracefulRestart, { enabled: true, restartTimeSeconds: 120 })
  t.equal(peer.timers.holdTimeSeconds, bgp.neighbors[0].timers.holdTime)
  const advertisement = manifests('switch-cilium.yaml').find(({ kind }) => kind === 'CiliumBGPAdvertisement')
  t.same(
    (advertisement!.metadata as unknown as Json).labels,
    peer.families[0].advertisements.matchLabels,
    'the peer selects it',
  )

  const monitor = find('monitor-cilium.yaml', 'CiliumBGPPeerConfig', 'monitor')
  t.equal(monitor.gracefulRestart.enabled, false)
  t.same(monitor.families, peer.families, 'the monitor sees what the switch sees')
  const both = find('monitor-cilium.yaml', 'CiliumBGPClusterConfig', 'switch').bgpInstances[0]
  t.same(both.peers[0], cluster.peers[0], 'the switch’s peer is unchanged')
  t.same(
    (both.peers as unknown as Json[]).map((one) => one.peerConfigRef.name),
    ['switch', 'monitor'],
  )
})

t.test('what is generated is up to date', async (t) => {
  t.equal(read('ecmpd.schema.json'), jsonSchemaText(), '`npm run generate` writes it')
  t.equal(read('dialect.md'), dialectMarkdown(), '`npm run generate` writes it')
})

t.test('a file that can’t be read is a diagnostic', async (t) => {
  const { config: loaded, diagnostics } = loadConfig('config/nowhere.yaml')
  t.equal(loaded, undefined)
  t.match(diagnostics, [{ line: 1, severity: 'error', message: /^can't be read: there is no such file/ }])
  t.match(loadConfig('config').diagnostics, [
    { severity: 'error', message: /^can't be read: it is a directory/ },
  ])
})
