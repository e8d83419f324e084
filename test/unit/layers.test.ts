import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

/**
 * The rooms under src/, top line first. A file may import from its own room and from rooms on lines below;
 * never upward, never sideways. There is no list of exceptions.
 */
const LINES = [
  ['cli'],
  ['demo', 'testing'],
  ['daemon'],
  ['api', 'web', 'expect', 'diagnose'],
  ['show'],
  ['command'],
  ['net', 'fib', 'bfd', 'observe', 'cilium'],
  ['config'],
  ['views'],
  ['speaker', 'decorate'],
  ['ports'],
  ['session', 'rib', 'policy'],
  ['wire'],
  ['ip', 'grammar'],
]
/** Rooms that are pure: no clock, no I/O, no node: module but Buffer's. */
const PURE = ['session', 'rib', 'policy', 'wire', 'ip', 'grammar']

const root = resolve('src')
const rank = new Map(LINES.flatMap((rooms, line) => rooms.map((room) => [room, line] as const)))

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? files(join(dir, entry.name))
      : entry.name.endsWith('.ts')
        ? [join(dir, entry.name)]
        : [],
  )
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1])
}

const roomOf = (file: string) => relative(root, file).split('/')[0]

t.test('every room is on the map', async (t) => {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.isDirectory()) t.ok(rank.has(entry.name), `src/${entry.name} has a line`)
  }
})

t.test('imports point downward only', async (t) => {
  const wrong: string[] = []
  let edges = 0
  for (const file of files(root)) {
    const from = roomOf(file)
    if (!rank.has(from)) continue
    for (const specifier of imports(file)) {
      if (specifier.startsWith('.')) {
        const to = roomOf(resolve(dirname(file), specifier))
        if (to === from || !rank.has(to)) continue
        edges++
        if (!(rank.get(from)! < rank.get(to)!)) wrong.push(`${relative(root, file)} -> ${to}/`)
      } else if (PURE.includes(from) && specifier !== 'node:buffer') {
        wrong.push(`${relative(root, file)} -> ${specifier} (a pure room)`)
      }
    }
  }
  t.same(wrong, [])
  t.ok(edges > 0, 'the test saw imports')
})
