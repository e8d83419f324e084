import { throughout } from '../../lab/wait.js'
import { addressOf } from '../model.js'
import { check, DAEMON, DAEMON_AS, neighbor, PATIENCE, same, toSwitch } from '../stage.js'
import type { Scene } from './scene.js'

const SECRET = 'c1l1um-Secret'
/** Long enough for a connection if the passwords did not count. */
const WATCH = 3000

/** Both versions at once, the connection made by one side alone. */
const md5 = (way: 'dials' | 'listens'): Scene => ({
  name: `md5-${way}`,
  rows: [`md5.ipv4.${way}`, `md5.ipv6.${way}`],
  hosts: [DAEMON],
  async play(stage, wants) {
    const dials = way === 'dials'
    const versions = ([4, 6] as const).filter((version) => wants(`md5.ipv${version}.${way}`))
    const prefix = { 4: '203.0.113.0/24', 6: '2001:db8:113::/48' }
    stage.daemon({
      as: DAEMON_AS,
      sessions: versions.map((version) => toSwitch({ version, password: SECRET, passive: dials })),
      routes: versions.map((version) => ({ prefix: prefix[version] })),
    })
    const config = (password: string) => ({
      neighbors: versions.map((version) =>
        neighbor(DAEMON, DAEMON_AS, { password, ...(dials ? {} : { passive: true }) }, version),
      ),
    })
    const addresses = versions.map((version) => addressOf(DAEMON, version))
    stage.configure(config('another-Secret'))
    await stage.start([])
    const wrong = throughout(
      'no session while the passwords differ',
      async () => (await stage.ecmpd.neighbors()).every(({ state }) => state !== 'Established'),
      WATCH,
    )
    const differs = await wrong.then(
      () => undefined,
      (error: Error) => error,
    )
    await stage.reload(config(SECRET))
    for (const [index, version] of versions.entries()) {
      await stage.row(`md5.ipv${version}.${way}`, async () => {
        if (differs) throw differs
        const [view] = await stage.ecmpd.established([addresses[index]], PATIENCE)
        same('protection', view.authentication, 'md5')
        check((view.localPort === 179) === !dials, `the connection was made by the other side`)
        await stage.until('a route came', async () => (await stage.learned(prefix[version])).length === 1)
      })
    }
  },
})

export const md5Scenes: readonly Scene[] = [md5('dials'), md5('listens')]
