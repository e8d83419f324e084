import { Lab } from '../../src/demo/lab.js'
import type { Capability } from '../../src/wire/types.js'
import { sleep } from '../lab/wait.js'
import type { Daemon, DaemonClass, Proof } from './daemons/daemon.js'
import { addressOf } from './model.js'
import { ROWS, type RowId } from './rows.js'
import { SCENES } from './scenes/index.js'
import type { Scene } from './scenes/scene.js'
import {
  DAEMON,
  DAEMON_AS,
  FEED_AS,
  FEEDS,
  neighbor,
  type Outcome,
  Stage,
  SWITCH_HOST,
  toSwitch,
} from './stage.js'

/** Milliseconds in which a message would have come. */
const WATCH = 2000
/** A route that the daemon has from another neighbor. */
const FED = '198.51.100.0/24'

/** What became of all rows with one daemon. */
export interface Column {
  readonly title: string
  readonly version: string
  /** In the order of the rows. */
  readonly outcomes: readonly Outcome[]
  readonly seconds: number
}

export interface PlayOptions {
  /** Only rows whose id this matches. */
  readonly only?: RegExp
  /** Scenes played at a time. Default 3: most of their time is waiting. */
  readonly parallel?: number
  /** Is told each outcome as it comes, with what the processes printed when it is a failure. */
  readonly outcome?: (outcome: Outcome, log: readonly string[]) => void
}

/** A scene with its rows of a daemon; what it throws fails the rows that have not come yet. */
async function playScene(kind: DaemonClass, scene: Scene, rows: readonly RowId[], options: PlayOptions) {
  const stage = new Stage(kind)
  try {
    try {
      await stage.build(scene.hosts)
      await scene.play(stage, (row) => rows.includes(row))
    } catch (error) {
      for (const row of rows) {
        if (stage.outcomes.some((outcome) => outcome.row === row)) continue
        stage.outcomes.push({ row, outcome: 'fail', detail: (error as Error).message })
      }
    }
    const outcomes = stage.outcomes.filter(({ row }) => rows.includes(row))
    for (const outcome of outcomes) options.outcome?.(outcome, outcome.outcome === 'fail' ? stage.log() : [])
    return outcomes
  } finally {
    await stage.close()
  }
}

/** Everything that a daemon announces, and its configuration's limits: what the n/a cells stand on. */
async function proveLacks(kind: DaemonClass, rows: readonly RowId[], options: PlayOptions) {
  const stage = new Stage(kind)
  try {
    await stage.build([DAEMON, FEEDS[0]])
    const versions = [4, 6] as const
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: [
        ...versions.map((version) => toSwitch({ version, families: [4, 6] })),
        { to: FEEDS[0], as: FEED_AS, version: 4 },
      ],
      restartTime: 120,
    })
    stage.feed(0, {
      as: FEED_AS,
      sessions: [{ to: DAEMON, as: DAEMON_AS, version: 4 }],
      routes: [{ prefix: FED }],
    })
    const families = { 'ipv4-unicast': null, 'ipv6-unicast': null }
    stage.configure({
      neighbors: versions.map((version) => neighbor(DAEMON, DAEMON_AS, { families }, version)),
    })
    const views = await stage.start(versions.map((version) => addressOf(DAEMON, version)))
    const announced = views.flatMap(({ capabilities }) => capabilities.received)
    for (const row of rows) {
      const { why, proof } = daemon.lacks[row]!
      const doubt = await refuted(stage, daemon, announced, proof).catch((error: Error) => error.message)
      const outcome: Outcome = doubt
        ? { row, outcome: 'fail', detail: `held to be n/a (${why}), but ${doubt}` }
        : { row, outcome: 'n/a', detail: why }
      options.outcome?.(outcome, doubt ? stage.log() : [])
      stage.outcomes.push(outcome)
    }
    return stage.outcomes
  } finally {
    await stage.close()
  }
}

/** Why a proof does not hold; undefined: it does. */
async function refuted(
  stage: Stage,
  daemon: Daemon,
  announced: readonly Capability[],
  proof: Proof,
): Promise<string | undefined> {
  if ('noCapability' in proof) {
    return announced.some(({ name }) => name === proof.noCapability)
      ? `it announces ${proof.noCapability}`
      : undefined
  }
  if ('noRestartFamilies' in proof) {
    const listed = announced.flatMap((one) => (one.name === 'graceful-restart' ? one.families : []))
    return listed.length ? 'its graceful-restart capability lists families' : undefined
  }
  if ('always' in proof) {
    return announced.some(({ name }) => name === proof.always)
      ? undefined
      : `it does not announce ${proof.always}`
  }
  if ('neverAsks' in proof) {
    const asked = async () => (await stage.ecmpd.neighbor(DAEMON.address)).messages.received.routeRefresh > 0
    await daemon.refresh(SWITCH_HOST.address)
    await sleep(WATCH)
    return (await asked()) ? 'it sent a ROUTE-REFRESH' : undefined
  }
  if ('handsOnNothing' in proof) {
    await stage.untilSeen(daemon, FED, FEEDS[0].address)
    await sleep(WATCH)
    return (await stage.learned(FED)).length ? 'it handed on a route' : undefined
  }
  if ('keepsAnyway' in proof) {
    const feed = stage.daemons[1]
    await stage.untilSeen(daemon, FED, FEEDS[0].address)
    await feed.kill()
    await stage.untilSeen(daemon, FED, FEEDS[0].address, 0)
    const held = await daemon.holds(FED)
    await feed.start()
    return held ? undefined : 'it dropped the routes of a killed neighbor'
  }
  return (await daemon.refuses(proof.refuses)) ? undefined : `it takes «${proof.refuses}»`
}

/** Plays all rows with one daemon. */
export async function playColumn(kind: DaemonClass, options: PlayOptions = {}): Promise<Column> {
  const began = performance.now()
  const lab = new Lab()
  const daemon = new kind(lab, DAEMON, { as: DAEMON_AS, sessions: [] })
  const { title, lacks } = daemon
  let version: string
  try {
    version = await daemon.version()
  } finally {
    await lab.destroy()
  }
  const wanted = ROWS.map(({ id }) => id).filter((id) => options.only?.test(id) ?? true)
  const lacking = wanted.filter((id) => lacks[id])
  const jobs = SCENES.map((scene) => ({
    scene,
    rows: scene.rows.filter((id) => wanted.includes(id) && !lacks[id]),
  }))
    .filter(({ rows }) => rows.length > 0)
    .map(
      ({ scene, rows }) =>
        () =>
          playScene(kind, scene, rows, options),
    )
  if (lacking.length > 0) jobs.push(() => proveLacks(kind, lacking, options))
  const outcomes: Outcome[] = []
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) outcomes.push(...(await job()))
  }
  await Promise.all(Array.from({ length: options.parallel ?? 3 }, worker))
  const order = wanted.map((id) => outcomes.find(({ row }) => row === id))
  return {
    title,
    version,
    outcomes: order.filter((outcome) => outcome !== undefined),
    seconds: (performance.now() - began) / 1000,
  }
}
