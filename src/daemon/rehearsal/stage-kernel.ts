import { Batch } from '../../fib/groups/batch.js'
import { ObjectDialect } from '../../fib/groups/dialect.js'
import { IdPool } from '../../fib/groups/kernel-objects.js'
import type { Op } from '../../fib/groups/ops.js'
import { PlainDialect } from '../../fib/groups/plain.js'
import { Guard } from '../../fib/install/guard.js'
import { Installer } from '../../fib/install/installer.js'
import type { Spawn } from '../../fib/kernel/process.js'
import type { Clock } from '../../ports/clock.js'
import type { FibPort } from '../../ports/fib.js'
import { silent } from '../../ports/log.js'

/** The writer of kernel routes, on paper: its lines go to a child that does not exist and takes all of them. */
export class StageKernel {
  readonly fib: FibPort
  /** What the child has to say about the lines so far. */
  #answers = ''
  #say: (chunk: Buffer) => void = () => {}

  /** @param objects whether with next-hop objects */
  constructor(clock: Clock, objects: boolean) {
    const batch: Batch<Op> = new Batch<Op>(['ip'], clock, this.#spawn, {
      done: (op, error) => installer.done(op, error),
      ready: () => installer.ready(),
      died: () => {},
    })
    const installer: Installer = new Installer({
      dialect: objects ? new ObjectDialect(1) : new PlainDialect(1),
      ids: new IdPool(1, 1_000_000),
      guard: new Guard([]),
      clock,
      log: silent,
      resolveGateway: ({ address }) => ({
        via: { address, device: 'lo', ifindex: 1, word: 'lo' },
        metric: 0,
        connected: true,
      }),
      batch,
      pause: 1000,
      bulk: () => {},
      inspect: () => {},
    })
    batch.start()
    installer.release()
    this.fib = {
      set: (_family, prefix, nextHops) => installer.set(prefix, nextHops),
      flush: () => installer.flush(),
      gatewayLost: (gateway) => installer.gatewayLost(gateway),
      sweep: () => installer.sweep(),
      kept: () => 0,
      route: (prefix) => installer.route(prefix),
      refused: () => installer.refused(),
      status: () => ({ enabled: true, mode: objects ? 'nexthop-objects' : 'plain', ...installer.status() }),
    }
  }

  /** The child answers. */
  answer(): void {
    while (this.#answers !== '') {
      const answers = this.#answers
      this.#answers = ''
      this.#say(Buffer.from(answers))
    }
  }

  readonly #spawn: Spawn = (_argv, { stderr }) => {
    let lines = 0
    if (stderr !== undefined) this.#say = stderr
    return {
      pid: 1,
      write: (text) => {
        for (const line of text.split('\n').slice(0, -1)) {
          lines++
          if (line === 'barrier') {
            this.#answers += `Object "barrier" is unknown, try "ip help".\nCommand failed -:${lines}\n`
          }
        }
      },
      end() {},
      kill() {},
    }
  }
}
