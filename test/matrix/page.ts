import { ROWS, type RowId } from './rows.js'
import type { Column } from './runner.js'
import type { Outcome } from './stage.js'

/** Where the table is kept. */
export const PAGE = 'docs/interop.md'

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
/** What a cell shows. */
export const SHOWN = { pass: 'pass', fail: '**FAIL**', fault: 'fault', 'n/a': 'n/a' } as const

const shown = (outcome: Outcome | undefined) => (outcome ? SHOWN[outcome.outcome] : '')

/** The table of some daemons. */
export function table(columns: readonly Column[]): string {
  const rows = ROWS.map(({ id, title, rfc }) =>
    line([id, title, rfc, ...columns.map(({ outcomes }) => shown(outcomes.find(({ row }) => row === id)))]),
  )
  return [
    line(['id', 'feature', 'RFC', ...columns.map(({ title }) => title)]),
    line(['---', '---', '---', ...columns.map(() => '---')]),
    ...rows,
  ].join('\n')
}

/** One line for each cell that is n/a or a fault of the daemon's. */
export function remarks({ title, outcomes }: Column): string[] {
  return outcomes
    .filter(({ outcome }) => outcome === 'n/a' || outcome === 'fault')
    .map(({ row, outcome, detail }) => `- ${title}, ${row}, ${outcome}: ${detail}`)
}

/** The whole page. */
export function page(columns: readonly Column[]): string {
  return `${[
    '# Interop',
    '',
    'Made by `npm run interop`. Each cell is played by ecmpd and the daemon as they are, in network namespaces of',
    'their own, and looks at the outcome on both sides: routes with their attributes in the other’s table, what was',
    'negotiated, what a kill, a refresh or a change of policy leads to. The same cells are tests in CI, which fail',
    'when a cell fails or this page says otherwise. «n/a»: the daemon has no such feature; the run itself tries',
    'that it has not (the capability is in none of its OPENs, or its configuration refuses the words). «fault»: the',
    'cell fails by a fault of the daemon’s own, which the run has seen; the notes say which.',
    '',
    line(['daemon', 'version']),
    line(['---', '---']),
    ...columns.map(({ title, version }) => line([title, version])),
    '',
    table(columns),
    '',
    '## Notes',
    '',
    ...columns.flatMap(remarks),
  ].join('\n')}\n`
}

/** What the page says of a daemon: cells by row, and its remarks. */
export function readPage(
  text: string,
  title: string,
): { readonly cells: Readonly<Partial<Record<RowId, string>>>; readonly remarks: readonly string[] } {
  const lines = text.split('\n')
  const cellsOf = (one: string) =>
    one
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const head = lines.find((one) => one.startsWith('| id |'))
  const at = head ? cellsOf(head).indexOf(title) : -1
  const ids = new Set<string>(ROWS.map(({ id }) => id))
  const rows = lines.filter((one) => one.startsWith('| ')).map(cellsOf)
  return {
    cells: Object.fromEntries(rows.filter(([id]) => ids.has(id)).map((cells) => [cells[0], cells[at]])),
    remarks: lines.filter((one) => one.startsWith(`- ${title}, `)),
  }
}
