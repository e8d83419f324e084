/** The thread that fuzzes: everything that main.ts watches. */
import { readFileSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { corpusFolder } from '../folders.js'
import { addToCorpus, isCrash, readCorpus } from './corpus.js'
import { Coverage } from './coverage.js'
import { type Finding, Fuzzer } from './fuzzer.js'
import type { Target } from './target.js'

export interface Job {
  readonly seed: number
  readonly minutes: number
  readonly target: string | undefined
  readonly replay: string | undefined
  readonly minimise: boolean
  /** Length and octets of the input that runs. */
  readonly input: SharedArrayBuffer
  /** How many inputs have begun. */
  readonly state: SharedArrayBuffer
}

export type Report =
  | { readonly type: 'target'; readonly name: string }
  | { readonly type: 'text'; readonly text: string }

/** Milliseconds before the next target gets its turn, and between reports. */
const TURN = 20_000
const REPORT = 60_000

const job = workerData as Job
const say = (text: string) => parentPort?.postMessage({ type: 'text', text } satisfies Report)

const coverage = new Coverage(new URL('../../../src/', import.meta.url).href)
coverage.begin()
// Only now, so that coverage knows them from their first line on.
const { TARGETS } = await import('../targets/all.js')

const counters = new Int32Array(job.state)
const octets = new Uint8Array(job.input, 4)
const length = new DataView(job.input)

function started(target: Target, input: Uint8Array): void {
  length.setUint32(0, Math.min(input.length, octets.length))
  octets.set(input.subarray(0, octets.length))
  Atomics.add(counters, 0, 1)
  if (target !== current) {
    current = target
    parentPort?.postMessage({ type: 'target', name: target.name } satisfies Report)
  }
}
let current: Target | undefined

if (job.replay !== undefined) await replay(job.replay)
else await fuzz()

async function replay(path: string): Promise<void> {
  const name = job.target ?? basename(dirname(path))
  const target = TARGETS.find((one) => one.name === name)
  if (target === undefined) throw new Error(`no target ${name}: give --target`)
  await target.run(new Uint8Array(readFileSync(path)))
  say(`${path}: nothing wrong`)
}

async function fuzz(): Promise<void> {
  const chosen = TARGETS.filter((target) => job.target === undefined || target.name === job.target)
  if (chosen.length === 0)
    throw new Error(`no target ${job.target}; there are ${TARGETS.map((one) => one.name).join(', ')}`)
  const begin = Date.now()
  const end = begin + job.minutes * 60_000
  const fuzzers = chosen.map((target) => new Fuzzer(target, { seed: job.seed, coverage, started }))
  const told = new Set<string>()
  const tell = (fuzzer: Fuzzer) => {
    for (const finding of fuzzer.findings.values()) {
      if (told.has(finding.key)) continue
      told.add(finding.key)
      report(finding)
    }
  }
  for (const fuzzer of fuzzers) {
    await fuzzer.load(readCorpus(corpusFolder(fuzzer.target.name)).values())
    tell(fuzzer)
  }
  let reported = begin
  while (Date.now() < end) {
    for (const fuzzer of fuzzers) {
      const turn = Math.min(Date.now() + TURN, end)
      await fuzzer.run(() => Date.now() >= turn)
      tell(fuzzer)
      if (Date.now() - reported < REPORT && Date.now() < end) continue
      reported = Date.now()
      say(progress(fuzzers, begin))
    }
  }
  say(progress(fuzzers, begin))
  for (const { room, covered, lines } of coverage.rooms()) {
    say(`  src/${room}: ${((100 * covered) / lines).toFixed(1)} % of ${lines} lines`)
  }
  if (job.minimise) for (const fuzzer of fuzzers) await keep(fuzzer)
  if (told.size > 0) process.exitCode = 1
}

function progress(fuzzers: readonly Fuzzer[], begin: number): string {
  const seconds = Math.round((Date.now() - begin) / 1000)
  const each = fuzzers.map(
    ({ target, executions, corpus, findings }) =>
      `${target.name} ${executions} runs, ${corpus.length} kept, ${findings.size} findings`,
  )
  const memory = Math.round(process.memoryUsage().rss / 1048576)
  const { user, system } = process.cpuUsage()
  const cpu = Math.round((user + system) / 1e6)
  return `${seconds} s (${cpu} s of CPU): ${each.join('; ')}; ${coverage.size} blocks, ${memory} MiB`
}

function report({ target, error, input }: Finding): void {
  const path = addToCorpus(corpusFolder(target), input, true)
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  say(`FOUND ${target}: ${relative(process.cwd(), path)}\n${text}`)
}

/** Writes a small corpus that reaches as much: the shortest inputs first, each that adds something. */
async function keep(fuzzer: Fuzzer): Promise<void> {
  const { target, corpus } = fuzzer
  const folder = corpusFolder(target.name)
  const known = [...readCorpus(folder)].filter(([name]) => !isCrash(name)).map(([, input]) => input)
  const fresh = new Coverage(new URL('../../../src/', import.meta.url).href)
  coverage.end()
  fresh.begin()
  let added = 0
  for (const input of [...known, ...[...corpus].sort((a, b) => a.length - b.length)]) {
    try {
      await target.run(input)
    } catch {
      continue
    }
    if (fresh.take() === 0) continue
    addToCorpus(folder, input)
    added++
  }
  fresh.end()
  coverage.begin()
  say(`${target.name}: ${added} inputs in ${relative(process.cwd(), folder)}`)
}
