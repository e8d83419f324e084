import type { CommandModule } from 'yargs'
import type { Config } from '../config/model/model.js'
import type { Diagnostic } from '../config/text/diagnostic.js'
import { CommandError, FAILED, USAGE } from './exit.js'

interface FileArguments {
  readonly file: string
}

/** Prints diagnostics to standard error. */
async function report(diagnostics: readonly Diagnostic[]): Promise<void> {
  const { formatDiagnostics } = await import('../config/text/format.js')
  if (diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(diagnostics)}\n`)
}

/** Whether `-` stands in place of a file: the parser makes an empty text of it. */
const isStdin = (file: string) => file === '-' || file === ''
const nameOf = (file: string) => (isStdin(file) ? 'standard input' : file)

/** @throws CommandError with exit code 2 when the file is wrong; its lines are printed */
async function load(path: string): Promise<{ config: Config; diagnostics: readonly Diagnostic[] }> {
  const { loadConfig, loadText } = await import('../config/load.js')
  const file = nameOf(path)
  const { config, diagnostics } = isStdin(path) ? loadText(await text(path), file) : loadConfig(path)
  await report(diagnostics)
  if (config === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length
    throw new CommandError(`${file}: ${errors} ${errors === 1 ? 'error' : 'errors'}`, USAGE)
  }
  return { config, diagnostics }
}

/** Text of a file or of standard input. @throws CommandError when it can't be read */
async function text(path: string): Promise<string> {
  const { readFileSync } = await import('node:fs')
  try {
    return readFileSync(isStdin(path) ? 0 : path, 'utf8')
  } catch (error) {
    throw new CommandError(`${nameOf(path)}: can't be read: ${(error as Error).message}`, USAGE)
  }
}

const check: CommandModule<object, FileArguments> = {
  command: 'check <file>',
  describe: 'validate a file: every fault with its line, exit 2 when there is one',
  builder: (parser) =>
    parser
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'YAML, or the text of the switch; - is standard input',
      })
      .example('$0 config check ruijie.conf', 'does ecmpd understand every line?')
      .example('ssh switch show running-config | $0 config check -', 'the same without a file'),
  handler: async ({ file }) => {
    const { config, diagnostics } = await load(file)
    const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length
    const { neighbors, listenRanges } = config.bgp
    const { plural } = await import('../show/text.js')
    const count = plural(neighbors.length, 'neighbor', 'neighbors')
    const ranges =
      listenRanges.length === 0 ? '' : `, ${plural(listenRanges.length, 'listen range', 'listen ranges')}`
    process.stdout.write(
      `${nameOf(file)}: fine, AS ${config.bgp.localAs}, ${count}${ranges}${warnings === 0 ? '' : `, ${plural(warnings, 'warning', 'warnings')}`}\n`,
    )
  },
}

const show: CommandModule<object, FileArguments & { readonly json: boolean }> = {
  command: 'show <file>',
  describe: 'print the effective configuration, every default filled in, secrets left out',
  builder: (parser) =>
    parser
      .positional('file', { type: 'string', demandOption: true, describe: 'YAML, or the text of the switch' })
      .option('json', { type: 'boolean', default: false, describe: 'JSON instead of YAML' })
      .example('$0 config show switch.yaml', 'which hold time counts?'),
  handler: async ({ file, json }) => {
    const { config } = await load(file)
    if (json) {
      const { withoutSecrets } = await import('../config/text/secrets.js')
      process.stdout.write(`${JSON.stringify(withoutSecrets(config), null, 2)}\n`)
      return
    }
    const { emitYaml } = await import('../config/emit-yaml.js')
    process.stdout.write(emitYaml(config))
  },
}

const convert: CommandModule<object, FileArguments> = {
  command: 'convert <file>',
  describe: "turn the switch's text into YAML",
  builder: (parser) =>
    parser
      .positional('file', { type: 'string', demandOption: true, describe: 'the text of the switch' })
      .example('$0 config convert ruijie.conf > switch.yaml', 'leave the switch behind'),
  handler: async ({ file }) => {
    const { convertToYaml } = await import('../config/emit-yaml.js')
    const converted = convertToYaml(await text(file), nameOf(file))
    await report(converted.diagnostics)
    if (converted.text === undefined) throw new CommandError(`${nameOf(file)}: not converted`, USAGE)
    process.stdout.write(converted.text)
  },
}

const diff: CommandModule<object, { readonly before: string; readonly after: string }> = {
  command: 'diff <before> <after>',
  describe: 'what a reload from one file to the other would do; exit 1 when they differ',
  builder: (parser) =>
    parser
      .positional('before', { type: 'string', demandOption: true, describe: 'the file as it is' })
      .positional('after', { type: 'string', demandOption: true, describe: 'the file as it shall be' })
      .example('$0 config diff ruijie.conf switch.yaml', 'do they say the same?'),
  handler: async ({ before, after }) => {
    if (isStdin(before) && isStdin(after)) {
      throw new CommandError('ecmpd: - can stand for one of both files', USAGE)
    }
    const [old, now] = [await load(before), await load(after)]
    const { diffConfigs, formatChange } = await import('../config/describe/diff.js')
    const changes = diffConfigs(old.config, now.config)
    if (changes.length === 0) process.stdout.write('no difference\n')
    for (const change of changes) process.stdout.write(`${formatChange(change)}\n`)
    if (changes.length > 0) process.exitCode = FAILED
  },
}

const schema: CommandModule = {
  command: 'schema',
  describe: 'print the JSON Schema of the YAML format, for editors',
  handler: async () => {
    const { jsonSchemaText } = await import('../config/document/json-schema.js')
    process.stdout.write(jsonSchemaText())
  },
}

const COMMANDS = [check, show, convert, diff, schema] as CommandModule[]

/** Names that the word behind `config` may have. */
export const CONFIG_NAMES = COMMANDS.map(({ command }) => String(command).split(' ')[0])

export const configCommand: CommandModule = {
  command: 'config',
  describe: 'check, show, convert and compare configuration files',
  builder: (parser) =>
    parser
      .command(COMMANDS)
      .demandCommand(1, 'what about the configuration? check, show, convert, diff or schema')
      .strict(),
  handler: () => {},
}
