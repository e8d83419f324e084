/** A bar with its spread. */
export interface Bar {
  readonly name: string
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Bars that belong together. */
export interface BarGroup {
  readonly title: string
  readonly bars: readonly Bar[]
}

const WIDTH = 720
const LEFT = 110
const RIGHT = 120
const TOP = 40
const HEADING = 30
const ROW = 24
const FONT = 'font-family="system-ui, sans-serif"'
const OWN = '#0969da'
const OTHER = '#afb8c1'
const TEXT = '#6e7781'
/** Medians further apart than this get a logarithmic scale. */
const FAR = 30

const safe = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)

const round = (value: number) => Math.round(value * 10) / 10

/** Pixels of a value. @returns whether the scale is logarithmic, and the function */
function scaleOf(bars: readonly Bar[]): { readonly logarithmic: boolean; x(value: number): number } {
  const space = WIDTH - LEFT - RIGHT
  const most = Math.max(...bars.map(({ max }) => max), Number.MIN_VALUE)
  const least = Math.min(...bars.map(({ median }) => median).filter((median) => median > 0), most)
  if (most / least <= FAR) return { logarithmic: false, x: (value) => (value / most) * space }
  const floor = least / 3
  const whole = Math.log(most / floor)
  return {
    logarithmic: true,
    x: (value) => (value <= floor ? 0 : (Math.log(value / floor) / whole) * space),
  }
}

/**
 * Horizontal bars in groups as SVG, all on one scale, with a whisker from the least to the most. When values
 * lie far apart, the scale is logarithmic and says so.
 * @param groups medians of 0 or more
 * @param text of a value
 */
export function barChart(
  title: string,
  groups: readonly BarGroup[],
  text: (value: number) => string,
): string {
  const { logarithmic, x } = scaleOf(groups.flatMap(({ bars }) => bars))
  const lines: string[] = []
  let y = TOP
  const words = (at: number, line: number, more: string, content: string) =>
    lines.push(`  <text x="${round(at)}" y="${line}" ${more} ${FONT} fill="${TEXT}">${safe(content)}</text>`)
  words(8, 24, 'font-size="15" font-weight="600"', title + (logarithmic ? ' (logarithmic scale)' : ''))
  for (const group of groups) {
    words(8, y + 20, 'font-size="13" font-weight="600"', group.title)
    y += HEADING
    for (const { name, min, median, max } of group.bars) {
      const [from, end, to] = [min, median, max].map((value) => round(LEFT + x(value)))
      words(LEFT - 8, y + 14, 'font-size="13" text-anchor="end"', name)
      const fill = name === 'ecmpd' ? OWN : OTHER
      const width = round(Math.max(end - LEFT, 1))
      lines.push(`  <rect x="${LEFT}" y="${y}" width="${width}" height="18" rx="2" fill="${fill}"/>`)
      lines.push(
        `  <path d="M${from} ${y + 9}H${to}M${from} ${y + 5}v8M${to} ${y + 5}v8" stroke="#24292f" fill="none"/>`,
      )
      words(Math.max(end, to) + 8, y + 14, 'font-size="13"', text(median))
      y += ROW
    }
  }
  const height = y + 8
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>${safe(title)}</title>
${lines.join('\n')}
</svg>
`
}
