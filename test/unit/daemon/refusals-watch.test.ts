import t from 'tap'
import { RefusalsWatch } from '../../../src/daemon/refusals-watch.js'
import type { FibRouteView } from '../../../src/ports/fib.js'
import type { FibReport } from '../../../src/speaker/model/event.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'

const prefixOf = (i: number) => `10.0.${i}.0/24`

function watch() {
  const clock = new ManualClock()
  const refused = new Map<string, string>()
  const installed = new Set<string>()
  const events: FibReport[] = []
  const view = (prefix: string, state: FibRouteView['state']): FibRouteView => ({
    ...{ prefix, state, reason: refused.get(prefix), gateways: [] },
  })
  const made = new RefusalsWatch({
    clock,
    fib: {
      refused: () => [...refused.keys()].map((prefix) => view(prefix, 'refused')),
      route: (prefix) => (installed.has(prefix) ? view(prefix, 'installed') : undefined),
    },
    report: (event) => events.push(event),
  })
  made.start()
  const look = async () => {
    await clock.advance(2000)
    return events.splice(0)
  }
  return { made, clock, refused, installed, look }
}

t.test('a route that is refused, that is refused for another reason, and that is taken', async (t) => {
  const { made, clock, refused, installed, look } = watch()
  t.same(await look(), [])
  refused.set(prefixOf(1), 'no route to the gateway')
  t.same(await look(), [
    { type: 'fib', change: 'refused', prefix: prefixOf(1), reason: 'no route to the gateway' },
  ])
  t.same(await look(), [], 'once')
  refused.set(prefixOf(1), 'a static route is in the way')
  t.match(await look(), [{ reason: 'a static route is in the way' }])
  refused.clear()
  installed.add(prefixOf(1))
  t.same(await look(), [{ type: 'fib', change: 'installed', prefix: prefixOf(1) }])
  made.stop()
  t.equal(clock.pending, 0)
})

t.test('one that nobody announces any more is not taken', async (t) => {
  const { refused, look } = watch()
  refused.set(prefixOf(1), 'no')
  await look()
  refused.clear()
  t.same(await look(), [])
})

t.test('many at once are ten events, the last with the number of the others', async (t) => {
  const { refused, installed, look } = watch()
  for (let i = 0; i < 200; i++) refused.set(prefixOf(i), 'no')
  const events = await look()
  t.equal(events.length, 10)
  t.same(
    events.map(({ more }) => more),
    [...new Array(9).fill(undefined), 190],
  )
  for (const prefix of refused.keys()) installed.add(prefix)
  refused.clear()
  t.match((await look()).at(-1), { change: 'installed', more: 190 })
})
