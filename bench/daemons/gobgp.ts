import { writeFileSync } from 'node:fs'
import { type Daemon, onPath, type SwitchSpec, stopAll } from './daemon.js'

const API = '127.0.0.1:50051'

function configuration(spec: SwitchSpec): string {
  const exports = spec.neighbors.some((neighbor) => neighbor.export)
  const neighbors = spec.neighbors.map(
    (neighbor) => `
[[neighbors]]
  [neighbors.config]
    neighbor-address = "${neighbor.address}"
    peer-as = ${neighbor.as}
  [neighbors.timers.config]
    hold-time = ${spec.holdTime}
    keepalive-interval = ${Math.max(1, Math.floor(spec.holdTime / 3))}
    connect-retry = 5
    idle-hold-time-after-reset = 5
  [neighbors.transport.config]
    passive-mode = ${!neighbor.dial}
${
  spec.reflector
    ? `  [neighbors.route-reflector.config]
    route-reflector-client = true
    route-reflector-cluster-id = "${spec.address}"
`
    : ''
}  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "${spec.family}"
`,
  )
  return `[global.config]
  as = ${spec.as}
  router-id = "${spec.address}"
  port = 179
[global.use-multiple-paths.config]
  enabled = ${spec.multipath > 1}
[global.apply-policy.config]
  default-import-policy = "accept-route"
  default-export-policy = "${exports ? 'accept-route' : 'reject-route'}"
${neighbors.join('')}`
}

interface Attribute {
  type: number
  as_paths?: { asns: number[] }[]
  nexthop?: string
  communities?: number[]
}

/** GoBGP's gobgpd. It can't install multipath routes into the kernel by itself. */
export const gobgp: Daemon = {
  name: 'GoBGP',
  kernel: false,
  asSets: true,
  strict: false,
  package: 'gobgpd',
  installed: () => onPath('gobgpd', 'gobgp'),
  async version(lab) {
    return (await lab.must(undefined, ['gobgpd', '--version'])).trim().replace('gobgpd version', 'GoBGP')
  },
  prepare(lab, spec) {
    const file = lab.path('gobgp.toml')
    writeFileSync(file, configuration(spec))
    const argv = ['gobgpd', '-f', file, '-p', '--api-hosts', API, '--pprof-disable', '-l', 'warn']
    const family = ['-a', spec.family === 'ipv4-unicast' ? 'ipv4' : 'ipv6']
    const gobgp = (...words: string[]) => lab.must(spec.namespace, ['gobgp', ...words])
    return () => {
      const children = [lab.start(spec.namespace, 'gobgpd', argv)]
      return {
        children,
        async progress() {
          const text = await gobgp('global', 'rib', 'summary', ...family)
          return { paths: Number(text.match(/Path:\s*(\d+)/)![1]), settled: true }
        },
        async route(prefix) {
          const text = await gobgp('-j', 'global', 'rib', prefix, ...family)
          const paths = (JSON.parse(text) as Record<string, { best?: boolean; attrs: Attribute[] }[]>)[prefix]
          if (!paths?.length) return undefined
          const { attrs } = paths.find(({ best }) => best) ?? paths[0]
          const of = (type: number) => attrs.find((attribute) => attribute.type === type)
          return {
            paths: paths.length,
            asPath: (of(2)?.as_paths ?? []).flatMap(({ asns }) => asns),
            nextHop: of(3)?.nexthop ?? of(14)?.nexthop ?? '',
            communities: (of(8)?.communities ?? []).map((value) => `${value >>> 16}:${value & 65535}`),
          }
        },
        stop: () => stopAll(children),
      }
    }
  },
}
