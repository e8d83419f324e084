import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { type Capability, DUT_ADDRESS, DUT_ADDRESS6, DUT_AS, DUT_ID, type NeighborModel } from '../model.js'
import { Driver } from './driver.js'

const ROLES = {
  provider: 'provider',
  'rs-server': 'rs',
  'rs-client': 'rs-client',
  customer: 'customer',
  peer: 'peer',
}

/** OpenBGPD (portable). */
export class OpenbgpdDriver extends Driver {
  readonly name = 'OpenBGPD'
  readonly programs = ['bgpctl']
  override readonly settleTime = 300
  readonly can: ReadonlySet<Capability> = new Set<Capability>([
    ...(['connectRetry', 'nextHopSelf', 'reflectorClient', 'addPath', 'role', 'roleStrict'] as const),
    ...(['maximumPrefix', 'maximumPrefix.restart', 'password', 'ttlSecurity'] as const),
    ...(['as', 'originate', 'clusterId'] as const),
    ...(['shutdown', 'enable', 'remove', 'reset', 'changeHold', 'changeFamilies', 'softIn'] as const),
    ...(['neighbor', 'route', 'log', 'restart', 'ip', 'acceptAsSets'] as const),
  ])

  async version() {
    const { stdout, stderr } = await this.lab.run(undefined, ['/usr/sbin/bgpd', '-V'])
    return (stdout + stderr).trim()
  }

  #neighbor({ address, as, passive, families, hold, options }: NeighborModel): string {
    const { as: own = DUT_AS, clusterId = '' } = this.model
    const { addPath, maximumPrefix: limit, role } = options
    const announce = (family: 'ipv4' | 'ipv6', name: string) =>
      `  announce ${name} ${families.includes(family) ? 'unicast' : 'none'}\n`
    return `neighbor ${address} {
  remote-as ${as}
  local-address ${address.includes(':') ? DUT_ADDRESS6 : DUT_ADDRESS}
  holdtime ${hold}
${announce('ipv4', 'IPv4')}${announce('ipv6', 'IPv6')}  announce enhanced refresh yes
${passive ? '  passive\n' : ''}${addPath === 'receive' || addPath === 'both' ? '  announce add-path recv yes\n' : ''}${
  addPath === 'send' || addPath === 'both' ? '  announce add-path send all\n' : ''
}${role ? `  announce policy ${ROLES[role]}${options.roleStrict ? ' enforce' : ''}\n` : ''}${
  limit ? `  max-prefix ${limit.limit}${limit.restart ? ` restart ${limit.restart}` : ''}\n` : ''
}${options.password ? `  tcp md5sig password ${options.password}\n` : ''}${
  options.ttlSecurity ? '  ttl-security yes\n' : ''
}${options.reflectorClient && as === own ? `  route-reflector ${clusterId}\n` : ''}${options.nextHopSelf ? '  set nexthop self\n' : ''}}
`
  }

  protected write() {
    const { as = DUT_AS, neighbors, originate = [] } = this.model
    const retry = Math.min(...neighbors.map(({ options }) => options.connectRetry ?? 5))
    writeFileSync(
      this.lab.path('openbgpd.conf'),
      `AS ${as}
router-id ${DUT_ID}
fib-update no
holdtime min 3
connect-retry ${retry}
log updates
socket "${this.lab.path('openbgpd.sock')}"
${originate.map((prefix) => `network ${prefix}\n`).join('')}${neighbors.map((one) => this.#neighbor(one)).join('')}allow from any
allow to any
`,
    )
    chmodSync(this.lab.path('openbgpd.conf'), 0o600)
    // Its unprivileged processes enter the directory above the control socket and an empty one.
    chmodSync(this.lab.directory, 0o755)
    if (!existsSync('/run/openbgpd')) mkdirSync('/run/openbgpd')
  }

  protected argv() {
    return ['/usr/sbin/bgpd', '-d', '-f', this.lab.path('openbgpd.conf')]
  }

  #bgpctl(...words: string[]): Promise<string> {
    return this.run('bgpctl', '-s', this.lab.path('openbgpd.sock'), ...words)
  }

  protected ready() {
    return this.#bgpctl('show')
  }

  protected apply() {
    return this.#bgpctl('reload')
  }

  async shutdown(address: string, message?: string) {
    await this.#bgpctl('neighbor', address, 'down', ...(message ? [message] : []))
  }
  async enable(address: string) {
    await this.#bgpctl('neighbor', address, 'up')
  }
  async reset(address: string) {
    await this.#bgpctl('neighbor', address, 'clear')
  }
  override async softIn(address: string) {
    await this.#bgpctl('neighbor', address, 'refresh')
  }
  async softOut() {
    this.lacks('command that sends everything anew')
  }
  neighbor(address: string) {
    return this.#bgpctl('show', 'neighbor', address)
  }
  route(prefix: string) {
    return this.#bgpctl('show', 'rib', prefix, 'detail')
  }
}
