import { writeFileSync } from 'node:fs'
import { cutOff, rejoin } from '../../../src/demo/topology.js'
import { familiesOf, type RouteModel, type SeenPath, type SessionModel, versionOf } from '../model.js'
import { Daemon, HOLD, KEEPALIVE, type Lack, PATIENCE, until } from './daemon.js'

const API = '127.0.0.1:50051'
const NO_ENHANCED: Lack = {
  why: 'it has no enhanced route refresh: capability 70 is in none of its OPENs',
  proof: { noCapability: 'enhanced-route-refresh' },
}
const NO_LONG: Lack = {
  why: 'it has no extended messages: capability 6 is in none of its OPENs',
  proof: { noCapability: 'extended-message' },
}

interface Attribute {
  readonly type: number
  readonly value?: unknown
  readonly nexthop?: string
  readonly as_paths?: readonly { readonly asns: readonly number[] }[]
  readonly communities?: readonly number[]
}
interface GobgpPath {
  readonly attrs: readonly Attribute[]
  readonly stale: boolean
  readonly 'neighbor-ip'?: string
  readonly 'source-id'?: string
  readonly nlri: { readonly id?: number }
  readonly id?: number
}

const pair = (value: number) => `${value >>> 16}:${value & 0xffff}`
type Large = { ASN: number; LocalData1: number; LocalData2: number }

/** gobgpd of GoBGP, whose library Cilium uses. */
export class Gobgp extends Daemon {
  readonly title = 'GoBGP'
  override readonly lacks: Daemon['lacks'] = {
    'as4.old': {
      why: 'it always announces 4-octet AS numbers; there is no word against it',
      proof: { always: 'four-octet-as' },
    },
    'refresh.asked': {
      why: 'it never asks: its softresetin goes through the routes that it has kept',
      proof: { neverAsks: true },
    },
    'enhanced.asks': NO_ENHANCED,
    'enhanced.asked': NO_ENHANCED,
    'long.received': NO_LONG,
    'long.sent': NO_LONG,
  }

  async version() {
    return (await this.lab.must(undefined, ['gobgpd', '--version'])).trim().replace('gobgpd version ', '')
  }

  #neighbor(session: SessionModel, index: number, extra: string): string {
    const { as, passive, password, addPath, client } = session
    const { restartTime, longLived } = this.model
    const { address, own } = this.ends(index)
    const family = (version: 4 | 6) => `  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv${version}-unicast"
    [neighbors.afi-safis.mp-graceful-restart.config]
      enabled = ${restartTime !== undefined}
${longLived ? `    [neighbors.afi-safis.long-lived-graceful-restart.config]\n      enabled = true\n      restart-time = ${longLived}\n` : ''}`
    return `[[neighbors]]
  [neighbors.config]
    neighbor-address = "${address}"
    peer-as = ${as}
${password ? `    auth-password = "${password}"\n` : ''}  [neighbors.timers.config]
    hold-time = ${HOLD}
    keepalive-interval = ${KEEPALIVE}
    connect-retry = 3
    idle-hold-time-after-reset = 1
  [neighbors.transport.config]
    passive-mode = ${passive ?? false}
    local-address = "${own}"
${client ? `  [neighbors.route-reflector.config]\n    route-reflector-client = true\n    route-reflector-cluster-id = "${this.host.address}"\n` : ''}${
  addPath
    ? `  [neighbors.add-paths.config]\n    receive = ${addPath === 'receive'}\n    send-max = ${addPath === 'send' ? 8 : 0}\n`
    : ''
}${index === 0 ? extra : ''}  [neighbors.graceful-restart.config]
    enabled = ${restartTime !== undefined}
    restart-time = ${restartTime ?? 120}
${longLived ? '    long-lived-enabled = true\n' : ''}${familiesOf(session).map(family).join('')}`
  }

  protected write(extra = '') {
    writeFileSync(
      this.file('.toml'),
      `[global.config]
  as = ${this.model.as}
  router-id = "${this.host.address}"
${this.model.sessions.map((session, index) => this.#neighbor(session, index, extra)).join('')}`,
    )
  }

  protected argv(again: boolean) {
    return [
      ...['gobgpd', '-f', this.file('.toml'), '-p', '--api-hosts', API, '--pprof-disable'],
      ...(again ? ['-r'] : []),
    ]
  }

  protected check() {
    return ['gobgpd', '-d', '-f', this.file('.toml')]
  }

  #gobgp(...words: string[]): Promise<string> {
    return this.control('gobgp', ...words)
  }

  protected ready() {
    return this.#gobgp('global')
  }

  /**
   * It takes announcements only once it runs, and its End-of-RIB must come after them: it joins the network
   * when they are in, as Cilium fills the table before it adds a neighbor.
   */
  override async start() {
    await cutOff(this.lab, this.host)
    await super.start()
    await this.change(this.routes, [])
    // It takes commands before it has read its neighbors.
    for (const index of this.model.sessions.keys()) {
      await until(
        'gobgpd knows its neighbors',
        () => this.#gobgp('neighbor', this.ends(index).address),
        PATIENCE,
      )
    }
    await rejoin(this.lab, this.host)
  }

  protected async change(added: readonly RouteModel[], removed: readonly RouteModel[]) {
    const words = (verb: string, { prefix, communities = [], largeCommunities = [] }: RouteModel) => [
      ...['global', 'rib', '-a', `ipv${versionOf(prefix)}`, verb, prefix],
      ...(verb === 'add' ? ['origin', 'igp'] : []),
      ...(verb === 'add' && communities.length ? ['community', communities.join(',')] : []),
      ...(verb === 'add' && largeCommunities.length ? ['large-community', largeCommunities.join(',')] : []),
    ]
    for (const route of removed) await this.#gobgp(...words('del', route))
    for (const route of added) await this.#gobgp(...words('add', route))
  }

  async paths(prefix: string): Promise<SeenPath[]> {
    const seen: SeenPath[] = []
    for (const [index, session] of this.model.sessions.entries()) {
      if (!familiesOf(session).includes(versionOf(prefix))) continue
      const { address } = this.ends(index)
      const family = `ipv${versionOf(prefix)}`
      const argv = ['gobgp', '-j', 'neighbor', address, 'adj-in', '-a', family]
      const { code, stdout } = await this.lab.run(this.host.namespace, argv)
      // A session that is down and of which nothing is kept has no table.
      if (code !== 0 && /session is not established/.test(stdout)) continue
      if (code !== 0) throw new Error(stdout)
      const table = JSON.parse(stdout) as Record<string, GobgpPath[]>
      for (const path of table[prefix] ?? []) seen.push(this.#path(address, path))
    }
    return seen
  }

  #path(from: string, path: GobgpPath): SeenPath {
    const attribute = (type: number) => path.attrs.find((one) => one.type === type)
    const large = (attribute(32)?.value ?? []) as readonly Large[]
    return {
      from,
      nextHop: attribute(14)?.nexthop ?? attribute(3)?.nexthop ?? '',
      asPath: (attribute(2)?.as_paths ?? []).flatMap(({ asns }) => asns).join(' '),
      communities: (attribute(8)?.communities ?? []).map(pair),
      largeCommunities: large.map((one) => `${one.ASN}:${one.LocalData1}:${one.LocalData2}`),
      originatorId: attribute(9)?.value as string | undefined,
      clusterList: attribute(10)?.value as string[] | undefined,
      pathId: path.nlri.id ?? path.id,
      stale: path.stale,
    }
  }

  refresh(neighbor: string) {
    return this.#gobgp('neighbor', neighbor, 'softresetin')
  }
}
