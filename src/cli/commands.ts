import yargs, { type CommandModule } from 'yargs'
import { packageVersion } from '../daemon/version.js'
import { nearest } from '../grammar/nearest.js'
import { CONFIG_NAMES, configCommand } from './config.js'
import { demoCommand } from './demo.js'
import { CommandError, USAGE } from './exit.js'
import { OPERATIONAL_COMMANDS } from './operational.js'
import { reloadCommand } from './reload.js'
import { runCommand } from './run.js'
import { versionCommand } from './version.js'

const COMMANDS = [
  runCommand,
  ...OPERATIONAL_COMMANDS,
  configCommand,
  reloadCommand,
  demoCommand,
  versionCommand,
]

/** Names that a first word may have. */
const NAMES = COMMANDS.flatMap(({ command }) => String([command].flat()[0]).split(' ')[0])

/** @throws CommandError when a word is none of the commands behind `before` */
function known(word: string | undefined, before: string, names: readonly string[]): void {
  if (word === undefined || word.startsWith('-') || names.includes(word)) return
  const near = nearest(word, names)
  const hint =
    near === undefined
      ? `commands: ${names.filter((name) => name !== 'sh').join(', ')}`
      : `did you mean \`${before}${near}\`?`
  throw new CommandError(`ecmpd: no command \`${before}${word}\` (${hint})`, USAGE)
}

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
      const command = words.slice(0, words[0] === 'config' ? 2 : 1).join(' ')
      const missing = message.startsWith('Not enough non-option arguments')
      const says = missing ? `words are missing: \`ecmpd ${command} --help\` shows which` : message
      throw new CommandError(`ecmpd: ${says}`, USAGE)
    })
  const [first, second] = words
  known(first, '', [...NAMES, 'sh'])
  if (first === 'config') known(second, 'config ', CONFIG_NAMES)
  await parser.parseAsync()
}
