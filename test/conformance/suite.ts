import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Lab } from '../../src/demo/lab.js'
import type { Case, Result, Setup } from './case.js'
import { casesOf } from './cases/index.js'
import { type Driver, DUT, Lacks } from './drivers/driver.js'
import { type Capability, DUT_ADDRESS, DUT_ADDRESS6 } from './model.js'
import { modelOf, type Place, places, testerAddress, testerAddress6 } from './place.js'
import type { Answer, Question } from './protocol.js'
import { SETUPS } from './setups.js'

export type DriverClass = new (lab: Lab) => Driver

export interface SuiteOptions {
  /** Also cases that wait for minutes. */
  readonly long?: boolean
  /** Only cases whose id this matches. */
  readonly only?: RegExp
  /** Is called with each result as it comes. */
  readonly result?: (result: Result) => void
  /** Is told what happens, for people. */
  readonly note?: (text: string) => void
}

const TESTER = 'tester'

/** What a case needs of a daemon, as options and verbs. */
function needsOf(one: Case, setup: Setup): Capability[] {
  const { name: _name, parallel: _parallel, smallBuffers: _small, ...options } = setup
  const ofPeers = Object.values(one.peers).flatMap(({ options = {} }) => [
    ...Object.keys(options),
    ...Object.keys(options.maximumPrefix ?? {})
      .filter((key) => key !== 'limit')
      .map((key) => `maximumPrefix.${key}`),
  ])
  return [...new Set([...Object.keys(options), ...ofPeers, ...(one.needs ?? [])])] as Capability[]
}

/** Why a case is not played against a daemon; undefined: it is. */
function reasonAgainst(
  one: Case,
  setup: Setup,
  driver: Pick<Driver, 'can' | 'coming' | 'name'>,
  long: boolean,
): { readonly outcome: 'n/a' | 'long'; readonly detail: string } | undefined {
  if (one.feature && driver.coming.has(one.feature)) return { outcome: 'n/a', detail: one.feature }
  const missing = needsOf(one, setup).filter((need) => !driver.can.has(need))
  if (missing.length > 0) return { outcome: 'n/a', detail: missing.join(', ') }
  if (one.long && !long) return { outcome: 'long', detail: 'waits for minutes; run by hand with --long' }
  return undefined
}

/** The subnet that tester and device under test share, with an address for every peer. */
async function build(lab: Lab, setup: Setup, addresses: number): Promise<void> {
  const [dut, tester] = [DUT, TESTER].map((name) => lab.namespace(name))
  await lab.ip(undefined, [
    `netns add ${dut}`,
    `netns add ${tester}`,
    `link add name eth0 netns ${dut} type veth peer name eth0 netns ${tester}`,
  ])
  const small = { 'net/ipv4/tcp_rmem': '"4096 4096 8192"', 'net/ipv4/tcp_wmem': '"4096 4096 8192"' }
  for (const name of [DUT, TESTER]) {
    await lab.sysctl(name, {
      'net/ipv6/conf/all/accept_dad': '0',
      'net/ipv6/conf/default/accept_dad': '0',
      ...(setup.smallBuffers ? small : {}),
    })
  }
  await lab.ip(DUT, [
    'link set lo up',
    `address add ${DUT_ADDRESS}/16 dev eth0`,
    `address add ${DUT_ADDRESS6}/64 dev eth0 nodad`,
    'link set eth0 up',
  ])
  const numbers = [2, 3, ...Array.from({ length: addresses }, (_, index) => index + 10)]
  await lab.ip(TESTER, [
    'link set lo up',
    'link set eth0 up',
    ...numbers.flatMap((number) => [
      `address add ${testerAddress(number)}/16 dev eth0`,
      `address add ${testerAddress6(number)}/64 dev eth0 nodad`,
    ]),
  ])
}

/** Lines of a daemon's log that a failed case is shown with. */
const LOG_LINES = 12

const addressesOf = ({ speakers }: Place): string[] =>
  Object.values(speakers).flatMap(({ address, address6 }) => [address, address6])

