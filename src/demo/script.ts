import { fileURLToPath } from 'node:url'

/**
 * Full path of a built program, in the form that Node runs without a loader.
 * @param name relative to this directory: './web-main.js', '../cli/main.js'
 */
export function script(name: string): string {
  const path = fileURLToPath(new URL(name, import.meta.url))
  return path.replace(/([\\/])src([\\/](?:demo|cli)[\\/][^\\/]+)$/, '$1dist$2')
}
