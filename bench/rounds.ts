import { Lab } from '../src/demo/lab.js'
import type { Daemon } from './daemons/daemon.js'
import { DAEMONS } from './daemons/index.js'
import { GivenUp } from './feeder/handle.js'
import type { Asked } from './options.js'
import { PARTS } from './parts/index.js'
import type { Case, Figures, Part } from './parts/part.js'
import { thisMachine } from './report/machine.js'
import { figure } from './report/page.js'
import { mergeRows, type Results, type Row, readResults } from './report/results.js'

/**
 * Milliseconds, network and checks included, beyond what the work itself lasts: a peer whose run took longer is not
 * run again for that work, so that what is far off does not take most of the time.
 */
const PATIENCE = 20_000
/** Failed runs of a piece of work after which no more are made. */
const TRIES = 2

/** One who does a piece of work: a daemon or a floor. */
interface Runner {
  readonly name: string
  readonly version?: string
  readonly own: boolean
  run(): Promise<Figures>
  readonly runs: Figures[]
  note?: string
  failures?: number
  /** It took so long that it is not run again. */
  slow?: boolean
}

function runners(
  part: Part,
  work: Case,
  daemons: readonly Daemon[],
  versions: Map<string, string>,
  asked: Asked,
): Runner[] {
  const able = daemons.filter((daemon) => part.suits(daemon))
  const list: Runner[] = able.map((daemon) => ({
    ...{ name: daemon.name, version: versions.get(daemon.name), own: daemon.name === 'ecmpd', runs: [] },
    run: () => part.run(daemon, work, asked),
  }))
  const floors = (part.floors ?? []).map((floor) => ({
    ...{ name: floor.name, own: false, runs: [] },
    run: () => floor.run(work, asked),
  }))
  return [...list, ...floors]
}

function spoken(part: Part, figures: Figures): string {
  return part.metrics
    .filter(({ id }) => id in figures)
    .map(({ id, title, digits }) => `${title} ${figure(figures[id], digits)}`)
    .join('; ')
}

/** One run of one runner. */
async function once(part: Part, work: Case, runner: Runner): Promise<void> {
  const began = performance.now()
  const label = `${part.name} ${work.id}, ${runner.name}`
  try {
    const figures = await runner.run()
    runner.runs.push(figures)
    runner.slow = performance.now() - began > PATIENCE + (work.lasts ?? 0) * 1000
    console.error(`${label}: ${spoken(part, figures)}`)
  } catch (error) {
    const text = (error as Error).message
    const over = error instanceof GivenUp
    runner.failures = over ? TRIES : (runner.failures ?? 0) + 1
    runner.note = over ? (error.note ?? `over ${work.limit} s`) : `${runner.failures} failed`
    console.error(`${label}: ${runner.note}: ${text}`)
  }
}

/** A run of this round, repeated once when it fails, unless the runner has had its tries. */
async function inRound(part: Part, work: Case, runner: Runner): Promise<void> {
  if (runner.slow && !runner.own) return
  for (const wanted = runner.runs.length + 1; runner.runs.length < wanted; ) {
    if ((runner.failures ?? 0) >= TRIES) return
    await once(part, work, runner)
  }
}

/**
 * Measures what was asked for, round by round.
 * @param file results so far
 * @param keep gets all results after every piece of work
 * @returns whether ecmpd gave a wrong result or none
 */
export async function measure(
  asked: Asked,
  file: string,
  keep: (results: Results) => void,
): Promise<boolean> {
  const daemons = DAEMONS.filter(
    (daemon) =>
      (asked.daemons.length === 0 || asked.daemons.includes(daemon.name.toLowerCase())) && daemon.installed(),
  )
  const lab = new Lab()
  const versions = new Map<string, string>()
  for (const daemon of daemons) versions.set(daemon.name, await daemon.version(lab))
  await lab.destroy()

  const machine = thisMachine()
  const parts = PARTS.filter(({ name }) => asked.parts.length === 0 || asked.parts.includes(name))
  let rows = readResults(file)?.rows ?? []
  let wrong = false
  for (const part of parts) {
    const began = performance.now()
    const works = part.cases(asked).filter(({ id }) => asked.works.length === 0 || asked.works.includes(id))
    for (const work of works) {
      const list = runners(part, work, daemons, versions, asked)
      for (let round = 0; round < asked.runs; round++) {
        for (const runner of list) await inRound(part, work, runner)
      }
      wrong ||= list.some(({ own, note }) => own && note !== undefined)
      const at = new Date().toISOString()
      const measured = list.map(({ name, version, runs, note }): Row => {
        return {
          part: part.name,
          work: work.id,
          title: work.title,
          name,
          version,
          at,
          command: asked.command,
          runs,
          note,
        }
      })
      rows = mergeRows(rows, measured, orderOf(asked))
      keep({ machine, rows })
    }
    console.error(`${part.name} took ${((performance.now() - began) / 1000).toFixed(0)} s`)
  }
  return wrong
}

/** Parts, works and daemons in the order in which they are declared; others behind. */
function orderOf(asked: Asked): (row: Row) => readonly number[] {
  const behind = (index: number) => (index < 0 ? 1000 : index)
  return (row) => {
    const part = PARTS.findIndex(({ name }) => name === row.part)
    const work = PARTS[part]?.cases(asked).findIndex(({ id }) => id === row.work) ?? -1
    return [behind(part), behind(work), behind(DAEMONS.findIndex(({ name }) => name === row.name))]
  }
}
