import { ask } from './client.js'

const [address, ...numbers] = process.argv.slice(2)
const [port, count, interval, timeout] = numbers.map(Number)

let begun = 0
let ended = 0
const timer = setInterval(begin, interval)

async function begin() {
  if (count && begun === count) return
  begun++
  const answer = await ask(address, port, timeout)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
  ended++
  if (count && ended === count) clearInterval(timer)
}