/** Plays the cases of one setup. @returns a result for every case of the setup that `only` lets through */
async function playSetup(
  driverClass: DriverClass,
  setup: Setup,
  options: SuiteOptions = {},
): Promise<Result[]> {
  const all = casesOf(setup.name)
  const wanted = all.filter(({ id }) => options.only?.test(id) ?? true)
  const results: Result[] = []
  const place = places(setup, all)
  const tell = (result: Result) => {
    const log = result.outcome === 'fail' ? driver.linesAbout(addressesOf(place.get(result.id)!)) : []
    const told = log.length > 0 ? { ...result, log: log.slice(-LOG_LINES) } : result
    results.push(told)
    options.result?.(told)
  }
  const lab = new Lab()
  const driver = new driverClass(lab)
  try {
    const played: Case[] = []
    for (const one of wanted) {
      const reason = reasonAgainst(one, setup, driver, options.long ?? false)
      if (reason) tell({ id: one.id, ...reason, took: 0 })
      else played.push(one)
    }
    if (played.length === 0) return results
    const addresses = [...place.values()].reduce((sum, { speakers }) => sum + Object.keys(speakers).length, 0)
    await build(lab, setup, addresses)
    options.note?.(`${driver.name}, ${setup.name}: ${played.length} cases`)
    await driver.start(modelOf(setup, played, place))
    await converse(lab, driver, setup, played, tell)
    const missing = played.filter(({ id }) => !results.some((result) => result.id === id))
    for (const { id } of missing) {
      tell({ id, outcome: 'fail', detail: 'no result: the tester ended before', took: 0 })
    }
    await driver.stop()
  } finally {
    await lab.destroy()
  }
  return results
}

/** Setups that are played at a time: most of their time they wait. */
const SETUPS_AT_ONCE = 2

/** Plays all setups. Results are told through `options.result` as they come. */
export async function playSetups(driverClass: DriverClass, options: SuiteOptions): Promise<void> {
  const waiting = SETUPS.filter(({ name }) => casesOf(name).length > 0)
  const workers = Array.from({ length: SETUPS_AT_ONCE }, async () => {
    for (let setup = waiting.shift(); setup; setup = waiting.shift()) {
      await playSetup(driverClass, setup, options)
    }
  })
  await Promise.all(workers)
}

/** Runs the tester and answers its questions until it is done. */
async function converse(
  lab: Lab,
  driver: Driver,
  setup: Setup,
  cases: readonly Case[],
  tell: (result: Result) => void,
): Promise<void> {
  const file = lab.path('job.json')
  writeFileSync(
    file,
    JSON.stringify({
      setup: setup.name,
      cases: cases.map(({ id }) => id),
      settleTime: driver.settleTime,
      strict: driver.strict,
    }),
  )
  const runner = fileURLToPath(new URL(`./runner${import.meta.url.slice(-3)}`, import.meta.url))
  // The loader that lets .ts run goes along; what only observes this process does not.
  const loader = process.execArgv.filter((word) => !/processinfo|mock/.test(word))
  const child = lab.start(TESTER, 'tester', [process.execPath, ...loader, runner, file], {
    interactive: true,
  })
  let read = 0
  const line = (text: string) => {
    const message = JSON.parse(text) as Question & Result
    if (message.ask !== undefined) {
      void answer(driver, message).then((reply) => child.write(`${JSON.stringify(reply)}\n`))
    } else if (message.id !== undefined) tell(message)
  }
  child.onOutput(() => {
    for (let end = child.stdout.indexOf('\n', read); end >= 0; end = child.stdout.indexOf('\n', read)) {
      const text = child.stdout.slice(read, end)
      read = end + 1
      if (text) line(text)
    }
  })
  const exit = await child.exited
  if (exit.code !== 0 || child.stderr) process.stderr.write(`tester of ${setup.name}: ${child.stderr}\n`)
}

/** Verbs that change nothing: they wait for nobody. */
const LOOKS: ReadonlySet<string> = new Set(['alive', 'neighbor', 'route', 'events', 'metrics', 'log'])

/** One change of a daemon's configuration at a time: each is written and applied whole. */
const turns = new WeakMap<Driver, Promise<unknown>>()

async function answer(driver: Driver, { ask, verb, args }: Question): Promise<Answer> {
  const act = async () => {
    const method = (driver as unknown as Record<string, (...args: unknown[]) => unknown>)[verb]
    return method.apply(driver, [...args])
  }
  const looks = LOOKS.has(verb)
  const result = looks ? act() : (turns.get(driver) ?? Promise.resolve()).then(act)
  if (!looks)
    turns.set(
      driver,
      result.catch(() => {}),
    )
  try {
    return { answer: ask, value: (await result) ?? null }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { answer: ask, error: message, lacks: error instanceof Lacks }
  }
}
