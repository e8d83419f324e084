import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { lacks } from '../lab/require.js'
import { DAEMONS } from './daemons/index.js'
import { PAGE, readPage, remarks, SHOWN, table } from './page.js'
import { ROWS } from './rows.js'
import { playColumn } from './runner.js'

const titles = new Map<string, string>(ROWS.map(({ id, title }) => [id, title]))

/** Last lines of what the processes of a failed cell printed that are shown. */
const TAIL = 120

/** Plays a daemon's column of the matrix: an assertion for each cell, and that docs/interop.md says the same. */
export async function column(t: Test, name: string): Promise<void> {
  const { kind, programs } = DAEMONS[name]
  await t.test(`interop matrix: ${name}`, { skip: await lacks(...programs, 'bird', 'birdc') }, async (t) => {
    const played = await playColumn(kind, {
      outcome: ({ row, outcome, detail }, log) => {
        const text = `${row}: ${titles.get(row)}`
        if (outcome === 'fail') t.fail(text, { found: detail, log: log.slice(-TAIL) })
        else t.pass(outcome === 'pass' ? text : `${text}: ${outcome}, ${detail}`)
      },
    })
    t.comment(`${name} ${played.version}, ${played.seconds.toFixed(0)} s\n${table([played])}`)
    for (const remark of remarks(played)) t.comment(remark)
    const written = readPage(readFileSync(PAGE, 'utf8'), name)
    const advice = `${PAGE} says the same (npm run interop writes it)`
    const cells = Object.fromEntries(played.outcomes.map(({ row, outcome }) => [row, SHOWN[outcome]]))
    t.same(written.cells, cells, advice)
    t.same(written.remarks, remarks(played), `${advice}: the notes`)
  })
}
