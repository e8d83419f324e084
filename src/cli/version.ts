import type { CommandModule } from 'yargs'
import { packageVersion } from '../daemon/version.js'

export const versionCommand: CommandModule = {
  command: 'version',
  describe: 'print the version of this program (`show version`: of the running daemon)',
  handler: () => {
    process.stdout.write(`ecmpd ${packageVersion()}\n`)
  },
}
