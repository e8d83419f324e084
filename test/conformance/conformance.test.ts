/**
 * The conformance suite against ecmpd: raw peers over real TCP sessions, one assertion for each case of the
 * checklist and each message of the corpus. Cases of what ecmpd does not have yet are not played, nor those
 * that wait for minutes (`npm run conformance -- --long`).
 */
import t from 'tap'
import { lacks } from '../lab/require.js'
import type { Result } from './case.js'
import { CASES, casesOf } from './cases/index.js'
import { EcmpdDriver } from './drivers/ecmpd.js'
import { SETUPS } from './setups.js'
import { playSetup } from './suite.js'

t.setTimeout(300_000)

const skip = await lacks()
const titles = new Map(CASES.map(({ id, title }) => [id, title]))

/** Plays setups, a few at a time: most of their time they wait. */
async function play(result: (setup: string, result: Result) => void): Promise<void> {
  const waiting = SETUPS.filter(({ name }) => casesOf(name).length > 0)
  const worker = async () => {
    for (let setup = waiting.shift(); setup; setup = waiting.shift()) {
      const { name } = setup
      await playSetup(EcmpdDriver, setup, { result: (one) => result(name, one) })
    }
  }
  await Promise.all([worker(), worker()])
}

t.test('conformance', { skip }, async (t) => {
  const results: { setup: string; result: Result }[] = []
  await play((setup, result) => results.push({ setup, result }))
  for (const { result } of results) {
    const name = `${result.id}: ${titles.get(result.id)}`
    if (result.outcome === 'pass') t.pass(name)
    else if (result.outcome === 'fail') t.fail(name, { found: result.detail })
  }
})
