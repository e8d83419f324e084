import { setTimeout as sleep } from 'node:timers/promises'
import type { NeighborView } from '../views/model/neighbor.js'
import type { RouteView } from '../views/model/route.js'
import type { DemoChild } from './child.js'
import { monotonic, tally } from './client.js'
import type { DemoNode, NodeTimes } from './nodes.js'
import { script } from './script.js'
import { getJson } from './socket.js'
import { SERVICE, type Stage } from './stage.js'

/** Requests of each round. */
const REQUESTS = 60
/** What is waited for comes in moments; a machine that is short of time gets a minute. Milliseconds. */
const LONGEST_WAIT = 60_000
/** Beyond the times that a path is kept for. Milliseconds. */
const MARGIN = 30_000

/** A chapter of the story came out otherwise: what was expected and what was seen. */
export class StoryError extends Error {}

/** Plays the story on a stage and says each step as it happens. */
export class Story {
  readonly #stage: Stage
  readonly #nodes: readonly DemoNode[]
  readonly #say: (line: string) => void
  readonly #addresses: readonly string[]
  readonly #times: NodeTimes
  #switch?: DemoChild
  #chapter = 0

  constructor(stage: Stage, nodes: readonly DemoNode[], say: (line: string) => void) {
    this.#stage = stage
    this.#nodes = nodes
    this.#say = say
    this.#times = nodes[0].times
    this.#addresses = nodes.map(({ place }) => place.address)
  }

  /** All of it but the end. @throws StoryError at the first step that does not come as it should */
  async play(): Promise<void> {
    await this.#sessions()
    await this.#views()
    await this.#traffic()
    await this.#withdrawal()
    await this.#notification()
    await this.#restart()
    await this.#death()
    await this.#silence()
  }

  /** The switch ends. @throws StoryError */
  async end(): Promise<void> {
    this.#heading('ecmpd stops on SIGTERM')
    const began = monotonic()
    const exit = await this.#switch!.stop(30_000)
    if (exit.code !== 0) throw new StoryError(`ecmpd ended with ${exit.signal ?? exit.code}`)
    const since = `${Math.round(monotonic() - began)} ms`
    this.#say(`   every node got Cease/Administrative Shutdown with the reason; exit 0 after ${since}`)
    if (this.#stage.kernelCommands.length) {
      const left = await this.#stage.nextHops()
      if (left.length) throw new StoryError(`routes stayed in the kernel: ${left.join(', ')}`)
      this.#say('   its routes have left the kernel')
    }
  }

  /** What ecmpd printed, for a failed story. */
  get switchOutput(): string {
    return this.#switch?.output ?? ''
  }

