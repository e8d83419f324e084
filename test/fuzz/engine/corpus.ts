import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files of inputs that once went wrong begin so; they are kept for good. */
const CRASH = 'crash-'

/** The inputs in a folder, by file name; the shortest first. */
export function readCorpus(folder: string): Map<string, Uint8Array> {
  if (!existsSync(folder)) return new Map()
  const entries = readdirSync(folder).map(
    (name) => [name, new Uint8Array(readFileSync(join(folder, name)))] as const,
  )
  return new Map(entries.sort(([, a], [, b]) => a.length - b.length))
}

/** Adds an input under the name that its octets give it. @returns the file's path */
export function addToCorpus(folder: string, input: Uint8Array, crash = false): string {
  mkdirSync(folder, { recursive: true })
  const name = `${crash ? CRASH : ''}${createHash('sha256').update(input).digest('hex').slice(0, 16)}`
  const path = join(folder, name)
  writeFileSync(path, input)
  return path
}

/** Whether a file of a corpus is an input that once went wrong. */
export function isCrash(name: string): boolean {
  return name.startsWith(CRASH)
}
