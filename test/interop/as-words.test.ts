import { readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Lab } from '../../src/demo/lab.js'
import { type Host, NODES, SWITCH_HOST, VIP } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Frr } from '../lab/frr.js'
import { lacks } from '../lab/require.js'
import { openNetwork, steps } from '../lab/setup.js'
import { until } from '../lab/wait.js'
import { yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const skip = await lacks('vtysh', 'bird', 'birdc')

const SERVICE = `${VIP}/32`
/** Announced with the switch's AS in its path. */
const LOOP = '203.0.113.7/32'
const [ORIGIN, UPSTREAM, SITE] = NODES
const UPSTREAM_AS = 3356

/** FRR in a private AS: its routes have communities of every kind, and one of them the switch's AS. */
class Customer extends Frr {
  protected override command() {
    const argv = super.command()
    const file = this.file('.conf')
    const to = this.options.neighbor.address
    const text = readFileSync(file, 'utf8').replace(
      `neighbor ${to} activate\n`,
      `neighbor ${to} activate\n  neighbor ${to} route-map OUT out\n`,
    )
    writeFileSync(
      file,
      `${text}ip prefix-list LOOP seq 5 permit ${LOOP}
route-map OUT permit 10
 match ip address prefix-list LOOP
 set as-path prepend 64513
exit
route-map OUT permit 20
 set community 64512:77
 set large-community 64512:1:2
 set extcommunity rt 64512:9
exit
`,
    )
    return argv
  }
}

interface Learned {
  readonly asPath: string
  readonly communities: string
}

/** What BIRD has of a prefix; undefined when it has nothing. */
async function learned(lab: Lab, host: Host, prefix: string): Promise<Learned | undefined> {
  const socket = lab.path(`${host.namespace}-bird.ctl`)
  const argv = ['birdc', '-s', socket, 'show', 'route', 'all', prefix]
  const { stdout: text } = await lab.run(host.namespace, argv)
  const asPath = /BGP\.as_path: (.*)/.exec(text)?.[1]?.trim()
  if (asPath === undefined) return undefined
  const kinds = ['community', 'ext_community', 'large_community'].flatMap((kind) =>
    new RegExp(`BGP\\.${kind}: \\(`).test(text) ? [kind.replace('_community', '')] : [],
  )
  return { asPath, communities: kinds.join(' ') }
}

const untilLearned = (lab: Lab, prefix: string, wanted: Partial<Learned> | undefined) =>
  until(`the upstream has ${prefix} as ${JSON.stringify(wanted)}`, async () => {
    const now = await learned(lab, UPSTREAM, prefix)
    if (wanted === undefined) return now === undefined
    return (
      now !== undefined && Object.entries(wanted).every(([key, value]) => now[key as keyof Learned] === value)
    )
  })

async function network(t: Test) {
  const lab = await openNetwork(t)
  const origin = new Customer(lab, ORIGIN, { restartTime: 0 })
  await origin.announce(SERVICE)
  await origin.announce(LOOP)
  const upstream = new Bird(lab, UPSTREAM, { as: UPSTREAM_AS, restartTime: 0 })
  const site = new Frr(lab, SITE, { restartTime: 0 })
  return { lab, origin, upstream, site }
}

t.test('YAML: AS paths and communities on the wire', { skip }, async (t) => {
  const { lab, origin, upstream, site } = await network(t)
  const config = (
    lines: { origin?: string[]; upstream?: string[]; site?: string[] },
    top: string[] = [],
    every: string[] = ['export: all'],
  ) =>
    yaml(
      [
        {
          address: ORIGIN.address,
          lines: [...(lines.origin ?? []), ...(top.length > 0 ? ['import: all'] : [])],
        },
        { address: UPSTREAM.address, as: UPSTREAM_AS, lines: [...every, ...(lines.upstream ?? [])] },
        { address: SITE.address, lines: [...every, ...(lines.site ?? [])] },
      ],
      top,
    )
  const ecmpd = new Ecmpd(lab, { config: config({}), fib: false })
  const apply = async (...args: Parameters<typeof config>) => {
    ecmpd.write(config(...args))
    const result = await ecmpd.reload()
    if (result.code !== 0) throw new Error(result.stdout + result.stderr)
  }
  const step = steps(t)
  /** Both sides dial: a session on a connection that was given up for the other counts, too (RFC 4271 §6.8). */
  const sessions = async () =>
    (await ecmpd.neighbors()).map(({ address, established }) => `${address} ${established}`)
  let before: string[] = []

  await step('as it comes: all communities, and nothing of its own AS for the other site', async (t) => {
    await ecmpd.start()
    await Promise.all([origin.start(), upstream.start(), site.start()])
    await ecmpd.established(NODES.map(({ address }) => address))
    await untilLearned(lab, SERVICE, { asPath: '64513 64512', communities: 'community ext large' })
    before = await sessions()
    t.equal(await learned(lab, UPSTREAM, LOOP), undefined, 'a path with the own AS is not used')
    t.same(await site.received(), [])
  })

  await step('as-override: the other site takes the routes of its own AS', async (t) => {
    await apply({ site: ['asOverride: true'] })
    await until('the other site has the route', async () => (await site.received()).includes(SERVICE))
    const path = await ecmpd.show('ip', 'bgp', 'neighbors', SITE.address, 'advertised-routes')
    // As in FRR without the own AS, which the session puts in front: what is left is the one that was overridden.
    t.match(path, /^\*>.* 64513 [ie?]$/m)
  })

  await step('remove-private-as', async () => {
    await apply({ upstream: ['removePrivateAs: true'] })
    await untilLearned(lab, SERVICE, { asPath: '64513' })
    await apply({ upstream: ['removePrivateAs: { all: true, replace: true }'] })
    await untilLearned(lab, SERVICE, { asPath: '64513 64513' })
  })

  await step('send-community', async () => {
    await apply({ upstream: ['sendCommunity: false'] })
    await untilLearned(lab, SERVICE, { asPath: '64513 64512', communities: '' })
    await apply({ upstream: ['sendCommunity: [standard, large]'] })
    await untilLearned(lab, SERVICE, { communities: 'community large' })
    await apply({ upstream: ['sendCommunity: [extended]'] })
    await untilLearned(lab, SERVICE, { communities: 'ext' })
  })

  await step('allowas-in', async (t) => {
    await apply({ origin: ['allowAsIn: 1'] })
    await untilLearned(lab, LOOP, { asPath: '64513 64512 64513' })
    await apply({})
    await untilLearned(lab, LOOP, undefined)
    await apply({ origin: ['allowAsIn: origin'] })
    await untilLearned(lab, LOOP, { asPath: '64513 64512 64513' })
    t.same(await sessions(), before, 'no session was lost')
  })

  await step('local-as with dual-as: the upstream wants the real AS, and gets it', async (t) => {
    await apply({ upstream: ['localAs: { as: 65099, noPrepend: true, replaceAs: true, dualAs: true }'] })
    await ecmpd.established([UPSTREAM.address])
    await untilLearned(lab, SERVICE, { asPath: '64513 64512' })
    t.equal((await ecmpd.neighbor(UPSTREAM.address)).localAs, 65099)
  })

  await step('local-as: the upstream knows the switch by another AS', async () => {
    await upstream.stop()
    const other = new Bird(lab, UPSTREAM, { as: UPSTREAM_AS, neighborAs: 65099, restartTime: 0 })
    await apply({ upstream: ['localAs: { as: 65099 }'] })
    await other.start()
    await untilLearned(lab, SERVICE, { asPath: '65099 64513 64512' })
    await apply({ upstream: ['localAs: 65099'] })
    await untilLearned(lab, SERVICE, { asPath: '65099 64512' })
    await other.stop()
    await upstream.start()
  })

  await step('RFC 8212: without a policy nothing passes', async (t) => {
    await apply({}, ['ebgpRequiresPolicy: true'])
    await ecmpd.established([UPSTREAM.address])
    await untilLearned(lab, SERVICE, { asPath: '64513 64512' })
    await apply({}, ['ebgpRequiresPolicy: true'], [])
    await untilLearned(lab, SERVICE, undefined)
    const summary = await ecmpd.show('ip', 'bgp', 'summary')
    t.match(summary, new RegExp(`^${UPSTREAM.address.replaceAll('.', '\\.')} .*\\(Policy\\)$`, 'm'))
  })
})

t.test('the switch’s text: the same words, peer groups and listen ranges', { skip }, async (t) => {
  const { lab, origin, upstream, site } = await network(t)
  const config = (...lines: string[]) => `hostname switch
router bgp 64513
 bgp router-id ${SWITCH_HOST.address}
 neighbor NODES peer-group
 neighbor NODES remote-as 64512
 neighbor NODES as-override
 bgp listen range 192.168.95.0/24 peer-group NODES
 bgp listen limit 1
 neighbor ${UPSTREAM.address} remote-as external
 neighbor ${UPSTREAM.address} update-source eth0
 neighbor ${UPSTREAM.address} timers connect 2
${lines.map((line) => ` neighbor ${UPSTREAM.address} ${line}\n`).join('')}end
`
  const ecmpd = new Ecmpd(lab, { config: config('remove-private-AS all'), fib: false })
  const step = steps(t)
  const apply = async (...lines: string[]) => {
    ecmpd.write(config(...lines))
    const result = await ecmpd.reload()
    if (result.code !== 0) throw new Error(result.stdout + result.stderr)
  }

  await step('a node comes in through the listen range; remove-private-AS', async (t) => {
    await ecmpd.start()
    await Promise.all([origin.start(), upstream.start()])
    await ecmpd.established([ORIGIN.address, UPSTREAM.address])
    await untilLearned(lab, SERVICE, { asPath: '64513', communities: 'community ext large' })
    t.match(await ecmpd.neighbor(ORIGIN.address), { dynamic: true, remoteAs: 64512 })
    t.match(await ecmpd.neighbor(UPSTREAM.address), { dynamic: false, remoteAs: UPSTREAM_AS })
  })

  await step('the listen limit keeps a second one out until it is raised', async (t) => {
    await site.start()
    await until('it was refused', async () => /dynamic neighbors already/.test(ecmpd.child.output))
    t.notOk((await ecmpd.neighbors()).some(({ address }) => address === SITE.address))
    ecmpd.write(config('remove-private-AS all').replace('limit 1', 'limit 2'))
    t.equal((await ecmpd.reload()).code, 0)
    await ecmpd.established([SITE.address])
    await until('as-override of the group', async () => (await site.received()).includes(SERVICE))
  })

  await step('no send-community, and a disabled connected check', async () => {
    ecmpd.write(
      config('send-community both', 'disable-connected-check')
        .replace('end\n', `no neighbor ${UPSTREAM.address} send-community extended\nend\n`)
        .replace('limit 1', 'limit 2'),
    )
    if ((await ecmpd.reload()).code !== 0) throw new Error('not applied')
    await untilLearned(lab, SERVICE, { asPath: '64513 64512', communities: 'community large' })
  })

  await step('remote-as external refuses the own AS, ebgp-multihop and shutdown message work', async () => {
    await apply('ebgp-multihop 3')
    await ecmpd.established([UPSTREAM.address])
    await apply('shutdown message see you later')
    const socket = lab.path(`${UPSTREAM.namespace}-bird.ctl`)
    await until('BIRD was told', async () => {
      const text = await lab.must(UPSTREAM.namespace, [
        'birdc',
        '-s',
        socket,
        'show',
        'protocols',
        'all',
        'switch4',
      ])
      return /see you later/.test(text + upstream.output)
    })
    await upstream.stop()
    await apply('timers connect 2')
    const inside = new Bird(lab, UPSTREAM, { as: 64513, restartTime: 0 })
    await inside.start()
    await until('the own AS is refused', async () =>
      /our own, where another one is expected/.test(
        (await ecmpd.neighbor(UPSTREAM.address)).lastError?.text ?? '',
      ),
    )
  })
})
