/**
 * Plays the interop matrix and writes docs/interop.md.
 *
 *     npm run interop -- [--daemons GoBGP,FRR,BIRD,OpenBGPD,ExaBGP] [--only REGEX] [--log] [--dry]
 *
 * --only plays the rows whose id matches; --log shows what the processes of a failed cell printed. With some of
 * the daemons, --only or --dry no page is written. Needs root for namespaces.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { lacks } from '../lab/require.js'
import { DAEMONS } from './daemons/index.js'
import { PAGE, page, table } from './page.js'
import { type Column, playColumn } from './runner.js'

const { values } = parseArgs({
  options: {
    daemons: { type: 'string', default: Object.keys(DAEMONS).join(',') },
    only: { type: 'string' },
    log: { type: 'boolean', default: false },
    dry: { type: 'boolean', default: false },
  },
})
const say = (text: string) => process.stdout.write(`${text}\n`)

const columns: Column[] = []
for (const name of values.daemons.split(',')) {
  const entry = DAEMONS[name]
  if (!entry) throw new Error(`no daemon ${name}: ${Object.keys(DAEMONS).join(', ')}`)
  const reason = await lacks(...entry.programs, 'bird', 'birdc')
  if (reason) continue
  const column = await playColumn(entry.kind, {
    only: values.only ? new RegExp(values.only) : undefined,
    outcome: ({ row, outcome, detail }, log) => {
      say(`${name} ${row} ${outcome}${detail ? `: ${detail}` : ''}`)
      if (values.log) for (const line of log) say(`    ${line}`)
    },
  })
  say(`${name} ${column.version}: ${column.seconds.toFixed(0)} s`)
  columns.push(column)
}
say(`\n${table(columns)}`)
if (!values.dry && !values.only && columns.length === Object.keys(DAEMONS).length) {
  writeFileSync(PAGE, page(columns))
  say(`${PAGE} is written`)
}
process.exit(columns.some(({ outcomes }) => outcomes.some(({ outcome }) => outcome === 'fail')) ? 1 : 0)
