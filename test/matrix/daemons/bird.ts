import { writeFileSync } from 'node:fs'
import { familiesOf, type RouteModel, type SeenPath, type SessionModel } from '../model.js'
import { Daemon, HOLD, KEEPALIVE } from './daemon.js'

const triple = (community: string) => `(${community.replaceAll(':', ',')})`

/** BIRD 2. Also the source of routes in the matrices of the others. */
export class Bird extends Daemon {
  readonly title = 'BIRD'

  async version() {
    const { stdout, stderr } = await this.lab.run(undefined, ['bird', '--version'])
    return (stdout + stderr).trim().replace('BIRD version ', '')
  }

  #static({ prefix, communities = [], largeCommunities = [] }: RouteModel): string {
    const adds = [
      ...communities.map((one) => `bgp_community.add(${triple(one)});`),
      ...largeCommunities.map((one) => `bgp_large_community.add(${triple(one)});`),
    ]
    return `  route ${prefix} blackhole${adds.length ? ` { ${adds.join(' ')} }` : ''};\n`
  }

  #session(session: SessionModel, index: number, extra: string): string {
    const { as, version, passive, password, addPath, extendedNextHop, client, twoOctetAs } = session
    const { address, own } = this.ends(index)
    const { as: localAs, restartTime, longLived } = this.model
    const channels = familiesOf(session).map(
      (family) => `  ipv${family} {
    import all;
    export where source = RTS_BGP || source = RTS_STATIC;
${addPath ? `    add paths ${addPath === 'send' ? 'tx' : 'rx'};\n` : ''}${
  extendedNextHop && family === 4 ? '    extended next hop on;\n' : ''
}${as === localAs ? '    gateway direct;\n' : ''}  };
`,
    )
    return `protocol bgp s${index} {
  local ${own} as ${localAs};
  neighbor ${address} as ${as};
  hold time ${HOLD};
  keepalive time ${KEEPALIVE};
  direct;
  connect delay time 1;
  connect retry time 3;
  error wait time 1, 3;
  enable extended messages on;
${passive ? '  passive on;\n' : ''}${password ? `  password "${password}";\n` : ''}${
  client ? '  rr client;\n' : ''
}${twoOctetAs ? '  enable as4 off;\n' : ''}  graceful restart ${restartTime ? 'on' : 'off'};
${restartTime ? `  graceful restart time ${restartTime};\n` : ''}${
  longLived ? `  long lived graceful restart on;\n  long lived stale time ${longLived};\n` : ''
}${version === 6 ? '  # over IPv6\n' : ''}${index === 0 ? extra : ''}${channels.join('')}}
`
  }

  protected write(extra = '') {
    const { sessions } = this.model
    const statics = ([4, 6] as const).map(
      (version) => `protocol static own${version} {
  ipv${version};
${this.routesOf(version)
  .map((route) => this.#static(route))
  .join('')}}
`,
    )
    writeFileSync(
      this.file('.conf'),
      `router id ${this.host.address};
log stderr all;
protocol device { scan time 2; }
protocol direct { ipv4; ipv6; }
${statics.join('')}${sessions.map((session, index) => this.#session(session, index, extra)).join('')}`,
    )
  }

  protected argv(again: boolean) {
    return [
      ...['bird', '-f', '-c', this.file('.conf'), '-s', this.file('.ctl'), '-P', this.file('.pid')],
      ...(again ? ['-R'] : []),
    ]
  }

  protected check() {
    return ['bird', '-p', '-c', this.file('.conf')]
  }

  #birdc(...words: string[]): Promise<string> {
    return this.control('birdc', '-s', this.file('.ctl'), ...words)
  }

  protected ready() {
    return this.#birdc('show status')
  }

  protected async change() {
    this.write()
    const answer = await this.#birdc('configure')
    if (!/Reconfigured|Reconfiguration in progress/.test(answer)) throw new Error(answer)
  }

  async paths(prefix: string): Promise<SeenPath[]> {
    const argv = ['birdc', '-s', this.file('.ctl'), 'show', 'route', prefix, 'all']
    const { code, stdout } = await this.lab.run(this.host.namespace, argv)
    if (code !== 0 && !/Network not found/.test(stdout)) throw new Error(stdout)
    return stdout
      .split(/^(?=[0-9a-f.:]*(?:\/\d+)?\s+unicast \[|[0-9a-f.:]+\/\d+\s)/m)
      .filter((block) => /BGP\.as_path/.test(block))
      .map((block) => {
        // A long list goes on in the following lines.
        const value = (name: string) =>
          block.match(new RegExp(`BGP\\.${name}:([^]*?)(?=\\n\\tBGP|\\n?$)`))?.[1].trim()
        const list = (name: string) =>
          [...(value(name) ?? '').matchAll(/\(([^)]+)\)/g)].map(([, one]) => one.replaceAll(/,\s*/g, ':'))
        const protocol = Number(block.match(/\[s(\d+) /)?.[1])
        return {
          from: this.ends(protocol).address,
          nextHop: (value('next_hop') ?? '').split(' ')[0],
          asPath: value('as_path') ?? '',
          communities: list('community'),
          largeCommunities: list('large_community'),
          originatorId: value('originator_id'),
          clusterList: value('cluster_list')?.split(/\s+/),
          pathId: Number(value('path_id') ?? block.match(/BGP\.path_id|\bpath id (\d+)/)?.[1]) || undefined,
          stale: /\(s\)|\bstale\b|s\]/.test(block.split('\n')[0]) || undefined,
        }
      })
  }

  refresh(neighbor: string) {
    const index = this.model.sessions.findIndex((_, at) => this.ends(at).address === neighbor)
    return this.#birdc('reload', 'in', `s${index}`)
  }
}
