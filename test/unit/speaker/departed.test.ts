import t from 'tap'
import { Departed } from '../../../src/speaker/departed.js'
import type { SpeakerOptions } from '../../../src/speaker/model/options.js'
import { neighbor, speakerOptions } from '../../support/options.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'

const range = (more: Partial<SpeakerOptions> = {}) => {
  const { address: _, ...template } = neighbor(NODE, { description: 'node' })
  return speakerOptions([], { listenRanges: [{ prefix: '192.168.95.208/28', template }], ...more })
}

async function started(options = range()) {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, options)
  const dial = async (as: number) => {
    const peer = await lab.dial(NODE, SWITCH)
    peer.greet({ as, routerId: NODE })
    await lab.clock.run()
    return peer
  }
  const leave = async () => {
    const peer = await dial(64512)
    peer.connection.close()
    await lab.clock.run()
  }
  return { lab, sw, dial, leave, view: () => sw.views.neighbor(NODE) }
}

t.test('a node from a listen range that left is shown as not up, with why, for an hour', async (t) => {
  const { lab, sw, leave, view } = await started()
  await leave()
  t.match(view(), {
    ...{ state: 'Idle', dynamic: true, description: 'node', established: 1, dropped: 1 },
    ...{ lastError: { reason: 'connection-lost' }, lastReset: { reason: 'connection-lost' } },
    families: [{ family: 'ipv4-unicast', negotiated: false, prefixesReceived: 0 }],
  })
  const { at = '', until = '' } = view()?.departed ?? {}
  t.equal(Date.parse(until) - Date.parse(at), 3_600_000)
  await lab.clock.advance(3_599_000)
  t.equal(sw.views.neighbors().length, 1)
  await lab.clock.advance(2000)
  t.same(sw.views.neighbors(), [])
})

t.test('when it is back the trace goes, and what was counted goes on', async (t) => {
  const { sw, dial, leave, view } = await started()
  await leave()
  await dial(64512)
  t.match(view(), { state: 'Established', departed: undefined, established: 2, dropped: 1 })
  t.match(view()?.lastReset, { reason: 'connection-lost' }, 'what ended the session before')
  t.equal(sw.views.neighbors().length, 1)
})

t.test('back after its time is over, it begins anew', async (t) => {
  const { lab, leave, dial, view } = await started()
  await leave()
  await lab.clock.advance(3_601_000)
  await dial(64512)
  t.match(view(), { state: 'Established', established: 1, dropped: 0, lastReset: undefined })
})

t.test('one whose OPEN fails leaves a trace; one that never says a word of BGP does not', async (t) => {
  const { lab, dial, view } = await started()
  const scanner = await lab.dial(NODE, SWITCH)
  scanner.connection.close()
  await lab.clock.run()
  t.equal(view(), undefined)
  const browser = await lab.dial(NODE, SWITCH)
  browser.send(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'))
  await lab.clock.run()
  t.equal(view(), undefined)
  await dial(64999)
  t.match(view(), { state: 'Idle', departed: {}, established: 0, lastError: { reason: 'as-wrong' } })
})

t.test('a range that is taken away, or an address that is configured, leaves none', async (t) => {
  const { sw, leave, view } = await started()
  await leave()
  await sw.speaker.apply(speakerOptions([]))
  t.equal(view(), undefined)
  await sw.speaker.apply(range())
  t.match(view(), { departed: {} }, 'the range is back')
  await sw.speaker.apply(range({ neighbors: [neighbor(NODE, { passive: true })] }))
  t.match(view(), { dynamic: false, departed: undefined, established: 0 })
  t.equal(sw.views.neighbors().length, 1)
})

t.test('no traces where none are wanted', async (t) => {
  const { sw, leave } = await started(range({ listenTraces: { keep: 0, limit: 1000 } }))
  await leave()
  t.same(sw.views.neighbors(), [])
})

t.test('bounded: the ones that left first are forgotten first', async (t) => {
  const departed = new Departed<{ readonly key: string }>()
  const limits = { keep: 10, limit: 2 }
  for (const [at, key] of ['a', 'b', 'a', 'c'].entries()) departed.note({ key }, at * 1000, limits)
  t.same(
    Array.from(departed.all(3000, limits), ({ peer }) => peer.key),
    ['a', 'c'],
  )
  departed.note({ key: 'd' }, 12_500, limits)
  t.same(
    Array.from(departed.all(12_500, limits), ({ peer }) => peer.key),
    ['c', 'd'],
  )
})
