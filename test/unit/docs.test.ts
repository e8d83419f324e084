/** What the documents for developers name is there, and ARCHITECTURE.md stays one page with every room and wing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

const PAGES = ['ARCHITECTURE.md', 'GLOSSARY.md', 'docs/decisions.md', 'docs/performance.md']
/** Where a path may begin that a page gives. */
const TOPS = ['', 'src']

const folders = (path: string) =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

/** The room in whose row of the table a line is: names in it may be the room's. */
const roomOf = (line: string) => line.match(/^\| `(\w+)\/` \|/)?.[1]

function isThere(path: string, room: string | undefined): boolean {
  if (TOPS.some((top) => existsSync(join(top, path)))) return true
  if (room === undefined) return false
  const home = join('src', room)
  return ['', ...folders(home)].some((wing) => existsSync(join(home, wing, path)))
}

/** Files and folders in code spans that are not there. */
function missing(page: string): readonly string[] {
  return readFileSync(page, 'utf8')
    .split('\n')
    .flatMap((line) =>
      [...line.matchAll(/`([\w./-]+(?:\/|\.(?:ts|md|json|yaml|mjs)))`/g)]
        .map(([, path]) => path)
        .filter((path) => !isThere(path, roomOf(line)))
        .map((path) => `${page}: ${path}`),
    )
}

for (const page of PAGES) {
  t.test(`${page}: every file that it names is there`, async (t) => {
    t.same(missing(page), [])
  })
  t.test(`${page}: every link leads somewhere`, async (t) => {
    for (const [, target] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      t.ok(existsSync(join(dirname(page), target)), target)
    }
  })
}

t.test('ARCHITECTURE.md is one page', async (t) => {
  const lines = readFileSync('ARCHITECTURE.md', 'utf8').trimEnd().split('\n')
  t.ok(lines.length <= 110, `${lines.length} lines`)
  t.same(
    lines.filter((line) => line.length > 120 && !line.startsWith('|')),
    [],
  )
})

t.test('every room has its row in ARCHITECTURE.md, with its wings', async (t) => {
  const rows = new Map(
    readFileSync('ARCHITECTURE.md', 'utf8')
      .split('\n')
      .map((line) => [roomOf(line), line] as const),
  )
  for (const room of folders('src')) {
    const row = rows.get(room)
    if (!t.ok(row, room)) continue
    for (const wing of folders(join('src', room))) t.ok(row?.includes(`\`${wing}/\``), `${room}/${wing}`)
  }
})
