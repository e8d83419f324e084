import { CommandError } from './exit.js'

/** A sentence for what was foreseen; the place too for what was not. */
function sentence(error: Error): string {
  if (error instanceof CommandError) return error.message
  const unforeseen =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  return unforeseen ? `ecmpd: internal error: ${error.stack}` : `ecmpd: ${error.message}`
}

/**
 * Runs a command; what it throws becomes a line on standard error and the exit code.
 * @param work the command
 */
export async function reporting(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    process.stderr.write(`${sentence(error)}\n`)
    process.exitCode = error instanceof CommandError ? error.exitCode : 1
  }
}
