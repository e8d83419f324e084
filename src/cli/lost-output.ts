/** What becomes of a command whose output can't be written any more. */

/**
 * Watches standard output: a reader that went away (`| head`) ends the command quietly, anything else (a disk that
 * is full) with one line and exit code 1.
 * @param cleansUp the command has something to take down: it listens, too, and ends by itself
 */
export function watchOutput(cleansUp: boolean): void {
  let lost = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Further lines fail, too.
    if (lost) return
    lost = true
    const unread = error.code === 'EPIPE'
    if (!unread) process.stderr.write(`ecmpd: standard output can't be written: ${error.message}\n`)
    if (!cleansUp) process.exit(unread ? 0 : 1)
  })
  // Nobody is left to hear of it.
  process.stderr.on('error', () => {})
}
