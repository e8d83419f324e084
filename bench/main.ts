/**
 * `npm run bench [-- PART… [options]]`: ecmpd and each installed peer through the same work. Needs root.
 * `npm run bench -- --help` says more.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from './check.js'
import { lacking, readOptions, USAGE } from './options.js'
import { PARTS } from './parts/index.js'
import { report } from './report/page.js'
import { writeResults } from './report/results.js'
import { measure } from './rounds.js'

const DIRECTORY = 'docs'

const asked = readOptions(process.argv.slice(2))
if ('problem' in asked) {
  console.error(`${asked.problem}\n\n${USAGE}`)
  process.exit(2)
}
if (asked.help) {
  console.log(USAGE)
  process.exit(0)
}
if (process.getuid?.() !== 0) {
  console.error('The benchmarks make network namespaces: run them as root.')
  process.exit(2)
}
const problem = lacking(asked)
if (problem !== undefined) {
  console.error(problem)
  process.exit(2)
}
if (asked.check) process.exit((await check()) ? 0 : 1)
const file = join(DIRECTORY, 'benchmarks.json')
const wrong = await measure(asked, file, (results) => {
  if (!asked.write) return
  mkdirSync(DIRECTORY, { recursive: true })
  writeResults(file, results)
  for (const { name, text } of report(results, PARTS)) writeFileSync(join(DIRECTORY, name), text)
})
process.exitCode = wrong ? 1 : 0
