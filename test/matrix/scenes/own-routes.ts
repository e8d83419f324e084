import { addressOf } from '../model.js'
import { DAEMON, DAEMON_AS, neighbor, SWITCH_AS, SWITCH_HOST, same, toSwitch } from '../stage.js'
import type { Scene } from './scene.js'

const NETWORKS = { 4: '203.0.113.0/24', 6: '2001:db8:113::/48' }
const DEFAULT = { 4: '0.0.0.0/0', 6: '::/0' }

/** Networks and a default route of ecmpd's own, over both versions. */
const own: Scene = {
  name: 'own-routes',
  rows: ['own'],
  hosts: [DAEMON],
  async play(stage) {
    const versions = [4, 6] as const
    const daemon = stage.daemon({ as: DAEMON_AS, sessions: versions.map((version) => toSwitch({ version })) })
    const config = (announce: readonly string[]) => ({
      announce,
      neighbors: versions.map((version) => neighbor(DAEMON, DAEMON_AS, { defaultOriginate: true }, version)),
    })
    stage.configure(config(Object.values(NETWORKS)))
    await stage.start(versions.map((version) => addressOf(DAEMON, version)))
    await stage.row('own', async () => {
      for (const version of versions) {
        const here = addressOf(SWITCH_HOST, version)
        for (const prefix of [NETWORKS[version], DEFAULT[version]]) {
          const [{ nextHop, asPath }] = await stage.untilSeen(daemon, prefix, here)
          same(prefix, { nextHop, asPath }, { nextHop: here, asPath: `${SWITCH_AS}` })
        }
      }
      await stage.reload(config([NETWORKS[4]]))
      await stage.untilSeen(daemon, NETWORKS[6], SWITCH_HOST.address6, 0)
      await stage.untilSeen(daemon, NETWORKS[4], SWITCH_HOST.address)
    })
  },
}

export const ownRouteScenes: readonly Scene[] = [own]
