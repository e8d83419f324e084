import type { DemoChild } from '../../../src/demo/child.js'
import { vtysh, withZebra, writeWithZebra } from '../../lab/frr-words.js'
import { type Capability, DUT_AS, DUT_HOST_NAME, DUT_ID, type NeighborModel } from '../model.js'
import { Driver, DUT } from './driver.js'

/** FRR: bgpd with zebra, so that it knows interfaces and next hops. */
export class FrrDriver extends Driver {
  readonly name = 'FRR'
  readonly programs = ['vtysh', 'zebra', 'bgpd']
  override readonly settleTime = 300
  readonly can: ReadonlySet<Capability> = new Set<Capability>([
    ...(['connectRetry', 'strictCapabilities', 'nextHopSelf', 'reflectorClient', 'addPath'] as const),
    ...(['extendedNextHop', 'role', 'roleStrict', 'maximumPrefix', 'password', 'ttlSecurity'] as const),
    ...(['noPolicy', 'extendedMessages', 'maximumPrefix.warning'] as const),
    ...(['maximumPrefix.restart', 'maximumPrefix.warningOnly'] as const),
    ...(['as', 'originate', 'clusterId', 'clientToClient', 'ebgpRequiresPolicy'] as const),
    ...(['deterministicMed', 'notificationRestart', 'longLived', 'maximumPaths', 'kernel'] as const),
    ...([
      'shutdown',
      'enable',
      'remove',
      'reset',
      'changeHold',
      'changeFamilies',
      'softIn',
      'softOut',
      'maintenance',
    ] as const),
    ...(['neighbor', 'route', 'log', 'restart', 'ip', 'explains', 'acceptAsSets'] as const),
  ])
  #zebra?: DemoChild

