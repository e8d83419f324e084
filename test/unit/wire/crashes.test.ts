/**
 * What has brought other BGP daemons down, by the id under which it was told: the messages that replay it here
 * (those of the malformed corpus, whose readings are corpus.test.ts's; those of crash-inputs.ts, read below), or
 * the test that plays what no single message can.
 */
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { MessageType } from '../../../src/wire/codes.js'
import { decodeUpdate } from '../../../src/wire/decode.js'
import { Framer } from '../../../src/wire/framer.js'
import { MAX_EXTENDED_LENGTH } from '../../../src/wire/message.js'
import { CRASH_INPUTS } from '../../support/crash-inputs.js'
import { EBGP } from './support.js'

interface Told {
  /** Names in the corpus; '*' stands for anything. */
  readonly vectors?: readonly string[]
  /** How the names in crash-inputs.ts begin. */
  readonly inputs?: readonly string[]
  /** A test, and words that it holds. */
  readonly test?: readonly [path: string, words: string]
  /** Why there is nothing of the kind here. */
  readonly nothing?: string
}

const CHURN: Told = {
  test: ['test/fuzz/targets/speaker.ts', 'neighbors come and go'],
}
const MRT: Told = { test: ['test/unit/wire/mrt.test.ts', 'cut anywhere, or with any octet changed'] }
const RTR: Told = { nothing: 'ecmpd speaks no RTR' }

