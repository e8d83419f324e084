import t from 'tap'
import { FibClaim } from '../../../src/fib/claim.js'

// Abstract names are the machine's: numbers that no daemon and no other run of this test has.
const metric = 4_000_000_000 + (process.pid % 100_000_000)

t.test('one daemon has a metric and a range of next-hop ids, until it gives them up', async (t) => {
  const first = await FibClaim.take(metric, metric)
  await t.rejects(
    FibClaim.take(metric, metric + 1),
    /Another ecmpd already keeps routes of metric .* fib\.metric/,
  )
  await t.rejects(FibClaim.take(metric + 1, metric), /next-hop ids from .* fib\.nextHopIds\.base/)
  const other = await FibClaim.take(metric + 1, metric + 1)
  await other.release()
  await first.release()
  const second = await FibClaim.take(metric, metric)
  await second.release()
})
