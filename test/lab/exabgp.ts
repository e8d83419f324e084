import { appendFileSync, writeFileSync } from 'node:fs'
import { Peer, type PeerSession, versionOf } from './peer.js'
import { until } from './wait.js'

/** ExaBGP 4, told what to announce through a file that its helper process follows. */
export class Exabgp extends Peer {
  readonly kind = 'exabgp'

  protected command() {
    const { as, neighborAs, holdTime, restartTime, passive } = this.options
    const neighbors = this.neighbors.map(
      ({ address, version, own }) => `neighbor ${address} {
  router-id ${this.host.address};
  local-address ${own};
  local-as ${as};
  peer-as ${neighborAs};
  hold-time ${holdTime};
  ${passive ? 'passive true;' : ''}
  family { ipv${version} unicast; }
  capability { route-refresh; graceful-restart ${restartTime || 'disable'}; }
  api { processes [ orders ]; neighbor-changes; receive { parsed; update; } }
}
`,
    )
    writeFileSync(
      this.file('.orders'),
      [...this.announced].map((prefix) => this.#order('announce', prefix)).join(''),
    )
    writeFileSync(this.file('.reports'), '')
    writeFileSync(
      this.file('.conf'),
      `process orders {
  run ${this.file('.helper')};
  encoder json;
}
${neighbors.join('')}`,
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
    const environment = {
      'exabgp.daemon.user': 'root',
      'exabgp.tcp.port': '179',
      'exabgp.api.cli': 'false',
      'exabgp.api.ack': 'false',
      'exabgp.log.destination': 'stderr',
    }
    const listen = this.neighbors.map(({ own }) => own).join(' ')
    return [
      'env',
      ...Object.entries({ ...environment, 'exabgp.tcp.bind': listen }).map(
        ([key, value]) => `${key}=${value}`,
      ),
      'exabgp',
      this.file('.conf'),
    ]
  }

  #order(verb: 'announce' | 'withdraw', prefix: string): string {
    const own = versionOf(prefix) === 4 ? this.host.address : this.host.address6
    return `${verb} route ${prefix} next-hop ${own}\n`
  }

  /** It has no command channel of its own to ask: it is ready when its helper runs. */
  protected async ready() {
    if (!/loaded new configuration successfully/.test(this.output)) throw new Error('not loaded yet')
  }

  protected async add(prefix: string) {
    appendFileSync(this.file('.orders'), this.#order('announce', prefix))
  }

  protected async remove(prefix: string) {
    appendFileSync(this.file('.orders'), this.#order('withdraw', prefix))
  }

  /** With graceful restart it ends on SIGTERM without a word: its sessions are torn down first. */
  override async stop() {
    const neighbors = this.neighbors.map(({ address }) => `neighbor ${address} teardown 2\n`)
    appendFileSync(this.file('.orders'), neighbors.join(''))
    // It connects again soon: "went down" is looked for, not "is down".
    const went = async () => (await this.#reports()).filter((report) => report.neighbor.state === 'down')
    await until(`${this.kind} on ${this.host.name} tore its sessions down`, async () => {
      return (await went()).length > 0
    })
    await this.kill()
  }

  async #reports(): Promise<Report[]> {
    const text = await this.lab.must(undefined, ['cat', this.file('.reports')])
    const lines = text.split('\n').slice(0, -1)
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Report)
  }

  async sessions(): Promise<PeerSession[]> {
    const states = new Map<string, string>()
    for (const { type, neighbor } of await this.#reports()) {
      if (type === 'state') states.set(neighbor.address.peer, neighbor.state ?? '')
    }
    return this.neighbors.map(({ address }) => ({ address, established: states.get(address) === 'up' }))
  }

  async received(): Promise<string[]> {
    const prefixes = new Set<string>()
    for (const { neighbor } of await this.#reports()) {
      const { announce = {}, withdraw = {} } = neighbor.message?.update ?? {}
      for (const byNextHop of Object.values(announce)) {
        for (const list of Object.values(byNextHop)) for (const { nlri } of list) prefixes.add(nlri)
      }
      for (const list of Object.values(withdraw)) for (const { nlri } of list) prefixes.delete(nlri)
    }
    return [...prefixes]
  }
}

type Nlri = { nlri: string }[]
interface Report {
  type: string
  neighbor: {
    address: { peer: string }
    state?: string
    message?: {
      update?: { announce?: Record<string, Record<string, Nlri>>; withdraw?: Record<string, Nlri> }
    }
  }
}
