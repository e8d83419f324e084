import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { Peer, type PeerSession } from './peer.js'

/**
 * OpenBGPD (portable). Its graceful-restart capability lists no family: it helps others, and nobody keeps its
 * own paths.
 */
export class Openbgpd extends Peer {
  readonly kind = 'openbgpd'

  protected command() {
    const { as, neighborAs, holdTime, passive, password, ttlSecurity } = this.options
    const neighbors = this.neighbors.map(
      ({ address, version }) => `neighbor ${address} {
  remote-as ${neighborAs}
  holdtime ${holdTime}
  announce IPv4 ${version === 4 ? 'unicast' : 'none'}
  announce IPv6 ${version === 6 ? 'unicast' : 'none'}
${passive ? '  passive\n' : ''}${password ? `  tcp md5sig password ${password}\n` : ''}${
  ttlSecurity ? '  ttl-security yes\n' : ''
}}
`,
    )
    writeFileSync(
      this.file('.conf'),
      `AS ${as}
router-id ${this.host.address}
fib-update no
socket "${this.file('.sock')}"
${[...this.announced].map((prefix) => `network ${prefix}\n`).join('')}${neighbors.join('')}allow from any
allow to any
`,
    )
    chmodSync(this.file('.conf'), 0o600)
    // Its unprivileged processes enter the directory above the control socket and an empty one.
    chmodSync(this.lab.directory, 0o755)
    if (!existsSync('/run/openbgpd')) mkdirSync('/run/openbgpd')
    return ['/usr/sbin/bgpd', '-d', '-f', this.file('.conf')]
  }

  protected ready() {
    return this.#bgpctl('show')
  }

  #bgpctl(...words: string[]): Promise<string> {
    return this.control('bgpctl', '-s', this.file('.sock'), ...words)
  }

  protected async add(prefix: string) {
    await this.#bgpctl('network', 'add', prefix)
  }

  protected async remove(prefix: string) {
    await this.#bgpctl('network', 'delete', prefix)
  }

  async sessions(): Promise<PeerSession[]> {
    type Answer = { neighbors: { remote_addr: string; state: string }[] }
    const { neighbors } = JSON.parse(await this.#bgpctl('-j', 'show', 'neighbor')) as Answer
    return neighbors.map(({ remote_addr, state }) => ({
      address: remote_addr,
      established: state === 'Established',
    }))
  }

  async received(): Promise<string[]> {
    const prefixes: string[] = []
    for (const { address } of this.neighbors) {
      const text = await this.#bgpctl('-j', 'show', 'rib', 'in', 'neighbor', address)
      const { rib = [] } = JSON.parse(text) as { rib?: { prefix: string }[] }
      prefixes.push(...rib.map(({ prefix }) => prefix))
    }
    return prefixes
  }
}
