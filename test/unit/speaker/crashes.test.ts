/**
 * Every malformed or odd message on a session of a whole speaker: one neighbor's message harms no other, what came
 * of it can be looked at and sent on, and nothing of it stays when the neighbor is gone.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { FAMILIES } from '../../../src/ip/family.js'
import { CRASH_INPUTS } from '../../support/crash-inputs.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import { announce, capability, fourOctetAs, KEEPALIVE, multiprotocol, open } from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const T = '192.168.95.210'
const O = '192.168.95.211'

interface Vector {
  readonly id: string
  readonly phase: 'tcp' | 'openconfirm' | 'established'
  readonly peer: 'ebgp' | 'ibgp'
  readonly hex: string
}

const corpus: Vector[] = JSON.parse(readFileSync('test/fixtures/malformed-corpus.json', 'utf8'))
const inputs: Vector[] = Object.entries(CRASH_INPUTS).map(([id, bytes]) => ({
  id,
  phase: 'established',
  peer: 'ebgp',
  hex: Buffer.from(bytes).toString('hex'),
}))

const both = FAMILIES.map((name) => family(name, { export: 'all' }))

async function play({ phase, peer, hex }: Vector): Promise<string[]> {
  const wrong: string[] = []
  const as = peer === 'ibgp' ? 64513 : 65001
  const lab = new SpeakerLab()
  const options = speakerOptions([
    neighbor(T, { passive: true, remoteAs: as, families: both }),
    neighbor(O, { passive: true, remoteAs: 64512, families: both }),
  ])
  const { speaker, views, lines } = await lab.start(SWITCH, options)
  const greeting = (number: number, routerId: string) =>
    open({
      as: number,
      routerId,
      capabilities: [multiprotocol(1), multiprotocol(2), fourOctetAs(number), capability(6)],
    })
  const o = await lab.dial(O, SWITCH)
  o.send(greeting(64512, O), KEEPALIVE, announce(64512, O, '10.200.0.0/16'))
  await lab.clock.run()
  const tester = await lab.dial(T, SWITCH)
  if (phase !== 'tcp') tester.send(greeting(as, T))
  if (phase === 'established') tester.send(KEEPALIVE)
  await lab.clock.run()
  tester.send(Uint8Array.from(Buffer.from(hex, 'hex')))
  await lab.clock.run()

  // Everything that people look at.
  const seen = [
    views.speaker(),
    views.neighbors(),
    speaker.recent(),
    ...FAMILIES.flatMap((name) => [
      views.routes({ family: name, limit: 100 }),
      views.advertised(O, { family: name, limit: 100 }),
    ]),
  ]
  if (JSON.stringify(seen).length === 0) wrong.push('views are no JSON')
  if (views.neighbor(O)?.state !== 'Established') wrong.push('another session ended')
  if (o.notification !== undefined) wrong.push(`another neighbor was sent ${o.notification}`)
  const text = lines.join('\n')
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text)) wrong.push('control characters in the log')
  const error = lines.find((line) => line.startsWith('error'))
  if (error !== undefined) wrong.push(error)

  tester.connection.close()
  o.connection.close()
  await lab.clock.run()
  await lab.clock.advance(1_000_000)
  await speaker.apply({ ...options, neighbors: [] })
  await lab.clock.run()
  for (const [what, size] of Object.entries(speaker.sizes())) {
    if (size !== 0) wrong.push(`${size} ${what} stay`)
  }
  return wrong
}

for (const [name, vectors] of Object.entries({ corpus, inputs })) {
  t.test(name, async (t) => {
    for (const vector of vectors) t.same(await play(vector), [], vector.id)
  })
}
