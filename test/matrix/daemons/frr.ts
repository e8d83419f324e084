import type { DemoChild } from '../../../src/demo/child.js'
import { vtysh, withZebra, writeWithZebra } from '../../lab/frr-words.js'
import { familiesOf, type RouteModel, type SeenPath, type SessionModel, versionOf } from '../model.js'
import { Daemon, HOLD, KEEPALIVE, PATIENCE, until } from './daemon.js'

/** Values of one `set large-community` line, so that it stays below what a line may have. */
const PER_LINE = 100

interface FrrPath {
  readonly valid?: boolean
  readonly stale?: boolean
  readonly aspath: { readonly string: string }
  readonly community?: { readonly string: string }
  readonly largeCommunity?: { readonly string: string }
  readonly originatorId?: string
  readonly clusterList?: { readonly list: readonly string[] }
  readonly nexthops: readonly { readonly ip: string; readonly scope?: string }[]
  readonly peer: { readonly peerId: string }
  readonly addpathRxId?: number
  readonly rxedPathId?: number
}

/** FRR's bgpd with zebra, which tells it what next hops can be reached. */
export class Frr extends Daemon {
  readonly title = 'FRR'
  #zebra?: DemoChild

  get #directory(): string {
    return this.file('')
  }

  async version() {
    const text = await this.lab.must(undefined, ['/usr/lib/frr/bgpd', '--version'])
    return text.split('\n')[0].trim().replace('bgpd version ', '')
  }

  #common(session: SessionModel, index: number): string[] {
    const { as, passive, password, extendedNextHop, twoOctetAs } = session
    const about = (text: string) => ` neighbor ${this.ends(index).address} ${text}`
    return [
      about(`remote-as ${as}`),
      about(`timers ${KEEPALIVE} ${HOLD}`),
      about('timers connect 3'),
      ...(passive ? [about('passive')] : []),
      ...(password ? [about(`password ${password}`)] : []),
      // It has no word against 4-octet AS numbers alone.
      ...(twoOctetAs ? [about('dont-capability-negotiate')] : []),
      ...(extendedNextHop ? [about('capability extended-nexthop')] : []),
    ]
  }

  #family(session: SessionModel, index: number, family: 4 | 6): string[] {
    if (!familiesOf(session).includes(family)) return []
    const about = (text: string) => `  neighbor ${this.ends(index).address} ${text}`
    return [
      about('activate'),
      ...(session.client ? [about('route-reflector-client')] : []),
      ...(session.addPath === 'send' ? [about('addpath-tx-all-paths')] : []),
    ]
  }

  /** The route map that gives an own route its communities. */
  #map({ prefix, communities = [], largeCommunities = [] }: RouteModel): string[] {
    const name = `OWN-${prefix.replaceAll(/[.:/]/g, '-')}`
    const parts = [
      ...(communities.length ? [`set community ${communities.join(' ')}`] : []),
      ...Array.from({ length: Math.ceil(largeCommunities.length / PER_LINE) }, (_, part) => {
        const values = largeCommunities.slice(part * PER_LINE, (part + 1) * PER_LINE)
        return `set large-community ${values.join(' ')}${part > 0 ? ' additive' : ''}`
      }),
    ]
    return parts.flatMap((part, index) => [
      `route-map ${name} permit ${(index + 1) * 10}`,
      ` ${part}`,
      ...(index < parts.length - 1 ? [' on-match next'] : []),
      'exit',
    ])
  }

  #network({ prefix, communities, largeCommunities }: RouteModel): string {
    const map = communities || largeCommunities ? ` route-map OWN-${prefix.replaceAll(/[.:/]/g, '-')}` : ''
    return `network ${prefix}${map}`
  }

  #text(extra: string): string {
    const { as, sessions, restartTime, longLived } = this.model
    const family = (version: 4 | 6) => [
      ` address-family ipv${version} unicast`,
      ...this.routesOf(version).map((route) => `  ${this.#network(route)}`),
      ...sessions.flatMap((session, index) => this.#family(session, index, version)),
      ' exit-address-family',
    ]
    return `${[
      `hostname ${this.host.name}`,
      ...this.routes.flatMap((route) => this.#map(route)),
      `router bgp ${as}`,
      ` bgp router-id ${this.host.address}`,
      ' bgp log-neighbor-changes',
      ' no bgp default ipv4-unicast',
      ' no bgp ebgp-requires-policy',
      ' no bgp network import-check',
      ' coalesce-time 0',
      ...(restartTime
        ? [
            ` bgp graceful-restart restart-time ${restartTime}`,
            ' bgp graceful-restart',
            ' bgp graceful-restart preserve-fw-state',
          ]
        : []),
      ...(longLived ? [` bgp long-lived-graceful-restart stale-time ${longLived}`] : []),
      ...sessions.flatMap((session, index) => this.#common(session, index)),
      ...(extra ? [` neighbor ${this.ends(0).address} ${extra}`] : []),
      ...family(4),
      ...family(6),
      'exit',
    ].join('\n')}\n`
  }

  protected write(extra = '') {
    writeWithZebra(this.lab.directory, this.#directory, this.host.name, this.#text(extra))
  }

  protected argv() {
    return withZebra(this.#directory, 'bgpd')
  }

  protected check() {
    return ['/usr/lib/frr/bgpd', '-C', '-f', `${this.#directory}/bgpd.conf`]
  }

  override async start() {
    if (!this.#zebra?.running) {
      this.write()
      this.#zebra = this.lab.start(
        this.host.namespace,
        `zebra on ${this.host.name}`,
        withZebra(this.#directory, 'zebra'),
      )
      await until('zebra takes commands', () => this.#vtysh('zebra', 'show version'), PATIENCE)
    }
    await super.start()
  }

  override async stop() {
    await super.stop()
    await this.#zebra?.stop()
  }

  #vtysh(daemon: string, ...commands: string[]): Promise<string> {
    return this.control(...vtysh(this.#directory, daemon, ...commands))
  }

  protected ready() {
    return this.#vtysh('bgpd', 'show version')
  }

  protected async change(added: readonly RouteModel[], removed: readonly RouteModel[]) {
    const family = ({ prefix }: RouteModel) => `address-family ipv${versionOf(prefix)} unicast`
    const inside = (route: RouteModel, no: '' | 'no ') => [
      ...[`router bgp ${this.model.as}`, family(route), `${no}${this.#network(route)}`, 'exit', 'exit'],
    ]
    await this.#vtysh(
      'bgpd',
      'configure terminal',
      ...removed.flatMap((route) => inside(route, 'no ')),
      ...added.flatMap((route) => [...this.#map(route), ...inside(route, '')]),
    )
  }

  async paths(prefix: string): Promise<SeenPath[]> {
    const text = await this.#vtysh('bgpd', `show bgp ipv${versionOf(prefix)} unicast ${prefix} json`)
    const { paths = [] } = JSON.parse(text) as { paths?: FrrPath[] }
    return paths
      .filter(({ peer }) => peer.peerId !== '0.0.0.0')
      .map((path) => ({
        from: path.peer.peerId,
        nextHop: (path.nexthops.find(({ scope }) => scope !== 'link-local') ?? path.nexthops[0]).ip,
        asPath: path.aspath.string === 'Local' ? '' : path.aspath.string,
        communities: path.community?.string.split(' ') ?? [],
        largeCommunities: path.largeCommunity?.string.split(' ') ?? [],
        originatorId: path.originatorId,
        clusterList: path.clusterList?.list,
        pathId: path.addpathRxId ?? path.rxedPathId,
        stale: path.stale,
      }))
  }

  async refresh(neighbor: string) {
    const version = neighbor.includes(':') ? 6 : 4
    const { families } = this.model.sessions.find((_, at) => this.ends(at).address === neighbor)!
    for (const family of families ?? [version])
      await this.#vtysh('bgpd', `clear bgp ipv${family} unicast ${neighbor} soft in`)
  }
}
