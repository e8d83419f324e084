import { createServer, type Server } from 'node:net'

/**
 * A claim on what distinguishes one daemon's routes in the kernel from another's: metric and next-hop ids. Two
 * daemons with the same would each take the other's routes for left-overs of its own.
 *
 * A claim is a UNIX socket with an abstract name: such names belong to the network namespace, as routes do, and go
 * with the process however it ends.
 */
export class FibClaim {
  readonly #servers: Server[] = []

  /**
   * @param metric of own routes
   * @param base first of the own next-hop ids
   * @throws Error, one sentence with the remedy, when a running daemon of this network namespace has one of them
   */
  static async take(metric: number, base: number): Promise<FibClaim> {
    const claim = new FibClaim()
    try {
      await claim.#listen(
        `metric-${metric}`,
        `routes of metric ${metric}`,
        'fib.metric and fib.nextHopIds.base',
      )
      await claim.#listen(`nexthops-${base}`, `next-hop ids from ${base}`, 'fib.nextHopIds.base')
    } catch (error) {
      await claim.release()
      throw error
    }
    return claim
  }

  /** Gives the claim up. */
  async release(): Promise<void> {
    const closing = this.#servers
      .splice(0)
      .map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    await Promise.all(closing)
  }

  #listen(name: string, what: string, keys: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.destroy())
      server.once('error', (error: NodeJS.ErrnoException) => {
        // Where there are no abstract names they say nothing.
        if (error.code !== 'EADDRINUSE') return resolve()
        const remedy = `stop it, or give this one its own ${keys}`
        reject(new Error(`Another ecmpd already keeps ${what} in this network namespace; ${remedy}.`))
      })
      server.listen(`\0ecmpd-fib-${name}`, () => {
        server.unref()
        this.#servers.push(server)
        resolve()
      })
    })
  }
}
