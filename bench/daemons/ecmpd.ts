import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { getJson } from '../../src/demo/socket.js'
import type { NeighborView } from '../../src/views/model/neighbor.js'
import type { RouteView } from '../../src/views/model/route.js'
import type { SpeakerView } from '../../src/views/model/status.js'
import { type Daemon, pathNumbers, type SwitchSpec, stopAll } from './daemon.js'

const MAIN = resolve('dist/cli/main.js')

function configuration(spec: SwitchSpec): string {
  const group = (name: string, exported: boolean) => {
    return `  ${name}:
    families: [${spec.family}]
    import: all
    export: ${exported ? 'all' : 'none'}
    timers: { hold: ${spec.holdTime} }
${spec.reflector ? '    routeReflectorClient: true\n' : ''}`
  }
  return `as: ${spec.as}
routerId: ${spec.address}
maximumPaths: { ebgp: ${spec.multipath}, ibgp: ${spec.multipath} }
${spec.asSets ? 'rejectAsSets: false\n' : ''}groups:
${group('in', false)}${group('out', true)}neighbors:
${spec.neighbors
  .map(
    (neighbor) =>
      `  - { address: "${neighbor.address}", remoteAs: ${neighbor.as}, group: ${neighbor.export ? 'out' : 'in'}` +
      `${neighbor.dial ? '' : ', passive: true'} }\n`,
  )
  .join('')}`
}

/** ecmpd as `npm run build` made it. */
export const ecmpd: Daemon = {
  name: 'ecmpd',
  kernel: true,
  asSets: true,
  strict: true,
  installed: () => true,
  async version(lab) {
    const text = await lab.must(undefined, [process.execPath, MAIN, '--version'])
    return `${text.trim()} (Node.js ${process.version})`
  },
  prepare(lab, spec) {
    const file = lab.path('ecmpd.yaml')
    const socket = lab.path('ecmpd.sock')
    writeFileSync(file, configuration(spec))
    const argv = [
      ...[process.execPath, MAIN, 'run', '-c', file, ...(spec.kernel ? ['--fib'] : [])],
      ...['--socket', socket, '--api', 'off'],
    ]
    return () => {
      const children = [lab.start(spec.namespace, 'ecmpd', argv)]
      return {
        children,
        async progress() {
          // Counters of one neighbor cost nothing; counting a table takes longer the larger it is.
          if (spec.neighbors.length === 1) {
            const view = await getJson<NeighborView>(socket, `/api/v1/neighbors/${spec.neighbors[0].address}`)
            const { prefixesReceived = 0, prefixesBest = 0 } =
              view.families.find(({ family }) => family === spec.family) ?? {}
            return { paths: prefixesReceived, settled: prefixesBest === prefixesReceived }
          }
          const { tables } = await getJson<Pick<SpeakerView, 'tables'>>(socket, '/api/v1/status')
          const table = tables.find(({ family }) => family === spec.family)
          if (!table) throw new Error(`no table ${spec.family}`)
          // Width 0: without a next hop that can be used, or not decided yet.
          return { paths: table.paths, settled: (table.widths[0] ?? 0) === 0 }
        },
        async route(prefix) {
          const query = `family=${spec.family}&prefix=${encodeURIComponent(prefix)}`
          const { routes } = await getJson<{ routes: RouteView[] }>(socket, `/api/v1/routes?${query}`)
          const best = routes[0]?.paths.find((path) => path.best)
          if (!best) return undefined
          return {
            paths: routes[0].paths.length,
            asPath: pathNumbers(best.asPath),
            nextHop: best.nextHop,
            communities: best.communities,
          }
        },
        stop: () => stopAll(children),
      }
    }
  },
}
