import { writeFileSync } from 'node:fs'
import { gobgpConfig } from '../../src/demo/gobgp.js'
import { cutOff, rejoin } from '../../src/demo/topology.js'
import { Peer, type PeerSession, versionOf } from './peer.js'

const API = '127.0.0.1:50051'

/** gobgpd, configured and started the way Cilium does with its library. */
export class Gobgp extends Peer {
  readonly kind = 'gobgpd'

  protected command() {
    const { as, neighborAs, holdTime, keepalive, restartTime, passive, password, ttlSecurity } = this.options
    const config = gobgpConfig({
      ...{ as, holdTime, keepalive, restartTime, passive },
      routerId: this.host.address,
      port: 179,
      neighbors: this.neighbors.map(({ address, version }) => ({
        address,
        as: neighborAs,
        family: `ipv${version}-unicast`,
        password,
        ttlSecurity,
      })),
    })
    writeFileSync(this.file('.toml'), config)
    return ['gobgpd', '-f', this.file('.toml'), '-r', '-p', '--api-hosts', API, '--pprof-disable']
  }

  protected ready() {
    return this.#gobgp('global')
  }

  #gobgp(...words: string[]): Promise<string> {
    return this.control('gobgp', ...words)
  }

  /**
   * gobgpd takes announcements only once it runs. Cilium fills its table before it adds a neighbor, so the
   * node joins the network when the announcements are in: its End-of-RIB comes after them.
   */
  override async start(): Promise<void> {
    if (this.announced.size) await cutOff(this.lab, this.host)
    await super.start()
    for (const prefix of this.announced) await this.add(prefix)
    if (this.announced.size) await rejoin(this.lab, this.host)
  }

  protected async add(prefix: string) {
    await this.#gobgp('global', 'rib', '-a', `ipv${versionOf(prefix)}`, 'add', prefix, 'origin', 'igp')
  }

  protected async remove(prefix: string) {
    await this.#gobgp('global', 'rib', '-a', `ipv${versionOf(prefix)}`, 'del', prefix)
  }

  async sessions(): Promise<PeerSession[]> {
    type Neighbor = { state: { neighbor_address: string; session_state: number } }
    const neighbors = JSON.parse(await this.#gobgp('-j', 'neighbor')) as Neighbor[]
    return neighbors.map(({ state }) => ({
      address: state.neighbor_address,
      established: state.session_state === 6,
    }))
  }

  async received(): Promise<string[]> {
    const prefixes: string[] = []
    for (const { address, version } of this.neighbors) {
      const text = await this.#gobgp('-j', 'neighbor', address, 'adj-in', '-a', `ipv${version}`)
      prefixes.push(...Object.keys(JSON.parse(text) as object))
    }
    return prefixes
  }
}
