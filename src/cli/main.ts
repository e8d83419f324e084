#!/usr/bin/env node
import { packageVersion } from '../daemon/version.js'

const words = process.argv.slice(2)
// `ecmpd show … | head` ends when head does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V' || words[0] === 'version')) {
  // The commonest question needs no parser.
  process.stdout.write(`ecmpd ${packageVersion()}\n`)
} else {
  const { main } = await import('./commands.js')
  await main(words)
}
