/**
 * The conformance suite against ecmpd: raw peers over real TCP sessions, one assertion for each case of the
 * checklist and each message of the corpus. Cases of what ecmpd does not have yet are not played, nor those
 * that wait for minutes (`npm run conformance -- --long`).
 */
import t from 'tap'
import { lacks } from '../lab/require.js'
import type { Result } from './case.js'
import { CASES } from './cases/index.js'
import { EcmpdDriver } from './drivers/ecmpd.js'
import { playSetups } from './suite.js'

t.setTimeout(600_000)
// The testers, processes of their own, read it.
process.env.CONFORMANCE_PATIENCE = '20000'

const skip = await lacks()
const titles = new Map(CASES.map(({ id, title }) => [id, title]))

t.test('conformance', { skip }, async (t) => {
  const results: Result[] = []
  await playSetups(EcmpdDriver, { result: (result) => results.push(result) })
  for (const result of results) {
    const name = `${result.id}: ${titles.get(result.id)}`
    if (result.outcome === 'pass') t.pass(name)
    else if (result.outcome === 'fail') t.fail(name, { found: result.detail, log: result.log })
  }
})
