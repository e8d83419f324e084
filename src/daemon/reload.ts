import type { ReloadOutcome } from '../api/http/context.js'
import { type Loaded, loadConfig } from '../config/load.js'
import type { Config } from '../config/model/model.js'
import { keepAutomatic } from '../config/resolve/resolve.js'
import { formatDiagnostic } from '../config/text/format.js'
import type { Log } from '../ports/log.js'
import type { SpeakerApi } from '../speaker/api.js'
import type { NeighborOptions } from '../speaker/model/options.js'
import { shutOrStarted } from '../speaker/reload/difference.js'
import { type Overrides, override } from './overrides.js'

/** What a reload works on. */
export interface ReloadTarget {
  readonly speaker: Pick<SpeakerApi, 'apply'>
  readonly log: Log
  readonly overrides: Overrides
  current(): Config
  /** Takes over the new configuration, after the speaker has. */
  replace(config: Config): void
}

/** Parts of a configuration that only a start reads, with the names that a note gives them. */
const AT_START: readonly (readonly [string, (config: Config) => unknown])[] = [
  ['fib', (config) => ({ ...config.fib, keepOnStop: undefined })],
  ['api.socket', (config) => config.api.socket],
  ['api.tcp', (config) => config.api.tcp],
  ['log.format', (config) => config.log.format],
]

/** Parts that concern no single neighbor and are taken over at once. */
const AT_ONCE: typeof AT_START = [
  ['listen', (config) => config.bgp.listen],
  ['listenRanges', (config) => [config.bgp.listenRanges, config.bgp.listenLimit, config.bgp.listenTraces]],
  ['maintenance', (config) => config.bgp.maintenance ?? false],
  ['own routes', (config) => config.bgp.announce],
  ['the choice of best paths', (config) => config.bgp.decision],
  ['fib.keepOnStop', (config) => config.fib.keepOnStop],
  ['api.token', (config) => config.api.token],
  ['log.level', (config) => config.log.level],
]

/** What both ends agree on when a session begins. */
const agreed = ({ timers, gracefulRestart }: NeighborOptions) => [
  timers.holdTime,
  timers.keepalive,
  timers.sendHold,
  gracefulRestart.restartTime,
  gracefulRestart.restarter === true ? gracefulRestart.longLived?.staleTime : undefined,
]

/** Notes on what is taken over now, but holds from the next session on. */
function nextSession(before: Config, after: Config, changed: readonly string[]): string[] {
  const old = new Map(before.bgp.neighbors.map((neighbor) => [neighbor.address, neighbor]))
  const later = after.bgp.neighbors.filter((neighbor) => {
    const was = old.get(neighbor.address)
    return was !== undefined && changed.includes(was.address) && !same(agreed(was), agreed(neighbor))
  })
  const notes: string[] = []
  if (later.length > 0) {
    const addresses = later.map(({ address }) => address).join(', ')
    notes.push(`timers changed, for the next session: ${addresses}`)
  }
  if (before.bgp.hostName !== after.bgp.hostName) notes.push('hostName changed, for the next session')
  return notes
}

/** Notes on neighbors that the file has shut down now, or no longer. */
function shutdowns(before: Config, after: Config): string[] {
  const old = new Map(before.bgp.neighbors.map((neighbor) => [neighbor.address, neighbor]))
  const turned = after.bgp.neighbors.filter((neighbor) => {
    const was = old.get(neighbor.address)
    return was !== undefined && shutOrStarted(was, neighbor)
  })
  const note = (text: string, addresses: readonly string[]) =>
    addresses.length === 0 ? [] : [`${text}: ${addresses.join(', ')}`]
  const down = turned.filter(({ shutdown }) => shutdown !== undefined)
  const up = turned.filter(({ shutdown }) => shutdown === undefined)
  return [
    ...note(
      'shut down',
      down.map(({ address }) => address),
    ),
    ...note(
      'no longer shut down',
      up.map(({ address }) => address),
    ),
  ]
}

/** The new configuration with what only a start reads as it is now: so it runs, and so it is shown. */
function asRunning(before: Config, after: Config): Config {
  const { fib, api, log } = before
  return {
    ...after,
    fib: { ...fib, keepOnStop: after.fib.keepOnStop },
    api: { ...after.api, socket: api.socket, tcp: api.tcp },
    log: { ...after.log, format: log.format },
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

function failure(loaded: Loaded, file: string, log: Log): ReloadOutcome {
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic)
  for (const line of errors) log.error({}, line)
  const message = `${file} is wrong (${errors.length} ${errors.length === 1 ? 'error' : 'errors'}); nothing was changed`
  log.error({ file }, message)
  return { ok: false, message, diagnostics: errors }
}

/**
 * Reads the file again and applies it. A wrong file, or one that can't be applied as a whole, changes nothing.
 * Never rejects.
 */
export async function reload(target: ReloadTarget): Promise<ReloadOutcome> {
  const { log } = target
  const before = target.current()
  const { file } = before.source
  const loaded = loadConfig(file)
  if (loaded.config === undefined) return failure(loaded, file, log)
  const config = override(keepAutomatic(before, loaded.config), target.overrides)
  try {
    const report = await target.speaker.apply(config.bgp)
    target.replace(asRunning(before, config))
    const changes = (parts: typeof AT_START) =>
      parts.filter(([, part]) => !same(part(before), part(config))).map(([name]) => name)
    const waiting = changes(AT_START).map(
      (name) => `${name} changed: it takes effect when ecmpd is started again`,
    )
    for (const note of waiting) log.warn({}, note)
    const done = changes(AT_ONCE).map((name) => `${name} changed`)
    done.push(...shutdowns(before, config), ...nextSession(before, config, report.changed))
    for (const note of done) log.info({}, note)
    const notes = [...done, ...waiting]
    const { added, removed, changed, reset, unchanged } = report
    log.info(
      { added, removed, changed, reset },
      `${file} applied: ${added.length} neighbors added, ${removed.length} removed, ${changed.length} changed, ${reset.length} reset, ${unchanged} unchanged`,
    )
    return { ok: true, report, notes }
  } catch (error) {
    const message = `${file} could not be applied, nothing was changed: ${(error as Error).message}`
    log.error({ err: error }, message)
    return { ok: false, message, diagnostics: [] }
  }
}
