#!/usr/bin/env node
import { packageVersion } from '../daemon/version.js'
import { watchOutput } from './lost-output.js'
import { reporting } from './report.js'
import { plainRun } from './run-options.js'

const words = process.argv.slice(2)
watchOutput(words[0] === 'demo')

const plain = words[0] === 'run' ? plainRun(words.slice(1)) : undefined
if (plain !== undefined) {
  const { run } = await import('./run-handler.js')
  await reporting(() => run(plain))
} else if (words.length === 1 && ['--version', '-V', 'version'].includes(words[0])) {
  process.stdout.write(`ecmpd ${packageVersion()}\n`)
} else {
  const { main } = await import('./commands.js')
  await reporting(() => main(words))
}
