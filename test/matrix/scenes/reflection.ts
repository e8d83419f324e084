import type { Host } from '../../../src/demo/topology.js'
import type { Daemon } from '../daemons/daemon.js'
import {
  DAEMON,
  FEED_AS,
  FEEDS,
  neighbor,
  SECOND,
  type Stage,
  SWITCH_AS,
  SWITCH_HOST,
  same,
  toSwitch,
} from '../stage.js'
import type { Scene } from './scene.js'

const PREFIX = {
  daemon: '203.0.113.0/24',
  second: '203.0.114.0/24',
  feed0: '198.51.100.0/24',
  feed1: '198.51.101.0/24',
  feed2: '198.51.102.0/24',
} as const

const prefixOf = ({ namespace }: Host) => PREFIX[namespace as keyof typeof PREFIX]
const internal = [toSwitch()]

/** The route of a host came to a daemon reflected: with originator and cluster list, its next hop untouched. */
async function reflected(stage: Stage, at: Daemon, of: Host): Promise<void> {
  const [path] = await stage.untilSeen(at, prefixOf(of), SWITCH_HOST.address)
  const { originatorId, clusterList, nextHop, asPath } = path
  same(
    `${of.name}'s route at ${at.host.name}`,
    { originatorId, clusterList, nextHop, asPath },
    { originatorId: of.address, clusterList: [SWITCH_HOST.address], nextHop: of.address, asPath: '' },
  )
}

/** ecmpd with two clients (the daemon, a feed) and two others (a second daemon of the kind, a feed). */
const reflector: Scene = {
  name: 'reflector',
  rows: ['reflect.client', 'reflect.non-client'],
  hosts: [DAEMON, SECOND, FEEDS[0], FEEDS[1]],
  async play(stage) {
    const model = (host: Host) => ({
      as: SWITCH_AS,
      sessions: internal,
      routes: [{ prefix: prefixOf(host) }],
    })
    const client = stage.daemon(model(DAEMON))
    const other = stage.daemon(model(SECOND), SECOND)
    const [feedClient, feedOther] = ([0, 1] as const).map((index) => stage.feed(index, model(FEEDS[index])))
    const all = [DAEMON, SECOND, FEEDS[0], FEEDS[1]]
    stage.configure({
      neighbors: all.map((host) =>
        neighbor(host, SWITCH_AS, { routeReflectorClient: host === DAEMON || host === FEEDS[0] }),
      ),
    })
    await stage.start(all.map(({ address }) => address))
    await stage.row('reflect.client', async () => {
      for (const of of [SECOND, FEEDS[0], FEEDS[1]]) await reflected(stage, client, of)
      for (const at of [other, feedClient, feedOther]) await reflected(stage, at, DAEMON)
    })
    await stage.row('reflect.non-client', async () => {
      for (const of of [DAEMON, FEEDS[0]]) await reflected(stage, other, of)
      for (const at of [client, feedClient]) await reflected(stage, at, SECOND)
      // What comes from one that is no client goes to no other such.
      for (const [at, of] of [
        [SECOND, FEEDS[1]],
        [FEEDS[1], SECOND],
      ]) {
        await stage.untilLearned(prefixOf(of), of.address)
        await stage.until(`two routes are sent to ${at.name}`, async () => {
          const { prefixesAdvertised } = await stage.ecmpd.neighbor(at.address)
          if (prefixesAdvertised !== 2) throw new Error(`${prefixesAdvertised} are`)
          return true
        })
      }
      same(`paths of ${FEEDS[1].name}'s route`, (await other.paths(prefixOf(FEEDS[1]))).length, 0)
      same(`paths of ${SECOND.name}'s route`, (await feedOther.paths(prefixOf(SECOND))).length, 0)
    })
  },
}

/** The daemon reflects between ecmpd, which has a route from outside, another client and one that is none. */
const reflectedBy: Scene = {
  name: 'reflected-by',
  rows: ['reflect.by'],
  hosts: [DAEMON, FEEDS[0], FEEDS[1], FEEDS[2]],
  async play(stage) {
    stage.daemon({
      as: SWITCH_AS,
      sessions: [
        toSwitch({ client: true }),
        { to: FEEDS[0], as: SWITCH_AS, version: 4, client: true },
        { to: FEEDS[1], as: SWITCH_AS, version: 4 },
      ],
    })
    const toDaemon = [{ to: DAEMON, as: SWITCH_AS, version: 4 }] as const
    const others = ([0, 1] as const).map((index) =>
      stage.feed(index, {
        as: SWITCH_AS,
        sessions: toDaemon,
        routes: [{ prefix: prefixOf(FEEDS[index]) }],
      }),
    )
    stage.feed(2, { as: FEED_AS, sessions: [toSwitch()], routes: [{ prefix: PREFIX.feed2 }] })
    stage.configure({ neighbors: [neighbor(DAEMON, SWITCH_AS), neighbor(FEEDS[2], FEED_AS)] })
    await stage.start([DAEMON.address, FEEDS[2].address])
    await stage.row('reflect.by', async () => {
      for (const of of [FEEDS[0], FEEDS[1]]) {
        const [path] = await stage.untilLearned(prefixOf(of), DAEMON.address)
        const { originatorId, clusterList, nextHop, best } = path
        same(
          `${of.name}'s route at ecmpd`,
          { originatorId, clusterList, nextHop, best },
          { originatorId: of.address, clusterList: [DAEMON.address], nextHop: of.address, best: true },
        )
      }
      const [path] = await stage.untilSeen(others[0], PREFIX.feed2, DAEMON.address)
      const { originatorId, clusterList, nextHop, asPath } = path
      same(
        `ecmpd's route at the other client`,
        { originatorId, clusterList, nextHop, asPath },
        {
          originatorId: SWITCH_HOST.address,
          clusterList: [DAEMON.address],
          nextHop: FEEDS[2].address,
          asPath: `${FEED_AS}`,
        },
      )
      // What it is sent with to others than clients is not ecmpd's matter.
      await stage.untilSeen(others[1], PREFIX.feed2, DAEMON.address)
    })
  },
}

export const reflectionScenes: readonly Scene[] = [reflector, reflectedBy]
