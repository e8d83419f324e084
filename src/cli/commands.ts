import yargs, { type CommandModule } from 'yargs'
import { nearest } from '../config/nearest.js'
import { packageVersion } from '../daemon/version.js'
import { clearCommand } from './clear.js'
import { configCommand } from './config.js'
import { demoCommand } from './demo.js'
import { CommandError, USAGE } from './exit.js'
import { maintenanceCommand } from './maintenance.js'
import { neighborCommand } from './neighbor.js'
import { reloadCommand } from './reload.js'
import { runCommand } from './run.js'
import { showCommand } from './show.js'
import { versionCommand } from './version.js'

const COMMANDS = [
  runCommand,
  showCommand,
  neighborCommand,
  clearCommand,
  maintenanceCommand,
  configCommand,
  reloadCommand,
  demoCommand,
  versionCommand,
]

/** Names that a first word may have. */
const NAMES = COMMANDS.flatMap(({ command }) => String([command].flat()[0]).split(' ')[0])

/**
 * Runs one command line.
 * @param words arguments after the program's name
 * @throws CommandError for wrong usage, and what the command throws
 */
export async function main(words: readonly string[]): Promise<void> {
  const parser = yargs([...words])
    .scriptName('ecmpd')
    .usage('$0 COMMAND\n\nA BGP switch in a process: peers with Kubernetes nodes, installs ECMP routes.')
    .version(`ecmpd ${packageVersion()}`)
    .alias('version', 'V')
    .alias('help', 'h')
    .command(COMMANDS as unknown as CommandModule[])
    .demandCommand(1, 'which command? `ecmpd --help` lists them')
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue(
      'Exit codes: 0 done, 1 failed, 2 usage or configuration wrong.\n`ecmpd COMMAND --help` has examples.',
    )
    .exitProcess(false)
    .fail((message, error) => {
      // What the parser itself refuses is wrong usage, too.
      if (error !== undefined && error.name !== 'YError') throw error
      throw new CommandError(`ecmpd: ${message}`, USAGE)
    })
  const first = words[0]
  if (first !== undefined && !first.startsWith('-') && !NAMES.includes(first) && first !== 'sh') {
    const near = nearest(first, NAMES)
    const hint = near === undefined ? `commands: ${NAMES.join(', ')}` : `did you mean \`${near}\`?`
    throw new CommandError(`ecmpd: no command \`${first}\` (${hint})`, USAGE)
  }
  await parser.parseAsync()
}
