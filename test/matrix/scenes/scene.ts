import type { Host } from '../../../src/demo/topology.js'
import type { RowId } from '../rows.js'
import type { Stage } from '../stage.js'

/** One network in which one or more rows are tried. */
export interface Scene {
  readonly name: string
  readonly rows: readonly RowId[]
  readonly hosts: readonly Host[]
  /**
   * Plays it.
   * @param wants whether the daemon has what a row needs; the scene leaves the others out
   * @throws when not even the beginning succeeds: every row then failed
   */
  play(stage: Stage, wants: (row: RowId) => boolean): Promise<void>
}
