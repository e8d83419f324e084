import { createInterface } from 'node:readline'
import type { Log } from '../ports/log.js'
import { SpeakingNode, type SpeakingNodeOptions } from './speaking-node.js'

/**
 * The program of a node without gobgpd: `node node-main.js OPTIONS` with the options as JSON. Lines of
 * standard input are orders: `announce PREFIX`, `withdraw PREFIX`. SIGTERM ends its session with a
 * NOTIFICATION; so does the end of standard input.
 */
const options = JSON.parse(process.argv[2]) as SpeakingNodeOptions

const write = (_fields: object, text: string) => void process.stdout.write(`${text}\n`)
const log: Log = { debug() {}, info: write, warn: write, error: write }

const node = new SpeakingNode(options, log)

function end() {
  node.stop()
  // The NOTIFICATION must be on its way before the process ends.
  setTimeout(() => process.exit(0), 200)
}
process.once('SIGTERM', end)

const orders = createInterface({ input: process.stdin })
orders.on('line', (line) => {
  const [verb, prefix] = line.trim().split(/\s+/)
  if (verb === 'announce') node.announce(prefix)
  else if (verb === 'withdraw') node.withdraw(prefix)
})
orders.once('close', end)

await node.start()
process.stdout.write('ready\n')
