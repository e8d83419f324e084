/** Free TCP ports for the peers of a test. */

import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports that the kernel gives to nobody who did not ask for them by number (ip_local_port_range is above). */
const PORTS = { first: 12_000, count: 20_000 }
/** Test files that run beside this one are other processes, and begin elsewhere. */
let next = (process.pid * 97) % PORTS.count

/**
 * A free TCP port, which nobody else takes before it is listened on: the kernel gives it to no dialling socket.
 * @param address one of this machine's addresses
 * @returns 12000 to 31999, another one at each call
 */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = PORTS.first + (next++ % PORTS.count)
    const server = createServer().listen(port, address)
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
