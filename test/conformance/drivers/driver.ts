import type { DemoChild } from '../../../src/demo/child.js'
import type { Lab } from '../../../src/demo/lab.js'
import type { Feature } from '../case.js'
import type { Capability, Control, Model, NeighborModel } from '../model.js'

/** The daemon has no such thing. */
export class Lacks extends Error {}

/** Short name of the namespace of the device under test. */
export const DUT = 'dut'

/** A BGP daemon as device under test. */
export abstract class Driver implements Control {
  readonly lab: Lab
  /** Its configuration; changed by `remove` and the like. */
  model!: Model
  protected child?: DemoChild
  /** Output of processes that ended. */
  #earlier = ''

  constructor(lab: Lab) {
    this.lab = lab
  }

  /** Name of the daemon, as the table has it. */
  abstract readonly name: string
  /** What it can be told and be made to do. */
  abstract readonly can: ReadonlySet<Capability>
  /** Parts that are still to come; of other daemons than ecmpd nothing is. */
  readonly coming: ReadonlySet<Feature> = new Set()
  /** Of the readings that the corpus of malformed messages allows it must give the strict one. */
  readonly strict: boolean = false
  /** Milliseconds that it may take between what one and another observer are told. */
  readonly settleTime: number = 150

  /** Programs that have to be installed. */
  abstract readonly programs: readonly string[]
  /** Name and version as the program tells it. */
  abstract version(): Promise<string>
  /** Writes the configuration of `model`. */
  protected abstract write(): void | Promise<void>
  protected abstract argv(again: boolean): readonly string[]
  /** Throws while the daemon does not take commands. */
  protected abstract ready(): Promise<unknown>
  /** Makes the running daemon take what `write` has written. */
  protected abstract apply(): Promise<unknown>

  /** Starts the daemon and waits until it takes commands. */
  async start(model: Model): Promise<void> {
    this.model = model
    await this.write()
    await this.launch(false)
  }

  protected async launch(again: boolean): Promise<void> {
    this.#earlier += this.child?.output ?? ''
    const child = this.lab.start(DUT, this.name, this.argv(again))
    this.child = child
    let last: unknown
    for (const deadline = performance.now() + 30_000; performance.now() < deadline; ) {
      if (!child.running) throw new Error(`${this.name} ended at once:\n${child.output.slice(-3000)}`)
      try {
        await this.ready()
        return
      } catch (error) {
        last = error
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`${this.name} does not take commands: ${last}`)
  }

  alive(): boolean {
    return this.child?.running ?? false
  }

  /** Starts the daemon again after a crash. */
  async revive(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.launch(false)
      } catch (error) {
        // It may have met the next case's message before it took commands.
        if (tries === 5) throw error
        await this.child?.kill()
      }
    }
  }

  async stop(): Promise<void> {
    await this.child?.stop(3000)
  }

  protected lacks(what: string): never {
    throw new Lacks(`${this.name} has no ${what}`)
  }

  /** Changes a neighbor of the model. */
  protected edit(address: string, change: (neighbor: NeighborModel) => NeighborModel | undefined) {
    const neighbors = this.model.neighbors.flatMap((one) =>
      one.address === address ? (change(one) ?? []) : [one],
    )
    this.model = { ...this.model, neighbors }
  }

  protected neighborOf(address: string): NeighborModel {
    return this.model.neighbors.find((one) => one.address === address)!
  }

  /** Runs a command in the namespace of the device under test. @throws Error when it fails */
  protected run(...argv: string[]): Promise<string> {
    return this.lab.must(DUT, argv)
  }

  async remove(address: string): Promise<void> {
    this.edit(address, () => undefined)
    await this.write()
    await this.apply()
  }

  async changeHold(address: string, hold: number): Promise<void> {
    this.edit(address, (one) => ({ ...one, hold }))
    await this.write()
    await this.apply()
  }

  async changeFamilies(address: string, families: readonly ('ipv4' | 'ipv6')[]): Promise<void> {
    this.edit(address, (one) => ({ ...one, families }))
    await this.write()
    await this.apply()
  }

  get #output(): string {
    return this.#earlier + (this.child?.output ?? '')
  }

  async log(): Promise<string> {
    return this.#output
  }

  /** Lines of the log that name one of these addresses. */
  linesAbout(addresses: readonly string[]): string[] {
    // «10.99.0.1» must not be found in «10.99.0.12».
    const names = addresses.map((address) => new RegExp(`${address.replaceAll('.', '\\.')}(?![\\da-f:])`))
    return this.#output.split('\n').filter((line) => names.some((name) => name.test(line)))
  }

  async restart(orderly: boolean): Promise<void> {
    if (orderly) await this.child?.stop(10_000)
    else await this.child?.kill()
    await this.launch(true)
  }

  ip(...words: string[]): Promise<string> {
    return this.run('ip', ...words)
  }

  abstract shutdown(address: string, message?: string): Promise<void>
  abstract enable(address: string): Promise<void>
  abstract reset(address: string): Promise<void>
  abstract softOut(address: string): Promise<void>
  abstract neighbor(address: string): Promise<string>
  abstract route(prefix: string): Promise<string>

  async softIn(_address: string): Promise<void> {
    this.lacks('command that asks for routes again')
  }

  async maintenance(_on: boolean): Promise<void> {
    this.lacks('maintenance mode')
  }

  async events(): Promise<string> {
    this.lacks('events')
  }

  async metrics(): Promise<string> {
    this.lacks('metrics')
  }

  async check(_neighbor: NeighborModel): Promise<string> {
    this.lacks('check of a configuration')
  }
}
