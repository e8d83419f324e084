/** The names of neighbors below a table whose rows have no room for them. */

import type { NeighborView } from '../views/model/neighbor.js'
import { escapeText } from './text.js'

const TITLE = 'Names: '
/** Columns of a terminal. */
const WIDTH = 80

/**
 * 'Names: 192.168.95.210 k8s-master-0, …' in lines of at most 80 columns, and an empty one; none without names. In the
 * rows of a summary they would be read as part of the state, which may be of two words ('Idle (Admin)').
 */
export function nameLines(neighbors: readonly NeighborView[]): string[] {
  const known = neighbors.filter(({ name }) => name !== undefined)
  if (known.length === 0) return []
  const lines: string[] = []
  let line = ''
  for (const [i, { address, name = '' }] of known.entries()) {
    const text = `${address} ${escapeText(name)}${i < known.length - 1 ? ',' : ''}`
    if (line !== '' && TITLE.length + line.length + 1 + text.length > WIDTH) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? text : `${line} ${text}`
  }
  return [...[...lines, line].map((text, i) => (i === 0 ? TITLE : ' '.repeat(TITLE.length)) + text), '']
}
