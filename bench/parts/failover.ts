import { Ecmp, GATEWAYS } from '../lab/ecmp.js'
import { SWITCH } from '../lab/network.js'
import { ending, FirstPacket, updating } from '../lab/packets.js'
import type { Figures, Part } from './part.js'

const DEAD = 1
const REST = GATEWAYS.filter((_, index) => index !== DEAD)

/** Failover of one of three nodes. */
export const failover: Part = {
  name: 'failover',
  title: 'Failover',
  text: `Three neighbors announce the same host routes, which are in the kernel with three next hops. *Session lost*: the process of
one neighbor is killed, so that its connection closes without a NOTIFICATION and without graceful restart; time is taken from
the FIN (or RST) on the wire to the moment from which on no route in the kernel uses the dead gateway. *Settled* is the last
change of a route after that, by itself or through next-hop objects; objects that no route uses any more go later. *Routes
written* are the kernel's messages about single routes meanwhile: none where one command on a next-hop object is enough.
*Withdrawn*: after it came back, it withdraws everything; time is taken from its first UPDATE on the wire. The packets' stamps
are the kernel's (tcpdump), those of its changes \`ip -ts monitor\`'s, which runs at real-time priority: it stamps a message
when it reads it, and at usual priority did so up to 5 ms late by the kernel's own trace, when both processors were busy. A
dump of the kernel afterwards must show every route with exactly the two other next hops. GoBGP and OpenBGPD have no part in
it: they don't install multipath routes into Linux's kernel.`,
  metrics: [
    { id: 'loss', title: 'session lost, ms', digits: 2, chart: 'ms' },
    { id: 'settled', title: 'settled, ms', digits: 1 },
    { id: 'written', title: 'routes written', digits: 0 },
    { id: 'withdrawal', title: 'withdrawn, ms', digits: 2, chart: 'ms' },
  ],
  cases: ({ quick }) =>
    (quick ? [1, 1000] : [1, 1000, 10_000, 100_000]).map((routes) => ({
      id: String(routes),
      title: `${routes.toLocaleString('en-US')} ${routes === 1 ? 'prefix' : 'prefixes'}`,
      limit: 60,
    })),
  needs: { tcpdump: 'tcpdump' },
  suits: (daemon) => daemon.kernel,
  async run(daemon, work): Promise<Figures> {
    const limit = work.limit * 1000
    const ecmp = await Ecmp.start(daemon, Number(work.id), true)
    try {
      const whole = async () => {
        ecmp.expect(GATEWAYS)
        return () => ecmp.watch.reached(limit)
      }
      const arrived = await whole()
      await ecmp.announce()
      await arrived()
      await ecmp.check(GATEWAYS)

      const without = (gateway: string) =>
        ecmp.watch.expect((model) => model.count((gateways) => gateways.includes(gateway)) === 0)
      const gone = GATEWAYS[DEAD]
      const ended = await FirstPacket.start(ecmp.lab, SWITCH, ending(gone))
      without(gone)
      const before = ecmp.watch.model.written
      await ecmp.feeders[DEAD].child.kill()
      const loss = (await ecmp.watch.reached(limit)) - (await ended.seen())
      const settled = ecmp.watch.last - (await ended.seen())
      const written = ecmp.watch.model.written - before
      await ecmp.check(REST)

      const returned = await whole()
      await ecmp.again(DEAD)
      await returned()
      await ecmp.check(GATEWAYS)
      const update = await FirstPacket.start(ecmp.lab, SWITCH, updating(gone))
      without(gone)
      await ecmp.feeders[DEAD].order('withdraw')
      const withdrawal = (await ecmp.watch.reached(limit)) - (await update.seen())
      await ecmp.check(REST)
      return { loss, settled, written, withdrawal }
    } finally {
      await ecmp.lab.destroy()
    }
  },
}