  get #directory(): string {
    return this.lab.path('frr')
  }

  async version() {
    return (await this.lab.must(undefined, ['/usr/lib/frr/bgpd', '--version'])).split('\n')[0].trim()
  }

  #common({ address, as, passive, hold, options }: NeighborModel): string[] {
    const about = (text: string) => ` neighbor ${address} ${text}`
    return [
      about(`remote-as ${as}`),
      about(`timers ${hold === 0 ? 0 : Math.max(1, Math.floor(hold / 3))} ${hold}`),
      about(`timers connect ${options.connectRetry ?? 5}`),
      ...(passive ? [about('passive')] : []),
      ...(options.strictCapabilities ? [about('strict-capability-match')] : []),
      ...(options.extendedNextHop ? [about('capability extended-nexthop')] : []),
      ...(options.role
        ? [about(`local-role ${options.role}${options.roleStrict ? ' strict-mode' : ''}`)]
        : []),
      ...(options.password ? [about(`password ${options.password}`)] : []),
      ...(options.ttlSecurity ? [about(`ttl-security hops ${options.ttlSecurity}`)] : []),
    ]
  }

  #family({ address, families, options }: NeighborModel, family: 'ipv4' | 'ipv6'): string[] {
    if (!families.includes(family)) return []
    const about = (text: string) => `  neighbor ${address} ${text}`
    const { maximumPrefix: maximum, addPath, noPolicy } = options
    const limit = maximum && [
      `maximum-prefix ${maximum.limit}`,
      ...(maximum.warning ? [`${maximum.warning}`] : []),
      ...(maximum.restart ? [`restart ${maximum.restart}`] : []),
      ...(maximum.warningOnly ? ['warning-only'] : []),
    ]
    const policy = (direction: 'in' | 'out') =>
      this.model.ebgpRequiresPolicy && noPolicy !== (direction === 'in' ? 'import' : 'export')
        ? [about(`route-map ALL ${direction}`)]
        : []
    return [
      about('activate'),
      ...(options.nextHopSelf ? [about('next-hop-self')] : []),
      ...(options.reflectorClient ? [about('route-reflector-client')] : []),
      ...(addPath === 'send' || addPath === 'both' ? [about('addpath-tx-all-paths')] : []),
      ...(addPath === 'send' ? [about('disable-addpath-rx')] : []),
      ...(limit ? [about(limit.join(' '))] : []),
      ...policy('in'),
      ...policy('out'),
    ]
  }

  #text(): string {
    const { model } = this
    const { as = DUT_AS, neighbors, originate = [], maximumPaths } = model
    const family = (name: 'ipv4' | 'ipv6') => [
      ` address-family ${name} unicast`,
      ...originate
        .filter((prefix) => prefix.includes(':') === (name === 'ipv6'))
        .map((p) => `  network ${p}`),
      ...(maximumPaths ? [`  maximum-paths ${maximumPaths}`] : []),
      ...neighbors.flatMap((one) => this.#family(one, name)),
      ' exit-address-family',
    ]
    return `${[
      `hostname ${DUT_HOST_NAME}`,
      'log stdout debugging',
      'route-map ALL permit 10',
      'exit',
      `router bgp ${as}`,
      ` bgp router-id ${DUT_ID}`,
      ' bgp log-neighbor-changes',
      ' no bgp default ipv4-unicast',
      ` ${model.ebgpRequiresPolicy ? '' : 'no '}bgp ebgp-requires-policy`,
      ' no bgp network import-check',
      ' bgp bestpath compare-routerid',
      ' coalesce-time 0',
      ` ${model.deterministicMed ? '' : 'no '}bgp deterministic-med`,
      ...(model.maximumPaths ? [' bgp bestpath as-path multipath-relax'] : []),
      ...(model.clusterId ? [` bgp cluster-id ${model.clusterId}`] : []),
      ...(model.clientToClient === false ? [' no bgp client-to-client reflection'] : []),
      ...(model.notificationRestart ? [' bgp graceful-restart', ' bgp graceful-restart notification'] : []),
      ...(model.longLived ? [` bgp long-lived-graceful-restart stale-time ${model.longLived}`] : []),
      ...neighbors.flatMap((one) => this.#common(one)),
      ...family('ipv4'),
      ...family('ipv6'),
      'exit',
    ].join('\n')}\n`
  }

  protected write() {
    writeWithZebra(this.lab.directory, this.#directory, DUT_HOST_NAME, this.#text())
  }

  protected argv() {
    return withZebra(this.#directory, 'bgpd')
  }

  protected override async launch(again: boolean) {
    if (!this.#zebra?.running) {
      const zebra = this.lab.start(DUT, 'zebra', [
        ...withZebra(this.#directory, 'zebra'),
        ...(again ? ['-r'] : []),
      ])
      this.#zebra = zebra
      for (let tries = 0; tries < 100 && zebra.running; tries++) {
        const answer = await this.lab.run(DUT, vtysh(this.#directory, 'zebra', 'show version'))
        if (answer.code === 0) break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      if (!zebra.running) throw new Error(`zebra ended at once:\n${zebra.output.slice(-2000)}`)
    }
    await super.launch(again)
  }

  override async stop() {
    await super.stop()
    await this.#zebra?.stop(2000)
  }

  #bgpd(...commands: string[]): Promise<string> {
    return this.run(...vtysh(this.#directory, 'bgpd', ...commands))
  }

  #configure(...lines: string[]): Promise<string> {
    return this.#bgpd('configure terminal', `router bgp ${this.model.as ?? DUT_AS}`, ...lines)
  }

  protected ready() {
    return this.#bgpd('show version')
  }

  protected async apply() {}

  async shutdown(address: string, message?: string) {
    await this.#configure(`neighbor ${address} shutdown${message ? ` message ${message}` : ''}`)
  }
  async enable(address: string) {
    await this.#configure(`no neighbor ${address} shutdown`)
  }
  override async remove(address: string) {
    await this.#configure(`no neighbor ${address}`)
  }
  override async changeHold(address: string, hold: number) {
    await this.#configure(`neighbor ${address} timers ${Math.floor(hold / 3)} ${hold}`)
  }
  override async changeFamilies(address: string, families: readonly ('ipv4' | 'ipv6')[]) {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const active = families.includes(family) ? '' : 'no '
      await this.#configure(`address-family ${family} unicast`, `${active}neighbor ${address} activate`)
    }
  }
  async reset(address: string) {
    await this.#bgpd(`clear bgp ${address}`)
  }
  override async softIn(address: string) {
    await this.#bgpd(`clear bgp ${address} soft in`)
  }
  async softOut(address: string) {
    await this.#bgpd(`clear bgp ${address} soft out`)
  }
  override async maintenance(on: boolean) {
    await this.#configure(`${on ? '' : 'no '}bgp graceful-shutdown`)
  }
  async neighbor(address: string) {
    return `${await this.#bgpd(`show bgp neighbors ${address}`)}\n${await this.#bgpd(`show bgp neighbors ${address} json`)}`
  }
  route(prefix: string) {
    return this.#bgpd(`show bgp ${prefix.includes(':') ? 'ipv6' : 'ipv4'} unicast ${prefix}`)
  }
}
