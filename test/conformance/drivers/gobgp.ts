import { writeFileSync } from 'node:fs'
import { type Capability, DUT_AS, DUT_ID, type NeighborModel } from '../model.js'
import { Driver } from './driver.js'

/** gobgpd. */
export class GobgpDriver extends Driver {
  readonly name = 'GoBGP'
  readonly programs = ['gobgpd', 'gobgp']
  readonly can: ReadonlySet<Capability> = new Set<Capability>([
    ...([
      'connectRetry',
      'reflectorClient',
      'addPath',
      'maximumPrefix',
      'maximumPrefix.warning',
      'password',
    ] as const),
    ...(['ttlSecurity', 'as', 'originate', 'clusterId', 'notificationRestart', 'longLived'] as const),
    ...(['shutdown', 'enable', 'remove', 'reset', 'softIn', 'softOut', 'neighbor', 'route', 'log'] as const),
    ...(['restart', 'ip', 'acceptAsSets'] as const),
  ])

  async version() {
    return (await this.lab.must(undefined, ['gobgpd', '--version'])).trim().replace('gobgpd version', 'GoBGP')
  }

  #neighbor({ address, as, passive, families, hold, options }: NeighborModel): string {
    const { clusterId = DUT_ID, longLived, notificationRestart } = this.model
    const { maximumPrefix: maximum, addPath } = options
    const family = (name: string) => `  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "${name}-unicast"
    [neighbors.afi-safis.mp-graceful-restart.config]
      enabled = true
${longLived ? `    [neighbors.afi-safis.long-lived-graceful-restart.config]\n      enabled = true\n      restart-time = ${longLived}\n` : ''}${
  maximum
    ? `    [neighbors.afi-safis.prefix-limit.config]\n      max-prefixes = ${maximum.limit}\n${maximum.warning ? `      shutdown-threshold-pct = ${maximum.warning}\n` : ''}`
    : ''
}`
    return `[[neighbors]]
  [neighbors.config]
    neighbor-address = "${address}"
    peer-as = ${as}
${options.password ? `    auth-password = "${options.password}"\n` : ''}  [neighbors.timers.config]
    hold-time = ${hold}
    keepalive-interval = ${Math.max(1, Math.floor(hold / 3))}
    connect-retry = ${options.connectRetry ?? 5}
    idle-hold-time-after-reset = 1
  [neighbors.transport.config]
    passive-mode = ${passive}
${options.ttlSecurity ? `  [neighbors.ttl-security.config]\n    enabled = true\n    ttl-min = ${256 - options.ttlSecurity}\n` : ''}${
  options.reflectorClient
    ? `  [neighbors.route-reflector.config]\n    route-reflector-client = true\n    route-reflector-cluster-id = "${clusterId}"\n`
    : ''
}${
  addPath
    ? `  [neighbors.add-paths.config]\n    receive = ${addPath !== 'send'}\n    send-max = ${addPath === 'receive' ? 0 : 8}\n`
    : ''
}  [neighbors.graceful-restart.config]
    enabled = true
    restart-time = 120
${notificationRestart ? '    notification-enabled = true\n' : ''}${longLived ? '    long-lived-enabled = true\n' : ''}${families.map(family).join('')}`
  }

  protected write() {
    const { as = DUT_AS, neighbors } = this.model
    writeFileSync(
      this.lab.path('gobgpd.toml'),
      `[global.config]
  as = ${as}
  router-id = "${DUT_ID}"
[global.route-selection-options.config]
  external-compare-router-id = true
${neighbors.map((one) => this.#neighbor(one)).join('')}`,
    )
  }

  protected argv(again: boolean) {
    return [
      ...['gobgpd', '-f', this.lab.path('gobgpd.toml'), '--api-hosts', '127.0.0.1:50051', '--pprof-disable'],
      ...['-l', 'debug', ...(again ? ['-r'] : [])],
    ]
  }

  #gobgp(...words: string[]): Promise<string> {
    return this.run('gobgp', ...words)
  }

  protected ready() {
    return this.#gobgp('global')
  }

  protected override async launch(again: boolean) {
    await super.launch(again)
    for (const prefix of this.model.originate ?? []) {
      await this.#gobgp('global', 'rib', '-a', prefix.includes(':') ? 'ipv6' : 'ipv4', 'add', prefix)
    }
    // It takes commands before it has read its neighbors.
    const last = this.model.neighbors.at(-1)!.address
    for (let tries = 0; tries < 200; tries++) {
      if ((await this.lab.run('dut', ['gobgp', 'neighbor', last])).code === 0) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  protected async apply() {
    this.child?.signal('SIGHUP')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }

  async shutdown(address: string, message?: string) {
    await this.#gobgp('neighbor', address, 'disable', ...(message ? [message] : []))
  }
  async enable(address: string) {
    await this.#gobgp('neighbor', address, 'enable')
  }
  override async remove(address: string) {
    await this.#gobgp('neighbor', 'del', address)
  }
  async reset(address: string) {
    await this.#gobgp('neighbor', address, 'reset')
  }
  override async softIn(address: string) {
    await this.#gobgp('neighbor', address, 'softresetin')
  }
  async softOut(address: string) {
    await this.#gobgp('neighbor', address, 'softresetout')
  }
  neighbor(address: string) {
    return this.#gobgp('-j', 'neighbor', address)
  }
  route(prefix: string) {
    return this.#gobgp('-j', 'global', 'rib', '-a', prefix.includes(':') ? 'ipv6' : 'ipv4', prefix)
  }
}
