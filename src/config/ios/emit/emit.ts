/** The speaker's configuration in the switch's words, as `show running-config` prints it. */

import { formatIPv4 } from '../../../ip/address.js'
import type { Family } from '../../../ip/family.js'
import type { FamilyOptions, NeighborOptions, SpeakerOptions } from '../../../speaker/model/options.js'
import { same } from '../../../speaker/reload/difference.js'
import { BGP_PORT, IOS_TIMERS, LISTEN_LIMIT, TIMERS } from '../../model/defaults.js'
import type { Config } from '../../model/model.js'
import { type Lines, linesOf } from '../../settings/setting.js'
import { FAMILY_SETTINGS, NEIGHBOR_SETTINGS } from '../../settings/table.js'
import { HIDDEN } from '../../text/secrets.js'
import { addPathWords } from '../document/add-path.js'
import { PolicyLines } from './emit-policy.js'
import { sessionLines } from './emit-session.js'
import { importCheck, ownRouteLines } from './own-routes.js'

/** A configuration in the switch's words. */
export interface IosText {
  /** Lines as `show running-config` prints them, indented by one blank a level, `end` last. */
  readonly text: string
  /** What these words can't say, as YAML paths with their values. */
  readonly lost: readonly string[]
}

/**
 * The speaker's configuration as `show running-config` prints it. The switch's defaults are left out; reading
 * the text again gives the same speaker, but for what `lost` names.
 */
export function emitIos(config: Config): IosText {
  const emitter = new Emitter(config.bgp)
  return emitter.emit()
}

type Template = Omit<NeighborOptions, 'address'>

interface Peer {
  /** Address, or the name of a group made for a listen range. */
  readonly name: string
  readonly options: Template
  readonly path: string
}

class Emitter {
  readonly #bgp: SpeakerOptions
  readonly #lost: string[] = []
  readonly #policies = new PolicyLines(this.#lost)

  constructor(bgp: SpeakerOptions) {
    this.#bgp = bgp
  }

