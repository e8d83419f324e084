import type { Case } from '../case.js'
import { type Context, check, same } from '../context.js'
import { type Conversation, Failure, now } from '../conversation.js'
import { gracefulRestart, KEEPALIVE, toHex } from '../octets.js'
import { readOpen } from '../reading.js'

/** Two connections of one neighbor, one from each side, with OPENs sent on both. */
async function collide(c: Context, id?: string): Promise<{ dialled: Conversation; accepted: Conversation }> {
  const listening = await c.listen('t')
  const dialled = await listening.accept()
  await dialled.next(1)
  const accepted = await c.connect('t')
  dialled.send(c.openMessage('t', { id }))
  await dialled.next(4)
  accepted.send(c.openMessage('t', { id }))
  return { dialled, accepted }
}

/** @param winner stays and gets a session, loser gets 6/7 */
async function decided(c: Context, winner: Conversation, loser: Conversation): Promise<void> {
  await loser.ends('6/7')
  if (winner.all(4).length === 0) await winner.next(4)
  winner.send(KEEPALIVE)
  await winner.endOfRib('1/1').catch(() => {})
  winner.alive()
  winner.announce(c.prefix())
  await (await c.observer()).has(c.prefix())
}

const active = { passive: false, options: { connectRetry: 2 } }

function collisionCase(
  id: string,
  title: string,
  rfc: string,
  as: number,
  identifier: string,
  winner: 'dialled' | 'accepted',
): Case {
  return {
    id,
    title,
    rfc,
    peers: { t: { ...active, as } },
    async run(c) {
      const both = await collide(c, identifier)
      const loser = winner === 'dialled' ? 'accepted' : 'dialled'
      await decided(c, both[winner], both[loser])
    },
  }
}

const lossCase = (id: string, how: 'close' | 'reset', title: string): Case => ({
  id,
  title,
  rfc: '4271 6',
  peers: { t: {} },
  async run(c) {
    const o = await c.observer()
    const t = await c.session('t')
    t.announce(c.prefix())
    t.announce(c.prefix6())
    await o.has(c.prefix())
    await o.has(c.prefix6())
    t[how]()
    await o.lacks(c.prefix())
    await o.lacks(c.prefix6())
  },
})

const silentCase = (id: string, title: string, seconds: number): Omit<Case, 'peers'> => ({
  id,
  title,
  rfc: '4271 8.2.2',
  timeout: seconds * 1000 + 30_000,
  async run(c) {
    const from = now()
    const t = await c.connect('t')
    await t.next(1)
    await t.ends('4/0', seconds * 1000 + 10_000)
    const took = (now() - from) / 1000
    check(took > seconds * 0.7, `the hold timer ended after ${took.toFixed(1)} s`)
  },
})

