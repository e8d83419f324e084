/** A bar with its spread. */
export interface Bar {
  readonly name: string
  readonly min: number
  readonly median: number
  readonly max: number
}

const WIDTH = 720
const LEFT = 110
const RIGHT = 130
const TOP = 44
const ROW = 30
const FONT = 'font-family="system-ui, sans-serif"'

const safe = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)

const round = (value: number) => Math.round(value * 10) / 10

/**
 * Horizontal bars as SVG, with a whisker from the least to the most. When the largest median is more than
 * thirty times the smallest, the scale is logarithmic and says so.
 * @param bars medians of 0 or more
 * @param text of a value
 */
export function barChart(title: string, bars: readonly Bar[], text: (value: number) => string): string {
  const most = Math.max(...bars.map(({ max }) => max), Number.MIN_VALUE)
  const medians = bars.map(({ median }) => median).filter((median) => median > 0)
  const least = Math.min(...medians, most)
  const logarithmic = most / least > 30
  const floor = least / 3
  const space = WIDTH - LEFT - RIGHT
  const x = (value: number) => {
    if (!logarithmic) return (value / most) * space
    return value <= floor ? 0 : (Math.log(value / floor) / Math.log(most / floor)) * space
  }
  const height = TOP + ROW * bars.length + 12
  const rows = bars.map((bar, index) => {
    const y = TOP + ROW * index
    const end = x(bar.median)
    const [from, to] = [x(bar.min), x(bar.max)]
    const middle = y + 11
    const label = round(LEFT + Math.max(end, to) + 8)
    return `  <text x="${LEFT - 8}" y="${y + 15}" text-anchor="end" font-size="13" ${FONT} fill="#57606a">${safe(bar.name)}</text>
  <rect x="${LEFT}" y="${y}" width="${round(Math.max(end, 1))}" height="22" rx="2" fill="${bar.name === 'ecmpd' ? '#0969da' : '#afb8c1'}"/>
  <path d="M${round(LEFT + from)} ${middle}H${round(LEFT + to)}M${round(LEFT + from)} ${middle - 4}v8M${round(LEFT + to)} ${middle - 4}v8" stroke="#24292f" fill="none"/>
  <text x="${label}" y="${y + 15}" font-size="13" ${FONT} fill="#57606a">${safe(text(bar.median))}</text>`
  })
  const scale = logarithmic ? ' (logarithmic scale)' : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>${safe(title)}</title>
  <text x="${LEFT}" y="24" font-size="15" font-weight="600" ${FONT} fill="#57606a">${safe(title + scale)}</text>
${rows.join('\n')}
</svg>
`
}
