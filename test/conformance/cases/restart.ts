import type { Case } from '../case.js'
import { type Context, check, same } from '../context.js'
import { type Conversation, now } from '../conversation.js'
import { gracefulRestart, longLived, notification, toHex } from '../octets.js'
import { readOpen } from '../reading.js'

interface Restarting {
  /** Restart Time announced, s; default 20. */
  readonly time?: number
  readonly restarting?: boolean
  readonly notification?: boolean
  /** F bit of IPv4; undefined: the family is not in the capability. */
  readonly forwarding?: boolean
  readonly hold?: number
  /** Long-lived stale time, s. */
  readonly stale?: number
}

/** A session with graceful restart. */
function restarter(c: Context, options: Restarting = {}, name = 't'): Promise<Conversation> {
  const { time = 20, restarting, notification, stale } = options
  const forwarding = 'forwarding' in options ? options.forwarding : true
  const families = forwarding === undefined ? [] : [{ afi: 1, forwarding }]
  return c.session(name, {
    hold: options.hold,
    capabilities: [
      gracefulRestart({ time, restarting, notification, families }),
      ...(stale === undefined ? [] : [longLived({ afi: 1, forwarding: true, time: stale })]),
    ],
  })
}

const withdrawals = (o: Conversation, prefix: string) =>
  o.history(prefix).filter(({ route }) => !route).length

const sendEndsOfRib = (t: Conversation) => {
  t.sendEndOfRib('1/1')
  t.sendEndOfRib('2/1')
}

/** T announces two routes and its End-of-RIB, and the observer has them. */
async function announceTwo(c: Context, t: Conversation, o: Conversation) {
  t.announce(c.prefix(0))
  t.announce(c.prefix(1))
  sendEndsOfRib(t)
  await o.has(c.prefix(0))
  await o.has(c.prefix(1))
}

/** T is lost without a word and comes back; what becomes of its routes. */
const comesBack = (id: string, title: string, again: Restarting | 'without', kept: boolean): Case => ({
  id,
  title,
  rfc: '4724 4.2',
  peers: { t: {} },
  async run(c) {
    const o = await c.observer()
    const t = await restarter(c)
    await announceTwo(c, t, o)
    t.close()
    await c.sleep(800)
    check(o.table.has(c.prefix(0)) && o.table.has(c.prefix(1)), 'the routes went with the TCP connection')
    const next =
      again === 'without' ? await c.session('t') : await restarter(c, { restarting: true, ...again })
    if (!kept) {
      await o.lacks(c.prefix(0))
      await o.lacks(c.prefix(1))
      next.alive()
      return
    }
    await c.sleep(800)
    check(o.table.has(c.prefix(1)), 'a route went although its family has the F bit')
    next.announce(c.prefix(0))
    sendEndsOfRib(next)
    await o.lacks(c.prefix(1))
    await c.settled(next, o)
    same(withdrawals(o, c.prefix(0)), 0, 'withdrawals of the route that was announced again')
  },
})

/** Both ends set the N bit; T is lost in some way. */
const notified = (
  id: string,
  title: string,
  kept: boolean,
  lose: (t: Conversation) => void | Promise<void>,
  hold?: number,
): Case => ({
  id,
  title,
  rfc: '8538 4',
  setup: 'notification',
  feature: 'notification-restart',
  peers: { t: {} },
  async run(c) {
    const o = await c.observer()
    const t = await restarter(c, { notification: true, hold })
    await announceTwo(c, t, o)
    await lose(t)
    if (kept) {
      await c.sleep(1500)
      check(o.table.has(c.prefix(0)), 'the routes went')
    } else await o.lacks(c.prefix(0))
  },
})

