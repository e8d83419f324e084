/**
 * Plays the conformance suite against ecmpd and other daemons and writes docs/conformance.md.
 *
 *     npm run conformance -- [--long] [--daemons ecmpd,FRR,BIRD,GoBGP,OpenBGPD] [--only REGEX]
 *                            [--log] [--dry] [--kept]
 *
 * --long also plays what waits for minutes; --only plays the cases whose id matches; --log shows what the
 * daemon logged of the peers of a failed case; --kept shows the daemons that are not played as they were when they
 * were played last, `--daemons '' --kept` all of them. --only and --dry write no page. Needs root for namespaces.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Lab } from '../../src/demo/lab.js'
import { lacks } from '../lab/require.js'
import type { Result } from './case.js'
import { BirdDriver } from './drivers/bird.js'
import { EcmpdDriver } from './drivers/ecmpd.js'
import { FrrDriver } from './drivers/frr.js'
import { GobgpDriver } from './drivers/gobgp.js'
import { OpenbgpdDriver } from './drivers/openbgpd.js'
import { type DriverClass, playSetups } from './suite.js'
import { behind, type Column, page } from './table.js'

const DRIVERS: Readonly<Record<string, DriverClass>> = {
  ecmpd: EcmpdDriver,
  FRR: FrrDriver,
  BIRD: BirdDriver,
  GoBGP: GobgpDriver,
  OpenBGPD: OpenbgpdDriver,
}
const PAGE = 'docs/conformance.md'

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    log: { type: 'boolean', default: false },
    dry: { type: 'boolean', default: false },
    kept: { type: 'boolean', default: false },
    only: { type: 'string' },
    daemons: { type: 'string', default: Object.keys(DRIVERS).join(',') },
  },
})
const say = (text: string) => process.stdout.write(`${text}\n`)

async function playAll(name: string, driverClass: DriverClass): Promise<Column | undefined> {
  const lab = new Lab()
  let version: string
  try {
    const driver = new driverClass(lab)
    const reason = await lacks(...driver.programs)
    if (reason) {
      say(`${name}: ${reason}`)
      return undefined
    }
    version = await driver.version()
  } finally {
    await lab.destroy()
  }
  const results = new Map<string, Result>()
  await playSetups(driverClass, {
    long: values.long,
    ...(values.only ? { only: new RegExp(values.only) } : {}),
    result: (result) => {
      results.set(result.id, result)
      if (result.outcome !== 'fail') return
      say(`${name} ${result.id} FAIL ${result.detail}`)
      if (values.log) for (const line of result.log ?? []) say(`    ${line}`)
    },
  })
  const passed = [...results.values()].filter(({ outcome }) => outcome === 'pass').length
  say(`${name} (${version}): ${passed} of ${results.size} pass`)
  return { name, version, results }
}

/** Where the last results of a daemon are kept. */
const keptFile = (name: string) => `dist-conformance/results/${name}.json`

/** Of a run of some cases alone only these are new. */
function keep({ name, version, results }: Column): void {
  mkdirSync('dist-conformance/results', { recursive: true })
  const former = values.only === undefined ? [] : (kept(name)?.results ?? [])
  writeFileSync(keptFile(name), JSON.stringify({ version, results: [...former, ...results] }))
}

function kept(name: string): Column | undefined {
  if (!existsSync(keptFile(name))) return undefined
  const { version, results } = JSON.parse(readFileSync(keptFile(name), 'utf8'))
  return { name, version, results: new Map(results) }
}

const columns: Column[] = []
for (const name of values.daemons.split(',').filter(Boolean)) {
  const driverClass = DRIVERS[name]
  if (!driverClass) throw new Error(`no daemon ${name}: ${Object.keys(DRIVERS).join(', ')}`)
  const column = await playAll(name, driverClass)
  if (!column) continue
  columns.push(column)
  keep(column)
}
if (values.kept) {
  const order = Object.keys(DRIVERS)
  const others = order.filter((name) => !columns.some((column) => column.name === name))
  columns.push(...others.flatMap((name) => kept(name) ?? []))
  columns.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}
if (!values.dry && !values.only) {
  mkdirSync('docs', { recursive: true })
  writeFileSync(PAGE, page(columns, new Date().toISOString().slice(0, 10)))
  say(`${PAGE} is written`)
}
const late = behind(columns)
if (late.length > 0) say(`Another daemon passes and ecmpd does not: ${late.join(', ')}`)
process.exit(late.length > 0 ? 1 : 0)
