import type { RouteModel } from '../model.js'
import {
  check,
  DAEMON,
  DAEMON_AS,
  FEED_AS,
  FEEDS,
  neighbor,
  type Stage,
  SWITCH_AS,
  SWITCH_HOST,
  same,
  toSwitch,
} from '../stage.js'
import type { Scene } from './scene.js'

const PREFIX = '198.51.100.0/24'
/** AS of the feeds: one path of the prefix through each. */
const AS = [FEED_AS - 1, FEED_AS]

const sorted = (paths: readonly { readonly asPath: string }[]) => paths.map(({ asPath }) => asPath).sort()

/** Identifiers of paths, as far as they are shown, are different ones. */
function distinct(paths: readonly { readonly pathId?: number }[]): void {
  const ids = paths.map(({ pathId }) => pathId).filter((id) => id !== undefined)
  check(new Set(ids).size === ids.length, `path identifiers ${ids}`)
}

/** Both feeds announce the prefix to a neighbor. */
const feeds = (stage: Stage, to: typeof DAEMON, as: number) =>
  ([0, 1] as const).map((index) =>
    stage.feed(index, {
      as: AS[index],
      sessions: [{ to, as, version: 4 }],
      routes: [{ prefix: PREFIX }],
    }),
  )

/** The daemon has two paths, from two feeds or its own two, and sends both. */
const received: Scene = {
  name: 'addpath-received',
  rows: ['addpath.received'],
  hosts: [DAEMON, FEEDS[0], FEEDS[1]],
  async play(stage) {
    const own: readonly RouteModel[] = AS.map((as, index) => ({
      prefix: PREFIX,
      pathId: index + 1,
      asPath: [DAEMON_AS, as],
    }))
    const toFeeds = ([0, 1] as const).map((index) => ({
      to: FEEDS[index],
      as: AS[index],
      version: 4 as const,
    }))
    const probe = stage.daemon({ as: DAEMON_AS, sessions: [] })
    stage.daemons.pop()
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: [toSwitch({ addPath: 'send' }), ...(probe.transit ? toFeeds : [])],
      ...(probe.transit ? {} : { routes: own }),
    })
    const sources = probe.transit ? feeds(stage, DAEMON, DAEMON_AS) : []
    stage.configure({ neighbors: [neighbor(DAEMON, DAEMON_AS, { addPath: { receive: true } })] })
    await stage.start([DAEMON.address])
    await stage.row('addpath.received', async () => {
      const paths = await stage.untilLearned(PREFIX, DAEMON.address, 2)
      same(
        'AS paths',
        sorted(paths),
        AS.map((as) => `${DAEMON_AS} ${as}`),
      )
      check(
        paths.every(({ pathId }) => pathId !== undefined),
        'a path has no identifier',
      )
      distinct(paths)
      if (daemon.transit) await sources[1].announce([])
      else await daemon.announce(own.slice(0, 1))
      const [left] = await stage.untilLearned(PREFIX, DAEMON.address, 1)
      same('AS path of the one that is left', left.asPath, `${DAEMON_AS} ${AS[0]}`)
    })
  },
}

/** ecmpd has two paths from two feeds and sends both on, unchanged, over iBGP. */
const sent: Scene = {
  name: 'addpath-sent',
  rows: ['addpath.sent'],
  hosts: [DAEMON, FEEDS[0], FEEDS[1]],
  async play(stage) {
    const daemon = stage.daemon({ as: SWITCH_AS, sessions: [toSwitch({ addPath: 'receive' })] })
    const sources = feeds(stage, SWITCH_HOST, SWITCH_AS)
    stage.configure({
      neighbors: [
        neighbor(DAEMON, SWITCH_AS, { addPath: { send: 'all' } }),
        ...AS.map((as, index) => neighbor(FEEDS[index], as)),
      ],
    })
    await stage.start([DAEMON.address])
    await stage.row('addpath.sent', async () => {
      const paths = await stage.untilSeen(daemon, PREFIX, SWITCH_HOST.address, 2)
      same('AS paths', sorted(paths), AS.map(String))
      same(
        'next hops',
        paths.map(({ nextHop }) => nextHop).sort(),
        [0, 1].map((index) => FEEDS[index].address),
      )
      distinct(paths)
      await sources[1].announce([])
      const [left] = await stage.untilSeen(daemon, PREFIX, SWITCH_HOST.address, 1)
      same('AS path of the one that is left', left.asPath, `${AS[0]}`)
    })
  },
}

export const addPathScenes: readonly Scene[] = [received, sent]
