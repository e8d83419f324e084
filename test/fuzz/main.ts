/**
 * npm run fuzz -- [--seed N] [--minutes M] [--target NAME] [--replay FILE] [--minimise]
 *
 * Makes inputs by grammar and by change, led by what they reach in the code, and runs them in a thread which this
 * one watches: an input that takes HANG of processor time, or never ends for another reason, is a finding as well. Findings are written to
 * test/fuzz/corpus/<target>/crash-…, made as small as they get; the test of this folder replays them ever after.
 *
 * --seed      of the random numbers; the same seed on the same corpus makes the same inputs. Default 1.
 * --minutes   how long; 0 runs the corpus alone. Default 1.
 * --target    one of them; left out, all take turns.
 * --replay    runs one file of a corpus and prints what it throws.
 * --minimise  writes the inputs that reach something new into the corpus at the end.
 */
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { addToCorpus } from './engine/corpus.js'
import type { Job, Report } from './engine/worker.js'
import { corpusFolder } from './folders.js'

/** Milliseconds of processor time that one input may take: a busy machine is no finding. */
const HANG = 120_000
/** Milliseconds that it may take when it waits for something. */
const STANDSTILL = 1_800_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    target: { type: 'string' },
    replay: { type: 'string' },
    minimise: { type: 'boolean', default: false },
  },
})

/** Octets of the input that runs: its length, then itself; and how many have begun. */
const input = new SharedArrayBuffer(4 + (1 << 17))
const state = new SharedArrayBuffer(8)
const job: Job = {
  seed: Number(values.seed),
  minutes: Number(values.minutes),
  target: values.target,
  replay: values.replay,
  minimise: values.minimise,
  input,
  state,
}

const worker = new Worker(new URL('./engine/worker.js', import.meta.url), { workerData: job })
let target = values.target ?? ''
worker.on('message', (report: Report) => {
  if (report.type === 'target') target = report.name
  else console.log(report.text)
})
worker.on('error', (error) => {
  console.error(error)
  process.exitCode = 1
})
worker.on('exit', (code) => {
  clearInterval(watch)
  process.exitCode ||= code
})

const counters = new Int32Array(state)
/** Milliseconds of processor time of this process. */
const processorTime = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
let last = -1
let since = { wall: Date.now(), processor: processorTime() }
const watch = setInterval(() => {
  const now = Atomics.load(counters, 0)
  if (now !== last) {
    last = now
    since = { wall: Date.now(), processor: processorTime() }
  } else if (now > 0 && (processorTime() - since.processor > HANG || Date.now() - since.wall > STANDSTILL)) {
    const length = new DataView(input).getUint32(0)
    const path = addToCorpus(corpusFolder(target), new Uint8Array(input, 4, length).slice(), true)
    console.log(`FOUND ${target}: no end within ${HANG / 1000} s of processor time: ${path}`)
    process.exitCode = 1
    void worker.terminate()
  }
}, 1000)
