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
