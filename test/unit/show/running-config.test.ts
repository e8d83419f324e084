import { readFileSync } from 'node:fs'
import t from 'tap'
import { loadText } from '../../../src/config/load.js'
import type { Config } from '../../../src/config/model/model.js'
import { formatDiagnostics } from '../../../src/config/text/format.js'
import { runningConfig } from '../../../src/show/running-config.js'

function load(text: string, file: string): Config {
  const { config, diagnostics } = loadText(text, file)
  if (config === undefined) throw new Error(formatDiagnostics(diagnostics))
  return config
}

/** What the printed text says when it is read as a switch's configuration. */
function readBack(config: Config): Config['bgp'] {
  return load(runningConfig(config), 'running').bgp
}

const EVERYTHING = `as: 64513
routerId: 192.0.2.1
hostName: sw
maximumPaths: { ebgp: 8, ibgp: 4 }
multipathRelax: true
bestPath: { alwaysCompareMed: true, deterministicMed: true, missingMedAsWorst: true, ignoreAsPath: true, compareRouterId: false }
defaultLocalPref: 200
gracefulRestart: { restartTime: 90, stalePathTime: 200 }
neighbors:
  - address: 192.0.2.10
    remoteAs: 64512
    description: a node
    timers: { hold: 9, keepalive: 3, connectRetry: 7 }
    port: 1790
    passive: true
    weight: 5
    families:
      ipv4-unicast:
        import: [{ permit: 192.0.2.0/24, ge: 32 }]
        maximumPrefix: 100
  - address: 2001:db8::10
    remoteAs: 64513
    shutdown: for good
`

for (const file of [
  'config/ruijie.conf',
  'config/switch.yaml',
  'config/monitor.yaml',
  'config/test-peer.yaml',
]) {
  t.test(`${file} survives being printed and read again`, async (t) => {
    const config = load(readFileSync(file, 'utf8'), file)
    const { listen, ...expected } = config.bgp
    const { listen: _listen, ...found } = readBack(config)
    t.same(found, expected)
    t.ok(listen)
  })
}

t.test('so does a configuration of everything', async (t) => {
  const config = load(EVERYTHING, 'everything.yaml')
  const { listen, ...expected } = config.bgp
  const { listen: _listen, ...found } = readBack(config)
  t.same(found, expected)
  t.ok(listen)
})