  #heading(text: string) {
    this.#say(`\n${++this.#chapter}. ${text}`)
  }

  /** Waits for a condition. @param within milliseconds @returns milliseconds it took */
  async #until(what: string, check: () => Promise<boolean>, within: number): Promise<number> {
    const began = monotonic()
    for (;;) {
      if (this.#switch && !this.#switch.running) throw new StoryError('ecmpd ended')
      if (await check().catch(() => false)) return Math.round(monotonic() - began)
      if (monotonic() - began > within) {
        throw new StoryError(`after ${Math.round(within / 1000)} s still not so: ${what}`)
      }
      await sleep(20)
    }
  }

  /** Waits until the service's next hops are those of these nodes. */
  #nextHops(nodes: readonly DemoNode[], within: number): Promise<number> {
    const expected = nodes.map(({ place }) => place.address).sort()
    const what = `next hops ${expected.join(', ')} ${this.#stage.where}`
    return this.#until(what, async () => String(await this.#stage.nextHops()) === String(expected), within)
  }

  #neighbors(): Promise<{ neighbors: NeighborView[] }> {
    return getJson(this.#stage.socket, '/api/v1/neighbors')
  }

  async #paths(): Promise<RouteView['paths']> {
    const query = `family=ipv4-unicast&prefix=${encodeURIComponent(SERVICE)}`
    const { routes } = await getJson<{ routes: RouteView[] }>(this.#stage.socket, `/api/v1/routes?${query}`)
    return routes[0]?.paths ?? []
  }

  async #answers(expected: readonly DemoNode[]) {
    const answers = await this.#stage.ask(REQUESTS)
    const counts = tally(answers)
    const text = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
    this.#say(`   ${REQUESTS} requests, answered by: ${text.join(', ')}`)
    const names = expected.map(({ place }) => place.name).sort()
    if (String(Object.keys(counts)) !== String(names)) {
      const failure = answers.find(({ error }) => error)?.error
      throw new StoryError(
        `expected answers of ${names.join(', ')}${failure ? `; one failed: ${failure}` : ''}`,
      )
    }
  }

  async #sessions() {
    this.#heading(`The nodes announce ${SERVICE}; ecmpd, with ${this.#stage.config.title}, learns it`)
    for (const node of this.#nodes) await node.announce(SERVICE)
    await Promise.all(this.#nodes.map((node) => node.start()))
    const began = monotonic()
    this.#switch = this.#stage.startSwitch()
    const up = async () => (await this.#neighbors()).neighbors.every(({ state }) => state === 'Established')
    await this.#until('three sessions Established', up, LONGEST_WAIT)
    this.#say(`   three sessions Established ${Math.round(monotonic() - began)} ms after the start of ecmpd`)
    await this.#nextHops(this.#nodes, LONGEST_WAIT)
    const since = Math.round(monotonic() - began)
    this.#say(`   three next hops ${this.#stage.where} after ${since} ms: ${this.#addresses.join(', ')}`)
  }

  async #views() {
    for (const words of ['ip bgp summary', 'ip bgp', `ip route ${SERVICE.split('/')[0]}`]) {
      this.#heading(`ecmpd show ${words}`)
      const argv = [process.execPath, script('../cli/main.js'), 'show', ...words.split(' ')]
      const text = await this.#stage.lab.must(undefined, [...argv, '--socket', this.#stage.socket])
      for (const line of text.trimEnd().split('\n')) this.#say(`   ${line}`.trimEnd())
    }
  }

  async #traffic() {
    this.#heading('A client asks the service, each time on a new connection')
    await this.#answers(this.#nodes)
  }

  async #withdrawal() {
    const [first, second, third] = this.#nodes
    this.#heading(`The last pod on ${second.place.name} goes: the node withdraws its route`)
    await second.withdraw(SERVICE)
    const gone = await this.#nextHops([first, third], LONGEST_WAIT)
    this.#say(`   two next hops ${gone} ms after the node's command had returned`)
    await this.#answers([first, third])
    await second.announce(SERVICE)
    await this.#nextHops(this.#nodes, LONGEST_WAIT)
    this.#say('   the pod is back, the route announced again: three next hops')
  }

  async #notification() {
    const [first, second, third] = this.#nodes
    this.#heading(`The speaker on ${third.place.name} ends in order: it sends a NOTIFICATION`)
    const began = monotonic()
    const stopping = third.stop()
    // Before it would go anyhow.
    await this.#nextHops([first, second], this.#times.restartTime * 900)
    this.#say(`   its path went at once: two next hops after ${Math.round(monotonic() - began)} ms`)
    await stopping
    await third.start()
    await this.#nextHops(this.#nodes, LONGEST_WAIT)
    this.#say('   it is started again: three next hops')
  }

  async #restart() {
    const [node] = this.#nodes
    const { name, address } = node.place
    this.#heading(`The speaker on ${name} is killed and comes back (an agent's upgrade)`)
    await node.kill()
    const stale = async () => (await this.#paths()).some((path) => path.neighbor === address && path.stale)
    await this.#until('its path is kept as stale', stale, LONGEST_WAIT)
    const hops = await this.#stage.nextHops()
    if (hops.length !== 3) throw new StoryError(`the path of ${name} was not kept`)
    this.#say(
      `   graceful restart: its path is stale and kept, for at most ${this.#times.restartTime} s; three next hops`,
    )
    await this.#answers(this.#nodes)
    await node.start()
    const fresh = async () => {
      const paths = await this.#paths()
      return paths.length === 3 && paths.every((path) => !path.stale)
    }
    await this.#until('its path is fresh', fresh, LONGEST_WAIT)
    this.#say('   it is back, has announced its route and sent End-of-RIB: three next hops, none stale')
  }

  async #death() {
    const [node, ...others] = this.#nodes
    this.#heading(`The speaker on ${node.place.name} is killed and stays away`)
    const began = monotonic()
    await node.kill()
    await this.#nextHops(others, this.#times.restartTime * 1000 + MARGIN)
    const kept = ((monotonic() - began) / 1000).toFixed(1)
    this.#say(
      `   its path went when its restart time of ${this.#times.restartTime} s was over: after ${kept} s`,
    )
    await node.start()
    await this.#nextHops(this.#nodes, LONGEST_WAIT)
    this.#say('   it is started again: three next hops')
  }

  async #silence() {
    const [first, node, third] = this.#nodes
    this.#heading(`The speaker on ${node.place.name} falls silent; its connection stays open`)
    const began = monotonic()
    node.freeze()
    await this.#nextHops([first, third], this.#times.holdTime * 1000 + MARGIN)
    const kept = ((monotonic() - began) / 1000).toFixed(1)
    this.#say(`   its path went when the hold time of ${this.#times.holdTime} s was over: after ${kept} s`)
    node.thaw()
    await this.#nextHops(this.#nodes, LONGEST_WAIT)
    this.#say('   it speaks again: three next hops')
  }
}
