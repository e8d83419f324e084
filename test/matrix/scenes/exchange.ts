import { addressOf, type RouteModel } from '../model.js'
import { check, DAEMON, DAEMON_AS, FEED_AS, FEEDS, neighbor, SWITCH_HOST, same, toSwitch } from '../stage.js'
import type { Scene } from './scene.js'

const PLAIN = '203.0.113.0/24'
const OTHER = '203.0.114.0/24'
const FED = '198.51.100.0/24'
const LONG = { own: '203.0.115.0/24', fed: '198.51.101.0/24' }

const communities = ['64512:1', '64512:65535', '65000:0']
const largeCommunities = ['64512:1:2', '4200000001:4294967295:0', '4294967294:3:4294967295']
/** Attributes that no UPDATE of 4096 octets can hold: 400 times 12 octets. */
const many = Array.from({ length: 400 }, (_, index) => `64512:7:${index + 1}`)

const sorted = (values: readonly string[]) => [...values].sort()

/** One eBGP session on which attributes, refreshes and long messages are tried one after the other. */
const exchange: Scene = {
  name: 'exchange',
  rows: [
    ...([
      'communities',
      'large',
      'refresh.asks',
      'refresh.asked',
      'enhanced.asks',
      'enhanced.asked',
    ] as const),
    ...(['long.received', 'long.sent'] as const),
  ],
  hosts: [DAEMON, FEEDS[0]],
  async play(stage, wants) {
    const attributes = { communities, largeCommunities }
    const [long, longFed]: RouteModel[] = [
      { prefix: LONG.own, largeCommunities: many },
      { prefix: LONG.fed, largeCommunities: many },
    ]
    const there = addressOf(DAEMON, 4)
    const here = addressOf(SWITCH_HOST, 4)
    const daemon = stage.daemon({
      as: DAEMON_AS,
      sessions: [toSwitch()],
      routes: [
        { prefix: PLAIN, ...attributes },
        { prefix: OTHER },
        ...(wants('long.received') ? [long] : []),
      ],
    })
    stage.feed(0, {
      as: FEED_AS,
      sessions: [toSwitch()],
      routes: [{ prefix: FED, ...attributes }, longFed],
    })
    const config = (settings: Record<string, unknown> = {}) => ({
      neighbors: [neighbor(DAEMON, DAEMON_AS, settings), neighbor(FEEDS[0], FEED_AS)],
    })
    stage.configure(config())
    await stage.start([there])
    const view = () => stage.ecmpd.neighbor(there)

    for (const [row, name] of [
      ['communities', 'communities'],
      ['large', 'largeCommunities'],
    ] as const) {
      await stage.row(row, async () => {
        const wanted = sorted(attributes[name])
        const [path] = await stage.untilLearned(PLAIN, there)
        same('at ecmpd', sorted(path[name]), wanted)
        const [seen] = await stage.untilSeen(daemon, FED, here)
        same('at the daemon', sorted(seen[name]), wanted)
      })
    }

    if (wants('long.received')) {
      await stage.row('long.received', async () => {
        const [path] = await stage.untilLearned(LONG.own, there)
        same('large communities at ecmpd', sorted(path.largeCommunities), sorted(many))
      })
    }
    if (wants('long.sent')) {
      await stage.row('long.sent', async () => {
        const [seen] = await stage.untilSeen(daemon, LONG.fed, here)
        same('large communities at the daemon', sorted(seen.largeCommunities), sorted(many))
      })
    }

    /** OTHER is accepted, or kept out by policy: what was received stays known. */
    const accepted = (wanted: boolean) =>
      stage.until(`the route is ${wanted ? '' : 'not '}accepted`, async () => {
        const paths = await stage.learned(OTHER, there)
        return paths.length === 1 && paths[0].valid === wanted
      })
    const asks = async () => {
      // An attempt before this one may have failed half-way, and the session with it: the route comes back first.
      const known = await stage.until(
        'the route is known',
        async () => (await stage.learned(OTHER, there))[0],
      )
      if (!known.valid) await stage.reload(config())
      await accepted(true)
      await stage.reload(config({ import: [{ permit: PLAIN }] }))
      await accepted(false)
      const before = await view()
      const { code, stderr } = await stage.ecmpd.cli(
        ...['clear', 'ip', 'bgp', there, 'soft', 'in', '--socket', stage.ecmpd.socket],
      )
      check(code === 0, `ecmpd clear: ${stderr}`)
      await stage.until(
        'the daemon sent its routes again',
        async () => (await view()).messages.received.update > before.messages.received.update,
      )
      await accepted(false)
      await stage.reload(config())
      await accepted(true)
      const after = await view()
      same('ROUTE-REFRESHs sent', after.messages.sent.routeRefresh - before.messages.sent.routeRefresh, 1)
      same('sessions established', after.established, before.established)
      return { before, after }
    }
    const asked = async () => {
      await stage.untilSeen(daemon, FED, here)
      const before = await view()
      await daemon.refresh(here)
      const after = await stage.until('the daemon asked and was answered', async () => {
        const now = await view()
        const came = now.messages.received.routeRefresh > before.messages.received.routeRefresh
        return came && now.messages.sent.update > before.messages.sent.update && now
      })
      await stage.untilSeen(daemon, FED, here)
      same('sessions established', after.established, before.established)
      return { before, after }
    }
    const enhanced = ({ capabilities }: Awaited<ReturnType<typeof view>>) =>
      same(
        'sides that announced enhanced route refresh',
        [capabilities.sent, capabilities.received].map((list) =>
          list.some(({ name }) => name === 'enhanced-route-refresh'),
        ),
        [true, true],
      )

    // Some daemons fail when they are asked: that comes last.
    if (wants('refresh.asked')) await stage.row('refresh.asked', async () => void (await asked()))
    if (wants('enhanced.asked')) {
      await stage.row('enhanced.asked', async () => {
        const { before } = await asked()
        enhanced(before)
        await stage.until(
          'ecmpd sent both marks',
          async () => (await view()).messages.sent.routeRefresh - before.messages.sent.routeRefresh >= 2,
        )
        await stage.untilSeen(daemon, FED, here)
      })
    }
    if (wants('refresh.asks')) await stage.row('refresh.asks', async () => void (await asks()))
    if (wants('enhanced.asks')) {
      await stage.row('enhanced.asks', async () => {
        const { before, after } = await asks()
        enhanced(after)
        // The daemon's answer lies between the begin and the end mark (RFC 7313 §4).
        await stage.until(
          'the daemon sent both marks',
          async () =>
            (await view()).messages.received.routeRefresh - before.messages.received.routeRefresh >= 2,
        )
      })
    }
  },
}

export const exchangeScenes: readonly Scene[] = [exchange]
