import { addressOf, type RouteModel } from '../model.js'
import {
  check,
  DAEMON,
  DAEMON_AS,
  FEED_AS,
  FEEDS,
  neighbor,
  SWITCH_AS,
  SWITCH_HOST,
  same,
  toSwitch,
} from '../stage.js'
import type { Scene } from './scene.js'

const OWN = { 4: '203.0.113.0/24', 6: '2001:db8:113::/48' }
const FED = { 4: '198.51.100.0/24', 6: '2001:db8:100::/48' }
const routes = (prefixes: Record<4 | 6, string>): readonly RouteModel[] =>
  ([4, 6] as const).map((version) => ({ prefix: prefixes[version] }))

/** Sessions over IPv4 and over IPv6, each with its own family; a feed's routes go through ecmpd to the daemon. */
const sessions = (type: 'ebgp' | 'ibgp'): Scene => ({
  name: type,
  rows: [`${type}.ipv4`, `${type}.ipv6`],
  hosts: [DAEMON, FEEDS[0]],
  async play(stage, wants) {
    const internal = type === 'ibgp'
    const as = internal ? SWITCH_AS : DAEMON_AS
    const versions = ([4, 6] as const).filter((version) => wants(`${type}.ipv${version}`))
    const daemon = stage.daemon({
      as,
      sessions: versions.map((version) => toSwitch({ version })),
      routes: routes(OWN),
    })
    stage.feed(0, {
      as: FEED_AS,
      sessions: ([4, 6] as const).map((version) => toSwitch({ version })),
      routes: routes(FED),
    })
    stage.configure({
      neighbors: versions.flatMap((version) => [
        neighbor(DAEMON, as, {}, version),
        neighbor(FEEDS[0], FEED_AS, {}, version),
      ]),
    })
    await stage.start(versions.map((version) => addressOf(DAEMON, version)))
    for (const version of versions) {
      const [there, here] = [DAEMON, SWITCH_HOST].map((host) => addressOf(host, version))
      await stage.row(`${type}.ipv${version}`, async () => {
        const [view, [path]] = await Promise.all([
          stage.ecmpd.neighbor(there),
          stage.untilLearned(OWN[version], there),
        ])
        same('type of the session', view.type, type)
        same(
          'families negotiated',
          view.families.filter(({ negotiated }) => negotiated).map(({ family }) => family),
          [`ipv${version}-unicast`],
        )
        check(path.best && path.valid, `the path is not best: ${path.reason}`)
        same('next hop of the daemon’s route', path.nextHop, there)
        same('AS path of the daemon’s route', path.asPath, internal ? '' : `${as}`)
        if (internal) same('local preference of the daemon’s route', path.localPref, 100)
        const [seen] = await stage.untilSeen(daemon, FED[version], here)
        same('AS path at the daemon', seen.asPath, internal ? `${FEED_AS}` : `${SWITCH_AS} ${FEED_AS}`)
        const nextHop = internal ? addressOf(FEEDS[0], version) : here
        same('next hop at the daemon', seen.nextHop, nextHop)
      })
    }
  },
})

const FOUR = { own: 4_200_000_001, daemon: 4_200_000_002, feed: 4_200_000_003 }

const fourOctets: Scene = {
  name: 'as4',
  rows: ['as4'],
  hosts: [DAEMON, FEEDS[0]],
  async play(stage) {
    const daemon = stage.daemon({
      as: FOUR.daemon,
      sessions: [toSwitch({ as: FOUR.own })],
      routes: [{ prefix: OWN[4] }],
    })
    stage.feed(0, { as: FOUR.feed, sessions: [toSwitch({ as: FOUR.own })], routes: [{ prefix: FED[4] }] })
    stage.configure({
      as: FOUR.own,
      neighbors: [neighbor(DAEMON, FOUR.daemon), neighbor(FEEDS[0], FOUR.feed)],
    })
    await stage.start([DAEMON.address])
    await stage.row('as4', async () => {
      const [path] = await stage.untilLearned(OWN[4], DAEMON.address)
      same('AS path of the daemon’s route', path.asPath, `${FOUR.daemon}`)
      const [seen] = await stage.untilSeen(daemon, FED[4], SWITCH_HOST.address)
      same('AS path at the daemon', seen.asPath, `${FOUR.own} ${FOUR.feed}`)
    })
  },
}

/** A neighbor of before RFC 6793: AS_TRANS stands for what it can't hold. */
const twoOctets: Scene = {
  name: 'as4-old',
  rows: ['as4.old'],
  hosts: [DAEMON, FEEDS[0]],
  async play(stage) {
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: [toSwitch({ twoOctetAs: true })],
      routes: [{ prefix: OWN[4] }],
    })
    stage.feed(0, { as: FOUR.feed, sessions: [toSwitch()], routes: [{ prefix: FED[4] }] })
    stage.configure({ neighbors: [neighbor(DAEMON, DAEMON_AS), neighbor(FEEDS[0], FOUR.feed)] })
    await stage.start([DAEMON.address])
    await stage.row('as4.old', async () => {
      const { capabilities } = await stage.ecmpd.neighbor(DAEMON.address)
      check(
        !capabilities.received.some(({ name }) => name === 'four-octet-as'),
        'the daemon announced 4-octet AS numbers',
      )
      const [path] = await stage.untilLearned(OWN[4], DAEMON.address)
      same('AS path of the daemon’s route', path.asPath, `${DAEMON_AS}`)
      const [seen] = await stage.untilSeen(daemon, FED[4], SWITCH_HOST.address)
      // The path itself has AS_TRANS; a daemon that knows AS4_PATH puts the number back (RFC 6793 §4.2.3).
      check(
        [`${SWITCH_AS} 23456`, `${SWITCH_AS} ${FOUR.feed}`].includes(seen.asPath),
        `AS path at the daemon: ${seen.asPath}`,
      )
    })
  },
}

export const sessionScenes: readonly Scene[] = [sessions('ebgp'), sessions('ibgp'), fourOctets, twoOctets]
