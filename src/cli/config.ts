import type { CommandModule } from 'yargs'
import type { Config, Diagnostic } from '../config/index.js'
import { CommandError, FAILED, USAGE } from './exit.js'

interface FileArguments {
  readonly file: string
}

/** Prints diagnostics to standard error. */
async function report(diagnostics: readonly Diagnostic[]): Promise<void> {
  const { formatDiagnostics } = await import('../config/format.js')
  if (diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(diagnostics)}\n`)
}

/** @throws CommandError with exit code 2 when the file is wrong; its lines are printed */
async function load(file: string): Promise<{ config: Config; diagnostics: readonly Diagnostic[] }> {
  const { loadConfig } = await import('../config/load.js')
  const { config, diagnostics } = loadConfig(file)
  await report(diagnostics)
  if (config === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length
    throw new CommandError(`${file}: ${errors} ${errors === 1 ? 'error' : 'errors'}`, USAGE)
  }
  return { config, diagnostics }
}

const check: CommandModule<object, FileArguments> = {
  command: 'check <file>',
  describe: 'validate a file: every fault with its line, exit 2 when there is one',
  builder: (parser) =>
    parser
      .positional('file', { type: 'string', demandOption: true, describe: 'YAML, or the text of the switch' })
      .example('$0 config check ruijie.conf', 'does ecmpd understand every line?'),
  handler: async ({ file }) => {
    const { config, diagnostics } = await load(file)
    const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length
    const { neighbors, listenRanges } = config.bgp
    const { plural } = await import('../show/text.js')
    const count = plural(neighbors.length, 'neighbor', 'neighbors')
    const ranges =
      listenRanges.length === 0 ? '' : `, ${plural(listenRanges.length, 'listen range', 'listen ranges')}`
    process.stdout.write(
      `${file}: fine, AS ${config.bgp.localAs}, ${count}${ranges}${warnings === 0 ? '' : `, ${plural(warnings, 'warning', 'warnings')}`}\n`,
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
      const { withoutSecrets } = await import('../config/secrets.js')
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
    const { readFileSync } = await import('node:fs')
    const { convertToYaml } = await import('../config/emit-yaml.js')
    let source: string
    try {
      source = readFileSync(file, 'utf8')
    } catch (error) {
      throw new CommandError(`${file}: can't be read: ${(error as Error).message}`, USAGE)
    }
    const { text, diagnostics } = convertToYaml(source, file)
    await report(diagnostics)
    if (text === undefined) throw new CommandError(`${file}: not converted`, USAGE)
    process.stdout.write(text)
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
    const [old, now] = [await load(before), await load(after)]
    const { diffConfigs, formatChange } = await import('../config/diff.js')
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
    const { jsonSchemaText } = await import('../config/json-schema.js')
    process.stdout.write(jsonSchemaText())
  },
}

export const configCommand: CommandModule = {
  command: 'config',
  describe: 'check, show, convert and compare configuration files',
  builder: (parser) =>
    parser
      .command([check, show, convert, diff, schema] as CommandModule[])
      .demandCommand(1, 'what about the configuration? check, show, convert, diff or schema')
      .strict(),
  handler: () => {},
}
