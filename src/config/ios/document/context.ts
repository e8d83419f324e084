/** What a command of the table works on when its line is carried out. */

import type { Family } from '../../../ip/family.js'
import type { Report } from '../../text/diagnostic.js'
import { isGroupName } from './arguments.js'
import type { Cells } from './cells.js'
import type { Args, Mode } from './grammar.js'
import { positionOf, type SourceLine } from './lexer.js'

/** What a command works on: the cells, the place in the text, and the way to say what is wrong. */
export class Context {
  readonly cells: Cells
  readonly #report: Report
  mode: Mode = 'config'
  /** The address family that a family's command is for; IPv4 unicast at router level, as on the switch. */
  family: Family = 'ipv4-unicast'
  /** Path of the route map's entry that the lines belong to. */
  routeMap: readonly string[] = []
  line: SourceLine = { number: 1, words: [], raw: '' }

  constructor(cells: Cells, report: Report) {
    this.cells = cells
    this.#report = report
  }

  /** The current line's words with single blanks. */
  get words(): string {
    return this.line.words.map((word) => word.text).join(' ')
  }

  /** Goes into a mode. */
  enter(mode: Mode, family: Family = 'ipv4-unicast'): void {
    this.mode = mode
    this.family = family
  }

  /** Sets a value; a line that changes what an earlier one has set says so. */
  set(path: readonly string[], value: unknown): void {
    const before = this.cells.set(path, value, positionOf(this.line))
    if (before !== undefined && JSON.stringify(before.value) !== JSON.stringify(value)) {
      this.warn(`replaces line ${before.position.line}`)
    }
  }

  /** Forgets a value: a `no` form. */
  clear(path: readonly string[]): void {
    this.cells.clear(path)
  }

  /** Path of a neighbor or of a peer group. */
  peer(args: Args): readonly string[] {
    const peer = args.text('peer')
    return [isGroupName(peer) ? 'groups' : 'neighbors', peer]
  }

  /** Path of a neighbor's or group's current address family. */
  peerFamily(args: Args): readonly string[] {
    return [...this.peer(args), 'families', this.family]
  }

  error(message: string, hint?: string, word = 0): void {
    this.#report.add('error', positionOf(this.line, word), '', message, hint)
  }

  warn(message: string, hint?: string): void {
    this.#report.add('warning', positionOf(this.line), '', message, hint)
  }

  note(message: string, hint?: string): void {
    this.#report.add('note', positionOf(this.line), '', message, hint)
  }
}
