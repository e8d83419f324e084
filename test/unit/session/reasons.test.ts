import t from 'tap'
import { checkOpen } from '../../../src/session/open.js'
import { peerReason } from '../../../src/session/reasons.js'
import { describeReceived } from '../../../src/session/sentences.js'
import { NO_DATA, OWN_ID, open, params } from './make.js'

const as4 = (as: number) => [{ code: 65, name: 'four-octet-as', as } as const]

t.test('each refusal of an OPEN has its own word, and a next step behind the cause', async (t) => {
  const refusals: [string, Parameters<typeof open>[0], Parameters<typeof params>[0]?][] = [
    ['version', { version: 3 }],
    ['as-zero', { myAs: 0 }],
    ['as-trans', { myAs: 23456, capabilities: [] }],
    ['as-wrong', { capabilities: as4(64599) }],
    ['as-swapped', { capabilities: as4(64513) }],
    ['as-own', { capabilities: as4(64513) }, { remoteAs: 0 }],
    ['hold-time-low', { holdTime: 2 }],
    ['hold-time-low', { holdTime: 9 }, { minimumHold: 10 }],
    ['router-id-zero', { routerId: 0 }],
    ['router-id-own', { routerId: OWN_ID, capabilities: as4(64513) }, { remoteAs: 64513 }],
    ['capability-missing', {}, { required: [{ code: 70 }] }],
    ['role', {}, { role: { own: 'provider', strict: true } }],
  ]
  for (const [reason, message, changes] of refusals) {
    const verdict = checkOpen(open(message), params(changes))
    if (verdict.ok) t.fail(reason)
    else {
      t.equal(verdict.why.reason, reason)
      if (reason !== 'version') t.type(verdict.why.remedy, 'string', reason)
      t.notOk(verdict.why.text.includes(verdict.why.remedy ?? '\n'), 'the cause stands without the remedy')
    }
  }
})

t.test('a received NOTIFICATION has a word by its code; a hard reset that of what it holds', async (t) => {
  const words: [string, number, number, number[]?][] = [
    ['message-refused', 1, 1],
    ['version', 2, 1],
    ['peer-as-refused', 2, 2],
    ['router-id-refused', 2, 3],
    ['parameter-refused', 2, 4],
    ['authentication', 2, 5],
    ['hold-time-refused', 2, 6],
    ['no-common-family', 2, 7],
    ['no-common-family', 2, 7, [1, 4, 0, 1, 0, 1]],
    ['capability-refused', 2, 7, [65, 4, 0, 0, 0, 1]],
    ['role', 2, 11],
    ['open-refused', 2, 0],
    ['message-refused', 3, 1],
    ['peer-hold-expired', 4, 0],
    ['peer-unexpected-message', 5, 1],
    ['peer-cease', 6, 0],
    ['peer-prefix-limit', 6, 1],
    ['peer-shutdown', 6, 2],
    ['peer-deconfigured', 6, 3],
    ['peer-reset', 6, 4],
    ['peer-rejected', 6, 5],
    ['peer-config-change', 6, 6],
    ['collision', 6, 7],
    ['peer-out-of-resources', 6, 8],
    ['peer-cease', 6, 9],
    ['peer-shutdown', 6, 9, [6, 2]],
    ['peer-bfd-down', 6, 10],
    ['message-refused', 7, 1],
    ['peer-send-hold-expired', 8, 0],
    ['peer-notification', 99, 1],
  ]
  for (const [reason, code, subcode, octets = []] of words) {
    const data = Uint8Array.from(octets)
    t.equal(peerReason(code, subcode, data), reason, `${code}/${subcode}`)
    const said = describeReceived({ type: 'notification', code, subcode, data }, params())
    t.equal(said.reason, reason)
    t.match(said.text, /^192\.0\.2\.2 /)
  }
  t.match(describeReceived({ type: 'notification', code: 2, subcode: 2, data: NO_DATA }, params()), {
    text: '192.0.2.2 refuses our AS 64513',
    remedy: /peerASN/,
  })
})
