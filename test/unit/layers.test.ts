/** The house as it stands: rooms, wings, and the absence of circles, from the imports of the tree itself. */
import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import t from 'tap'
import { circles, type SourceImport, sourceFiles, sourceImports } from '../support/source-imports.js'

/**
 * Folders from the top line down. A file may import from its own folder and from folders on lines below it; never
 * upward, never sideways. '.' are the files that stand in the folder itself. There is no list of exceptions, and
 * a folder that isn't there can't be named.
 */
const LINES: Record<string, readonly (readonly string[])[]> = {
  '.': [
    ['.'],
    ['cli'],
    ['demo', 'testing'],
    ['daemon'],
    ['api'],
    ['show'],
    ['diagnose'],
    ['command'],
    ['net', 'fib', 'host'],
    ['config'],
    ['views'],
    ['speaker', 'decorate'],
    ['ports'],
    ['session', 'rib', 'policy'],
    ['wire'],
    ['ip', 'grammar'],
  ],
  api: [['.'], ['routes'], ['answers'], ['http']],
  daemon: [['.'], ['rehearsal']],
  diagnose: [['.'], ['rules', 'explain'], ['model']],
  fib: [['.'], ['install'], ['groups'], ['resolve'], ['kernel']],
  config: [['.'], ['ios'], ['describe'], ['resolve'], ['document'], ['settings'], ['text'], ['model']],
  'config/ios': [['.'], ['emit'], ['commands'], ['document']],
  speaker: [
    ['.'],
    ['reload'],
    ['inbound', 'outbound'],
    ['retention'],
    ['peer', 'tables'],
    ['liveness'],
    ['events', 'observers'],
    ['turn'],
    ['model'],
  ],
  views: [['.'], ['model']],
  rib: [['out', 'filters'], ['.'], ['export'], ['decision'], ['attributes'], ['store']],
}
/** Rooms that are pure: no clock, no I/O, no node: module but Buffer's. */
const PURE = ['session', 'rib', 'policy', 'wire', 'ip', 'grammar']

const root = resolve('src')
const imports = new Map<string, readonly SourceImport[]>(
  ['src', 'bench', 'test'].flatMap(sourceFiles).map((file) => [file, sourceImports(file)]),
)
const inSource = [...imports].filter(([file]) => file.startsWith(`${root}/`))

function folders(dir: string): string[] {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return []
    const path = join(dir, entry.name)
    return [path, ...folders(path)]
  })
}

/** The folder of `parent` in which a file stands: '.' for itself, undefined for a file elsewhere. */
function folderOf(file: string, parent: string): string | undefined {
  const path = relative(join(root, parent), file).split('/')
  if (path[0] === '..') return undefined
  return path.length === 1 ? '.' : path[0]
}

t.test('every folder is on the map, and the map names no other', async (t) => {
  const named = Object.entries(LINES).flatMap(([parent, lines]) =>
    lines
      .flat()
      .filter((name) => name !== '.')
      .map((name) => join(parent, name)),
  )
  t.same(named.sort(), folders('.').sort())
})

t.test('imports point downward only', async (t) => {
  let edges = 0
  const wrong: string[] = []
  for (const [parent, lines] of Object.entries(LINES)) {
    const rank = new Map(lines.flatMap((names, line) => names.map((name) => [name, line] as const)))
    for (const [file, list] of inSource) {
      const from = folderOf(file, parent)
      if (from === undefined) continue
      for (const { file: target } of list) {
        const to = target === undefined ? undefined : folderOf(target, parent)
        if (to === undefined || to === from) continue
        edges++
        if (!(rank.get(from)! < rank.get(to)!)) {
          wrong.push(`${relative(root, file)} -> ${relative(root, target!)}`)
        }
      }
    }
  }
  t.same(wrong, [])
  t.ok(edges > 1000, `the test saw imports: ${edges}`)
})

t.test('nothing under src/ imports from outside it', async (t) => {
  const wrong = inSource.flatMap(([file, list]) =>
    list
      .filter(({ file: target }) => target !== undefined && !target.startsWith(`${root}/`))
      .filter(({ specifier }) => !specifier.endsWith('package.json'))
      .map(({ specifier }) => `${relative(root, file)} -> ${specifier}`),
  )
  t.same(wrong, [])
})

t.test('pure rooms import no package', async (t) => {
  const wrong = inSource.flatMap(([file, list]) =>
    list
      .filter(({ file: target, specifier }) => target === undefined && specifier !== 'node:buffer')
      .filter(() => PURE.includes(folderOf(file, '.') ?? ''))
      .map(({ specifier }) => `${relative(root, file)} -> ${specifier}`),
  )
  t.same(wrong, [])
})

t.test('a circle of files is tied by `import type` alone', async (t) => {
  const edges = new Map(
    [...imports].map(([file, list]) => [
      file,
      list.flatMap(({ file: to }) => (to === undefined ? [] : [to])),
    ]),
  )
  const wrong = circles(edges).flatMap((circle) =>
    circle.flatMap((file) =>
      imports
        .get(file)!
        .filter(({ file: to, typeOnly }) => to !== undefined && !typeOnly && circle.includes(to))
        .map(({ file: to }) => `${relative('.', file)} -> ${relative('.', to!)}`),
    ),
  )
  t.same(wrong, [])
})

t.test('circles are found, however they run', async (t) => {
  const found = (edges: Record<string, string[]>) => circles(new Map(Object.entries(edges)))
  t.same(found({ a: ['b'], b: ['c'], c: [] }), [])
  t.same(found({ a: ['b'], b: ['a'] }), [['a', 'b']])
  t.same(found({ a: ['b'], b: ['c'], c: ['a'], d: ['a'] }), [['a', 'b', 'c']])
  t.same(found({ a: ['a'] }), [['a']])
  t.same(found({ a: ['b', 'c'], b: ['a'], c: ['d'], d: ['c'] }), [
    ['c', 'd'],
    ['a', 'b'],
  ])
})
