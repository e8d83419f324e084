import { writeFileSync } from 'node:fs'
import { loneBgpd, vtysh } from './frr-words.js'
import { Peer, type PeerSession, versionOf } from './peer.js'

/** FRR's bgpd alone: without zebra it announces and leaves the kernel's routes to the test. */
export class Frr extends Peer {
  readonly kind = 'frr'

  protected command() {
    const { as, neighborAs, holdTime, keepalive, restartTime, passive, password, ttlSecurity } = this.options
    const restart = restartTime
      ? ` bgp graceful-restart restart-time ${restartTime}
 bgp graceful-restart
 bgp graceful-restart preserve-fw-state
`
      : ''
    const neighbors = this.neighbors.map(
      ({ address }) => ` neighbor ${address} remote-as ${neighborAs}
 neighbor ${address} timers ${keepalive} ${holdTime}
 neighbor ${address} timers connect 5
${passive ? ` neighbor ${address} passive\n` : ''}${password ? ` neighbor ${address} password ${password}\n` : ''}${
  ttlSecurity ? ` neighbor ${address} ttl-security hops 1\n` : ''
}`,
    )
    const families = this.neighbors.map(({ version, address }) => {
      const networks = [...this.announced].filter((prefix) => versionOf(prefix) === version)
      return ` address-family ipv${version} unicast
  neighbor ${address} activate
${networks.map((prefix) => `  network ${prefix}\n`).join('')} exit-address-family
`
    })
    writeFileSync(
      this.file('.conf'),
      `hostname ${this.host.name}
router bgp ${as}
 bgp router-id ${this.host.address}
 no bgp default ipv4-unicast
 no bgp ebgp-requires-policy
 no bgp network import-check
${restart}${neighbors.join('')}${families.join('')}exit
`,
    )
    return loneBgpd((suffix) => this.file(suffix))
  }

  protected ready() {
    return this.#vtysh('show version')
  }

  #vtysh(...commands: string[]): Promise<string> {
    return this.control(...vtysh(this.file('.vty'), 'bgpd', ...commands))
  }

  #network(prefix: string, no: '' | 'no ') {
    return this.#vtysh(
      'configure terminal',
      `router bgp ${this.options.as}`,
      `address-family ipv${versionOf(prefix)} unicast`,
      `${no}network ${prefix}`,
    )
  }

  protected async add(prefix: string) {
    await this.#network(prefix, '')
  }

  protected async remove(prefix: string) {
    await this.#network(prefix, 'no ')
  }

  /** With graceful restart bgpd ends on SIGTERM without a word: its sessions are shut down first. */
  override async stop() {
    const shutdown = this.neighbors.map(({ address }) => `neighbor ${address} shutdown message node drained`)
    await this.#vtysh('configure terminal', `router bgp ${this.options.as}`, ...shutdown)
    await super.stop()
  }

  async sessions(): Promise<PeerSession[]> {
    type Summary = Record<string, { peers?: Record<string, { state: string }> }>
    const summary = JSON.parse(await this.#vtysh('show bgp summary json')) as Summary
    return Object.values(summary).flatMap(({ peers = {} }) =>
      Object.entries(peers).map(([address, { state }]) => ({
        address,
        established: state === 'Established',
      })),
    )
  }

  async received(): Promise<string[]> {
    const prefixes: string[] = []
    for (const { version } of this.neighbors) {
      type Table = { routes: Record<string, { peerId: string }[]> }
      const table = JSON.parse(await this.#vtysh(`show bgp ipv${version} unicast json`)) as Table
      for (const [prefix, paths] of Object.entries(table.routes)) {
        if (paths.some(({ peerId }) => peerId !== '(unspec)')) prefixes.push(prefix)
      }
    }
    return prefixes
  }
}