const CRASHES: Readonly<Record<string, Told>> = {
  'FRR CVE-2022-36440': { vectors: ['open-cap-as4-len-2'] },
  'FRR CVE-2022-37032': { vectors: ['hdr-type-6'], inputs: ['FRR CVE-2022-37032'] },
  'FRR CVE-2022-37035': CHURN,
  'FRR CVE-2022-40302': { vectors: ['open-ext-cut', 'open-cve-2022-40302'] },
  'FRR CVE-2022-40318': { vectors: ['open-ext-*'] },
  'FRR CVE-2022-43681': { vectors: ['open-cve-2022-43681'] },
  'FRR CVE-2023-31489': { vectors: ['open-cap-llgr-len-6'] },
  'FRR CVE-2023-31490': { vectors: ['prefixsid-40-bad'] },
  'FRR CVE-2024-31948': { vectors: ['prefixsid-40-bad'] },
  'FRR CVE-2023-38406': { vectors: ['flowspec-len-0'] },
  'FRR CVE-2023-38407': { inputs: ['FRR CVE-2023-38407'] },
  'FRR CVE-2023-38802': { vectors: ['encap-23-*'] },
  'FRR CVE-2023-41358': { vectors: ['upd-no-attrs'] },
  'FRR CVE-2023-41359': { vectors: ['aigp-tlv-2'] },
  'FRR CVE-2023-41360': { vectors: ['rr-orf-len-over'] },
  'FRR CVE-2023-41361': { vectors: ['open-cap-swver-over'] },
  'FRR CVE-2023-41909': { vectors: ['flowspec-len-0'] },
  'FRR CVE-2023-46752': { vectors: ['mp6-*'] },
  'FRR CVE-2023-46753': { vectors: ['upd-only-unknown', 'cve-2023-46753'] },
  'FRR CVE-2023-47234': { vectors: ['mpun-with-bare-nlri'] },
  'FRR CVE-2023-47235': { vectors: ['cve-2023-47235'] },
  'FRR CVE-2024-31949': { inputs: ['FRR CVE-2024-31949'] },
  'FRR CVE-2024-44070': { vectors: ['encap-23-bad'] },
  'FRR b685ab5e1b, 5d7af51c4f, 0d079e01e5': { vectors: ['open-cap-fqdn-*', 'open-cap-swver-*'] },
  'FRR e7bc47b501, 0f5834d499': { vectors: ['extcomm-len-*'], inputs: ['FRR e7bc47b501'] },
  'FRR CVE-2024-55553': RTR,
  'FRR CVE-2026-37457': { inputs: ['FRR CVE-2026-37457'] },
  'FRR CVE-2026-37459': { inputs: ['FRR CVE-2026-37459'] },
  'FRR CVE-2026-37460': { nothing: 'ecmpd has no VNC' },
  'FRR issue 22041': {
    inputs: ['FRR issue 22041'],
    test: ['test/unit/speaker/crashes.test.ts', 'Everything that people look at'],
  },
  'FRR issue 22045': { vectors: ['upd-fill-4096'], inputs: ['FRR issue 22045'] },
  'FRR issue 22563': { vectors: ['upd-framing-no-nlri'] },
  'FRR CVE-2019-5892': { vectors: ['upd-attr-255'] },
  'Quagga CVE-2017-15865': { vectors: ['upd-last-attr-over'], inputs: ['Quagga CVE-2017-15865'] },
  'Quagga CVE-2018-5378': { vectors: ['upd-last-attr-over'] },
  'Quagga CVE-2018-5379, -5380, -5381': {
    vectors: ['ibgp-cluster-len-*', 'upd-dup-unknown', 'notif-code-99', 'open-cap-mp-*'],
  },
  'Quagga CVE-2012-1820, -2011-3327, -2010-1674': { vectors: ['open-cap-*', 'extcomm-*'] },
  'Quagga CVE-2016-4049': { nothing: 'ecmpd writes no MRT' },
  'BIRD CVE-2019-16159': { vectors: ['notif-shutdown-*'] },
  'BIRD 3d96db91a': { vectors: ['flowspec-len-0'] },
  'BIRD CVE-2026-49943': { vectors: ['aspath-900'], inputs: ['BIRD CVE-2026-49943'] },
  'BIRD CVE-2025-59688': CHURN,
  'BIRD 66370eac1, b9539e78d': { vectors: ['upd-attrs-no-nlri', 'mp6-missing-origin'] },
  'BIRD 2025-10-24': {
    inputs: ['BIRD 2025-10-24'],
    test: ['test/unit/wire/round-trip.test.ts', 'fixed point'],
  },
  'OpenBGPD CVE-2023-38283': { inputs: ['OpenBGPD CVE-2023-38283'] },
  'OpenBGPD 68bcde75f, d76d10659': { vectors: ['aspath-900'], inputs: ['OpenBGPD 2026'] },
  'OpenBSD 2009': { vectors: ['aspath-255', 'aspath-300'], inputs: ['OpenBSD 2009'] },
  'OpenBGPD 72ed61f0a': { vectors: ['aspath-*'] },
  'GoBGP CVE-2023-46565': { vectors: ['hdr-type-*'] },
  'GoBGP CVE-2025-43970, CVE-2026-7736': MRT,
  'GoBGP CVE-2025-43971': { vectors: ['open-cap-swver-0'] },
  'GoBGP CVE-2025-43972': { vectors: ['ipv6extcomm-len-*'], inputs: ['GoBGP CVE-2025-43972'] },
  'GoBGP CVE-2025-43973, -7464': RTR,
  'GoBGP CVE-2026-30405': { vectors: ['nexthop-len-*'] },
  'GoBGP CVE-2026-37461, -37462': { vectors: ['ipv6extcomm-*', 'upd-both-wrap'] },
  'GoBGP CVE-2026-41643': { vectors: ['as4path-before-aspath'] },
  'GoBGP CVE-2026-42285': { vectors: ['upd-last-attr-over'] },
  'GoBGP GHSA-frrj-87jh-2772': { vectors: ['aspath-empty'], inputs: ['GoBGP GHSA-frrj-87jh-2772'] },
  'GoBGP f9f7b55e, 7b3e5553, b6c58c87, ca4873fd': { inputs: ['GoBGP 2026'] },
  'ExaBGP 8b9d4062c, 70ee70df8, 53cb78089, 4618f91d2, 7a6ebbf92': {
    vectors: ['hdr-*', 'notif-*', 'open-cap-addpath-4'],
    inputs: ['ExaBGP 2026'],
  },
  'tcpdump oobr, CVE-2018-16230, -16300': MRT,
  'Junos VU#347067': { vectors: ['upd-attr-28'], inputs: ['Junos VU#347067'] },
  'log injection': { vectors: ['notif-ctrl-chars'] },
  'GoBGP b6a519b6: the API names what is not there': { test: ['test/unit/api/operate.test.ts', '404'] },
}