/** Section 7, graceful restart (RFC 4724, 8538). */
export const restartCases: readonly Case[] = [
  {
    id: 'GR-1',
    title: 'End-of-RIB of every family after the first table',
    rfc: '4724 4',
    peers: { t: {}, s: {} },
    async run(c) {
      const o = await c.observer()
      const s = await c.session('s')
      s.announce(c.prefix())
      await o.has(c.prefix())
      const t = await restarter(c)
      const end = await t.endOfRib('1/1')
      await t.endOfRib('2/1')
      const [first] = t.history(c.prefix())
      check(first && first.at <= end.at, 'End-of-RIB came before the routes')
    },
  },
  {
    id: 'GR-1.empty',
    title: 'End-of-RIB also when there is nothing to announce',
    rfc: '4724 4',
    setup: 'empty',
    peers: { t: {} },
    async run(c) {
      const t = await restarter(c)
      await t.endOfRib('1/1')
      await t.endOfRib('2/1')
      same(t.table.size, 0, 'number of routes')
    },
  },
  {
    id: 'GR-2',
    title: 'TCP is lost: the routes stay for the restart time, then they go',
    rfc: '4724 4.2',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await restarter(c, { time: 3 })
      await announceTwo(c, t, o)
      const from = now()
      t.reset()
      await o.lacks(c.prefix(0), 12_000)
      await o.lacks(c.prefix(1))
      const took = (now() - from) / 1000
      check(took > 2.3, `the routes went after ${took.toFixed(1)} s, restart time 3 s`)
      check(took < 20, `the routes went after ${took.toFixed(1)} s, restart time 3 s`)
    },
  },
  comesBack('GR-3.sweep', 'on return with F bit: what is not announced until End-of-RIB goes', {}, true),
  comesBack('GR-3.no-f', 'on return without F bit: all goes at once', { forwarding: false }, false),
  comesBack(
    'GR-3.no-family',
    'on return without the family: all goes at once',
    { forwarding: undefined },
    false,
  ),
  comesBack('GR-3.no-capability', 'on return without the capability: all goes at once', 'without', false),
  {
    id: 'GR-4.notification',
    title: 'a NOTIFICATION ends it all at once',
    rfc: '4724 4',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await restarter(c)
      await announceTwo(c, t, o)
      t.send(notification(6, 4))
      t.close()
      await o.lacks(c.prefix(0))
      await o.lacks(c.prefix(1))
    },
  },
  {
    id: 'GR-4.hold',
    title: 'so does an expired hold timer',
    rfc: '4724 4',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await restarter(c, { hold: 3 })
      await announceTwo(c, t, o)
      t.mute()
      await t.ends('4/0', 8000)
      await o.lacks(c.prefix(0))
    },
  },
  {
    id: 'GR-4.again',
    title: 'lost again before End-of-RIB: what is still stale goes, the rest stays',
    rfc: '4724 4.2',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await restarter(c)
      await announceTwo(c, t, o)
      t.close()
      await c.sleep(500)
      const again = await restarter(c, { restarting: true })
      again.announce(c.prefix(0))
      await c.settled(again, o)
      again.close()
      await o.lacks(c.prefix(1))
      same(withdrawals(o, c.prefix(0)), 0, 'withdrawals of the route that was announced again')
    },
  },
  {
    id: 'GR-5',
    title: 'restarting: R and F bits are set, no route leaves the kernel meanwhile',
    rfc: '4724 4.1',
    setup: 'restarter',
    needs: ['restart', 'ip'],
    peers: { t: {} },
    alone: true,
    timeout: 60_000,
    async run(c) {
      const t = await restarter(c)
      t.announce(c.prefix())
      t.sendEndOfRib()
      const kernel = async () =>
        (await c.control.ip('route', 'show', c.prefix())).includes(c.prefix().slice(0, 6))
      for (let tries = 0; !(await kernel()); tries++) {
        check(tries < 300, 'the route did not reach the kernel')
        await c.sleep(100)
      }
      let gaps = 0
      let watching = true
      const watch = (async () => {
        while (watching) {
          if (!(await kernel())) gaps++
          await c.sleep(50)
        }
      })()
      await c.control.restart(false)
      const again = await c.connect('t')
      again.send(c.openMessage('t'))
      const { capabilities } = readOpen((await again.next(1, 10_000)).body)
      const value = capabilities.find(({ code }) => code === 64)?.value
      again.socket.destroy()
      const back = await restarter(c, { restarting: false })
      back.announce(c.prefix())
      back.sendEndOfRib()
      await c.sleep(1500)
      watching = false
      await watch
      check(value && (value[0] & 0x80) !== 0, `no R bit in ${value ? toHex(value) : 'a missing capability'}`)
      check(await kernel(), 'the route is not in the kernel after the restart')
      same(gaps, 0, 'number of looks at which the route was missing')
    },
  },
  notified('GR-6.notification', 'N bit: a NOTIFICATION keeps the routes', true, (t) => {
    t.send(notification(6, 6))
    t.close()
  }),
  notified(
    ...(['GR-6.hold', 'N bit: an expired hold timer keeps the routes', true] as const),
    async (t) => {
      t.mute()
      await t.until('the end', () => t.end, 8000)
    },
    3,
  ),
  notified('GR-6.hard', 'N bit: a Hard Reset (6/9) does not keep them', false, (t) => {
    t.send(notification(6, 9, [6, 2]))
    t.close()
  }),
  {
    id: 'GR-6.announced',
    title: 'the N bit is announced',
    rfc: '8538 2',
    setup: 'notification',
    feature: 'notification-restart',
    peers: { t: {} },
    async run(c) {
      const t = await c.connect('t')
      const { capabilities } = readOpen((await t.next(1)).body)
      const value = capabilities.find(({ code }) => code === 64)?.value
      check(value && (value[0] & 0x40) !== 0, `capability 64 is ${value ? toHex(value) : 'missing'}`)
    },
  },
  {
    id: 'GR-7',
    title: 'N bit: a shutdown is a Hard Reset whose data carry 6/2',
    rfc: '8538 3.1',
    setup: 'notification',
    feature: 'hard-reset',
    needs: ['shutdown'],
    peers: { t: {} },
    async run(c) {
      const t = await restarter(c, { notification: true })
      await c.control.shutdown(t.speaker.address)
      await t.ends('6/9')
      same(toHex(t.all(3)[0].body.subarray(0, 4)), '06090602', 'beginning of the NOTIFICATION')
    },
  },
  {
    id: 'GR-8',
    title: 'two capabilities: the last counts',
    rfc: '4724 3',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', {
        capabilities: [
          gracefulRestart({ time: 20, families: [{ afi: 1, forwarding: true }] }),
          gracefulRestart({ time: 20, families: [] }),
        ],
      })
      await announceTwo(c, t, o)
      t.close()
      await o.lacks(c.prefix(0))
    },
  },
  {
    id: 'LLG-1',
    title: 'long-lived graceful restart without graceful restart is ignored',
    rfc: '9494 4.5',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', { capabilities: [longLived({ afi: 1, forwarding: true, time: 60 })] })
      await announceTwo(c, t, o)
      t.close()
      await o.lacks(c.prefix(0))
    },
  },
  {
    id: 'LLG-2.stale',
    title: 'after the restart time the routes are announced with LLGR_STALE',
    rfc: '9494 4.2-4.3',
    setup: 'long-lived',
    feature: 'long-lived',
    peers: { t: {}, o: {} },
    async run(c) {
      const o = await restarter(c, { stale: 60 }, 'o')
      const t = await restarter(c, { time: 2, stale: 20 })
      await announceTwo(c, t, o)
      t.close()
      await o.hasWith(c.prefix(0), 'LLGR_STALE', ({ communities }) => communities.includes('65535:6'), 10_000)
    },
  },
  {
    id: 'LLG-2.least',
    title: 'a long-lived stale path is the least preferred',
    rfc: '9494 4.4',
    setup: 'long-lived',
    feature: 'long-lived',
    peers: { t: {}, b: {}, o: {} },
    async run(c) {
      const o = await restarter(c, { stale: 60 }, 'o')
      const b = await c.session('b')
      b.announce(c.prefix(0), { path: [b.speaker.as, 65101, 65102, 65103], communities: ['65001:2'] })
      const t = await restarter(c, { time: 2, stale: 20 })
      await announceTwo(c, t, o)
      await o.hasWith(c.prefix(0), 'the better path', ({ communities }) => !communities.includes('65001:2'))
      t.close()
      const backup = ({ communities }: { communities: string[] }) => communities.includes('65001:2')
      await o.hasWith(c.prefix(0), 'the other path', backup, 10_000)
    },
  },
  {
    id: 'LLG-2.no-llgr',
    title: 'a route with NO_LLGR goes when the restart time is over',
    rfc: '9494 4.2',
    setup: 'long-lived',
    feature: 'long-lived',
    peers: { t: {}, o: {} },
    async run(c) {
      const o = await restarter(c, { stale: 60 }, 'o')
      const t = await restarter(c, { time: 2, stale: 20 })
      t.announce(c.prefix(0), { communities: ['65535:7'] })
      t.announce(c.prefix(1))
      t.sendEndOfRib()
      await o.has(c.prefix(0))
      await o.has(c.prefix(1))
      t.close()
      await o.lacks(c.prefix(0), 10_000)
      check(o.table.has(c.prefix(1)), 'the other route went, too')
    },
  },
  {
    id: 'LLG-3',
    title: 'stale routes are withdrawn from peers without the capability',
    rfc: '9494 4.3',
    setup: 'long-lived',
    feature: 'long-lived',
    peers: { t: {}, o: {} },
    async run(c) {
      const o = await restarter(c, { stale: 60 }, 'o')
      const plain = await c.observer()
      const t = await restarter(c, { time: 2, stale: 20 })
      await announceTwo(c, t, o)
      await plain.has(c.prefix(0))
      t.close()
      await plain.lacks(c.prefix(0), 10_000)
      check(o.table.has(c.prefix(0)), 'the route also went from a peer with the capability')
    },
  },
  {
    id: 'LLG-4',
    title: 'the stale time is not begun anew by a return without End-of-RIB',
    rfc: '9494 4.2',
    setup: 'long-lived',
    feature: 'long-lived',
    peers: { t: {}, o: {} },
    timeout: 60_000,
    async run(c) {
      const o = await restarter(c, { stale: 60 }, 'o')
      const t = await restarter(c, { time: 2, stale: 12 })
      await announceTwo(c, t, o)
      const from = now()
      t.close()
      await c.sleep(5000)
      const again = await restarter(c, { time: 2, stale: 12, restarting: true })
      await c.sleep(1000)
      check(o.table.has(c.prefix(0)), 'the route went on return')
      again.close()
      await o.lacks(c.prefix(0), 20_000)
      const took = (now() - from) / 1000
      // Begun anew on the second loss, it would last for more than 20 s.
      check(took > 6 && took < 19.5, `the route went after ${took.toFixed(1)} s: 2 s and 12 s were announced`)
    },
  },
]
