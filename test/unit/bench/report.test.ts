import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { keeps } from '../../../bench/check.js'
import { lacking, readOptions } from '../../../bench/options.js'
import { PARTS } from '../../../bench/parts/index.js'
import { batch } from '../../../bench/parts/kernel.js'
import { barChart } from '../../../bench/report/chart.js'
import { cell, figure, report } from '../../../bench/report/page.js'
import {
  mergeRows,
  type Results,
  type Row,
  readResults,
  writeResults,
} from '../../../bench/report/results.js'
import { summarize } from '../../../bench/report/summary.js'

const row = (name: string, times: readonly number[], more: Partial<Row> = {}): Row => ({
  ...{
    part: 'kernel',
    work: '10000',
    title: '10,000 routes with three next hops',
    name,
    version: `${name} 1`,
  },
  ...{ at: '2026-01-31T12:00:00.000Z', command: 'npm run bench -- kernel' },
  runs: times.map((time) => ({ time })),
  ...more,
})
const results = (rows: readonly Row[]): Results => ({
  machine: {
    ...{ cpu: 'A & B', cores: 2, memory: 24_105, kernel: '6.18', system: 'Debian', node: 'v20.19.0' },
    ...{ iproute2: '6.1.0', load: 0.5 },
  },
  rows,
})

t.test('medians and spread', async (t) => {
  t.same(summarize([3, 1, 2]), { runs: 3, min: 1, median: 2, max: 3 })
  t.equal(summarize([4, 1, 2, 3]).median, 2.5)
  t.throws(() => summarize([]), RangeError)
})

t.test('rows measured anew take the place of the old ones, the others stay', async (t) => {
  const order = ({ name }: Row) => [['ecmpd', 'FRR', 'BIRD'].indexOf(name)]
  const before = [row('ecmpd', [1]), row('FRR', [2])]
  const merged = mergeRows(before, [row('BIRD', [3]), row('ecmpd', [4])], order)
  t.same(
    merged.map(({ name, runs }) => [name, runs[0].time]),
    [
      ['ecmpd', 4],
      ['FRR', 2],
      ['BIRD', 3],
    ],
  )
  const other = mergeRows(merged, [row('ecmpd', [5], { work: '100000' })], order)
  t.equal(other.length, 4, 'another piece of work is another row')
})

t.test('results survive a file', async (t) => {
  const file = join(t.testdir(), 'results.json')
  t.equal(readResults(file), undefined)
  const written = results([row('ecmpd', [1, 2]), row('GoBGP', [], { note: 'over 60 s' })])
  writeResults(file, written)
  t.same(readResults(file), written)
  t.equal(readFileSync(file, 'utf8').split('\n').length, 8, 'a line for each row')
})

t.test('cells', async (t) => {
  t.equal(figure(1234.567, 1), '1,234.6')
  t.equal(cell(row('x', [3, 1, 2]), 'time', 1), '2.0 (1.0 – 3.0)')
  t.equal(cell(row('x', [1.01, 1.02]), 'time', 0), '1')
  t.equal(cell(row('x', [1]), 'cpu', 0), '–')
})

t.test('the page has a table and a chart for each piece of work', async (t) => {
  const rows = [
    row('ecmpd', [1, 3, 2]),
    row('FRR', [4]),
    row('GoBGP', [], { note: 'over 60 s' }),
    row('ecmpd', [], { part: 'gone', work: 'x' }),
  ]
  const files = report(results(rows), PARTS)
  t.same(
    files.map(({ name }) => name),
    ['benchmarks.md', 'benchmarks-kernel-time.svg'],
  )
  const [page, chart] = files.map(({ text }) => text)
  t.match(page, '| ecmpd | 2.00 (1.00 – 3.00) | 3 |  |')
  t.match(page, '| FRR | 4.00 | 1 |  |')
  t.match(page, '| GoBGP | – | 0 | over 60 s |')
  t.match(page, '](benchmarks-kernel-time.svg)')
  t.match(page, 'Measured 2026-01-31 with `npm run bench -- kernel`.')
  t.match(page, 'A & B, 2 cores')
  const other = [row('ecmpd', [1]), row('FRR', [2], { title: '5 routes with three next hops' })]
  const apart = report(results(other), PARTS)[0].text
  t.match(apart, '### 5 routes', 'work of another size is no part of the same table')
  t.match(apart, '### 10,000 routes')
  t.notMatch(page, '## Churn', 'parts without figures are left out')
  t.match(chart, '2.00 s')
})

