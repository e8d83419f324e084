/** Commands that read the kernel. */

import { execFile } from 'node:child_process'

/**
 * Runs a command to its end.
 * @returns what it printed
 * @throws Error, a phrase for people, when there is no such program or it fails
 */
export type Run = (argv: readonly string[]) => Promise<string>

/** Longest that a command may take, milliseconds: a kernel that answers no sooner does not answer. */
const LONGEST = 5000
/** Octets that a command may print: some thousand interfaces. */
const MOST_OUTPUT = 16 << 20

/** Runs a command of this machine. */
export const runCommand: Run = (argv) =>
  new Promise((resolve, reject) => {
    const options = {
      env: { ...process.env, LC_ALL: 'C' },
      timeout: LONGEST,
      maxBuffer: MOST_OUTPUT,
    }
    execFile(argv[0], argv.slice(1), options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout)
        return
      }
      const { code } = error as NodeJS.ErrnoException
      const what =
        code === 'ENOENT'
          ? `no such program: ${argv[0]}`
          : `${argv.join(' ')}: ${stderr.trim() || error.message}`
      reject(new Error(what))
    })
  })
