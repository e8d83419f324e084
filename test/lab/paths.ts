import { writeFileSync } from 'node:fs'
import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'
import type { Host } from '../../src/demo/topology.js'
import { loneBgpd, vtysh } from './frr-words.js'
import { until } from './wait.js'

/** A path as a daemon has it in its table. */
export interface KnownPath {
  /** Address of the neighbor that sent it. */
  readonly from: string
  readonly nextHop: string
  /** '65001:1', sorted. */
  readonly communities: readonly string[]
}

/** A route that a daemon originates; BIRD alone takes several of one prefix. */
export interface OwnRoute {
  readonly prefix: string
  /** Default: the daemon's own address. */
  readonly nextHop?: string
  readonly community?: string
}

/** One session with ADD-PATH in both directions, where the daemon has it. */
export interface PathSession {
  readonly address: string
  readonly as: number
}

/** Timers of every session, seconds. */
const HOLD = 9
const KEEPALIVE = 3

/** A daemon with several sessions, all with ADD-PATH (RFC 7911), that passes on what it learns. */
export abstract class PathPeer {
  readonly lab: Lab
  readonly host: Host
  readonly as: number
  readonly sessions: readonly PathSession[]
  protected routes: readonly OwnRoute[]
  #child?: DemoChild

  constructor(
    lab: Lab,
    host: Host,
    as: number,
    sessions: readonly PathSession[],
    routes: readonly OwnRoute[] = [],
  ) {
    this.lab = lab
    this.host = host
    this.as = as
    this.sessions = sessions
    this.routes = routes
  }

  protected abstract command(): readonly string[]
  protected abstract ready(): Promise<unknown>
  /** Paths that came from neighbors, by prefix. */
  abstract table(): Promise<ReadonlyMap<string, readonly KnownPath[]>>

  async start(): Promise<void> {
    const child = this.lab.start(this.host.namespace, this.host.name, this.command())
    this.#child = child
    await until(`${this.host.name} takes commands`, async () => {
      if (!child.running) return true
      await this.ready()
      return true
    })
    if (!child.running) throw new Error(`${this.host.name} ended at once:\n${child.output}`)
  }

  stop(): Promise<unknown> | undefined {
    return this.#child?.stop()
  }

  protected file(suffix: string): string {
    return this.lab.path(`${this.host.namespace}${suffix}`)
  }

  protected control(...argv: string[]): Promise<string> {
    return this.lab.must(this.host.namespace, argv)
  }

  /** The neighbor's address of a session that is called s0, s1 and so on. */
  protected addressOf(name: string): string {
    return this.sessions[Number(name.slice(1))].address
  }
}

function collect(entries: Iterable<readonly [string, KnownPath]>): Map<string, KnownPath[]> {
  const table = new Map<string, KnownPath[]>()
  for (const [prefix, path] of entries) table.set(prefix, [...(table.get(prefix) ?? []), path])
  return table
}

