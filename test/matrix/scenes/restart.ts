import { addressOf } from '../model.js'
import { check, DAEMON, DAEMON_AS, neighbor, same, toSwitch } from '../stage.js'
import type { Scene } from './scene.js'

/** Kept over the restart, and no longer announced after it; of both families. */
const KEPT = ['203.0.113.0/24', '2001:db8:113::/48']
const GONE = ['203.0.114.0/24', '2001:db8:114::/48']
/** Enough for a daemon's start on a busy machine; seconds. */
const RESTART = 60
/** Of the second time, when it stays away. */
const SHORT = 4

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
      await stage.ecmpd.established(addresses)
      await untilPaths(KEPT, false)
      await stage.until(
        'what it no longer announces is swept',
        async () => (await Promise.all(GONE.map((prefix) => stage.learned(prefix)))).flat().length === 0,
      )
      await stage.until('the restart is over', async () => String(await helpers()) === 'none,none')
    })
    await stage.row('restart.away', async () => {
      const [{ gracefulRestart }] = await stage.ecmpd.established(addresses)
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

export const restartScenes: readonly Scene[] = [restart]
