import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { familiesOf, type RouteModel, type SeenPath, type SessionModel } from '../model.js'
import { Daemon, type Fault, HOLD, type Lack } from './daemon.js'

interface OpenbgpdPath {
  readonly neighbor: { readonly remote_addr: string }
  readonly exit_nexthop: string
  readonly aspath: string
  readonly communities?: readonly string[]
  readonly large_communities?: readonly string[]
  readonly attributes?: readonly {
    readonly originator?: string
    readonly cluster_list?: readonly string[]
  }[]
  readonly path_id?: number
  readonly stale?: boolean
}

const NO_LONG: Lack = {
  why: 'it has no extended messages: capability 6 is in none of its OPENs',
  proof: { noCapability: 'extended-message' },
}
const NO_RESTART: Lack = {
  why: 'it only helps others: its graceful-restart capability lists no family, so nobody keeps its paths',
  proof: { noRestartFamilies: true },
}
const NO_LONG_LIVED: Lack = {
  why: 'it has no long-lived graceful restart: capability 71 is in none of its OPENs',
  proof: { noCapability: 'long-lived-graceful-restart' },
}
const NO_NEXT_HOP: Lack = {
  why: 'it has no extended next hops: capability 5 is in none of its OPENs, also over IPv6',
  proof: { noCapability: 'extended-next-hop' },
}
const NO_ANSWER: Fault = {
  why: 'it answers no ROUTE-REFRESH: 7.7 takes every family that was negotiated for one that was not (mended in its rde.c 1.586)',
  seen: /route refresh: AID IPv4 unicast not negotiated/,
}

/** OpenBGPD, the portable edition. */
export class Openbgpd extends Daemon {
  readonly title = 'OpenBGPD'
  override readonly lacks: Daemon['lacks'] = {
    'long.received': NO_LONG,
    'long.sent': NO_LONG,
    'restart.back': NO_RESTART,
    'restart.away': NO_RESTART,
    'long-lived.back': NO_LONG_LIVED,
    'long-lived.away': NO_LONG_LIVED,
    'long-lived.own': NO_LONG_LIVED,
    'nexthop.received': NO_NEXT_HOP,
    'nexthop.sent': NO_NEXT_HOP,
  }
  override readonly faults: Daemon['faults'] = { 'refresh.asks': NO_ANSWER, 'enhanced.asks': NO_ANSWER }

  async version() {
    const { stdout, stderr } = await this.lab.run(undefined, ['/usr/sbin/bgpd', '-V'])
    return (stdout + stderr).trim().replace('OpenBGPD ', '')
  }

  #neighbor(session: SessionModel, index: number, extra: string): string {
    const { as, passive, password, addPath, client, twoOctetAs } = session
    // No local-address: with one its listening sockets lack the keys of TCP-MD5.
    const { address } = this.ends(index)
    const families = familiesOf(session)
    return `neighbor ${address} {
  remote-as ${as}
  holdtime ${HOLD}
  announce IPv4 ${families.includes(4) ? 'unicast' : 'none'}
  announce IPv6 ${families.includes(6) ? 'unicast' : 'none'}
  announce enhanced refresh yes
${passive ? '  passive\n' : ''}${password ? `  tcp md5sig password ${password}\n` : ''}${
  addPath === 'receive' ? '  announce add-path recv yes\n' : addPath ? '  announce add-path send all\n' : ''
}${client ? '  route-reflector\n' : ''}${twoOctetAs ? '  announce as-4byte no\n' : ''}${
  index === 0 && extra ? `  ${extra}\n` : ''
}}
`
  }

  #network({ prefix, communities = [], largeCommunities = [] }: RouteModel): string {
    const sets = [
      ...communities.map((one) => `community ${one}`),
      ...largeCommunities.map((one) => `large-community ${one}`),
    ]
    return `network ${prefix}${sets.length ? ` set { ${sets.join(' ')} }` : ''}\n`
  }

  protected write(extra = '') {
    const { as, sessions } = this.model
    writeFileSync(
      this.file('.conf'),
      `AS ${as}${as > 65535 ? ' 23456' : ''}
router-id ${this.host.address}
fib-update no
socket "${this.file('.sock')}"
${this.routes.map((route) => this.#network(route)).join('')}${sessions
  .map((session, index) => this.#neighbor(session, index, extra))
  .join('')}allow from any
allow to any
`,
    )
    chmodSync(this.file('.conf'), 0o600)
    // Its unprivileged processes enter the directory above the control socket and an empty one.
    chmodSync(this.lab.directory, 0o755)
    if (!existsSync('/run/openbgpd')) mkdirSync('/run/openbgpd')
  }

  protected argv() {
    return ['/usr/sbin/bgpd', '-d', '-f', this.file('.conf')]
  }

  protected check() {
    return ['/usr/sbin/bgpd', '-n', '-f', this.file('.conf')]
  }

  #bgpctl(...words: string[]): Promise<string> {
    return this.control('bgpctl', '-s', this.file('.sock'), ...words)
  }

  protected ready() {
    return this.#bgpctl('show')
  }

  protected async change() {
    this.write()
    await this.#bgpctl('reload')
  }

  async paths(prefix: string): Promise<SeenPath[]> {
    const seen: SeenPath[] = []
    for (const index of this.model.sessions.keys()) {
      const { address } = this.ends(index)
      const text = await this.#bgpctl('-j', 'show', 'rib', 'in', 'neighbor', address, 'detail', prefix)
      const { rib = [] } = JSON.parse(text || '{}') as { rib?: OpenbgpdPath[] }
      for (const path of rib) {
        seen.push({
          from: path.neighbor.remote_addr,
          nextHop: path.exit_nexthop,
          asPath: path.aspath,
          communities: path.communities ?? [],
          largeCommunities: path.large_communities ?? [],
          originatorId: path.attributes?.find((one) => one.originator)?.originator,
          clusterList: path.attributes?.find((one) => one.cluster_list)?.cluster_list,
          pathId: path.path_id,
          stale: path.stale,
        })
      }
    }
    return seen
  }

  refresh(neighbor: string) {
    return this.#bgpctl('neighbor', neighbor, 'refresh')
  }
}
