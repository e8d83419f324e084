/**
 * The tester: plays the cases of one setup against the device under test and prints a line of JSON for each
 * result. It runs in a network namespace of its own, whose addresses are those of place.ts.
 *
 *     runner.ts JOB.json
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Case, type Result, Skip } from './case.js'
import { casesOf } from './cases/index.js'
import { Context, type Observers } from './context.js'
import { type Conversation, Failure, now, PATIENCE } from './conversation.js'
import type { Control } from './model.js'
import { observerSpeaker, places } from './place.js'
import type { Answer, Job, Question } from './protocol.js'
import { SETUPS } from './setups.js'

const job: Job = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const setup = SETUPS.find(({ name }) => name === job.setup)!
const all = casesOf(setup.name)
const place = places(setup, all)

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)

const waiting = new Map<number, (answer: Answer) => void>()
let questions = 0

createInterface({ input: process.stdin }).on('line', (line) => {
  const answer = JSON.parse(line) as Answer
  waiting.get(answer.answer)?.(answer)
  waiting.delete(answer.answer)
})

/** @throws Skip when the daemon can't do it, Error when it failed */
async function ask(verb: string, ...args: unknown[]): Promise<unknown> {
  const question: Question = { ask: ++questions, verb, args }
  const answer = await new Promise<Answer>((resolve) => {
    waiting.set(question.ask, resolve)
    print(question)
  })
  if (answer.lacks) throw new Skip(answer.error)
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer.value
}

const control = new Proxy({} as Control, {
  get:
    (_, verb: string) =>
    (...args: unknown[]) =>
      ask(verb, ...args),
})

/** Plain sessions that stay up; one that was lost is made anew when it is next asked for. */
class SharedObservers implements Observers {
  readonly #open = new Map<string, Promise<Conversation>>()

  get(kind: 'external' | 'internal'): Promise<Conversation> {
    const known = this.#open.get(kind)
    const next = known
      ? known.then(
          (one) => (one.end || one.all(3).length > 0 ? this.#start(kind) : one),
          () => this.#start(kind),
        )
      : this.#start(kind)
    next.catch(() => {})
    this.#open.set(kind, next)
    return next
  }

  async #start(kind: 'external' | 'internal'): Promise<Conversation> {
    const place = { number: 0, speakers: { o: observerSpeaker(kind, setup) } }
    const nothing: Case = { id: '', title: '', rfc: '', peers: {}, run: async () => {} }
    const conversation = await new Context(nothing, place, this, control, { ...job, settleTime: 0 }).session(
      'o',
      { within: Math.max(30_000, 3 * PATIENCE) },
    )
    // What went before it is then known; a daemon that sends none is judged elsewhere.
    await conversation.endOfRib('1/1', 5000).catch(() => {})
    return conversation
  }
}

const observers = new SharedObservers()

async function playOnce(one: Case): Promise<Result> {
  const started = now()
  const c = new Context(one, place.get(one.id)!, observers, control, job)
  const timeout = Math.max(one.timeout ?? 0, 8 * PATIENCE)
  let timer: NodeJS.Timeout | undefined
  try {
    await Promise.race([
      one.run(c),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Failure(`not finished after ${timeout} ms`)), timeout)
      }),
    ])
    return { id: one.id, outcome: 'pass', detail: '', took: now() - started }
  } catch (error) {
    const took = now() - started
    if (error instanceof Skip) return { id: one.id, outcome: 'n/a', detail: error.message, took }
    const detail = error instanceof Failure ? error.message : ((error as Error).stack ?? String(error))
    return { id: one.id, outcome: 'fail', detail, took }
  } finally {
    clearTimeout(timer)
    await c.finish()
  }
}

/** Milliseconds after which a process that has crashed is known to have. */
const CRASH_SHOWS = 300
/** Results so long before a crash, milliseconds, are doubtful. */
const DOUBT = 2000

/** When the device under test was found dead. */
const crashes: number[] = []
let reviving: Promise<void> | undefined

/** Whether the device under test has crashed; it then runs again when this resolves. */
async function crashed(): Promise<boolean> {
  await sleep(CRASH_SHOWS)
  if (reviving) {
    await reviving
    return true
  }
  if (await ask('alive')) return false
  // Between the question and its answer another case may have seen to it.
  reviving ??= (async () => {
    crashes.push(now())
    await ask('revive')
    reviving = undefined
  })()
  await reviving
  return true
}

/** Played when others were, too: a crash then makes the results of all of them doubtful. */
const played: { readonly one: Case; readonly result: Result; readonly at: number; readonly from: number }[] =
  []

async function play(one: Case): Promise<void> {
  const from = now()
  const result = await playOnce(one)
  const at = now()
  if (result.outcome === 'fail') await crashed()
  played.push({ one, result, at, from })
}

/** Plays a case by itself, so that a crash is its doing. */
async function playAlone(one: Case): Promise<void> {
  const result = await playOnce(one)
  const over = crashes.length > 0 || result.outcome === 'fail' ? await crashed() : false
  print(over ? { ...result, outcome: 'fail', detail: 'CRASH: the daemon ended' } : result)
}

async function main() {
  const cases = all.filter(({ id }) => job.cases.includes(id))
  const crowd = cases.filter(({ alone }) => !alone)
  const workers = Array.from({ length: setup.parallel ?? 8 }, async () => {
    for (let one = crowd.shift(); one; one = crowd.shift()) await play(one)
  })
  await Promise.all(workers)
  const doubtful = ({ at, from }: { at: number; from: number }) =>
    crashes.some((crash) => from < crash && at > crash - DOUBT)
  for (const { result } of played.filter((one) => !doubtful(one))) print(result)
  for (const { one } of played.filter(doubtful)) await playAlone(one)
  for (const one of cases.filter(({ alone }) => alone)) await playAlone(one)
}

process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`)
})

try {
  await main()
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
}
// What is still on its way through the pipe must not be lost.
process.stdout.write('', () => process.exit())
