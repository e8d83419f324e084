import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { type Daemon, onPath, pathNumbers, type SwitchSpec, stopAll } from './daemon.js'

function configuration(spec: SwitchSpec, socket: string): string {
  const v4 = spec.family === 'ipv4-unicast'
  const neighbors = spec.neighbors.map(
    (neighbor) => `neighbor ${neighbor.address} {
  remote-as ${neighbor.as}
  holdtime ${spec.holdTime}
  announce IPv4 ${v4 ? 'unicast' : 'none'}
  announce IPv6 ${v4 ? 'none' : 'unicast'}
${neighbor.dial ? '' : '  passive\n'}${spec.reflector ? '  route-reflector\n' : ''}${
  neighbor.export ? '' : '  export none\n'
}}
`,
  )
  return `AS ${spec.as}
router-id ${spec.address}
fib-update no
socket "${socket}"
${spec.asSets ? 'reject as-set no\n' : ''}${neighbors.join('')}allow from any
allow to any
`
}

interface Answer {
  neighbors: { state: string; stats: { prefixes: { received: number } } }[]
}

interface Rib {
  rib: {
    best?: boolean
    aspath: string
    exit_nexthop: string
    true_nexthop?: string
    communities?: string[]
  }[]
}

/** OpenBGPD (portable). It doesn't install routes into Linux's kernel. */
export const openbgpd: Daemon = {
  name: 'OpenBGPD',
  kernel: false,
  asSets: true,
  strict: false,
  package: 'openbgpd',
  installed: () => existsSync('/usr/sbin/bgpd') && onPath('bgpctl'),
  async version(lab) {
    const { stdout, stderr } = await lab.run(undefined, ['/usr/sbin/bgpd', '-V'])
    return (stdout + stderr).trim()
  },
  prepare(lab, spec) {
    const file = lab.path('openbgpd.conf')
    const socket = lab.path('openbgpd.sock')
    writeFileSync(file, configuration(spec, socket))
    chmodSync(file, 0o600)
    // Its unprivileged processes enter the directory above the control socket and an empty one.
    chmodSync(lab.directory, 0o755)
    if (!existsSync('/run/openbgpd')) mkdirSync('/run/openbgpd')
    const bgpctl = (...words: string[]) => lab.must(spec.namespace, ['bgpctl', '-j', '-s', socket, ...words])
    return () => {
      const children = [lab.start(spec.namespace, 'openbgpd', ['/usr/sbin/bgpd', '-d', '-f', file])]
      return {
        children,
        async progress() {
          const { neighbors } = JSON.parse(await bgpctl('show', 'neighbor')) as Answer
          const paths = neighbors.reduce((sum, { stats }) => sum + stats.prefixes.received, 0)
          return { paths, settled: true }
        },
        async route(prefix) {
          const { rib = [] } = JSON.parse(await bgpctl('show', 'rib', 'detail', prefix)) as Partial<Rib>
          const best = rib.find((path) => path.best) ?? rib[0]
          if (!best) return undefined
          return {
            paths: rib.length,
            asPath: pathNumbers(best.aspath),
            nextHop: best.exit_nexthop,
            communities: best.communities ?? [],
          }
        },
        stop: () => stopAll(children),
      }
    }
  },
}
