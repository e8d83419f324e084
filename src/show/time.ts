const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const WEEK = 7 * DAY
const YEAR = 365 * DAY

const two = (value: number) => String(value).padStart(2, '0')

function clock(seconds: number): string {
  return `${two(Math.floor(seconds / HOUR))}:${two(Math.floor((seconds % HOUR) / MINUTE))}:${two(seconds % MINUTE)}`
}

/**
 * A duration as the switch prints it in Up/Down columns: '02:30:14' below a day, '1d02h' below a week,
 * '3w4d' below a year, '1y10w' above.
 * @param seconds not negative; fractions are dropped
 */
export function upDown(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  if (s < DAY) return clock(s)
  if (s < WEEK) return `${Math.floor(s / DAY)}d${two(Math.floor((s % DAY) / HOUR))}h`
  if (s < YEAR) return `${Math.floor(s / WEEK)}w${Math.floor((s % WEEK) / DAY)}d`
  return `${Math.floor(s / YEAR)}y${Math.floor((s % YEAR) / WEEK)}w`
}

/**
 * A duration as FRR prints it in JSON: '02:30:14' below a day, '1d02h03m' below a week, '01w2d03h' below a
 * year, '01y10w2d' above.
 * @param seconds not negative; fractions are dropped
 */
export function frrUptime(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  if (s < DAY) return clock(s)
  if (s < WEEK) {
    return `${Math.floor(s / DAY)}d${two(Math.floor((s % DAY) / HOUR))}h${two(Math.floor((s % HOUR) / MINUTE))}m`
  }
  if (s < YEAR) {
    return `${two(Math.floor(s / WEEK))}w${Math.floor((s % WEEK) / DAY)}d${two(Math.floor((s % DAY) / HOUR))}h`
  }
  const rest = s % YEAR
  return `${two(Math.floor(s / YEAR))}y${two(Math.floor(rest / WEEK))}w${Math.floor((rest % WEEK) / DAY)}d`
}

/** Whole seconds from `since` (ISO 8601) to `now` (milliseconds since 1970), never negative. */
export function secondsSince(since: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 1000))
}

/** Seconds since 1970 of an ISO 8601 text, as FRR's `…Epoch` keys hold them. */
export function epoch(at: string): number {
  return Math.floor(Date.parse(at) / 1000)
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** An ISO 8601 text as ctime(3) writes it, in UTC: 'Sun Nov 22 06:52:46 2026'. */
export function ctime(at: string): string {
  const date = new Date(at)
  const day = String(date.getUTCDate()).padStart(2)
  const time = clock(date.getUTCHours() * HOUR + date.getUTCMinutes() * MINUTE + date.getUTCSeconds())
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}`
}
