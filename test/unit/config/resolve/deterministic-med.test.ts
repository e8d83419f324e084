import t from 'tap'
import { loadText } from '../../../../src/config/load.js'
import { formatDiagnostics } from '../../../../src/config/text/format.js'

const IOS = `router bgp 64513
 bgp router-id 10.0.0.1
 bgp deterministic-med
 neighbor 10.0.0.2 remote-as 64512
`
const YAML = `as: 64513
routerId: 10.0.0.1
bestPath: { deterministicMed: false }
neighbors:
  - { address: 10.0.0.2, remoteAs: 64512 }
`

t.test('that MED is compared by AS first is accepted, and its line says that it is always so', async (t) => {
  for (const [text, file, line, word] of [
    [IOS, 'switch.conf', 3, 'bgp deterministic-med'],
    [YAML, 'ecmpd.yaml', 3, 'deterministicMed'],
  ] as const) {
    const { config, diagnostics } = loadText(text, file)
    t.ok(config, 'it is accepted')
    const note = new RegExp(
      `^${file}:${line}:\\d+: note: .${word}. changes nothing: .* always .* by AS first`,
      'm',
    )
    t.match(formatDiagnostics(diagnostics), note)
  }
})

t.test('a file that does not speak of it gets no note', async (t) => {
  const { diagnostics } = loadText(IOS.replace(' bgp deterministic-med\n', ''), 'switch.conf')
  t.notMatch(formatDiagnostics(diagnostics), /MED/)
})
