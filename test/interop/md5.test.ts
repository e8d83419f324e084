import t, { type Test } from 'tap'
import type { Lab } from '../../src/demo/lab.js'
import { type Host, NODES, SWITCH } from '../../src/demo/topology.js'
import type { NeighborView } from '../../src/views/model/neighbor.js'
import { Bird } from '../lab/bird.js'
import { Capture } from '../lab/capture.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Frr } from '../lab/frr.js'
import { Gobgp } from '../lab/gobgp.js'
import { Openbgpd } from '../lab/openbgpd.js'
import type { IpVersion, PeerOptions } from '../lab/peer.js'
import { lacks } from '../lab/require.js'
import { openNetwork, steps } from '../lab/setup.js'
import { throughout, until } from '../lab/wait.js'
import { yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SECRET = 'c1l1um-Secret'
const WRONG = 'c1l1um-Geheim'
const KINDS = [Gobgp, Frr, Bird, Openbgpd]
/** The four daemons, then two nodes that go wrong or without. */
const HOSTS: readonly Host[] = [210, 211, 212, 213, 214, 215].map((last, index) => ({
  namespace: `node${index}`,
  name: `node-${last}`,
  address: `192.168.95.${last}`,
  address6: `fd00:95::${last}`,
}))
const FOUR = HOSTS.slice(0, 4)
const [, , , , FIFTH, SIXTH] = HOSTS

const skip = await lacks('gobgpd', 'gobgp', 'vtysh', 'bird', 'birdc', 'bgpctl', 'tcpdump')

/** A configuration with a listen range alone. */
const ranged = (listen: string, prefix: string, password: string) =>
  yaml(
    [],
    [
      `listen: "${listen}:179"`,
      'listenRanges:',
      `  - { prefix: "${prefix}", remoteAs: 64512, password: ${password} }`,
    ],
  ).replace(/neighbors:\n/, '')

const addressOf = (host: Host, version: IpVersion) => (version === 4 ? host.address : host.address6)

/** A neighbor of the configuration. @param lines more, 'key: value' each */
const neighbor = (host: Host, version: IpVersion, ...lines: string[]) => ({
  address: addressOf(host, version),
  description: host.name,
  lines: ['timers: { connectRetry: 2 }', ...lines],
})

const four = (lab: Lab, options: Partial<PeerOptions>) =>
  FOUR.map((host, i) => new KINDS[i](lab, host, options))

/** What tells one session from another. */
const session = ({ address, localPort, remotePort, established }: NeighborView) =>
  `${address} ${localPort} ${remotePort} ${established}`

async function sessions(ecmpd: Ecmpd, version: IpVersion, hosts: readonly Host[]): Promise<string[]> {
  const views = await ecmpd.neighbors()
  return hosts.map((host) => {
    const view = views.find(({ address }) => address === addressOf(host, version))
    return view === undefined ? 'none' : session(view)
  })
}

/** Nothing that ecmpd has printed or answers has a password in it. */
async function keepsSecrets(t: Test, ecmpd: Ecmpd): Promise<void> {
  const shown = await Promise.all([
    ecmpd.get('/api/v1/config').then((config) => JSON.stringify(config)),
    ecmpd.get('/api/v1/neighbors').then((neighbors) => JSON.stringify(neighbors)),
    ecmpd.get('/api/v1/status').then((status) => JSON.stringify(status)),
    ecmpd.show('running-config'),
    ecmpd.show('ip', 'bgp', 'neighbors'),
  ])
  for (const text of [ecmpd.child.output, ...shown]) t.notMatch(text, new RegExp(`${SECRET}|${WRONG}`))
}

for (const version of [4, 6] as const) {
  const options = { versions: [version], password: SECRET, restartTime: 0 }
  for (const way of ['listens', 'dials'] as const) {
    const passive = way === 'listens' ? ['passive: true'] : []

    t.test(`MD5-1: TCP-MD5 over IPv${version}, ecmpd ${way}`, { skip }, async (t) => {
      const lab = await openNetwork(t, HOSTS)
      const peers = four(lab, { ...options, passive: way === 'dials' })
      const wrong = new Bird(lab, FIFTH, { ...options, password: WRONG, passive: way === 'dials' })
      const plain = new Bird(lab, SIXTH, { ...options, password: undefined, passive: way === 'dials' })
      const config = (frr = SECRET, fifth = SECRET) =>
        yaml([
          ...FOUR.map((host, i) =>
            neighbor(host, version, ...passive, `password: ${i === 1 ? frr : SECRET}`),
          ),
          neighbor(FIFTH, version, ...passive, `password: ${fifth}`),
          neighbor(SIXTH, version, ...passive),
        ])
      const ecmpd = new Ecmpd(lab, { config: config(), fib: false })
      const step = steps(t)
      const up = FOUR.map((host) => addressOf(host, version))
      let before: string[] = []

      await step('the same password on both sides', async (t) => {
        await ecmpd.start()
        await Promise.all([...peers, wrong, plain].map((peer) => peer.start()))
        const views = await ecmpd.established([...up, addressOf(SIXTH, version)])
        t.ok(views.slice(0, 4).every(({ authentication }) => authentication === 'md5'))
        t.ok(views.every(({ localPort }) => (localPort === 179) === (way === 'listens')))
        before = await sessions(ecmpd, version, HOSTS)
      })

      await step('another password: no session, and nobody else is concerned', async (t) => {
        const address = addressOf(FIFTH, version)
        await throughout(
          'no session',
          async () => (await ecmpd.neighbor(address)).state !== 'Established',
          5000,
        )
        t.same(await sessions(ecmpd, version, HOSTS), before)
        if (way === 'listens') {
          const drops =
            /TCP segments dropped by MD5 .* signed with another password \[bad\].* not up: [^;]*node-214/
          await until('the log says why', () => drops.test(ecmpd.child.output))
        } else {
          const why = /has it the same password \(TCP-MD5\)/
          await until('the last error says why', async () =>
            why.test((await ecmpd.neighbor(address)).lastError?.remedy ?? ''),
          )
        }
      })

      await step('the right password, by reload: a session, and the others keep theirs', async (t) => {
        ecmpd.write(config(SECRET, WRONG))
        t.match(await ecmpd.reload(), { code: 0 })
        await ecmpd.established([addressOf(FIFTH, version)])
        t.same(await sessions(ecmpd, version, [...FOUR, SIXTH]), [...before.slice(0, 4), before[5]])
      })

      await step('a changed password resets that neighbor alone', async (t) => {
        ecmpd.write(config(WRONG, WRONG))
        t.match(await ecmpd.reload(), { code: 0 })
        await until('FRR is down', async () => (await ecmpd.neighbor(up[1])).state !== 'Established')
        await throughout(
          'it stays so',
          async () => (await ecmpd.neighbor(up[1])).state !== 'Established',
          3000,
        )
        const rest = FOUR.filter((_, i) => i !== 1)
        t.same(
          await sessions(ecmpd, version, rest),
          before.slice(0, 4).filter((_, i) => i !== 1),
        )
        ecmpd.write(config(SECRET, WRONG))
        await ecmpd.reload()
        await ecmpd.established([up[1]])
      })

      await step('no password is shown anywhere', (t) => keepsSecrets(t, ecmpd))
    })

    t.test(`TTL-1: GTSM over IPv${version}, ecmpd ${way}`, { skip }, async (t) => {
      const lab = await openNetwork(t, HOSTS)
      const security = { versions: [version], restartTime: 0, ttlSecurity: true, passive: way === 'dials' }
      const peers = four(lab, security)
      const far = new Bird(lab, FIFTH, { ...security, ttlSecurity: false, ttl: 254 })
      const plain = new Bird(lab, SIXTH, { ...security, ttlSecurity: false })
      const config = [...FOUR, FIFTH].map((host) => neighbor(host, version, ...passive, 'ttlSecurity: 1'))
      // Beside neighbors without it the far one's connection comes up and is refused; else it does not come up.
      if (version === 4) config.push(neighbor(SIXTH, version, ...passive))
      const ecmpd = new Ecmpd(lab, { config: yaml(config), fib: false })
      const capture = await Capture.start(lab, SWITCH, 'eth0')
      await ecmpd.start()
      await Promise.all([...peers, far, plain].map((peer) => peer.start()))
      const views = await ecmpd.established(
        FOUR.map((host) => addressOf(host, version)),
        60_000,
      )
      t.ok(views.every(({ ttlSecurity }) => ttlSecurity === 1))
      if (version === 4) await ecmpd.established([SIXTH.address])
      const address = addressOf(FIFTH, version)
      await throughout(
        'no session',
        async () => (await ecmpd.neighbor(address)).state !== 'Established',
        5000,
      )
      const seen = await capture.stop()
      t.ok(seen.length > 0)
      // What BIRD answers a dial with has TTL 255; what its session sends then has not.
      if (way === 'dials') return
      const packed = version === 4 ? address : packedHex(address)
      t.same(
        seen.filter(({ to }) => to === packed),
        [],
        'it is told nothing',
      )
    })
  }

  t.test(`MD5-1: a listen range with a password over IPv${version}`, { skip }, async (t) => {
    const lab = await openNetwork(t, HOSTS.slice(0, 5))
    const prefix = version === 4 ? '192.168.95.0/24' : 'fd00:95::/64'
    const range = (password: string) => ranged(version === 4 ? '0.0.0.0' : '[::]', prefix, password)
    const ecmpd = new Ecmpd(lab, { config: range(SECRET), fib: false })
    const peers = four(lab, options)
    const wrong = new Bird(lab, FIFTH, { ...options, password: WRONG })
    const up = FOUR.map((host) => addressOf(host, version))
    await ecmpd.start()
    await Promise.all([...peers, wrong].map((peer) => peer.start()))
    await until('all four are there', async () => (await ecmpd.neighbors()).length === 4)
    const views = await ecmpd.established(up)
    t.ok(views.every(({ dynamic, authentication }) => dynamic && authentication === 'md5'))
    await throughout('the fifth does not come', async () => (await ecmpd.neighbors()).length === 4, 3000)
    ecmpd.write(range(WRONG))
    t.match(await ecmpd.reload(), { code: 0 })
    await until(
      'another password for the range: the fifth alone',
      async () => {
        // Those that left are shown for a while.
        const now = (await ecmpd.neighbors()).filter(({ departed }) => departed === undefined)
        return (
          now.length === 1 && now[0].address === addressOf(FIFTH, version) && now[0].state === 'Established'
        )
      },
      60_000,
    )
    await keepsSecrets(t, ecmpd)
  })
}

/** An IPv6 address as the capture has it: its octets in hex. */
function packedHex(address: string): string {
  const [head, tail] = address.split('::')
  const groups = (text: string) => text.split(':').map((group) => group.padStart(4, '0'))
  const zeros = 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...new Array<string>(zeros).fill('0000'), ...groups(tail)].join('')
}

t.test('the switch’s own words: password 7 and ttl-security', { skip }, async (t) => {
  const lab = await openNetwork(t, NODES.slice(0, 2))
  const [first, second] = NODES
  const config = `router bgp 64513
 bgp router-id 192.168.95.200
 neighbor ${first.address} remote-as 64512
 neighbor ${first.address} password 7 0822455D0A16
 neighbor ${second.address} remote-as 64512
 neighbor ${second.address} ttl-security hops 1
 neighbor ${second.address} password 0 two words
end
`
  const ecmpd = new Ecmpd(lab, { config, fib: false })
  await ecmpd.start()
  const peers = [
    new Frr(lab, first, { password: 'cisco' }),
    new Bird(lab, second, { password: 'two words', ttlSecurity: true }),
  ]
  await Promise.all(peers.map((peer) => peer.start()))
  await ecmpd.established([first.address, second.address])
  const running = await ecmpd.show('running-config')
  t.match(running, `neighbor ${second.address} ttl-security hops 1`)
  t.notMatch(running, /cisco|two words/)
})
