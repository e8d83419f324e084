import { join } from 'node:path'

/** Folder of a target's inputs; the project's root is the working directory. */
export function corpusFolder(target: string): string {
  return join(process.cwd(), 'test', 'fuzz', 'corpus', target)
}
