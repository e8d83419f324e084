/** Files of /proc, read at once: they are made when read, and small. */

import { readFileSync } from 'node:fs'

/** Text of a file by its path below /proc; undefined where there is none, or it may not be read. */
export type ReadProc = (path: string) => string | undefined

/** @param root default /proc */
export function procReader(root = '/proc'): ReadProc {
  return (path) => {
    try {
      return readFileSync(`${root}/${path}`, 'utf8')
    } catch {
      return undefined
    }
  }
}