/** BIRD 2. */
export class PathBird extends PathPeer {
  #write(): void {
    const statics = this.routes.map(({ prefix, nextHop, community }, i) => {
      const mark = community === undefined ? '' : ` { bgp_community.add((${community.replace(':', ',')})); }`
      const to = nextHop === undefined ? 'blackhole' : `via ${nextHop}`
      return `protocol static own${i} {\n  ipv4;\n  route ${prefix} ${to}${mark};\n}\n`
    })
    const sessions = this.sessions.map(
      ({ address, as }, i) => `protocol bgp s${i} {
  local ${this.host.address} as ${this.as};
  neighbor ${address} as ${as};
  hold time ${HOLD};
  keepalive time ${KEEPALIVE};
  connect delay time 1;
  connect retry time 2;
  error wait time 1, 2;
  check link off;
  graceful restart off;
  ipv4 { add paths on; import all; export where source ~ [ RTS_STATIC${as === this.as ? '' : ', RTS_BGP'} ]; };
}
`,
    )
    const head = `router id ${this.host.address};\nlog stderr all;\nprotocol device {}\nprotocol direct { ipv4; }\n`
    writeFileSync(this.file('.conf'), `${head}${statics.join('')}${sessions.join('')}`)
  }

  protected command() {
    this.#write()
    const files = ['-c', this.file('.conf'), '-s', this.file('.ctl'), '-P', this.file('.pid')]
    return ['bird', '-f', ...files]
  }

  protected ready() {
    return this.#birdc('show status')
  }

  #birdc(...words: string[]): Promise<string> {
    return this.control('birdc', '-s', this.file('.ctl'), ...words)
  }

  /** Originates these routes instead. */
  async change(routes: readonly OwnRoute[]): Promise<void> {
    this.routes = routes
    this.#write()
    await this.#birdc('configure')
  }

  async table() {
    const text = await this.#birdc('show route all')
    const entries: [string, KnownPath][] = []
    let prefix = ''
    for (const part of text.split(/^(?=\S*\s+\S+ \[\w+ [\d:.-]+)/m)) {
      const head = /^(\S*)\s+\S+ \[(\w+) /.exec(part)
      if (head === null) continue
      if (head[1] !== '') prefix = head[1]
      const nextHop = /BGP\.next_hop: (\S+)/.exec(part)
      if (!/^s\d+$/.test(head[2]) || nextHop === null) continue
      const marks = [...(/BGP\.community: (.*)/.exec(part)?.[1] ?? '').matchAll(/\((\d+),(\d+)\)/g)]
      const communities = marks.map(([, high, low]) => `${high}:${low}`).sort()
      entries.push([prefix, { from: this.addressOf(head[2]), nextHop: nextHop[1], communities }])
    }
    return collect(entries)
  }
}

/** FRR's bgpd alone, without zebra. */
export class PathFrr extends PathPeer {
  protected command() {
    const networks = this.routes.map(({ prefix }) => `  network ${prefix}\n`)
    const sessions = this.sessions.map(
      ({ address, as }) => ` neighbor ${address} remote-as ${as}
 neighbor ${address} timers ${KEEPALIVE} ${HOLD}
 neighbor ${address} timers connect 2
`,
    )
    const families = this.sessions.map(
      ({ address }) => `  neighbor ${address} activate\n  neighbor ${address} addpath-tx-all-paths\n`,
    )
    writeFileSync(
      this.file('.conf'),
      `hostname ${this.host.name}
router bgp ${this.as}
 bgp router-id ${this.host.address}
 no bgp default ipv4-unicast
 no bgp ebgp-requires-policy
 no bgp network import-check
${sessions.join('')} address-family ipv4 unicast
${networks.join('')}${families.join('')} exit-address-family
exit
`,
    )
    return loneBgpd((suffix) => this.file(suffix))
  }

  protected ready() {
    return this.#vtysh('show version')
  }

  #vtysh(command: string): Promise<string> {
    return this.control(...vtysh(this.file('.vty'), 'bgpd', command))
  }

  async table() {
    type Table = { routes: Record<string, { peerId: string }[]> }
    const table = JSON.parse(await this.#vtysh('show bgp ipv4 unicast json')) as Table
    const found = new Map<string, KnownPath[]>()
    for (const prefix of Object.keys(table.routes)) {
      type Detail = {
        paths: { peer: { peerId: string }; nexthops: { ip: string }[]; community?: { list: string[] } }[]
      }
      const detail = JSON.parse(await this.#vtysh(`show bgp ipv4 unicast ${prefix} json`)) as Detail
      const paths = detail.paths
        .filter(({ peer }) => this.sessions.some(({ address }) => address === peer.peerId))
        .map(({ peer, nexthops, community }) => ({
          from: peer.peerId,
          nextHop: nexthops[0].ip,
          communities: [...(community?.list ?? [])].sort(),
        }))
      if (paths.length > 0) found.set(prefix, paths)
    }
    return found
  }
}

/** gobgpd. */
export class PathGobgp extends PathPeer {
  protected command() {
    const sections = this.sessions.map(
      ({ address, as }) => `
[[neighbors]]
  [neighbors.config]
    neighbor-address = "${address}"
    peer-as = ${as}
  [neighbors.timers.config]
    hold-time = ${HOLD}
    keepalive-interval = ${KEEPALIVE}
    connect-retry = 2
    idle-hold-time-after-reset = 2
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv4-unicast"
    [neighbors.afi-safis.add-paths.config]
      receive = true
      send-max = 8
`,
    )
    const global = `[global.config]\n  as = ${this.as}\n  router-id = "${this.host.address}"\n  port = 179\n`
    writeFileSync(this.file('.toml'), `${global}${sections.join('')}`)
    return ['gobgpd', '-f', this.file('.toml'), '-p', '--api-hosts', '127.0.0.1:50051', '--pprof-disable']
  }

  protected ready() {
    return this.control('gobgp', 'global')
  }

  async table() {
    const entries: [string, KnownPath][] = []
    for (const { address } of this.sessions) {
      type Attribute = { type: number; nexthop?: string; communities?: number[] }
      const text = await this.control('gobgp', '-j', 'neighbor', address, 'adj-in')
      const table = JSON.parse(text) as Record<string, { attrs: Attribute[] }[]>
      for (const [prefix, paths] of Object.entries(table)) {
        for (const { attrs } of paths) {
          const nextHop = attrs.find(({ type }) => type === 3)?.nexthop ?? ''
          const communities = (attrs.find(({ type }) => type === 8)?.communities ?? [])
            .map((value) => `${value >>> 16}:${value & 0xffff}`)
            .sort()
          entries.push([prefix, { from: address, nextHop, communities }])
        }
      }
    }
    return collect(entries)
  }
}
