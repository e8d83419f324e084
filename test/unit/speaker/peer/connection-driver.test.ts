import t from 'tap'
import { silent } from '../../../../src/ports/log.js'
import type { Connection, ConnectionHandlers } from '../../../../src/ports/transport.js'
import type { PeerEvent } from '../../../../src/session/types.js'
import { Audience } from '../../../../src/speaker/observers/audience.js'
import { SessionWatch } from '../../../../src/speaker/observers/sessions.js'
import {
  ConnectionDriver,
  type DriverHost,
  type DriverNeighbor,
} from '../../../../src/speaker/peer/connection-driver.js'
import { MessageCounters } from '../../../../src/speaker/peer/counters.js'
import { Work } from '../../../../src/speaker/turn/work.js'
import { ManualClock } from '../../../../src/testing/manual-clock.js'
import { MessageType } from '../../../../src/wire/codes.js'
import { message, toHex } from '../../../support/raw-bytes.js'

/** An UPDATE that says nothing but which one it is, in the lowest octet of a withdrawn /24. */
const update = (which: number) => message(MessageType.Update, [0, 4, 24, 10, 0, which, 0, 0])

/** A connection between a world that only remembers what it was told. */
function stage() {
  const clock = new ManualClock()
  const told: string[] = []
  let handlers: ConnectionHandlers | undefined
  let room = true
  const connection: Connection = {
    local: { address: '192.0.2.254', port: 179 },
    remote: { address: '192.0.2.1', port: 40000 },
    incoming: true,
    queued: 0,
    handle: (given) => {
      handlers = given
    },
    write: () => room,
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    readPending: () => Promise.resolve(),
    close: () => told.push('close'),
  }
  const host: DriverHost = {
    clock,
    log: silent,
    work: new Work(clock, { failed: (error) => t.fail(String(error)) }),
    tables: { decide: () => told.push('settle') },
    observers: { sessions: new SessionWatch(clock, new Audience(clock, silent)) },
    opened: () => told.push('opened'),
    gone: () => told.push('gone'),
  }
  const neighbor: DriverNeighbor = {
    address: '192.0.2.1',
    observed: { key: '192.0.2.1', address: '192.0.2.1', remoteAs: 64512, localAs: 64500, dynamic: false },
    sent: new MessageCounters(),
    received: new MessageCounters(),
    lastRead: undefined,
    lastWrite: undefined,
    lastUpdate: 0,
    feed: (event: PeerEvent) => told.push(`feed ${event.type}`),
    lost: (_link, reason) => told.push(`lost: ${reason}`),
  }
  const driver = new ConnectionDriver(1, connection, neighbor, host)
  const reader = {
    receive(bytes: Uint8Array, start: number, end: number) {
      told.push(`update ${bytes[start + 24]} of ${end - start}`)
    },
  }
  const sender = { writable: () => told.push('drained') }
  return {
    ...{ clock, driver, neighbor, reader, sender },
    handlers: () => handlers as ConnectionHandlers,
    fill: (full: boolean) => {
      room = !full
    },
    /** What was told since the last look. */
    told: () => told.splice(0),
  }
}

t.test(
  'before the session is up an UPDATE is an event for the machine, then it goes to the reader',
  async (t) => {
    const { driver, reader, sender, neighbor, handlers, told } = stage()
    t.same(told(), ['opened'])
    handlers().data(update(1))
    t.same(told(), ['feed update', 'settle'])
    driver.established(reader, sender)
    handlers().data(update(2))
    t.same(
      told(),
      ['update 2 of 27', 'settle', 'feed update'],
      'the machine hears of it after what follows from it',
    )
    t.equal(neighbor.received.view().update, 2)
  },
)

t.test('messages of one chunk are settled together, and the machine hears of UPDATEs once', async (t) => {
  const { driver, reader, sender, handlers, told } = stage()
  driver.established(reader, sender)
  told()
  handlers().data(Buffer.concat([update(1), update(2), update(3)]))
  t.same(told(), ['update 1 of 27', 'update 2 of 27', 'update 3 of 27', 'settle', 'feed update'])
})

t.test('a turn that has used its budget leaves the rest to a slice, in order', async (t) => {
  const { clock, driver, reader, sender, handlers, told } = stage()
  driver.established(reader, sender)
  told()
  handlers().data(update(1))
  clock.slowness = 3
  handlers().data(update(2))
  handlers().data(update(3))
  clock.slowness = 0
  const first = told()
  t.ok(first.includes('update 1 of 27'))
  t.notOk(first.includes('update 3 of 27'), 'it waits')
  await clock.run()
  const all = [...first, ...told()].filter((one) => one.startsWith('update'))
  t.same(all, ['update 1 of 27', 'update 2 of 27', 'update 3 of 27'])
})

t.test('the sender hears that there is room again only while the session is up', async (t) => {
  const { driver, reader, sender, handlers, fill, told } = stage()
  handlers().drain()
  driver.established(reader, sender)
  t.notOk(told().includes('drained'))
  fill(true)
  t.notOk(driver.write(update(1), MessageType.Update))
  t.ok(driver.full)
  handlers().drain()
  t.notOk(driver.full)
  t.same(told(), ['drained'])
  driver.close()
  handlers().drain()
  t.same(told(), ['close'])
})

t.test('what was read before the end counts; after it nothing is read', async (t) => {
  const { driver, reader, sender, handlers, told } = stage()
  driver.established(reader, sender)
  handlers().data(update(1))
  told()
  handlers().closed('the neighbor closed the connection')
  t.same(told(), ['gone', 'settle', 'lost: the neighbor closed the connection', 'settle'])
  t.ok(driver.over)
  handlers().data(update(2))
  t.same(told(), [])
})

t.test('a broken header ends the session with the rule that it breaks', async (t) => {
  const events: PeerEvent[] = []
  const { neighbor, handlers } = stage()
  neighbor.feed = (event) => events.push(event)
  const broken = update(1)
  broken[0] = 0
  handlers().data(broken)
  t.match(events, [{ type: 'fault', connection: 1, code: 1, subcode: 1 }], toHex(broken))
})
