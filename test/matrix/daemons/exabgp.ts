import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { familiesOf, type RouteModel, type SeenPath, type SessionModel, versionOf } from '../model.js'
import { Daemon, type Fault, HOLD, type Lack, until } from './daemon.js'

/** Milliseconds in which it shows a route that it has: it answers a command about its table at once. */
const SHOWN = 15_000

interface Attributes {
  readonly 'as-path'?: readonly number[] | Record<string, { readonly value: readonly number[] }>
  readonly community?: readonly (readonly number[])[]
  readonly 'large-community'?: readonly (readonly number[])[]
  readonly 'originator-id'?: string
  readonly 'cluster-list'?: readonly string[]
}
type Nlri = string | { readonly nlri: string; readonly 'path-information'?: string }
interface Report {
  readonly type: string
  readonly neighbor: {
    readonly address: { readonly peer: string }
    readonly state?: string
    readonly message?: {
      readonly update?: {
        readonly attribute?: Attributes
        readonly announce?: Record<string, Record<string, readonly Nlri[]>>
        readonly withdraw?: Record<string, readonly Nlri[]>
      }
    }
  }
}

/** '0.0.0.7' → 7 */
const pathId = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const NO_HELPER: Lack = {
  why: 'it helps nobody: what it received outlives any session, agreed or not, and goes when the next one begins',
  proof: { keepsAnyway: true },
}
const NO_LONG_LIVED: Lack = {
  why: 'it has no long-lived graceful restart: capability 71 is in none of its OPENs',
  proof: { noCapability: 'long-lived-graceful-restart' },
}
const REFRESH_ENDS: Fault = {
  why: 'a ROUTE-REFRESH ends its session: 4.2 means to send the marks of RFC 7313 and fails («RouteRefresh object is not iterable»)',
  seen: /192\.168\.95\.210 down: the TCP connection to 192\.168\.95\.210 ended: closed by the peer/,
}

/** ExaBGP 4: announces what it is told through a file that its helper process follows, and reports what comes. */
export class Exabgp extends Daemon {
  readonly title = 'ExaBGP'
  override readonly transit = false
  override readonly lacks: Daemon['lacks'] = {
    'restart.own-back': NO_HELPER,
    'restart.own-away': NO_HELPER,
    'long-lived.back': NO_LONG_LIVED,
    'long-lived.away': NO_LONG_LIVED,
    'long-lived.own': NO_LONG_LIVED,
    'reflect.by': {
      why: 'it hands on nothing that it has learned: it announces what its user tells it',
      proof: { handsOnNothing: true },
    },
  }
  override readonly faults: Daemon['faults'] = { 'refresh.asks': REFRESH_ENDS, 'enhanced.asks': REFRESH_ENDS }

  async version() {
    const text = await this.lab.must(undefined, ['exabgp', '--version'])
    return text.match(/ExaBGP : (\S+)/)![1]
  }

