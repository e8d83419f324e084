import type { Host } from '../../src/demo/topology.js'

/** A neighbor of a YAML configuration. */
export interface YamlNeighbor {
  readonly address: string
  readonly as?: number
  readonly description?: string
  /** More lines, each 'key: value'. */
  readonly lines?: readonly string[]
}

/** A YAML configuration of the switch, AS 64513. @param top more lines at the top level */
export function yaml(neighbors: readonly YamlNeighbor[], top: readonly string[] = []): string {
  const entries = neighbors.map(({ address, as = 64512, description, lines = [] }) =>
    [
      `  - address: "${address}"`,
      `remoteAs: ${as}`,
      ...(description ? [`description: ${description}`] : []),
      ...lines,
    ].join('\n    '),
  )
  return `${['as: 64513', 'routerId: 192.168.95.200', ...top, 'neighbors:', ...entries].join('\n')}\n`
}

/** The neighbor that a node is. */
export function nodeNeighbor({ address, name }: Host, ...lines: string[]): YamlNeighbor {
  return { address, description: name, lines }
}