t.test('charts', async (t) => {
  const bars = [
    { name: 'a<b', min: 1, median: 2, max: 4 },
    { name: 'ecmpd', min: 1, median: 1, max: 1 },
  ]
  const group = { title: 'G', bars }
  const linear = barChart('T & U', [group], (value) => `${value} s`)
  t.match(linear, '<title>T &amp; U</title>')
  t.match(linear, 'a&lt;b')
  t.match(linear, '>2 s</text>')
  t.notMatch(linear, 'logarithmic')
  const widths = [...linear.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map((match) => Number(match[1]))
  t.equal(widths[0], widths[1] * 2)
  const far = { title: 'H', bars: [{ name: 'c', min: 90, median: 100, max: 120 }] }
  t.match(barChart('t', [group, far], String), 'logarithmic scale')
  const none = { title: 'H', bars: [{ name: 'c', min: 0, median: 0, max: 0 }] }
  t.notMatch(barChart('t', [none], String), 'NaN')
})

t.test('the command line', async (t) => {
  const asked = readOptions(['kernel', 'churn', '--runs', '3', '--daemons', 'ECMPD,bird', '--seconds', '10'])
  t.match(asked, {
    ...{ parts: ['kernel', 'churn'], daemons: ['ecmpd', 'bird'], runs: 3, seconds: 10, write: true },
    ...{ quick: false, check: false, command: /^npm run bench -- kernel churn --runs 3/ },
  })
  t.match(readOptions(['--quick']), { write: false, parts: [], daemons: [], runs: 5 })
  const directory = t.testdir({ 'session.gz': '', 'rib.gz': '' })
  const replay = join(directory, 'session.gz')
  const replayed = readOptions(['--replay', replay, `--mrt=${join(directory, 'rib.gz')}`])
  t.match(replayed, {
    replay,
    command: 'npm run bench -- --replay session.gz --mrt=rib.gz',
  })
  t.match(readOptions(['kernel', '--work', '10000']), { works: ['10000'] })
  t.match(readOptions(['check']), { check: true, parts: [] })
  t.match(readOptions(['--help']), { help: true })
  for (const [words, problem] of [
    [['kernle'], /no part «kernle»; there are full-table/],
    [['--daemons', 'quagga'], /no daemon «quagga»/],
    [['--runs', '0'], /--runs 0 is no whole number above 0/],
    [['--seconds', 'x'], /--seconds x is no whole number above 0/],
    [['--fast'], /--fast/],
    [['--work', '10'], /no work «10»; there are packed, internet/],
    [['kernel', '--work', 'packed'], /no work «packed»; there are 10000, 100000/],
    [['--replay', '/none/such.gz'], /--replay \/none\/such.gz: there is no such file/],
    [['check', 'kernel'], /check stands alone/],
  ] as const) {
    t.match(readOptions(words), { problem })
  }
})

t.test('what is missing is said before anything is measured', async (t) => {
  const asked = (...words: string[]) => {
    const options = readOptions(words)
    if ('problem' in options) throw new Error(options.problem)
    return options
  }
  const path = process.env.PATH
  t.teardown(() => {
    process.env.PATH = path
  })
  const programs = t.testdir({ ip: '', tcpdump: '' })
  process.env.PATH = programs
  if (!existsSync('/usr/sbin/gobgpd')) {
    t.match(lacking(asked('start')), /the part «start» needs gobgpd: install Debian's package gobgpd/)
    t.match(
      lacking(asked('kernel', '--daemons', 'gobgp')),
      /GoBGP is not installed: .* leave it out of --daemons/,
    )
  }
  t.equal(lacking(asked('kernel', 'failover', '--daemons', 'ecmpd')), undefined)
})

t.test('every part says what it measures, and its pieces of work have different names', async (t) => {
  const options = { quick: false, seconds: 60, replay: 'x' }
  t.equal(new Set(PARTS.map(({ name }) => name)).size, PARTS.length)
  for (const { name, text, metrics, cases } of PARTS) {
    t.ok(text.length > 80, name)
    for (const list of [metrics, cases(options), cases({ ...options, quick: true })]) {
      t.equal(new Set(list.map(({ id }) => id)).size, list.length, name)
      t.not(list.length, 0, name)
    }
  }
})

t.test('lines for ip -batch', async (t) => {
  const [plain, last] = batch(257, false)
    .trim()
    .split('\n')
    .filter((_, i) => i === 0 || i === 256)
  t.match(plain, /^route add 16\.0\.0\.0\/32 nexthop via \S+ dev eth0 nexthop via \S+ dev eth0 nexthop via/)
  t.match(last, /^route add 16\.0\.1\.0\/32 /)
  t.match(batch(1, true), /nexthop add id 10 group 1\/2\/3\nroute add 16\.0\.0\.0\/32 nhid 10\n/)
})

t.test('bounds of the check', async (t) => {
  t.ok(keeps(2.5, 1, { times: 2, more: 0.5 }))
  t.notOk(keeps(2.6, 1, { times: 2, more: 0.5 }))
})
