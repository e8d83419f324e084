/**
 * The operational commands on the command line: yargs knows their first words and options, the words behind are
 * those of the table in `command/`, and each request is answered by a file of its own.
 */

import type { CommandModule, Options } from 'yargs'
import { HEADS, OPERATIONAL, ROWS } from '../command/operational.js'
import type { Output } from '../command/output.js'
import { choicesText, usagePage } from '../command/page.js'
import type { Request } from '../command/request.js'
import { type Head, headOf } from '../command/row.js'
import { lineOfWords } from '../grammar/line.js'
import { answerClear } from './clear.js'
import { CLIENT_OPTIONS, type ClientArguments, clientFor } from './client.js'
import { CommandError, USAGE } from './exit.js'
import { answerExplain } from './explain.js'
import { answerMaintenance } from './maintenance.js'
import { answerNeighbor } from './neighbor.js'
import { answerShow } from './show.js'

/** Options that some of the commands have. */
interface Answering extends ClientArguments {
  readonly json?: boolean
  readonly dialect?: 'ruijie' | 'ios'
  readonly message?: string
}

interface Arguments extends Answering {
  readonly words?: readonly (string | number)[]
}

const OPTIONS: Readonly<Record<string, Readonly<Record<string, Options>>>> = {
  show: {
    json: { type: 'boolean', default: false, describe: 'JSON in the shape of FRR, as `json` at the end' },
    dialect: {
      choices: ['ruijie', 'ios'],
      default: 'ruijie',
      describe: "layout of `show ip bgp`; 'ios' is what parsers of Cisco output read",
    },
  },
  explain: {
    json: { type: 'boolean', default: false, describe: 'JSON as the API has it, as `json` at the end' },
  },
  neighbor: {
    message: {
      alias: 'm',
      type: 'string',
      requiresArg: true,
      describe: "what shutdown or reset says to the neighbor's operator (RFC 9003)",
    },
  },
}

/** Shorter first words that yargs takes, too. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { show: ['sh'] }

function answer(request: Request, output: Output, options: Answering): Promise<void> {
  const client = clientFor(options)
  switch (request.command) {
    case 'show':
      return answerShow(request, output, options.dialect ?? 'ruijie', client)
    case 'clear':
      return answerClear(request, client)
    case 'neighbor':
      return answerNeighbor(request, options.message, client)
    case 'maintenance':
      return answerMaintenance(request, client)
    case 'explain':
      return answerExplain(request, output, client)
  }
}

async function handle(head: Head, { words = [], ...options }: Arguments): Promise<void> {
  const texts = [head.word, ...words.map(String)]
  const last = texts.at(-1)
  if (last === '?') return explain(texts)
  const parsed = OPERATIONAL.parse(lineOfWords(texts))
  if ('error' in parsed && last?.endsWith('?')) return explain(texts)
  const json = options.json === true || parsed.output.json
  if (!('error' in parsed)) return answer(parsed.request, { ...parsed.output, json }, options)
  if (json) {
    const { errorJson } = await import('../show/render.js')
    process.stdout.write(errorJson(parsed.error))
  }
  // ecmpd's own words are answered as its other commands are, those of the switch as a switch does.
  const own = head.word === 'neighbor' || head.word === 'maintenance' || head.word === 'explain'
  throw new CommandError(
    parsed.incomplete && own
      ? `ecmpd: words are missing: \`ecmpd ${head.word} --help\` shows which`
      : parsed.error,
    USAGE,
  )
}

/** `?` at the end of the words, or of a word: what can follow, or what the word may become. */
function explain(texts: readonly string[]): void {
  const typed = texts.at(-1)!.slice(0, -1).toLowerCase()
  const found = OPERATIONAL.choices(lineOfWords(texts.slice(0, -1)))
  if ('error' in found) throw new CommandError(found.error, USAGE)
  const offered = typed === '' ? found : found.filter(({ word }) => word.startsWith(typed))
  if (offered.length === 0) throw new CommandError(`% Unrecognized command: \`${texts.join(' ')}\``, USAGE)
  process.stdout.write(choicesText(offered))
}

/** A command of yargs for a first word; what its help says comes from the rows. */
function moduleOf(head: Head): CommandModule<object, Arguments> {
  return {
    command: [head.word, ...(ALIASES[head.word] ?? [])].map((name) => `${name} [words..]`),
    describe: head.help,
    builder: (parser) => {
      const own = parser
        .positional('words', { type: 'string', array: true, describe: 'as above; `?` lists what can follow' })
        .options({ ...OPTIONS[head.word], ...CLIENT_OPTIONS })
        .usage(usagePage(head, ROWS, '$0'))
      for (const { example, occasion } of ROWS) {
        if (occasion !== undefined && headOf(example) === head.word) own.example(`$0 ${example}`, occasion)
      }
      return own as never
    },
    handler: (words) => handle(head, words),
  }
}

/** The commands by name: `show`, `neighbor`, `clear`, `maintenance`. */
export const OPERATIONAL_COMMANDS: readonly CommandModule<object, Arguments>[] = HEADS.map(moduleOf)
