import { formatIPv4 } from '../ip/address.js'
import type { Family } from '../ip/family.js'
import type { RoutePolicy } from '../policy/types.js'
import type { GracefulRestartOptions, NeighborOptions, SpeakerOptions } from '../speaker/options.js'
import { afiName } from './family.js'
import type { ConfigView } from './source.js'
import { escapeText } from './text.js'

type Template = Omit<NeighborOptions, 'address'>

/** Prefix lists by their text, so that neighbours with one policy share one list. */
class PrefixLists {
  readonly #names = new Map<string, string>()
  readonly lines: string[] = []

  /** @returns the list's name; undefined when everything may pass */
  name(policy: RoutePolicy, family: Family): string | undefined {
    if (policy === 'all') return undefined
    const ip = family === 'ipv4-unicast' ? 'ip' : 'ipv6'
    const any = family === 'ipv4-unicast' ? '0.0.0.0/0 le 32' : '::/0 le 128'
    const rules =
      policy === 'none'
        ? [`deny ${any}`]
        : policy.map(({ action, prefix, ge, le }) => {
            const length = Number(prefix.split('/')[1])
            const from = ge === length ? '' : ` ge ${ge}`
            const to = le === length ? '' : ` le ${le}`
            return `${action} ${prefix}${from}${to}`
          })
    const key = `${ip} ${rules.join('\n')}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name =
      policy === 'none' ? `NONE-${afiName(family)}` : `LIST-${this.#names.size + 1}-${afiName(family)}`
    this.#names.set(key, name)
    this.lines.push(...rules.map((rule, index) => `${ip} prefix-list ${name} seq ${(index + 1) * 5} ${rule}`))
    return name
  }
}

function restartLines(prefix: string, restart: GracefulRestartOptions): string[] {
  if (!restart.enabled) return [`${prefix} graceful-restart-disable`]
  return []
}

/** Lines at router level about one neighbour or peer group. */
function sessionLines(name: string, options: Template, bgp: SpeakerOptions): string[] {
  const { timers } = options
  const line = (text: string) => ` neighbor ${name} ${text}`
  const lines: string[] = []
  if (options.remoteAs === 0) lines.push(line('remote-as external'))
  else lines.push(line(`remote-as ${options.remoteAs}`))
  if (options.description !== undefined) lines.push(line(`description ${escapeText(options.description)}`))
  if (options.localAs !== bgp.localAs) lines.push(line(`local-as ${options.localAs}`))
  if (options.port !== 179) lines.push(line(`port ${options.port}`))
  if (options.localAddress !== undefined) lines.push(line(`update-source ${options.localAddress}`))
  if (options.passive) lines.push(line('transport connection-mode passive'))
  if (options.ebgpMultihop > 1) lines.push(line(`ebgp-multihop ${options.ebgpMultihop}`))
  lines.push(line(`timers ${timers.keepalive} ${timers.holdTime}`))
  lines.push(line(`timers connect ${timers.connectRetry}`))
  if (options.weight !== 0) lines.push(line(`weight ${options.weight}`))
  if (options.shutdown !== undefined) {
    const { message } = options.shutdown
    lines.push(line(`shutdown${message === undefined ? '' : ` message ${escapeText(message)}`}`))
  }
  if (bgp.gracefulRestart.enabled) lines.push(...restartLines(` neighbor ${name}`, options.gracefulRestart))
  return lines
}

function familyLines(name: string, options: Template, family: Family, lists: PrefixLists): string[] {
  const own = options.families.find((entry) => entry.family === family)
  if (own === undefined) return []
  const line = (text: string) => `  neighbor ${name} ${text}`
  const lines = [line('activate')]
  if (own.nextHop === 'self') lines.push(line('next-hop-self'))
  if (own.nextHop === 'unchanged') lines.push(line('attribute-unchanged next-hop'))
  if (own.maximumPrefix > 0) lines.push(line(`maximum-prefix ${own.maximumPrefix}`))
  const inward = lists.name(own.import, family)
  const outward = lists.name(own.export, family)
  if (inward !== undefined) lines.push(line(`prefix-list ${inward} in`))
  if (outward !== undefined) lines.push(line(`prefix-list ${outward} out`))
  return lines
}

function decisionLines(bgp: SpeakerOptions): string[] {
  const { decision } = bgp
  const lines: string[] = []
  const say = (wanted: boolean, text: string) => {
    if (wanted) lines.push(` ${text}`)
  }
  say(decision.defaultLocalPref !== 100, `bgp default local-preference ${decision.defaultLocalPref}`)
  say(decision.alwaysCompareMed, 'bgp always-compare-med')
  say(decision.deterministicMed, 'bgp deterministic-med')
  say(decision.missingMedAsWorst, 'bgp bestpath med missing-as-worst')
  say(decision.ignoreAsPath, 'bgp bestpath as-path ignore')
  say(decision.multipathRelax, 'bgp bestpath as-path multipath-relax')
  say(!decision.compareRouterId, 'no bgp bestpath compare-routerid')
  say(decision.maximumPathsEbgp > 1, `maximum-paths ebgp ${decision.maximumPathsEbgp}`)
  say(decision.maximumPathsIbgp > 1, `maximum-paths ibgp ${decision.maximumPathsIbgp}`)
  return lines
}

/**
 * `show running-config`: the effective configuration in the switch's own words, whatever dialect it was
 * written in. Secrets are not part of it.
 */
export function runningConfig(config: ConfigView): string {
  const { bgp } = config
  const restart = bgp.gracefulRestart
  const lists = new PrefixLists()
  const groups = bgp.listenRanges.map((range, index) => ({ name: `RANGE-${index + 1}`, range }))
  const members = [
    ...groups.map(({ name, range }) => ({ name, options: range.template as Template })),
    ...bgp.neighbors.map((options) => ({ name: options.address, options: options as Template })),
  ]
  const lines = [
    `router bgp ${bgp.localAs}`,
    ` bgp router-id ${formatIPv4(bgp.routerId)}`,
    ' bgp log-neighbor-changes',
    ' no bgp default ipv4-unicast',
    ...(restart.enabled
      ? [
          ` bgp graceful-restart restart-time ${restart.restartTime}`,
          ` bgp graceful-restart stalepath-time ${restart.stalePathTime}`,
          ' bgp graceful-restart',
        ]
      : []),
    ...decisionLines(bgp),
    ...groups.map(({ name }) => ` neighbor ${name} peer-group`),
    ...members.flatMap(({ name, options }) => sessionLines(name, options, bgp)),
    ...(groups.length > 0 ? [` bgp listen limit ${bgp.listenLimit}`] : []),
    ...groups.map(({ name, range }) => ` bgp listen range ${range.prefix} peer-group ${name}`),
  ]
  for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const) {
    const own = members.flatMap(({ name, options }) => familyLines(name, options, family, lists))
    if (own.length === 0) continue
    lines.push(' !', ` address-family ${afiName(family)}`, ...own, ' exit-address-family')
  }
  return `${[
    'Building configuration...',
    '',
    'Current configuration:',
    '!',
    `hostname ${bgp.hostName}`,
    '!',
    ...(lists.lines.length > 0 ? [...lists.lines, '!'] : []),
    ...lines,
    '!',
    'end',
  ].join('\n')}\n`
}