/** Section 3: the state machine. */
export const fsmCases: readonly Case[] = [
  {
    ...silentCase('FSM-2', 'no OPEN from the peer: 4/0 after the configured time', 4),
    peers: { t: { options: { openHold: 4 } } },
  },
  {
    ...silentCase('FSM-2.default', 'no OPEN from the peer: 4/0 after 4 minutes', 240),
    long: true,
    peers: { t: {} },
  },
  {
    id: 'FSM-3',
    title: 'hold timer expiry: 4/0, the routes go',
    rfc: '4271 6.5',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', { hold: 3 })
      t.announce(c.prefix())
      await o.has(c.prefix())
      t.mute()
      await t.ends('4/0', 8000)
      await o.lacks(c.prefix())
    },
  },
  {
    id: 'FSM-3.open-confirm',
    title: 'hold timer expiry in OpenConfirm: 4/0',
    rfc: '4271 8.2.2',
    peers: { t: {} },
    async run(c) {
      const t = await c.connect('t')
      t.send(c.openMessage('t', { hold: 3 }))
      await t.next(4)
      await t.ends('4/0', 8000)
    },
  },
  {
    id: 'FSM-4',
    title: 'ManualStop: 6/2, no automatic restart',
    rfc: '4271 8.2.2',
    needs: ['shutdown', 'enable'],
    peers: { t: active },
    timeout: 60_000,
    async run(c) {
      const t = await c.session('t')
      await c.control.shutdown(t.speaker.address)
      await t.ends('6/2')
      const listening = await c.listen('t')
      await c.sleep(5000)
      same(listening.arrivals.length, 0, 'number of dials while shut down')
      listening.close()
      await c.control.enable(t.speaker.address)
      await c.session('t', { within: 20_000 })
    },
  },
  {
    id: 'FSM-6',
    title: 'reconnecting is damped, jittered, and has a ceiling',
    rfc: '4271 8.1, 10',
    peers: { t: { passive: false, options: { connectRetry: 4 } } },
    timeout: 60_000,
    async run(c) {
      const listening = await c.listen('t', (conversation) => conversation.reset())
      for (let count = 0; count < 6; count++) await listening.accept(20_000)
      const { arrivals } = listening
      const gaps = arrivals.slice(1).map((at, index) => (at - arrivals[index]) / 1000)
      const text = `dials ${gaps.map((gap) => gap.toFixed(2)).join(', ')} s apart`
      check(Math.min(...gaps) > 0.5, text)
      // Without a ceiling the last would be 16 s.
      check(Math.max(...gaps) < 12, `${text}, ceiling 4 s`)
      check(gaps.at(-1)! > gaps[0] || gaps.at(-1)! > 2.5, `${text}: they do not grow`)
      check(Math.max(...gaps) - Math.min(...gaps) > 0.02, `${text}: no jitter`)
    },
  },
  {
    id: 'FSM-7.3',
    title: 'a neighbor taken out of the configuration gets 6/3',
    rfc: '4486 3',
    needs: ['remove'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      await c.control.remove(t.speaker.address)
      await t.ends('6/3')
    },
  },
  {
    id: 'FSM-7.4',
    title: 'a reset by hand is 6/4, and the session may come back',
    rfc: '4486 3',
    needs: ['reset'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      await c.control.reset(t.speaker.address)
      await t.ends('6/4')
      await c.session('t')
    },
  },
  {
    id: 'FSM-7.5',
    title:
      'a connection of a neighbor that is shut down is refused without an OPEN, with 6/5 or 6/2 or silently',
    rfc: '4486 3',
    needs: ['shutdown'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      await c.control.shutdown(t.speaker.address)
      await t.ends('6/2')
      const again = await c.connect('t', 2000).catch((error) => {
        if (error instanceof Failure) return undefined
        throw error
      })
      if (!again) return
      await again.ends(['6/5', '6/2', 'close'])
      same(again.all(1).length, 0, 'number of OPENs')
    },
  },
  {
    id: 'FSM-7.6.families',
    title: 'a family is taken out of the configuration: 6/6, the next OPEN is without it',
    rfc: '4486 3',
    needs: ['changeFamilies'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      await c.control.changeFamilies(t.speaker.address, ['ipv4'])
      await t.ends('6/6')
      const again = await c.session('t')
      const { capabilities } = readOpen(again.all(1)[0].body)
      same(
        capabilities.filter(({ code }) => code === 1).map(({ value }) => toHex(value)),
        ['00010001'],
        'capabilities of families',
      )
    },
  },
  {
    id: 'FSM-7.6',
    title: 'a changed configuration that needs a new session: 6/6, otherwise none',
    rfc: '4486 3',
    needs: ['changeHold'],
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      await c.control.changeHold(t.speaker.address, 60)
      await c.sleep(1500)
      if (t.end || t.all(3).length > 0) await t.ends('6/6')
    },
  },
  {
    id: 'FSM-8.passive',
    title: 'a passive neighbor is never dialled',
    rfc: '4271 8',
    peers: { t: {} },
    async run(c) {
      const listening = await c.listen('t')
      await c.sleep(6000)
      same(listening.arrivals.length, 0, 'number of dials')
    },
  },
  {
    id: 'FSM-8.unknown',
    title: 'an unknown source address gets no OPEN',
    rfc: '4271 8',
    peers: { t: { unknown: true } },
    async run(c) {
      const t = await c.connect('t', 2000).catch((error) => {
        if (error instanceof Failure) return undefined
        throw error
      })
      if (!t) return
      t.send(c.openMessage('t'))
      await t.ends(['close', '6/5', '2/2', '6/2', '2/5', '6/3'], 5000)
      same(t.all(1).length, 0, 'number of OPENs')
    },
  },
  lossCase('FSM-9.fin', 'close', 'the peer closes with FIN: its routes are withdrawn'),
  lossCase('FSM-9.rst', 'reset', 'the peer closes with RST: its routes are withdrawn'),
  collisionCase(
    ...(['COL-1.higher', 'collision: the peer has the higher identifier, its connection stays'] as const),
    ...(['4271 6.8', 65001, '203.0.113.1', 'accepted'] as const),
  ),
  collisionCase(
    ...(['COL-1.lower', 'collision: the peer has the lower identifier, the other connection stays'] as const),
    ...(['4271 6.8', 65001, '10.0.0.1', 'dialled'] as const),
  ),
  {
    id: 'COL-2',
    title: 'a second connection of an Established peer is closed (with 6/7 when it came to an OPEN)',
    rfc: '4271 6.8',
    peers: { t: {} },
    async run(c) {
      const t = await c.session('t')
      const second = await c.connect('t')
      second.send(c.openMessage('t'))
      await second.ends(['6/7', 'close'])
      t.announce(c.prefix())
      await (await c.observer()).has(c.prefix())
      t.alive()
    },
  },
  {
    id: 'COL-3',
    title: 'with graceful restart the old connection is closed silently, its routes stay',
    rfc: '4724 4.2, 5',
    peers: { t: {} },
    async run(c) {
      const o = await c.observer()
      const restart = (restarting: boolean) => ({
        capabilities: [gracefulRestart({ time: 30, restarting, families: [{ afi: 1, forwarding: true }] })],
      })
      const t = await c.session('t', restart(false))
      t.announce(c.prefix())
      t.sendEndOfRib()
      await o.has(c.prefix())
      const again = await c.session('t', restart(true))
      same(await t.verdict(), 'close', 'the end of the old connection')
      again.announce(c.prefix())
      again.sendEndOfRib()
      await c.settled(again, o)
      same(o.history(c.prefix()).filter(({ route }) => !route).length, 0, 'number of withdrawals')
      again.alive()
    },
  },
  collisionCase(
    ...(['COL-4.larger', "equal identifiers: the larger AS is the peer's, its connection stays"] as const),
    ...(['6286 2.3', 65001, '192.0.2.1', 'accepted'] as const),
  ),
  collisionCase(
    ...([
      'COL-4.smaller',
      "equal identifiers: the peer's AS is smaller, the other connection stays",
    ] as const),
    ...(['6286 2.3', 64999, '192.0.2.1', 'dialled'] as const),
  ),
  {
    id: 'SHT-1',
    title: 'nothing can be sent for SendHoldTime: the session ends, the routes go',
    rfc: '9687 4.3',
    setup: 'stall',
    feature: 'send-hold',
    peers: { t: { hold: 3, options: { sendHold: 5 } }, f: {} },
    async run(c) {
      const o = await c.observer()
      const t = await c.session('t', { hold: 3 })
      t.announce('21.21.21.0/24')
      await o.has('21.21.21.0/24')
      t.socket.pause()
      const f = await c.session('f')
      const from = now()
      for (let index = 0; index < 4000; index++) {
        f.announce(c.host(index), { communities: [`65001:${index}`, '65001:50000', '65001:50001'] })
      }
      await o.lacks('21.21.21.0/24', 25_000)
      const took = (now() - from) / 1000
      check(took > 3.5, `the session ended after ${took.toFixed(1)} s`)
      f.alive()
      await c.logged('t', 'the send hold timer and code 8', /send hold/i, /8\/0|code.{0,4}8/i)
    },
  },
  {
    id: 'SHT-2.default',
    title: 'the default SendHoldTime is the larger of 8 minutes and twice the hold time, and is shown',
    rfc: '9687 6',
    needs: ['neighbor', 'sendHold'],
    peers: { t: {}, u: { hold: 300 }, v: { hold: 9, options: { sendHold: 20 } } },
    async run(c) {
      for (const [name, hold, expected] of [
        ['t', 90, 480],
        ['u', 300, 600],
        ['v', 9, 20],
      ] as const) {
        await c.session(name, { hold })
        const shown = new RegExp(`send ?hold ?time"?[^\\d]*${expected}\\b`, 'i')
        await c.eventually(`${expected} s is not shown with hold time ${hold}`, async () =>
          shown.test(await c.control.neighbor(c.peer(name).address)),
        )
      }
    },
  },
  {
    id: 'SHT-2',
    title: 'a SendHoldTime that is not above the hold time is refused',
    rfc: '9687 4.4',
    needs: ['check', 'sendHold'],
    peers: { t: {} },
    async run(c) {
      const neighbor = (sendHold: number) => ({
        address: '10.99.9.9',
        as: 65001,
        passive: true,
        families: ['ipv4'] as const,
        hold: 9,
        options: { sendHold },
      })
      check((await c.control.check(neighbor(9))) !== '', 'SendHoldTime 9 with hold time 9 was accepted')
      same(await c.control.check(neighbor(10)), '', 'what is said of SendHoldTime 10 with hold time 9')
    },
  },
]
