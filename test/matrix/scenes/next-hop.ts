import { kernelRoutes } from '../../lab/routes.js'
import {
  check,
  DAEMON,
  DAEMON_AS,
  FEED_AS,
  FEEDS,
  neighbor,
  SWITCH,
  SWITCH_HOST,
  same,
  toSwitch,
} from '../stage.js'
import type { Scene } from './scene.js'

const OWN = '203.0.113.0/24'
const FED = '198.51.100.0/24'

/** One session over IPv6 that carries IPv4 routes. */
const extended: Scene = {
  name: 'next-hop',
  rows: ['nexthop.received', 'nexthop.sent'],
  hosts: [DAEMON, FEEDS[0]],
  async play(stage) {
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: [toSwitch({ version: 6, families: [4, 6], extendedNextHop: true })],
      routes: [{ prefix: OWN }],
    })
    stage.feed(0, { as: FEED_AS, sessions: [toSwitch()], routes: [{ prefix: FED }] })
    const families = { 'ipv4-unicast': { export: 'all' }, 'ipv6-unicast': null }
    stage.configure(
      {
        neighbors: [neighbor(DAEMON, DAEMON_AS, { families }, 6), neighbor(FEEDS[0], FEED_AS)],
      },
      true,
    )
    const [{ capabilities }] = await stage.start([DAEMON.address6])
    const announced = capabilities.received.some(({ name }) => name === 'extended-next-hop')
    await stage.row('nexthop.received', async () => {
      check(announced, 'the daemon did not announce extended next hops')
      const [path] = await stage.untilLearned(OWN, DAEMON.address6)
      // A global next hop beside the link-local one, or the link-local one alone (RFC 8950 §3, RFC 2545 §3).
      check(/^(fd00:95::210|fe80:)/.test(path.nextHop), `next hop ${path.nextHop}`)
      await stage.until('the kernel has it through an IPv6 gateway', async () => {
        const routes = await kernelRoutes(stage.lab, SWITCH, OWN)
        return routes.some(({ gateways }) => gateways.length === 1 && gateways[0] === path.nextHop)
      })
    })
    await stage.row('nexthop.sent', async () => {
      check(announced, 'the daemon did not announce extended next hops')
      const [seen] = await stage.untilSeen(daemon, FED, SWITCH_HOST.address6)
      same('next hop at the daemon', seen.nextHop, SWITCH_HOST.address6)
    })
  },
}

export const nextHopScenes: readonly Scene[] = [extended]
