import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoChild } from './child.js'
import { gobgpConfig } from './gobgp.js'
import type { Lab } from './lab.js'
import { script } from './script.js'
import type { SpeakingNodeOptions } from './speaking-node.js'
import { NODE_AS, SWITCH_AS } from './topology.js'

/** Where a node is and whom it peers with. */
export interface NodePlace {
  readonly name: string
  /** Short name of its network namespace; undefined: this process's own. */
  readonly namespace?: string
  readonly address: string
  readonly port: number
  readonly neighbor: { readonly address: string; readonly port: number }
  /** Takes it off the network until the returned function is called; undefined where that can't be done. */
  readonly isolate?: () => Promise<() => Promise<void>>
}

/** Times that a node asks for, seconds. Cilium's own are 90, 30 and 120. */
export interface NodeTimes {
  readonly holdTime: number
  readonly keepalive: number
  readonly restartTime: number
}

/** Short enough to be watched. */
export const TIMES: NodeTimes = { holdTime: 9, keepalive: 3, restartTime: 12 }

/** A node's BGP speaker. */
export abstract class DemoNode {
  readonly place: NodePlace
  readonly times: NodeTimes
  protected readonly lab: Lab
  protected child?: DemoChild
  protected readonly prefixes = new Set<string>()

  constructor(lab: Lab, place: NodePlace, times: NodeTimes) {
    this.lab = lab
    this.place = place
    this.times = times
  }

  /** Starts it, as a restarting speaker with what it announced before. */
  abstract start(): Promise<void>
  protected abstract order(verb: 'announce' | 'withdraw', prefix: string): Promise<void>

  async announce(prefix: string): Promise<void> {
    this.prefixes.add(prefix)
    if (this.child?.running) await this.order('announce', prefix)
  }

  async withdraw(prefix: string): Promise<void> {
    this.prefixes.delete(prefix)
    if (this.child?.running) await this.order('withdraw', prefix)
  }

  /** Ends it in order: with a NOTIFICATION. */
  async stop(): Promise<void> {
    await this.child?.stop()
  }

  /** Kills it: its connection closes without a NOTIFICATION. */
  async kill(): Promise<void> {
    await this.child?.kill()
  }

  /** It stands still: the connection stays, and stays silent. */
  freeze() {
    this.child?.signalGroup('SIGSTOP')
  }

  thaw() {
    this.child?.signalGroup('SIGCONT')
  }
}

/** gobgpd, whose library Cilium uses. */
export class GobgpNode extends DemoNode {
  get #api(): string {
    return `${this.place.namespace ? '127.0.0.1' : this.place.address}:50051`
  }

  async start(): Promise<void> {
    const { name, namespace, address, port, neighbor, isolate } = this.place
    const file = this.lab.path(`${name}.toml`)
    const config = gobgpConfig({
      ...this.times,
      as: NODE_AS,
      routerId: address,
      port,
      localAddresses: [address],
      neighbors: [
        {
          ...neighbor,
          as: SWITCH_AS,
          localAddress: address,
          family: 'ipv4-unicast',
        },
      ],
    })
    writeFileSync(file, config)
    // Cilium fills its table before it adds a neighbor; gobgpd takes routes only once it runs.
    const rejoin = this.prefixes.size && isolate ? await isolate() : undefined
    this.child = this.lab.start(namespace, `gobgpd on ${name}`, [
      ...['gobgpd', '-f', file, '-r', '-p', '--api-hosts', this.#api, '--pprof-disable'],
    ])
    await this.#ready()
    for (const prefix of this.prefixes) await this.order('announce', prefix)
    await rejoin?.()
  }

  async #ready() {
    for (let attempt = 0; ; attempt++) {
      const { code, stderr, stdout } = await this.#gobgp('global')
      if (code === 0) return
      if (!this.child!.running || attempt === 100) {
        throw new Error(
          `gobgpd on ${this.place.name} did not start: ${stderr || stdout}${this.child!.output}`,
        )
      }
      await sleep(50)
    }
  }

  #gobgp(...words: string[]) {
    const [host, port] = this.#api.split(':')
    return this.lab.run(this.place.namespace, ['gobgp', '-u', host, '-p', port, ...words])
  }

  protected async order(verb: 'announce' | 'withdraw', prefix: string) {
    const { code, stdout, stderr } = await this.#gobgp(
      ...['global', 'rib', verb === 'announce' ? 'add' : 'del', prefix],
      ...(verb === 'announce' ? ['origin', 'igp'] : []),
    )
    if (code !== 0)
      throw new Error(`gobgpd on ${this.place.name} did not ${verb} ${prefix}: ${stdout}${stderr}`)
  }
}

/** ecmpd's own speaker, in Cilium's manner (speaking-node.ts). */
export class OwnNode extends DemoNode {
  async start(): Promise<void> {
    const { name, namespace, address, port, neighbor } = this.place
    const options: SpeakingNodeOptions = {
      ...this.times,
      ...{ name, address, port },
      as: NODE_AS,
      neighbor: { ...neighbor, as: SWITCH_AS },
      prefixes: [...this.prefixes],
    }
    const argv = [process.execPath, script('./node-main.js'), JSON.stringify(options)]
    this.child = this.lab.start(namespace, `speaker on ${name}`, argv, { interactive: true })
    await this.child.printed(/^ready$/m, 60_000)
  }

  protected async order(verb: 'announce' | 'withdraw', prefix: string) {
    this.child!.write(`${verb} ${prefix}\n`)
  }
}
