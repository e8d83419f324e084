import type { Part } from '../parts/part.js'
import { type Bar, barChart } from './chart.js'
import type { Results, Row } from './results.js'
import { summarize } from './summary.js'

/** A file of the report: its name in the directory of the page, and its text. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}

/** A figure with its digits and thousands apart. */
export function figure(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** 'median (least – most)' of one metric over the runs; '–' where no run has it. */
export function cell(row: Row, metric: string, digits: number): string {
  const values = row.runs.map((run) => run[metric]).filter((value) => value !== undefined)
  if (values.length === 0) return '–'
  const { min, median, max } = summarize(values)
  if (values.length === 1 || figure(min, digits) === figure(max, digits)) return figure(median, digits)
  return `${figure(median, digits)} (${figure(min, digits)} – ${figure(max, digits)})`
}

/** Rows that may stand side by side: a piece of work of another size or length has another heading. */
function works(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row.title, [...(groups.get(row.title) ?? []), row])
  return groups
}

function table(part: Part, rows: readonly Row[]): string {
  const metrics = part.metrics.filter(({ id }) => rows.some((row) => row.runs.some((run) => id in run)))
  const notes = rows.some(({ note }) => note)
  const head = ['', ...metrics.map(({ title }) => title), 'runs', ...(notes ? ['note'] : [])]
  const lines = rows.map((row) => [
    row.name,
    ...metrics.map(({ id, digits }) => cell(row, id, digits)),
    String(row.runs.length),
    ...(notes ? [row.note ?? ''] : []),
  ])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...lines.map(line)].join('\n')
}

/** One chart for each metric that has one, with a group of bars for each piece of work. */
function charts(part: Part, rows: readonly Row[]): { links: string[]; files: ReportFile[] } {
  const files: ReportFile[] = []
  const links: string[] = []
  for (const { id, title, chart, digits } of part.metrics) {
    if (!chart) continue
    const groups = [...works(rows).values()].map((group) => ({
      title: group[0].title,
      bars: barsOf(group, id),
    }))
    const drawn = groups.filter(({ bars }) => bars.length > 1)
    if (drawn.length === 0) continue
    const name = `benchmarks-${part.name}-${id}.svg`
    const heading = `${part.title}: ${title}`
    files.push({ name, text: barChart(heading, drawn, (value) => `${figure(value, digits)} ${chart}`) })
    links.push(`![${heading}](${name})`)
  }
  return { links, files }
}

/** Bars of the daemons: what the work costs without one stands in the table, and would only set the scale. */
function barsOf(rows: readonly Row[], metric: string): Bar[] {
  const daemons = rows.filter(({ version }) => version !== undefined)
  return daemons.flatMap((row) => {
    const values = row.runs.map((run) => run[metric]).filter((value) => value !== undefined)
    return values.length ? [{ name: row.name, ...summarize(values) }] : []
  })
}

/**
 * The page of everything measured, and its charts.
 * @param parts in the order of the page
 */
export function report(results: Results, parts: readonly Part[]): ReportFile[] {
  const { machine, rows } = results
  const files: ReportFile[] = []
  const sections: string[] = []
  for (const part of parts) {
    const own = rows.filter((row) => row.part === part.name)
    if (own.length === 0) continue
    const days = [...new Set(own.map(({ at }) => at.slice(0, 10)))].sort().join(', ')
    const commands = [...new Set(own.map(({ command }) => `\`${command}\``))].join(', ')
    sections.push(`## ${part.title}\n\n${part.text}\n\nMeasured ${days} with ${commands}.`)
    for (const group of works(own).values()) {
      sections.push(`### ${group[0].title}\n\n${table(part, group)}`)
    }
    const drawn = charts(part, own)
    files.push(...drawn.files)
    if (drawn.links.length) sections.push(drawn.links.join('\n\n'))
  }
  const versions = [...new Set(rows.map(({ version }) => version).filter((version) => version))]
  const page = `# Benchmarks

Written by \`npm run bench\`; the figures of every run are in [benchmarks.json](benchmarks.json). ecmpd and its peers do the same
work in the same network (namespaces joined by a cable), one after the other in each round, so that a machine whose speed
drifts treats them alike. A cell is the median of the runs, with least and most in parentheses; a peer whose run
took more than 20 s in all (churn: beyond its stream) is not run again. A result is checked before its
time counts. In all parts but *start* a daemon has been up for three seconds, and is at rest, before its time begins: what
it does to get ready is no part of it. Read ratios rather than seconds: they hold for other machines too.

| | |
|---|---|
| processor | ${machine.cpu}, ${machine.cores} cores |
| memory | ${figure(machine.memory / 1024, 0)} GiB |
| system | ${machine.system}, Linux ${machine.kernel}, iproute2 ${machine.iproute2}, Node.js ${machine.node} |
| load before the last session | ${machine.load} |
| daemons | ${versions.join('; ')} |

${sections.join('\n\n')}
`
  return [{ name: 'benchmarks.md', text: page }, ...files]
}