  emit(): IosText {
    for (const [address, name] of Object.entries(this.#bgp.names ?? {}))
      this.#lost.push(`names[${address}]: ${name}`)
    const router = this.#router()
    const lists = this.#policies.lines
    const lines = [
      '!',
      `hostname ${this.#bgp.hostName}`,
      '!',
      ...lists,
      ...(lists.length > 0 ? ['!'] : []),
      ...router,
    ]
    return { text: `${[...lines, '!', 'end'].join('\n')}\n`, lost: this.#lost }
  }

  #router(): readonly string[] {
    const bgp = this.#bgp
    this.#checkListen()
    const peers: Peer[] = bgp.neighbors.map((options) => ({
      name: options.address,
      options,
      path: `neighbors[${options.address}]`,
    }))
    const groups: Peer[] = bgp.listenRanges.map(({ prefix, template }, i) => ({
      name: `DYNAMIC-${i + 1}`,
      options: template,
      path: `listenRanges[${prefix}]`,
    }))
    const timers = commonTimers(peers.concat(groups))
    const speaker = [
      `bgp router-id ${formatIPv4(bgp.routerId)}`,
      ...(bgp.clusterId === undefined ? [] : [`bgp cluster-id ${formatIPv4(bgp.clusterId)}`]),
      ...(bgp.rejectAsSets === false ? ['no bgp reject-as-sets'] : []),
      ...(bgp.clientToClientReflection === false ? ['no bgp client-to-client reflection'] : []),
      'bgp log-neighbor-changes',
      ...this.#restart(),
      ...(bgp.maintenance === true ? ['bgp graceful-shutdown'] : []),
      ...this.#decision(),
      ...(importCheck(bgp.announce, this.#lost) ? [] : ['no bgp network import-check']),
      ...(timers === undefined ? [] : [`timers bgp ${timers.keepalive} ${timers.hold}`]),
    ]
    const ranges = bgp.listenRanges.map(
      ({ prefix }, i) => `bgp listen range ${prefix} peer-group ${groups[i].name}`,
    )
    if (bgp.listenTraces !== undefined) this.#lost.push(`listenTraces: ${JSON.stringify(bgp.listenTraces)}`)
    const limit = bgp.listenLimit === LISTEN_LIMIT ? [] : [`bgp listen limit ${bgp.listenLimit}`]
    const sessions = [
      ...groups.flatMap((group) => [`neighbor ${group.name} peer-group`, ...this.#session(group, timers)]),
      ...peers.flatMap((peer) => this.#session(peer, timers)),
    ]
    const families = (['ipv4-unicast', 'ipv6-unicast'] as const).flatMap((family) =>
      this.#family(family, groups.concat(peers)),
    )
    return [
      `router bgp ${bgp.localAs}`,
      ...[...speaker, ...limit, ...sessions, ...ranges].map((line) => ` ${line}`),
      ...families,
    ]
  }

  #checkListen(): void {
    const { listen } = this.#bgp
    if (listen.length === 0) this.#lost.push('listen: off')
    for (const { address, port } of listen) {
      if (port !== BGP_PORT || (address !== '0.0.0.0' && address !== '::')) {
        this.#lost.push(`listen: ${address} port ${port}`)
      }
    }
  }

  #restart(): readonly string[] {
    const { selectionDeferralTime, gracefulRestart } = this.#bgp
    const { enabled, restartTime, stalePathTime, notification, restarter, longLived } = gracefulRestart
    if (longLived?.partialDeployment) this.#lost.push('longLivedGracefulRestart.partialDeployment: true')
    const deferral =
      selectionDeferralTime === undefined
        ? []
        : [`bgp graceful-restart select-defer-time ${selectionDeferralTime}`]
    if (!enabled) return ['bgp graceful-restart-disable', ...deferral]
    return [
      `bgp graceful-restart restart-time ${restartTime}`,
      `bgp graceful-restart stalepath-time ${stalePathTime}`,
      'bgp graceful-restart',
      ...(notification ? ['bgp graceful-restart notification'] : []),
      ...(restarter === true ? ['bgp graceful-restart preserve-fw-state'] : []),
      ...deferral,
      ...(longLived === undefined
        ? []
        : [`bgp long-lived-graceful-restart stale-time ${longLived.staleTime}`]),
    ]
  }

  #decision(): readonly string[] {
    const { decision } = this.#bgp
    const width = (kind: 'ebgp' | 'ibgp', paths: number) => {
      if (paths > 32) this.#lost.push(`maximumPaths.${kind}: ${paths} (a switch knows up to 32)`)
      return paths === 1 ? [] : [`maximum-paths ${kind} ${Math.min(32, paths)}`]
    }
    const when = (condition: boolean, line: string) => (condition ? [line] : [])
    return [
      ...when(decision.defaultLocalPref !== 100, `bgp default local-preference ${decision.defaultLocalPref}`),
      ...when(this.#bgp.ebgpRequiresPolicy === true, 'bgp ebgp-requires-policy'),
      ...when(decision.alwaysCompareMed, 'bgp always-compare-med'),
      ...when(decision.deterministicMed, 'bgp deterministic-med'),
      ...when(decision.ignoreAsPath, 'bgp bestpath as-path ignore'),
      ...when(decision.multipathRelax, 'bgp bestpath as-path multipath-relax'),
      ...when(!decision.compareRouterId, 'no bgp bestpath compare-routerid'),
      ...when(decision.missingMedAsWorst, 'bgp bestpath med missing-as-worst'),
      ...width('ebgp', decision.maximumPathsEbgp),
      ...width('ibgp', decision.maximumPathsIbgp),
    ]
  }

  #session({ name, options, path }: Peer, common: Timers | undefined): readonly string[] {
    const lines: string[] = []
    const say = (text: string) => lines.push(`neighbor ${name} ${text}`)
    say(`remote-as ${options.remoteAs === 0 ? 'external' : options.remoteAs}`)
    for (const line of linesOf(NEIGHBOR_SETTINGS, options, this.#written(options, path)))
      lines.push(ofNeighbor(name, line))
    for (const line of sessionLines(options, this.#bgp.localAs, path, this.#lost))
      lines.push(ofNeighbor(name, line))
    if (options.localAddress !== undefined) say(`update-source ${options.localAddress}`)
    if (options.password !== undefined) this.#lost.push(`${path}.password: ${HIDDEN}`)
    const { holdTime, keepalive, connectRetry } = options.timers
    const own = common ?? { hold: IOS_TIMERS.hold, keepalive: IOS_TIMERS.keepalive }
    const { minimumHold } = options.timers
    if (holdTime !== own.hold || keepalive !== own.keepalive || minimumHold !== undefined)
      say(`timers ${keepalive} ${holdTime}${minimumHold === undefined ? '' : ` ${minimumHold}`}`)
    if (connectRetry !== IOS_TIMERS.connectRetry) say(`timers connect ${connectRetry}`)
    for (const key of ['openHold', 'idleHold', 'sendHold'] as const) {
      if (options.timers[key] !== TIMERS[key])
        this.#lost.push(`${path}.timers.${key}: ${options.timers[key]}`)
    }
    this.#restartOf(options, path, say)
    if (options.shutdown !== undefined) {
      const { message } = options.shutdown
      say(message === undefined ? 'shutdown' : `shutdown message ${oneLine(message)}`)
    }
    return lines
  }

  #restartOf(options: Template, path: string, say: (text: string) => void): void {
    const speaker = this.#bgp.gracefulRestart
    const own = options.gracefulRestart
    if (same(own, speaker)) return
    const helper = own.enabled && own.restarter !== true && speaker.restarter === true
    if (helper) say('graceful-restart-helper')
    else if (own.enabled !== speaker.enabled) {
      say(own.enabled ? 'graceful-restart' : 'graceful-restart-disable')
    }
    const said = helper ? { enabled: true, restarter: undefined } : { enabled: true }
    if (!same({ ...own, ...said }, { ...speaker, ...said })) {
      this.#lost.push(`${path}.gracefulRestart: ${JSON.stringify(own)}`)
    }
  }

  #family(family: Family, peers: readonly Peer[]): readonly string[] {
    const lines: string[] = [...ownRouteLines(this.#bgp.announce, family, this.#policies, this.#lost)]
    for (const { name, options, path } of peers) {
      const settings = options.families.find((one) => one.family === family)
      if (settings !== undefined)
        lines.push(...this.#activation(name, family, settings, options, this.#written(options, path)))
      else if (family === 'ipv4-unicast' && !name.includes(':')) lines.push(`no neighbor ${name} activate`)
    }
    if (lines.length === 0) return []
    const head = family === 'ipv4-unicast' ? 'ipv4' : 'ipv6'
    return [' !', ` address-family ${head}`, ...lines.map((line) => `  ${line}`), ' exit-address-family']
  }

  #written({ remoteAs, localAs }: Template, path: string): Lines {
    return { internal: remoteAs === localAs, path, lost: this.#lost }
  }

  /** Then letting everything pass takes a policy that says so. */
  #requiresPolicy({ remoteAs, localAs }: Template): boolean {
    return this.#bgp.ebgpRequiresPolicy === true && remoteAs !== localAs
  }

  #activation(
    name: string,
    family: Family,
    settings: FamilyOptions,
    options: Template,
    written: Lines,
  ): readonly string[] {
    const { path } = written
    const required = this.#requiresPolicy(options)
    const lines = [`neighbor ${name} activate`]
    if (settings.routeReflectorClient) lines.push(`neighbor ${name} route-reflector-client`)
    lines.push(...addPathWords(settings).map((words) => `neighbor ${name} ${words}`))
    if (settings.nextHop === 'self') lines.push(`neighbor ${name} next-hop-self`)
    if (settings.nextHop === 'unchanged') lines.push(`neighbor ${name} next-hop-unchanged`)
    const { defaultOriginate } = settings
    if (defaultOriginate !== undefined) {
      const { routeMap } = defaultOriginate
      const at = `${path}.families.${family}.defaultOriginate`
      const map = routeMap === undefined ? '' : ` route-map ${this.#policies.routeMap(routeMap, family, at)}`
      lines.push(`neighbor ${name} default-originate${map}`)
    }
    for (const [policy, direction] of [
      [settings.import, 'in'],
      [settings.export, 'out'],
    ] as const) {
      const missing = direction === 'in' ? settings.policyMissing?.import : settings.policyMissing?.export
      if (missing) continue
      if (policy === 'all') {
        if (required) lines.push(`neighbor ${name} ${this.#policies.everything(family, direction)}`)
        continue
      }
      const at = `${path}.families.${family}.${direction === 'in' ? 'import' : 'export'}`
      for (const line of this.#policies.of(policy, family, direction, at))
        lines.push(`neighbor ${name} ${line}`)
    }
    for (const line of linesOf(FAMILY_SETTINGS, settings, written)) lines.push(ofNeighbor(name, line))
    if (settings.maximumPrefix !== 0) {
      const {
        maximumPrefix: limit,
        maximumPrefixThreshold: threshold,
        maximumPrefixAction: action,
      } = settings
      const percent = threshold === undefined ? '' : ` ${threshold}`
      const then =
        action === undefined ? '' : action === 'warning-only' ? ' warning-only' : ` restart ${action}`
      const force = settings.maximumPrefixReceived ? ' force' : ''
      lines.push(`neighbor ${name} maximum-prefix ${limit}${percent}${then}${force}`)
    }
    return lines
  }
}

/** A line about a neighbor; `no` goes before all. */
function ofNeighbor(name: string, words: string): string {
  return words.startsWith('no ') ? `no neighbor ${name} ${words.slice(3)}` : `neighbor ${name} ${words}`
}

interface Timers {
  readonly hold: number
  readonly keepalive: number
}

/** Timers that all share and that differ from the switch's default. */
function commonTimers(peers: readonly Peer[]): Timers | undefined {
  const [first] = peers
  if (first === undefined) return undefined
  const { holdTime: hold, keepalive } = first.options.timers
  const shared = peers.every(
    ({ options }) => options.timers.holdTime === hold && options.timers.keepalive === keepalive,
  )
  if (!shared || (hold === IOS_TIMERS.hold && keepalive === IOS_TIMERS.keepalive)) return undefined
  return { hold, keepalive }
}

/** A line end in a text would begin a new command. */
const oneLine = (text: string) => text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim()
