import { writeFileSync } from 'node:fs'
import { Peer, type PeerSession, versionOf } from './peer.js'

/** BIRD 2. */
export class Bird extends Peer {
  readonly kind = 'bird'

  #write() {
    const { as, neighborAs, holdTime, keepalive, restartTime, passive, password, ttlSecurity, ttl } =
      this.options
    const statics = this.neighbors.map(({ version }) => {
      const networks = [...this.announced].filter((prefix) => versionOf(prefix) === version)
      return `protocol static service${version} {
  ipv${version};
${networks.map((prefix) => `  route ${prefix} blackhole;\n`).join('')}}
`
    })
    const sessions = this.neighbors.map(
      ({ version, address, own }) => `protocol bgp switch${version} {
  local ${own} as ${as};
  neighbor ${address} as ${neighborAs};
  hold time ${holdTime};
  keepalive time ${keepalive};
  connect delay time 1;
  connect retry time 5;
  error wait time 1, 5;
  passive ${passive ? 'on' : 'off'};
${password ? `  password "${password}";\n` : ''}${ttlSecurity ? '  ttl security on;\n' : ''}${
  ttl ? `  multihop ${ttl};\n` : ''
}  check link off;
  graceful restart ${restartTime ? 'on' : 'off'};
${restartTime ? `  graceful restart time ${restartTime};\n` : ''}  ipv${version} {
    import all;
    export where source = RTS_STATIC;
  };
}
`,
    )
    writeFileSync(
      this.file('.conf'),
      `router id ${this.host.address};
log stderr all;
protocol device {}
${statics.join('')}${sessions.join('')}`,
    )
  }

  protected command(again: boolean) {
    this.#write()
    return [
      ...['bird', '-f', '-c', this.file('.conf'), '-s', this.file('.ctl'), '-P', this.file('.pid')],
      ...(again ? ['-R'] : []),
    ]
  }

  protected ready() {
    return this.#birdc('show status')
  }

  #birdc(...words: string[]): Promise<string> {
    return this.control('birdc', '-s', this.file('.ctl'), ...words)
  }

  async #configure() {
    this.#write()
    const answer = await this.#birdc('configure')
    if (!/Reconfigured|Reconfiguration in progress/.test(answer))
      throw new Error(`birdc configure: ${answer}`)
  }

  protected add() {
    return this.#configure()
  }

  protected remove() {
    return this.#configure()
  }

  async sessions(): Promise<PeerSession[]> {
    const text = await this.#birdc('show protocols')
    return this.neighbors.map(({ version, address }) => ({
      address,
      established: new RegExp(`^switch${version} .*Established`, 'm').test(text),
    }))
  }

  async received(): Promise<string[]> {
    const prefixes: string[] = []
    for (const { version } of this.neighbors) {
      const text = await this.#birdc('show', 'route', 'protocol', `switch${version}`)
      prefixes.push(...[...text.matchAll(/^([0-9a-f.:]+\/\d+)/gm)].map((match) => match[1]))
    }
    return prefixes
  }
}
