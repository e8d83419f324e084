import { readFileSync } from 'node:fs'

/** The version in package.json, which lies two folders above both src/ and dist/ files of this room. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version?: unknown }).version)
}