const corpus: { id: string }[] = JSON.parse(readFileSync('test/fixtures/malformed-corpus.json', 'utf8'))

t.test('each has messages, a test, or a reason why nothing of the kind is here', async (t) => {
  for (const [id, { vectors = [], inputs = [], test, nothing }] of Object.entries(CRASHES)) {
    t.ok(vectors.length + inputs.length > 0 || test !== undefined || nothing !== undefined, id)
    for (const pattern of vectors) {
      const regex = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
      t.ok(
        corpus.some((vector) => regex.test(vector.id)),
        `${id}: ${pattern}`,
      )
    }
    for (const name of inputs) {
      t.ok(
        Object.keys(CRASH_INPUTS).some((one) => one.startsWith(name)),
        `${id}: ${name}`,
      )
    }
    if (test === undefined) continue
    const [path, words] = test
    t.ok(existsSync(path) && readFileSync(path, 'utf8').includes(words), `${id}: ${path}: ${words}`)
  }
})

/** What the codec makes of each. 'ignored': a family that nobody negotiates. */
const READINGS: Readonly<Record<string, string>> = {
  'FRR CVE-2023-38407': 'ignored',
  'GoBGP 2026: label stack': 'ignored',
  'ExaBGP 2026': 'ignored',
  'FRR CVE-2026-37457': 'ignored',
  'FRR issue 22041': 'accepted',
  'FRR CVE-2026-37459': 'accepted',
  'GoBGP 2026: unknown SRv6': 'accepted',
  'FRR CVE-2024-31949': 'reset 1/3',
  'FRR CVE-2022-37032': 'reset 1/3',
  'BIRD CVE-2026-49943': 'accepted',
  'BIRD 2025-10-24: OTC with the long form': 'accepted',
  'BIRD 2025-10-24: OTC of 1,024': 'withdraw RFC 9234 §5',
  'OpenBGPD 2026': 'accepted',
  'OpenBSD 2009': 'accepted',
  'FRR issue 22045': 'accepted',
  'Junos VU#347067': 'accepted',
  'GoBGP CVE-2025-43972': 'accepted',
  // The leftmost AS is the speaker's to judge.
  'GoBGP GHSA-frrj-87jh-2772': 'accepted',
  'OpenBGPD CVE-2023-38283': 'withdraw RFC 7606 §7.8',
  'Quagga CVE-2017-15865': 'withdraw RFC 7606 §4',
  'FRR e7bc47b501': 'withdraw RFC 7606 §7.14',
}

function reading(bytes: Uint8Array): string {
  let result = 'waits for more'
  const framer = new Framer()
  framer.maxLength = MAX_EXTENDED_LENGTH
  framer.push(bytes, {
    message(type, octets, start, end) {
      if (type !== MessageType.Update) throw new Error(`type ${type}`)
      const { verdict, announced, faults } = decodeUpdate(octets, EBGP, [], start, end)
      const fault = faults.find((one) => one.verdict === verdict)
      if (fault !== undefined) result = `${verdict} ${fault.rule}`
      else result = announced.length > 0 ? 'accepted' : 'ignored'
      return true
    },
    fault({ code, subcode }) {
      result = `reset ${code}/${subcode}`
    },
  })
  return result
}

t.test('messages beside the corpus', async (t) => {
  for (const [name, bytes] of Object.entries(CRASH_INPUTS)) {
    const key = Object.keys(READINGS).find((one) => name.startsWith(one))
    t.ok(key, name)
    t.equal(reading(bytes), READINGS[key!], name)
  }
})
