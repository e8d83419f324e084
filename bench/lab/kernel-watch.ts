import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'
import { until } from '../../test/lab/wait.js'
import { TimeoutError } from '../feeder/handle.js'
import { KernelModel } from './kernel-model.js'

/** The kernel is quiet when it said nothing for so long (ms). */
const QUIET = 300
const PIECE = 1 << 20
/** Octets of messages that may wait for ip monitor: hundreds of thousands of them, which a fast daemon makes at once. */
const BUFFER = 1 << 29
const LARGEST_BUFFER = '/proc/sys/net/core/rmem_max'

/** Lets sockets ask for such a buffer. @returns puts it back as it was: only the asking needs it */
function allowBuffer(): () => void {
  const before = readFileSync(LARGEST_BUFFER, 'utf8').trim()
  if (Number(before) >= BUFFER) return () => undefined
  writeFileSync(LARGEST_BUFFER, String(BUFFER))
  return () => writeFileSync(LARGEST_BUFFER, before)
}

/** A line of `ip -ts monitor` with its stamp, milliseconds since 1970. */
export interface Stamped {
  readonly at: number
  readonly text: string
}

/** Reads lines such as '[2026-01-31T12:00:00.123456] 16.0.0.1 via …'; others are left out. */
export class StampReader {
  #second = ''
  #base = 0

  read(line: string): Stamped | undefined {
    if (line[0] !== '[') return undefined
    const second = line.slice(1, 20)
    if (second !== this.#second) {
      this.#second = second
      this.#base = Date.parse(second)
    }
    const end = line.indexOf('] ')
    return { at: this.#base + Number(line.slice(20, end)) * 1000, text: line.slice(end + 2) }
  }
}

/**
 * Follows a kernel's routes by what `ip -ts monitor` writes into a file, so that nothing is read while time is
 * taken; a condition over the model tells since when it holds.
 */
export class KernelWatch {
  readonly model = new KernelModel()
  readonly #child: DemoChild
  readonly #file: string
  readonly #stamps = new StampReader()
  #offset = 0
  #rest = ''
  /** Stamp of the last line that concerned a route, itself or through the objects that it uses. */
  last = 0
  #holds: (model: KernelModel) => boolean = () => false
  #since: number | undefined
  /** Called for each line read. */
  onLine: ((line: Stamped) => void) | undefined

  constructor(child: DemoChild, file: string) {
    this.#child = child
    this.#file = file
  }

  /**
   * Starts recording in a namespace; resolves once it records.
   * @param punctual the recorder goes before all other processes. `ip -ts` stamps a message when it reads it, and where
   *   milliseconds count, it must not wait for a processor that the daemon or the benchmark keeps busy
   */
  static async start(lab: Lab, namespace: string, punctual = false): Promise<KernelWatch> {
    const file = lab.path('kernel.log')
    const priority = punctual ? 'chrt --fifo 1 ' : ''
    const command = `exec ${priority}ip -rcvbuf ${BUFFER} -ts -o monitor route nexthop > "$0"`
    const restore = allowBuffer()
    const child = lab.start(namespace, 'ip monitor', ['sh', '-c', command, file])
    await until('ip monitor records', async () => {
      await lab.ip(namespace, ['route add 198.51.100.255/32 dev lo', 'route del 198.51.100.255/32 dev lo'])
      return statSync(file).size > 0
    }).finally(restore)
    return new KernelWatch(child, file)
  }

  /** Sets the condition, and forgets since when it held. */
  expect(holds: (model: KernelModel) => boolean): void {
    this.#holds = holds
    this.#since = holds(this.model) ? 0 : undefined
  }

  #read(): void {
    const file = openSync(this.#file, 'r')
    const piece = Buffer.alloc(PIECE)
    for (let length = PIECE; length === PIECE; ) {
      length = readSync(file, piece, 0, PIECE, this.#offset)
      this.#offset += length
      const lines = (this.#rest + piece.toString('latin1', 0, length)).split('\n')
      this.#rest = lines.pop()!
      for (const line of lines) this.#line(line)
    }
    closeSync(file)
  }

  #line(line: string): void {
    const stamped = this.#stamps.read(line)
    if (!stamped) return
    this.onLine?.(stamped)
    const { changes } = this.model
    if (!this.model.apply(stamped.text)) return
    if (this.model.changes !== changes) this.last = stamped.at
    if (!this.#holds(this.model)) this.#since = undefined
    else this.#since ??= stamped.at
  }

  /** Waits until the kernel said nothing for a while. */
  async quiet(): Promise<void> {
    for (let before = -1; ; ) {
      const { size } = statSync(this.#file)
      if (size === before) break
      before = size
      await sleep(QUIET)
    }
    this.#read()
    if (/No buffer space/.test(this.#child.stderr)) {
      throw new Error('ip monitor lost messages of the kernel: the socket buffer was too small')
    }
  }

  /**
   * Waits until the condition holds and the kernel is quiet.
   * @param within milliseconds
   * @returns since when it holds for good, milliseconds since 1970
   * @throws TimeoutError
   */
  async reached(within: number): Promise<number> {
    const deadline = performance.now() + within
    for (;;) {
      await this.quiet()
      if (this.#since !== undefined) return this.#since
      if (performance.now() > deadline) {
        throw new TimeoutError(
          `after ${within / 1000} s the kernel's ${this.model.size} routes are not right`,
        )
      }
    }
  }
}

/** The kernel's routes as a dump tells them: what a watch's model is checked with. */
export async function dump(lab: Lab, namespace: string): Promise<KernelModel> {
  const model = new KernelModel()
  // With -4 groups would be missing: they are of no family.
  for (const object of ['nexthop', 'route']) {
    const text = await lab.must(namespace, ['ip', '-o', object, 'show'])
    for (const line of text.split('\n')) model.apply(line)
  }
  return model
}
