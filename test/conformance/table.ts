import type { Case, Result } from './case.js'
import { CASES } from './cases/index.js'
import { VECTORS } from './corpus.js'
import { covers, ROWS, type Row } from './rows.js'

/** What one daemon did. */
export interface Column {
  readonly name: string
  /** Name and version. */
  readonly version: string
  /** By id of case. */
  readonly results: ReadonlyMap<string, Result>
}

const SECTIONS: readonly (readonly [title: string, prefixes: readonly string[]])[] = [
  ['Message header', ['HDR']],
  ['OPEN and capabilities', ['OPN', 'CAP', 'RID']],
  ['State machine', ['FSM', 'COL', 'SHT']],
  ['UPDATE', ['UPD', 'NLR', 'MP', 'ATT', 'FAM']],
  ['Four-octet AS numbers', ['AS4']],
  ['Decision and propagation', ['DEC', 'OUT', 'ORI', 'POL', 'ROU', 'COM', 'GSH', 'BLA']],
  ['Extensions', ['RFR', 'RFL', 'GR', 'LLG', 'AP', 'ENH', 'EXT', 'SHD', 'ROL', 'TTL', 'MD5', 'MAX']],
]

const prefixOf = (id: string) => id.split('-')[0]

/** Text of a cell; bars and line ends would break the table. */
const cell = (text: string) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 160)

function shown({ name }: Column, result: Result | undefined): string {
  if (!result) return ''
  switch (result.outcome) {
    case 'pass':
      return 'pass'
    case 'fail':
      return `**FAIL** ${cell(result.detail)}`
    case 'long':
      return 'not run'
    case 'n/a':
      return `${name === 'ecmpd' ? 'not yet' : 'n/a'}: ${cell(result.detail)}`
  }
}

/** A row of vectors: pass, or those that failed. */
function shownRow(row: Row, column: Column): string {
  const results = VECTORS.filter(({ id }) => covers(row, id)).map(({ id }) => column.results.get(id))
  const failed = results.filter((result) => result?.outcome === 'fail')
  if (failed.length === 0) return results.some((result) => result) ? 'pass' : ''
  const details = failed.map((result) => `${result!.id}: ${result!.detail.replace(/,? expected .*/, '')}`)
  return `**FAIL** ${failed.length} of ${results.length}: ${cell(details.join('; '))}`
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

function section(title: string, prefixes: readonly string[], columns: readonly Column[]): string[] {
  const messages = (count: number) => (count === 1 ? '1 message' : `${count} messages`)
  const rows = ROWS.filter(({ id }) => prefixes.includes(prefixOf(id))).map((row) => ({
    id: row.id,
    text: `${row.title} (${messages(VECTORS.filter(({ id }) => covers(row, id)).length)})`,
    rfc: row.rfc,
    cells: columns.map((column) => shownRow(row, column)),
  }))
  const cases = CASES.filter(({ setup, id }) => setup !== 'corpus' && prefixes.includes(prefixOf(id))).map(
    (one: Case) => ({
      id: one.id,
      text: one.title,
      rfc: one.rfc,
      cells: columns.map((column) => shown(column, column.results.get(one.id))),
    }),
  )
  const order = ({ id }: { id: string }) =>
    prefixes.indexOf(prefixOf(id)) * 1000 + (Number.parseInt(id.split('-')[1], 10) || 0)
  const all = [...rows, ...cases].sort((a, b) => order(a) - order(b))
  return [
    `## ${title}`,
    '',
    line(['id', 'requirement', 'RFC', ...columns.map(({ name }) => name)]),
    line(['---', '---', '---', ...columns.map(() => '---')]),
    ...all.map(({ id, text, rfc, cells }) => line([id, cell(text), rfc, ...cells])),
    '',
  ]
}

/** Ids where another daemon passes and ecmpd does not. */
export function behind(columns: readonly Column[]): string[] {
  const own = columns.find(({ name }) => name === 'ecmpd')
  if (!own) return []
  return CASES.filter(({ id }) => {
    const outcome = own.results.get(id)?.outcome
    return (
      outcome !== 'pass' &&
      outcome !== 'long' &&
      columns.some(({ results }) => results.get(id)?.outcome === 'pass')
    )
  }).map(({ id }) => id)
}

/** The page that compares daemons. @param date ISO 8601 */
export function page(columns: readonly Column[], date: string): string {
  const counts = (column: Column) => {
    const of = (outcome: Result['outcome']) =>
      [...column.results.values()].filter((result) => result.outcome === outcome).length
    return line([
      column.name,
      column.version,
      ...(['pass', 'fail', 'n/a', 'long'] as const).map((outcome) => String(of(outcome))),
    ])
  }
  const late = behind(columns)
  return `${[
    '# Conformance',
    '',
    `Made by \`npm run conformance\` on ${date}. A raw peer, whose messages are written by hand octet by octet,`,
    'plays every case over real TCP sessions against each daemon in a network namespace of its own; an observer',
    'sees what becomes of the routes. «n/a»: the daemon has no such feature. «not yet»: ecmpd has none yet.',
    '«not run»: waits for minutes, `npm run conformance -- --long`. The other daemons are those of the',
    'distribution, with a configuration that accepts and announces everything; they may have been corrected since.',
    '',
    line(['daemon', 'version', 'pass', 'FAIL', 'n/a', 'not run']),
    line(['---', '---', '---', '---', '---', '---']),
    ...columns.map(counts),
    '',
    late.length > 0
      ? `Cases that another daemon passes and ecmpd does not: ${late.join(', ')}.`
      : 'There is no case that another daemon passes and ecmpd does not.',
    '',
    ...SECTIONS.flatMap(([title, prefixes]) => section(title, prefixes, columns)),
    '## Malformed and odd messages',
    '',
    line(['message', 'expected', 'reference', ...columns.map(({ name }) => name)]),
    line(['---', '---', '---', ...columns.map(() => '---')]),
    ...VECTORS.map(({ id, expect, ref }) =>
      line([
        id,
        expect.join(', '),
        cell(ref),
        ...columns.map((column) => {
          const result = column.results.get(id)
          return result?.outcome === 'fail'
            ? `**FAIL** ${cell(result.detail.replace(/,? expected .*/, ''))}`
            : shown(column, result)
        }),
      ]),
    ),
    '',
  ].join('\n')}`
}