  #neighbor(session: SessionModel, index: number, extra: string): string {
    const { as, passive, password, addPath, extendedNextHop, twoOctetAs } = session
    const { restartTime } = this.model
    const { address, own } = this.ends(index)
    const families = familiesOf(session)
    const capability = [
      'route-refresh enable',
      'extended-message enable',
      `graceful-restart ${restartTime ?? 'disable'}`,
      ...(addPath ? [`add-path ${addPath}`] : []),
      ...(extendedNextHop ? ['nexthop enable'] : []),
      ...(twoOctetAs ? ['asn4 disable'] : []),
    ]
    return `neighbor ${address} {
  router-id ${this.host.address};
  local-address ${own};
  local-as ${this.model.as};
  peer-as ${as};
  hold-time ${HOLD};
${passive ? '  passive true;\n' : ''}${password ? `  md5-password ${password};\n` : ''}${
  index === 0 && extra ? `  ${extra}\n` : ''
}  family { ${families.map((family) => `ipv${family} unicast;`).join(' ')} }
${addPath ? `  add-path { ${families.map((family) => `ipv${family} unicast;`).join(' ')} }\n` : ''}${
  extendedNextHop ? '  nexthop { ipv4 unicast ipv6; }\n' : ''
}  capability { ${capability.map((one) => `${one};`).join(' ')} }
  api { processes [ orders ]; neighbor-changes; receive { parsed; update; } }
}
`
  }

  protected write(extra = '') {
    writeFileSync(this.file('.orders'), this.routes.map((route) => this.#order('announce', route)).join(''))
    writeFileSync(this.file('.reports'), '')
    writeFileSync(
      this.file('.conf'),
      `process orders {
  run ${this.file('.helper')};
  encoder json;
}
${this.model.sessions.map((session, index) => this.#neighbor(session, index, extra)).join('')}`,
    )
    // Orders go in through its standard output, reports come out of its standard input.
    writeFileSync(
      this.file('.helper'),
      `#!/bin/sh
tail -n +1 -f ${this.file('.orders')} &
exec cat > ${this.file('.reports')}
`,
      { mode: 0o755 },
    )
  }

  protected argv() {
    const environment = {
      'exabgp.daemon.user': 'root',
      'exabgp.tcp.port': '179',
      'exabgp.tcp.bind': this.model.sessions.map((_, index) => this.ends(index).own).join(' '),
      'exabgp.api.cli': 'false',
      'exabgp.api.ack': 'false',
      'exabgp.log.destination': 'stderr',
    }
    const variables = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
    return ['env', ...variables, 'exabgp', this.file('.conf')]
  }

  protected check() {
    return ['exabgp', '--validate', this.file('.conf')]
  }

  /** The order for a route, which goes to all neighbors whose families fit. */
  #order(verb: 'announce' | 'withdraw', route: RouteModel): string {
    const { prefix, communities, largeCommunities, pathId: id, asPath } = route
    const six = this.model.sessions.some((session) => session.extendedNextHop)
    const own = versionOf(prefix) === 4 && !six ? this.host.address : this.host.address6
    const list = (name: string, values?: readonly (string | number)[]) =>
      values && verb === 'announce' ? ` ${name} [ ${values.join(' ')} ]` : ''
    return `${verb} route ${prefix} next-hop ${own}${id ? ` path-information 0.0.0.${id}` : ''}${list(
      'as-path',
      asPath,
    )}${list('community', communities)}${list('large-community', largeCommunities)}\n`
  }

  /** It has no command channel of its own to ask: it is ready when its helper runs. */
  protected async ready() {
    if (!/loaded new configuration successfully/.test(this.output)) throw new Error('not loaded yet')
  }

  protected async change(added: readonly RouteModel[], removed: readonly RouteModel[]) {
    appendFileSync(
      this.file('.orders'),
      [
        ...removed.map((route) => this.#order('withdraw', route)),
        ...added.map((route) => this.#order('announce', route)),
      ].join(''),
    )
  }

  /** Lines that it has written to its helper. */
  #lines(): string[] {
    return readFileSync(this.file('.reports'), 'utf8').split('\n').slice(0, -1)
  }

  override async holds(prefix: string): Promise<boolean> {
    const shown = () =>
      this.#lines().filter((line) => / unicast /.test(line) && line.includes(` ${prefix} `)).length
    const before = shown()
    appendFileSync(this.file('.orders'), 'show adj-rib in\n')
    return until('it shows the route', () => shown() > before, SHOWN).then(
      () => true,
      () => false,
    )
  }

  #reports(): Report[] {
    return this.#lines()
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Report)
  }

  /** What its reports come to: it keeps no table itself. */
  async paths(prefix: string): Promise<SeenPath[]> {
    const paths = new Map<string, SeenPath>()
    for (const { neighbor, type } of this.#reports()) {
      const from = neighbor.address.peer
      const { attribute = {}, announce = {}, withdraw = {} } = neighbor.message?.update ?? {}
      if (type === 'state' && neighbor.state === 'down') {
        for (const key of paths.keys()) if (key.startsWith(`${from} `)) paths.delete(key)
      }
      const key = (one: Nlri) =>
        typeof one === 'string' ? `${from} ${one}` : `${from} ${one.nlri} ${one['path-information'] ?? ''}`
      for (const list of Object.values(withdraw)) for (const one of list) paths.delete(key(one))
      for (const byNextHop of Object.values(announce)) {
        for (const [nextHop, list] of Object.entries(byNextHop)) {
          for (const one of list) {
            if ((typeof one === 'string' ? one : one.nlri) !== prefix) continue
            const information = typeof one === 'string' ? undefined : one['path-information']
            paths.set(key(one), {
              from,
              nextHop,
              ...this.#attributes(attribute),
              pathId: information === undefined ? undefined : pathId(information),
            })
          }
        }
      }
    }
    return [...paths.values()]
  }

  #attributes(attribute: Attributes) {
    const asPath = attribute['as-path'] ?? []
    const segments = Array.isArray(asPath) ? asPath : Object.values(asPath).flatMap(({ value }) => value)
    return {
      asPath: segments.join(' '),
      communities: (attribute.community ?? []).map((parts) => parts.join(':')),
      largeCommunities: (attribute['large-community'] ?? []).map((parts) => parts.join(':')),
      originatorId: attribute['originator-id'],
      clusterList: attribute['cluster-list'],
    }
  }

  async refresh(neighbor: string) {
    const { families, version } = this.model.sessions.find((_, at) => this.ends(at).address === neighbor)!
    const orders = (families ?? [version]).map(
      (family) => `neighbor ${neighbor} announce route-refresh ipv${family} unicast\n`,
    )
    appendFileSync(this.file('.orders'), orders.join(''))
  }
}
