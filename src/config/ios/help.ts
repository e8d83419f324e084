/** Help for the configuration grammar as a whole: `?` at a place, and a page with every command. */

import { type Choice, choices } from '../../grammar/help.js'
import { lineOf } from '../../grammar/line.js'
import { COMMANDS } from './commands/table.js'
import type { Command, Mode } from './document/grammar.js'
import { MODES } from './modes.js'

/**
 * What can follow a beginning, each with what it does; `<cr>` when the line may end here.
 * @param beginning words typed so far; abbreviations will do, `no` may stand first
 * @returns nothing behind what is no beginning of a command
 */
export function helpAt(beginning: string, mode: Mode): readonly Choice[] {
  const line = lineOf(beginning)
  const negated = line.words[0]?.text.toLowerCase() === 'no'
  const { negated: behindNo, offered } = MODES[mode]
  const found = negated ? choices(behindNo, line, 1) : choices(offered, line)
  return 'type' in found ? [] : found
}

const SECTIONS: readonly (readonly [Mode, string])[] = [
  ['config', 'Top level'],
  ['router', 'Under `router bgp`'],
  ['family', 'Under `address-family`'],
]

const SUPPORT: Readonly<Record<Command['support'], string>> = {
  yes: 'yes',
  'no effect': 'read, no effect',
  'not yet': 'refused: not yet',
}

/** The whole dialect as a page of Markdown tables. */
export function dialectMarkdown(): string {
  const tables = SECTIONS.map(([mode, title]) => {
    const rows = COMMANDS.filter((command) => command.modes.includes(mode)).map((command) => {
      const syntax = `${command.onlyNo ? 'no ' : ''}${withRanges(command)}`.replaceAll('|', '\\|')
      const no = command.no !== undefined && !command.onlyNo ? 'yes' : ''
      return `| \`${syntax}\` | ${command.help.replaceAll('|', '\\|')} | ${SUPPORT[command.support]} | ${no} |`
    })
    return [
      `## ${title}`,
      '',
      '| command | what it does | carried out | `no` form |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n')
  })
  return `${[INTRODUCTION, ...tables].join('\n\n')}\n`
}

/** The syntax with the ranges of its numbers: `maximum-paths ebgp <paths 1-32>`. */
function withRanges(command: Command): string {
  return command.syntax.replace(/<([^:>]+):([^>]*)>/g, (_, name: string, type: string) =>
    /^\d/.test(type) ? `<${name} ${type}>` : `<${name}>`,
  )
}

const INTRODUCTION = `# The switch's text: commands that ecmpd reads

A file with a line \`router bgp …\` is read in the dialect of Ruijie, IOS and FRR. Keywords may be abbreviated while
only one fits; indentation, line ends, tabs, pasted prompts (\`Ruijie(config-router)#\`) and comments (\`!\`, \`#\`) do not
matter, nor does the order of the lines. A line that is not in these tables is an error with its line number and the
nearest command; nothing is applied then. Commands of an address family are taken under \`router bgp\` too, where they
mean IPv4 unicast.

Where IOS (and switches like it) and FRR have different defaults: graceful restart is on as a helper; communities of every
kind are sent, as in FRR (\`no neighbor … send-community\` ends it), so that what a node or an operator marks, GRACEFUL_SHUTDOWN
among it, arrives; eBGP needs no policy, as on IOS (\`bgp ebgp-requires-policy\` asks for one); the first AS of a path must be
the neighbor's; announcements are not held back (\`advertisement-interval 0\`); no path goes to a neighbor whose AS it holds.`
