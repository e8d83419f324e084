/** Exit codes: 0 done; 1 a check failed or the daemon stopped on an error; 2 usage or configuration is wrong. */
export const FAILED = 1
export const USAGE = 2

/** Ends a command with a message on standard error and an exit code. */
export class CommandError extends Error {
  readonly exitCode: number

  /** @param message whole lines for people, without the final line break */
  constructor(message: string, exitCode: number = FAILED) {
    super(message)
    this.exitCode = exitCode
  }
}
