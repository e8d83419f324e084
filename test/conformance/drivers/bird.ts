import { writeFileSync } from 'node:fs'
import {
  type Capability,
  DUT_ADDRESS,
  DUT_ADDRESS6,
  DUT_AS,
  DUT_HOST_NAME,
  DUT_ID,
  type NeighborModel,
} from '../model.js'
import { Driver } from './driver.js'

const ROLES = {
  provider: 'provider',
  'rs-server': 'rs_server',
  'rs-client': 'rs_client',
  customer: 'customer',
  peer: 'peer',
}

/** BIRD 2. */
export class BirdDriver extends Driver {
  readonly name = 'BIRD'
  readonly programs = ['bird', 'birdc']
  readonly can: ReadonlySet<Capability> = new Set<Capability>([
    ...(['openHold', 'connectRetry', 'nextHopSelf', 'reflectorClient', 'addPath'] as const),
    ...([
      'extendedNextHop',
      'role',
      'roleStrict',
      'maximumPrefix',
      'maximumPrefix.warningOnly',
      'password',
      'ttlSecurity',
    ] as const),
    ...(['extendedMessages', 'as', 'originate', 'clusterId', 'deterministicMed'] as const),
    ...(['longLived', 'maximumPaths', 'kernel'] as const),
    ...([
      'shutdown',
      'enable',
      'remove',
      'reset',
      'changeHold',
      'changeFamilies',
      'softIn',
      'softOut',
    ] as const),
    ...(['neighbor', 'route', 'log', 'restart', 'ip', 'acceptAsSets'] as const),
  ])

  async version() {
    const { stdout, stderr } = await this.lab.run(undefined, ['bird', '--version'])
    return (stdout + stderr).trim().replace('BIRD version', 'BIRD')
  }

  #name(address: string): string {
    return `n${address.replace(/[.:]/g, '_')}`
  }

  #channel({ options, as }: NeighborModel, family: 'ipv4' | 'ipv6'): string {
    const { maximumPrefix: maximum, addPath } = options
    const paths = { receive: 'rx', send: 'tx', both: 'on' }
    const internal = as === (this.model.as ?? DUT_AS)
    return `  ${family} {
    import all;
    export where source = RTS_BGP || source = RTS_STATIC;
${options.nextHopSelf ? '    next hop self;\n' : ''}${
  addPath ? `    add paths ${paths[addPath]};\n` : ''
}${options.extendedNextHop && family === 'ipv4' ? '    extended next hop on;\n' : ''}${
  maximum
    ? `    receive limit ${maximum.limit} action ${maximum.warningOnly ? 'warn' : maximum.restart ? 'restart' : 'disable'};\n`
    : ''
}${internal ? '    gateway recursive;\n' : ''}  };
`
  }

  #session(one: NeighborModel): string {
    const { address, as, passive, families, hold, options } = one
    return `protocol bgp ${this.#name(address)} {
  local ${address.includes(':') ? DUT_ADDRESS6 : DUT_ADDRESS} as ${this.model.as ?? DUT_AS};
  neighbor ${address} as ${as};
  hold time ${hold};
${hold > 0 ? `  keepalive time ${Math.max(1, Math.floor(hold / 3))};\n` : ''}  direct;
  connect delay time 1;
  connect retry time ${options.connectRetry ?? 5};
  error wait time 1, ${Math.max(1, options.connectRetry ?? 1)};
  error forget time 5;
${passive ? '  passive on;\n' : ''}${options.openHold ? `  startup hold time ${options.openHold};\n` : ''}${
  options.reflectorClient ? '  rr client;\n' : ''
}${this.model.clusterId ? `  rr cluster id ${this.model.clusterId};\n` : ''}${
  options.role ? `  local role ${ROLES[options.role]};\n` : ''
}${options.roleStrict ? '  require roles on;\n' : ''}${
  options.password ? `  password "${options.password}";\n` : ''
}${options.ttlSecurity ? '  ttl security on;\n' : ''}${
  options.extendedMessages ? '  enable extended messages on;\n' : ''
}${this.model.deterministicMed ? '  deterministic med on;\n' : ''}${families.map((family) => this.#channel(one, family)).join('')}}
`
  }

  protected write() {
    const { model } = this
    const statics = (family: 'ipv4' | 'ipv6') =>
      `protocol static own${family} {
  ${family};
${(model.originate ?? [])
  .filter((prefix) => prefix.includes(':') === (family === 'ipv6'))
  .map((prefix) => `  route ${prefix} blackhole;\n`)
  .join('')}}
`
    const kernel = (family: 'ipv4' | 'ipv6') =>
      `protocol kernel kernel${family} {
  learn;
  scan time 1;
${model.maximumPaths ? `  merge paths on limit ${model.maximumPaths};\n` : ''}  ${family} { import all; export where source = RTS_BGP; };
}
`
    writeFileSync(
      this.lab.path('bird.conf'),
      `log stderr all;
hostname "${DUT_HOST_NAME}";
router id ${DUT_ID};
protocol device { scan time 2; }
protocol direct { ipv4; ipv6; }
${model.kernel ? kernel('ipv4') + kernel('ipv6') : ''}${statics('ipv4')}${statics('ipv6')}${model.neighbors
  .map((one) => this.#session(one))
  .join('')}`,
    )
  }

  protected argv(again: boolean) {
    const file = (suffix: string) => this.lab.path(`bird.${suffix}`)
    return ['bird', '-f', '-c', file('conf'), '-s', file('ctl'), '-P', file('pid'), ...(again ? ['-R'] : [])]
  }

  #birdc(...words: string[]): Promise<string> {
    return this.run('birdc', '-s', this.lab.path('bird.ctl'), ...words)
  }

  protected ready() {
    return this.#birdc('show status')
  }

  protected async apply() {
    const answer = await this.#birdc('configure')
    if (!/Reconfigured|Reconfiguration in progress/.test(answer)) throw new Error(answer)
  }

  async shutdown(address: string, message?: string) {
    await this.#birdc('disable', this.#name(address), ...(message ? [`"${message}"`] : []))
  }
  async enable(address: string) {
    await this.#birdc('enable', this.#name(address))
  }
  async reset(address: string) {
    await this.#birdc('restart', this.#name(address))
  }
  override async softIn(address: string) {
    await this.#birdc('reload', 'in', this.#name(address))
  }
  async softOut(address: string) {
    await this.#birdc('reload', 'out', this.#name(address))
  }
  neighbor(address: string) {
    return this.#birdc('show', 'protocols', 'all', this.#name(address))
  }
  route(prefix: string) {
    return this.#birdc('show', 'route', 'all', 'for', prefix)
  }
}
