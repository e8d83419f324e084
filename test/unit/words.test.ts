/** One word, one thing: the words of GLOSSARY.md, and one spelling of the most frequent of them. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

/** Files that hold other people's words, with the reason. */
const OTHERS: Readonly<Record<string, string>> = {}

function tracked(...paths: string[]): readonly (readonly [file: string, text: string])[] {
  return execFileSync('git', ['ls-files', '-z', '--', ...paths], { encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && existsSync(file))
    .map((file) => [file, readFileSync(file, 'utf8')] as const)
    .filter(([, text]) => !text.includes('\0'))
}

/** Places of a pattern, as 'file:line: line'. */
function places(files: readonly (readonly [file: string, text: string])[], pattern: RegExp): string[] {
  return files.flatMap(([file, text]) =>
    !pattern.test(text)
      ? []
      : text
          .split('\n')
          .flatMap((line, index) =>
            pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 100)}`] : [],
          ),
  )
}

const repository = existsSync('.git')

t.test('"neighbor" is spelled one way', { skip: repository ? false : 'no repository' }, async (t) => {
  const files = tracked()
  t.ok(files.length > 500, 'files were read')
  const found = places(
    files.filter(([file]) => OTHERS[file] === undefined),
    new RegExp(`neigh${'bour'}`, 'i'),
  )
  t.same(found, [])
})

/** What GLOSSARY.md has another word for. */
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [
    /\b(?<!all)settl(e|es|ed|ing)\b|(?<!all)Settl(e|ed|ing)\b/,
    'decide, flush, read what is pending, converge: say which',
  ],
  [/\boutlet|Outlet/, 'route sender, export session'],
  [/\bHeld\b|\bheld[A-Z]|[a-z]Held\b|#held\b|\.held\b/, 'advertised NLRI, retained, deferred: say which'],
  [/\bWay\b|\.way\(/, 'gateway resolution'],
  [/\bMARK_|\bisMarks|\bmarksOf|wire\/marks/, 'policy flags'],
  [/\bstrangers?\b|\bstrange[A-Z]/, 'dynamic neighbors; foreign objects'],
  [/patience/i, 'limits of waiting'],
  [/\bdoors?\b|Doors?\b/, 'listeners'],
  [/\bPace\b|\bpace\b/, 'MRAI timer, interval'],
  [/[gG]ateway ?[sS]ets?\b/, 'next-hop set'],
  [/\bAdjIn\b|adj-in\b/, 'RibWriter: what it fills is the table of all sources'],
  [/\bLink(Host|Neighbor)\b|new Link\(/, 'connection driver; a link is a network interface'],
  [/\b(is|are|was|were|being|be) (said|told)\b/, 'who says it'],
]

t.test('src/ uses the words of GLOSSARY.md', { skip: repository ? false : 'no repository' }, async (t) => {
  const files = tracked('src').filter(([file]) => file.endsWith('.ts'))
  t.ok(files.length > 300, 'files were read')
  for (const [pattern, instead] of BANNED) t.same(places(files, pattern), [], `${pattern}: ${instead}`)
})

t.test('a class, interface or type that src/ exports is the only one of its name', async (t) => {
  const owners = new Map<string, string[]>()
  for (const [file, text] of tracked('src')) {
    for (const [, name] of text.matchAll(/^export (?:abstract )?(?:class|interface|type) (\w+)/gm)) {
      owners.set(name, [...(owners.get(name) ?? []), file])
    }
  }
  t.ok(owners.size > 200, 'declarations were read')
  t.same(
    [...owners].filter(([, files]) => files.length > 1),
    [],
  )
})
