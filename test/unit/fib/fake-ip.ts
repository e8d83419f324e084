import type { Spawn } from '../../../src/fib/kernel/process.js'
import { lineSplitter } from '../../../src/fib/kernel/process.js'
import { deviceOf, FakeKernel } from './fake.js'

/** Another's route as it is listed and announced, without its prefix. */
const FOREIGN = 'via 10.0.2.9 dev eth2 proto 4 metric 195'
const LINKS = [2, 3].map((ifindex) => ({ ifindex, ifname: deviceOf(ifindex), flags: ['UP', 'LOWER_UP'] }))
const ADDRESSES = [2, 3].map((ifindex) => ({
  ifindex,
  addr_info: [{ local: `10.0.${ifindex}.254`, prefixlen: 24 }],
}))

/**
 * An `ip` on a model of the kernel. What the batch child is given is carried out at once, or when the test says so;
 * so come its answers, and the monitors' words.
 */
export class FakeIp {
  readonly kernel = new FakeKernel()
  /** What `ip monitor` says of own deletions. */
  readonly ownDeletions: string[] = []
  /** Readings of all routes. */
  readings = 0
  /** The batch child waits for `execute`. */
  waits = false
  readonly #waiting: { readonly line: string; readonly number: number }[] = []
  readonly #monitors = new Map<'links' | 'routes', (text: string) => void>()
  #answers = ''
  #answer = (_: string) => {}

  readonly spawn: Spawn = (argv, handlers) => {
    const command = argv.join(' ')
    const say = (text: string) => handlers.stdout?.(Buffer.from(text))
    const child = { pid: undefined, write: (_: string) => {}, end() {}, kill() {} }
    if (command.includes(' monitor ')) {
      this.#monitors.set(command.endsWith('route') ? 'routes' : 'links', say)
      return child
    }
    if (!command.includes(' -batch ')) {
      setImmediate(() => {
        say(this.#answerTo(command))
        handlers.ended('exit code 0')
      })
      return child
    }
    // The probe closes its batches; the installer's stays.
    let number = 0
    const lines: string[] = []
    child.write = lineSplitterOfText((line) => lines.push(line))
    child.end = () => handlers.ended('exit code 0')
    const write = child.write
    child.write = (text) => {
      write(text)
      if (text.includes('4000179')) return
      this.#answer = (said) => handlers.stderr?.(Buffer.from(said))
      for (const line of lines.splice(0)) this.#waiting.push({ line, number: ++number })
      if (!this.waits) this.execute()
    }
    return child
  }

  /** The batch child carries out so many of the lines that it has. */
  execute(lines = this.#waiting.length): void {
    for (const { line, number } of this.#waiting.splice(0, lines)) this.#answers += this.#run(line, number)
  }

  /** The batch child says what became of its lines so far. */
  answer(): void {
    const answers = this.#answers
    this.#answers = ''
    if (answers !== '') this.#answer(answers)
  }

  /** True when the batch child has something to do or to say. */
  get busy(): boolean {
    return this.#answers !== '' || this.#waiting.length > 0
  }

  /** A foreign hand puts its route in the prefix's place. @returns what `ip monitor` says of it */
  displace(prefix: string): string {
    this.kernel.routes.set(prefix, { nhid: 0, hops: [], foreign: true })
    return `[ROUTE]${bare(prefix)} ${FOREIGN}\n`
  }

  /** The prefix's route goes, whosever it is. @returns what `ip monitor` says of it */
  remove(prefix: string): string {
    const line = this.#routeLine(prefix)
    this.kernel.routes.delete(prefix)
    return `[ROUTE]Deleted ${line}\n`
  }

  /**
   * A link goes down and comes up again at once.
   * @returns what `ip monitor` says of the own routes that it took along (Linux: of IPv6 routes only)
   */
  flap(ifindex: number): string[] {
    const before = new Map([...this.kernel.routes.keys()].map((prefix) => [prefix, this.#routeLine(prefix)]))
    this.kernel.linkDown(ifindex)
    this.kernel.down.clear()
    for (const [prefix, { foreign, nhid, hops }] of this.kernel.routes) {
      const along = hops.every((hop) => hop.endsWith(deviceOf(ifindex)))
      if (!foreign && nhid === 0 && along) this.kernel.routes.delete(prefix)
    }
    for (const prefix of this.kernel.routes.keys()) before.delete(prefix)
    return [...before.values()].map((line) => `[ROUTE]Deleted ${line}\n`)
  }

  /** What `ip monitor` says of a link. */
  link(ifindex: number, up: boolean): string {
    const flags = up ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'BROADCAST,MULTICAST'
    return `[LINK]${ifindex}: ${deviceOf(ifindex)}: <${flags}> mtu 1500\n`
  }

  /** One chunk of output of the monitor. */
  announce(what: 'links' | 'routes', ...lines: string[]): void {
    this.#monitors.get(what)!(lines.join(''))
  }

  #run(line: string, number: number): string {
    if (line === 'barrier') return `Object "barrier" is unknown, try "ip help".\nCommand failed -:${number}\n`
    const [, word, prefix] = line.split(' ')
    const removed = word === 'del' && this.kernel.routes.has(prefix) ? this.#routeLine(prefix) : undefined
    const error = this.kernel.run(line)
    if (removed !== undefined && error === undefined) this.ownDeletions.push(`[ROUTE]Deleted ${removed}\n`)
    return error === undefined ? '' : `RTNETLINK answers: ${error}\nCommand failed -:${number}\n`
  }

  #answerTo(command: string): string {
    if (command.endsWith('-V')) return 'ip utility, iproute2-6.1.0\n'
    if (command.includes('link show')) return JSON.stringify(LINKS)
    if (command.includes('address show')) return JSON.stringify(ADDRESSES)
    if (command.includes('nexthop show')) return JSON.stringify(this.#nextHops())
    if (!command.includes('-4 route show')) return ''
    this.readings++
    return [...this.kernel.routes.keys()].map((prefix) => `${this.#routeLine(prefix)}\n`).join('')
  }

  #nextHops(): object[] {
    return this.kernel
      .state()
      .map(({ id, via, device, group }) =>
        group === undefined
          ? { id, gateway: via, dev: device, protocol: '186' }
          : { id, group: group.map((member) => ({ id: member })), protocol: '186' },
      )
  }

  #routeLine(prefix: string): string {
    const { foreign, nhid, hops } = this.kernel.routes.get(prefix)!
    if (foreign) return `${bare(prefix)} ${FOREIGN}`
    if (nhid !== 0) return `${bare(prefix)} nhid ${nhid} proto 186 metric 195`
    const words = hops.map((hop) => `nexthop via ${hop.replace(' ', ' dev ')} weight 1`)
    return `${bare(prefix)} proto 186 metric 195 \\\t${words.join('\\\t')}`
  }
}

/** Host routes are shown without their length. */
function bare(prefix: string): string {
  return prefix.replace(/\/32$/, '')
}

function lineSplitterOfText(line: (text: string) => void): (text: string) => void {
  const split = lineSplitter(line)
  return (text) => split(Buffer.from(text))
}
