import { addressOf } from '../model.js'
import { check, DAEMON, DAEMON_AS, neighbor, PATIENCE, same, toSwitch } from '../stage.js'
import type { Scene } from './scene.js'

/** Kept over the restart, and no longer announced after it; of both families. */
const KEPT = ['203.0.113.0/24', '2001:db8:113::/48']
const GONE = ['203.0.114.0/24', '2001:db8:114::/48']
/** Enough for a daemon's start on a busy machine; seconds. */
const RESTART = 60
/** Of the second time, when it stays away. */
const SHORT = 6

/** A daemon that is killed: connections close without a NOTIFICATION. */
const restart: Scene = {
  name: 'restart',
  rows: ['restart.back', 'restart.away'],
  hosts: [DAEMON],
  async play(stage) {
    const versions = [4, 6] as const
    const addresses = versions.map((version) => addressOf(DAEMON, version))
    const routes = (prefixes: readonly string[]) => prefixes.map((prefix) => ({ prefix }))
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: versions.map((version) => toSwitch({ version })),
      routes: routes([...KEPT, ...GONE]),
      restartTime: RESTART,
    })
    stage.configure({ neighbors: versions.map((version) => neighbor(DAEMON, DAEMON_AS, {}, version)) })
    await stage.start(addresses)
    const untilPaths = (prefixes: readonly string[], stale: boolean) =>
      stage.until(`${prefixes.join(', ')} ${stale ? 'stale' : 'fresh'}`, async () => {
        const paths = await Promise.all(prefixes.map((prefix) => stage.learned(prefix)))
        return paths.every((list) => list.length === 1 && list[0].stale === stale && list[0].best)
      })
    const helpers = async () =>
      Promise.all(
        addresses.map(async (address) => (await stage.ecmpd.neighbor(address)).gracefulRestart.helper),
      )

    await stage.row('restart.back', async () => {
      await untilPaths([...KEPT, ...GONE], false)
      for (const address of addresses) {
        const { negotiated, restartTime } = (await stage.ecmpd.neighbor(address)).gracefulRestart
        same('negotiated', [negotiated, restartTime], [true, RESTART])
      }
      await stage.until('End-of-RIB of both families', async () => {
        const views = await Promise.all(addresses.map((address) => stage.ecmpd.neighbor(address)))
        return views.every(({ families }) => families[0].endOfRibReceived)
      })
      await daemon.kill()
      await untilPaths([...KEPT, ...GONE], true)
      same('helper', await helpers(), ['waiting', 'waiting'])
      await daemon.announce(routes(KEPT))
      daemon.model = { ...daemon.model, restartTime: SHORT }
      await daemon.start()
      await stage.ecmpd.established(addresses, PATIENCE)
      await untilPaths(KEPT, false)
      await stage.until(
        'what it no longer announces is swept',
        async () => (await Promise.all(GONE.map((prefix) => stage.learned(prefix)))).flat().length === 0,
      )
      await stage.until('the restart is over', async () => String(await helpers()) === 'none,none')
    })
    await stage.row('restart.away', async () => {
      const [{ gracefulRestart }] = await stage.ecmpd.established(addresses, PATIENCE)
      same('restart time', gracefulRestart.restartTime, SHORT)
      const start = performance.now()
      await daemon.kill()
      await untilPaths(KEPT, true)
      await stage.until(
        'its paths are gone',
        async () => (await Promise.all(KEPT.map((prefix) => stage.learned(prefix)))).flat().length === 0,
      )
      const seconds = (performance.now() - start) / 1000
      check(seconds >= SHORT - 0.5, `they went after ${seconds.toFixed(1)} s already`)
    })
  },
}

/** Seconds: of the restart, after which the long-lived time begins, and of that. */
const LONG = { restart: 3, stale: 30, shortStale: 4 }

/** A daemon that is away for longer than its restart time: its paths are kept on, as the last choice. */
const longLived: Scene = {
  name: 'long-lived',
  rows: ['long-lived.back', 'long-lived.away'],
  hosts: [DAEMON],
  async play(stage) {
    const [prefix] = KEPT
    const { address } = DAEMON
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: [toSwitch()],
      routes: [{ prefix }],
      restartTime: LONG.restart,
      longLived: LONG.stale,
    })
    stage.configure({ longLivedGracefulRestart: true, neighbors: [neighbor(DAEMON, DAEMON_AS)] })
    await stage.start([address])
    const paths = (what: string, is: (list: Awaited<ReturnType<typeof stage.learned>>) => boolean) =>
      stage.until(what, async () => is(await stage.learned(prefix)))
    const fresh = () => paths('a fresh path', (list) => list.length === 1 && !list[0].stale)
    const lastChoice = () =>
      paths('the path is the last choice', (list) => list.length === 1 && list[0].longLivedStale === true)
    await stage.row('long-lived.back', async () => {
      await fresh()
      const { negotiated, longLived } = (await stage.ecmpd.neighbor(address)).gracefulRestart
      same('negotiated', [negotiated, longLived?.negotiated], [true, true])
      await daemon.kill()
      await lastChoice()
      const [path] = await stage.learned(prefix)
      check(path.best, 'the last choice is not used, though it is the only one')
      daemon.model = { ...daemon.model, longLived: LONG.shortStale }
      await daemon.start()
      await stage.ecmpd.established([address], PATIENCE)
      await paths(
        'the path is fresh again',
        (list) => list.length === 1 && !list[0].stale && !list[0].longLivedStale,
      )
    })
    await stage.row('long-lived.away', async () => {
      await fresh()
      // Its times begin with the end of its connection, and that comes before kill() tells.
      const start = performance.now()
      await daemon.kill()
      await lastChoice()
      await paths('the path is gone', (list) => list.length === 0)
      const seconds = (performance.now() - start) / 1000
      const least = LONG.restart + LONG.shortStale - 0.5
      check(seconds >= least, `it went after ${seconds.toFixed(1)} s already`)
    })
  },
}

export const restartScenes: readonly Scene[] = [restart, longLived]
