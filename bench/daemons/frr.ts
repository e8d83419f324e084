import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask } from './control.js'
import { type Daemon, pathNumbers, type SwitchSpec, stopAll } from './daemon.js'

const DAEMON = '/usr/lib/frr/bgpd'
/** What Debian's service gives zebra: octets of netlink messages that may wait for it. */
const NETLINK_BUFFER = '90000000'
/** Runs the rest of its words once the socket named by the first listens. */
const ONCE_LISTENING = 'until grep -q "00010000 .* $0\\$" /proc/net/unix; do sleep 0.01; done; exec "$@"'

function configuration(spec: SwitchSpec): string {
  const { as, address, neighbors, family, holdTime } = spec
  const keepalive = Math.max(1, Math.floor(holdTime / 3))
  const heads = neighbors.map(
    (neighbor) => ` neighbor ${neighbor.address} remote-as ${neighbor.as}
 neighbor ${neighbor.address} timers ${keepalive} ${holdTime}
${neighbor.dial ? '' : ` neighbor ${neighbor.address} passive\n`}`,
  )
  const activations = neighbors.map(
    (neighbor) =>
      `  neighbor ${neighbor.address} activate\n` +
      (neighbor.export ? '' : `  neighbor ${neighbor.address} prefix-list nothing out\n`) +
      (spec.reflector ? `  neighbor ${neighbor.address} route-reflector-client\n` : ''),
  )
  const ip = family === 'ipv4-unicast' ? 'ip' : 'ipv6'
  return `${ip} prefix-list nothing deny any
router bgp ${as}
 bgp router-id ${address}
 no bgp default ipv4-unicast
 no bgp ebgp-requires-policy
 no bgp network import-check
 coalesce-time 0
${heads.join('')} address-family ${family.replace('-', ' ')}
${activations.join('')}  maximum-paths ${spec.multipath}
  maximum-paths ibgp ${spec.multipath}
 exit-address-family
`
}

interface Summary {
  peers: Record<string, { state: string; pfxRcd: number }>
}

interface Route {
  paths: {
    bestpath?: { overall?: boolean }
    aspath: { string: string }
    nexthops: { ip: string; scope?: string }[]
    community?: { list: string[] }
  }[]
}

/** FRR: zebra and bgpd as its service starts them; without the kernel, bgpd alone. */
export const frr: Daemon = {
  name: 'FRR',
  kernel: true,
  asSets: true,
  strict: false,
  package: 'frr',
  installed: () => existsSync(DAEMON),
  async version(lab) {
    return (await lab.must(undefined, [DAEMON, '--version'])).split('\n')[0].replace(/^bgpd/, 'FRR').trim()
  },
  prepare(lab, spec) {
    const directory = lab.path('frr')
    mkdirSync(directory, { recursive: true })
    // FRR's daemons give up root for a user of their own, who writes here.
    chmodSync(lab.directory, 0o755)
    chmodSync(directory, 0o777)
    const file = (name: string) => join(directory, name)
    writeFileSync(file('zebra.conf'), 'hostname switch\n')
    writeFileSync(file('bgpd.conf'), configuration(spec))
    const zserv = file('zserv.api')
    const program = (name: string, ...more: string[]) => [
      `/usr/lib/frr/${name}`,
      ...['-f', file(`${name}.conf`), '-i', file(`${name}.pid`), '-z', zserv],
      ...['--vty_socket', directory, '-P', '0', ...more],
    ]
    const start = (name: string, argv: readonly string[]) => lab.start(spec.namespace, name, argv)
    const show = async (command: string) => {
      // An answer ends with three octets of zero and a status.
      const answer = await ask(file('bgpd.vty'), `${command}\0`, (octets) => {
        const end = octets.length - 4
        return end >= 0 && octets[end] === 0 && octets[end + 1] === 0 && octets[end + 2] === 0
      })
      return answer.subarray(0, -4).toString()
    }
    const afi = spec.family.replace('-', ' ')
    return () => {
      // A bgpd that finds no zebra asks again after 10 s: like its service, this starts it when zebra listens.
      const children = spec.kernel
        ? [
            start('zebra', program('zebra', '-s', NETLINK_BUFFER)),
            start('bgpd', ['sh', '-c', ONCE_LISTENING, zserv, ...program('bgpd')]),
          ]
        : [start('bgpd', program('bgpd', '--no_zebra', '--no_kernel'))]
      return {
        children,
        async progress() {
          const summary = JSON.parse(await show(`show bgp ${afi} summary json`)) as Summary
          const paths = Object.values(summary.peers ?? {}).reduce((sum, peer) => sum + (peer.pfxRcd ?? 0), 0)
          // Lines of queues begin with the number of prefixes that wait for the decision.
          const queues = await show('show work-queues')
          const waiting = [...queues.matchAll(/^\S?\s*(\d+)\s.*\d.*$/gm)].map((match) => Number(match[1]))
          return { paths, settled: waiting.every((items) => items === 0) }
        },
        async route(prefix) {
          const { paths = [] } = JSON.parse(await show(`show bgp ${afi} ${prefix} json`)) as Partial<Route>
          const best = paths.find(({ bestpath }) => bestpath?.overall)
          if (!best) return undefined
          const nextHop = best.nexthops.find(({ scope }) => scope !== 'link-local') ?? best.nexthops[0]
          return {
            paths: paths.length,
            asPath: pathNumbers(best.aspath.string.replace(/Local/, '')),
            nextHop: nextHop.ip,
            communities: best.community?.list ?? [],
          }
        },
        stop: () => stopAll(children),
      }
    }
  },
}
