import { sleep, throughout } from '../../lab/wait.js'
import { addressOf } from '../model.js'
import { check, DAEMON, DAEMON_AS, neighbor, PATIENCE, SWITCH_HOST, same, toSwitch } from '../stage.js'
import type { Scene } from './scene.js'

const KEPT = { 4: '203.0.113.0/24', 6: '2001:db8:113::/48' }
const GONE = { 4: '203.0.114.0/24', 6: '2001:db8:114::/48' }
const VERSIONS = [4, 6] as const
/** Enough for a start of ecmpd on a busy machine; seconds. */
const RESTART = 60
/** Of the second time, when it stays away. */
const SHORT = 7
/** Milliseconds in which a route would go that is not kept. */
const WATCH = 2000

/** ecmpd is killed: its connections close without a NOTIFICATION, and its neighbor keeps its routes. */
const ownRestart: Scene = {
  name: 'own-restart',
  rows: ['restart.own-back', 'restart.own-away'],
  hosts: [DAEMON],
  async play(stage) {
    const addresses = VERSIONS.map((version) => addressOf(DAEMON, version))
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: VERSIONS.map((version) => toSwitch({ version })),
      restartTime: 120,
    })
    const config = (announce: readonly string[], restartTime: number) => ({
      announce,
      gracefulRestart: { restarter: true, restartTime },
      neighbors: VERSIONS.map((version) => neighbor(DAEMON, DAEMON_AS, {}, version)),
    })
    const ecmpd = stage.configure(config([...Object.values(KEPT), ...Object.values(GONE)], RESTART))
    await stage.start(addresses)
    const seen = (prefixes: Record<4 | 6, string>, count: number) =>
      Promise.all(
        VERSIONS.map((version) =>
          stage.untilSeen(daemon, prefixes[version], addressOf(SWITCH_HOST, version), count),
        ),
      )
    const endOfRib = () =>
      stage.until('End-of-RIB went to the daemon', async () =>
        (await ecmpd.neighbors()).every(({ families }) => families[0].endOfRibSent),
      )
    const has = async () => {
      const paths = await Promise.all(Object.values(KEPT).map((prefix) => daemon.paths(prefix)))
      return paths.every((list) => list.length === 1)
    }

    await stage.row('restart.own-back', async () => {
      await seen(KEPT, 1)
      await seen(GONE, 1)
      await endOfRib()
      await ecmpd.child.kill()
      await throughout('the daemon keeps the routes', has, WATCH)
      let back = false
      const watching = (async () => {
        while (!back) {
          check(await has(), 'the daemon lost a route while ecmpd came back')
          await sleep(100)
        }
      })()
      stage.rewrite(config(Object.values(KEPT), SHORT))
      try {
        await ecmpd.start()
        const views = await ecmpd.established(addresses, PATIENCE)
        for (const { capabilities } of views) {
          const own = capabilities.sent.find((one) => one.name === 'graceful-restart')
          same('R bit sent', own?.name === 'graceful-restart' && own.restarting, true)
        }
        await seen(GONE, 0)
        await endOfRib()
      } finally {
        back = true
        await watching
      }
      const paths = await seen(KEPT, 1)
      check(
        paths.every(([{ stale }]) => !stale),
        'a route is still stale',
      )
    })
    await stage.row('restart.own-away', async () => {
      await seen(KEPT, 1)
      await endOfRib()
      const start = performance.now()
      await ecmpd.child.kill()
      await throughout('the daemon keeps the routes', has, WATCH)
      await seen(KEPT, 0)
      const seconds = (performance.now() - start) / 1000
      check(seconds >= SHORT - 1, `they went after ${seconds.toFixed(1)} s already`)
    })
  },
}

/** ecmpd is away for longer than its restart time. */
const ownLongLived: Scene = {
  name: 'own-long-lived',
  rows: ['long-lived.own'],
  hosts: [DAEMON],
  async play(stage) {
    const prefix = KEPT[4]
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: [toSwitch()],
      restartTime: 120,
      longLived: RESTART,
    })
    const config = (staleTime: number) => ({
      announce: [prefix],
      gracefulRestart: { restarter: true, restartTime: SHORT },
      longLivedGracefulRestart: { staleTime },
      neighbors: [neighbor(DAEMON, DAEMON_AS)],
    })
    const ecmpd = stage.configure(config(RESTART))
    await stage.start([DAEMON.address])
    const seen = (count: number) => stage.untilSeen(daemon, prefix, SWITCH_HOST.address, count)
    await stage.row('long-lived.own', async () => {
      await seen(1)
      await ecmpd.child.kill()
      await throughout(
        'the daemon keeps the route beyond the restart time',
        async () => (await daemon.paths(prefix)).length === 1,
        SHORT * 1000 + WATCH,
      )
      stage.rewrite(config(SHORT))
      await ecmpd.start()
      await ecmpd.established([DAEMON.address], PATIENCE)
      await stage.until('the route is fresh', async () => {
        const [path, ...more] = await daemon.paths(prefix)
        const marked = path?.communities.some((one) => one === '65535:6' || one === 'llgr-stale')
        return path && more.length === 0 && !path.stale && !marked
      })
      await stage.until('End-of-RIB went to the daemon', async () =>
        (await ecmpd.neighbors()).every(({ families }) => families[0].endOfRibSent),
      )
      await ecmpd.child.kill()
      await seen(0)
    })
  },
}

export const ownRestartScenes: readonly Scene[] = [ownRestart, ownLongLived]
