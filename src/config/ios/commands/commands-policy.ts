/** The commands of lists that policies name: AS path lists, community lists, access lists. */

import { regexProblem } from '../../../policy/regex.js'
import { readCommunity } from '../../text/values.js'
import type { Context } from '../document/context.js'
import type { Args, Command } from '../document/grammar.js'
import { notYet, onlyNo, setting } from '../document/rows.js'

const CONFIG = ['config'] as const

/** The document's name of a large-community list: the switch keeps these names apart. */
export const largeListName = (name: string) => `large-${name}`

/** The document's name of the prefix list that an access list becomes. */
export const accessListName = (name: string) => `access-list-${name}`

/** AS path lists, community lists and access lists. */
export const POLICY_COMMANDS: readonly Command[] = [
  ...(['ip', 'bgp'] as const).flatMap((word) => [
    {
      syntax: `${word} as-path access-list <list> [seq <seq:1-4294967295>] {permit|deny} <regex:rest>`,
      modes: CONFIG,
      help: 'a line of an AS path list',
      support: 'yes' as const,
      run(args: Args, context: Context) {
        const regex = readRegex(args.text('regex'), context)
        add(['asPathLists', args.text('list')], args, context, args.has('permit') ? regex : { deny: regex })
      },
      no(args: Args, context: Context) {
        const regex = args.text('regex')
        removeLine(['asPathLists', args.text('list')], context, args.has('permit') ? regex : { deny: regex })
      },
    },
    onlyNo(`${word} as-path access-list <list>`, CONFIG, 'remove an AS path list', (args, context) =>
      context.clear(['asPathLists', args.text('list')]),
    ),
    ...communityLists(word, 'community-list', (name) => name),
    ...communityLists(word, 'large-community-list', largeListName),
    notYet(`${word} extcommunity-list <text:rest>`, CONFIG, 'extended community lists'),
  ]),
  {
    syntax:
      'access-list <list> [seq <seq:1-4294967295>] {permit|deny} {any|host <host:address>|<prefix:prefix4> [exact-match]|<network:address> <wildcard:mask>}',
    modes: CONFIG,
    help: 'a line of a standard access list',
    support: 'yes',
    run(args, context) {
      const rule = accessRule(args)
      if (rule === undefined) context.error('% Wrong parameter: the wildcard is no run of zeros and ones')
      else add(['prefixLists', accessListName(args.text('list'))], args, context, rule)
    },
    no(args, context) {
      removeLine(['prefixLists', accessListName(args.text('list'))], context, accessRule(args))
    },
  },
  onlyNo('access-list <list>', CONFIG, 'remove an access list', (args, context) =>
    context.clear(['prefixLists', accessListName(args.text('list'))]),
  ),
]

function readRegex(text: string, context: Context): string {
  const problem = regexProblem(text)
  if (problem === undefined) return text
  context.error(`% Wrong parameter: \`${text.slice(0, 60)}\` is no regular expression: ${problem}`)
  return ''
}

/** Adds a line to a list, behind the last one unless it has a number. */
function add(path: readonly string[], args: Args, context: Context, value: unknown): void {
  const numbers = context.cells.children(path).map(Number)
  const seq = args.has('seq') ? args.text('seq') : String(Math.max(0, ...numbers) + 5)
  context.set([...path, seq], value)
}

function removeLine(path: readonly string[], context: Context, value: unknown): void {
  const text = JSON.stringify(value)
  for (const cell of context.cells.below(path)) {
    if (JSON.stringify(cell.value) === text) context.clear(cell.path)
  }
}

function communityLists(word: string, kind: string, nameOf: (name: string) => string): readonly Command[] {
  const pathOf = (args: Args) => ['communityLists', nameOf(args.text('list'))]
  return [
    {
      syntax: `${word} ${kind} [{standard|expanded}] <list> [seq <seq:1-4294967295>] {permit|deny} <text:rest>`,
      modes: CONFIG,
      help: `a line of a ${kind}`,
      support: 'yes',
      run: (args, context) => add(pathOf(args), args, context, communityRule(args, context)),
      no: (args, context) => removeLine(pathOf(args), context, communityRule(args, context)),
    },
    onlyNo(`${word} ${kind} [{standard|expanded}] <list>`, CONFIG, `remove a ${kind}`, (args, context) =>
      context.clear(pathOf(args)),
    ),
  ]
}

/** Lists 100 to 500 hold regular expressions without saying so. */
function communityRule(args: Args, context: Context): Record<string, unknown> {
  const permits = args.has('permit')
  const text = args.text('text').trim()
  const number = Number(args.text('list'))
  const expanded = args.has('expanded') || (!args.has('standard') && number >= 100 && number <= 500)
  if (expanded || text === 'internet') {
    const regex = expanded ? readRegex(text, context) : '.*'
    return permits ? { permitRegex: regex } : { denyRegex: regex }
  }
  const all = communitiesOf(text, context)
  return permits ? { permit: all } : { deny: all }
}

/** Communities in canonical text; what is none is complained of. */
export function communitiesOf(text: string, context: Context): readonly string[] {
  return text.split(/\s+/).map((word) => {
    const read = readCommunity(word)
    if ('value' in read) return read.value
    context.error(`% Wrong parameter: ${read.problem}`, read.hint)
    return 'no-export'
  })
}

/** An access list looks at the address: it permits whatever lies in the network. */
function accessRule(args: Args): Record<string, unknown> | undefined {
  const action = args.has('permit') ? 'permit' : 'deny'
  if (args.has('any')) return { [action]: '0.0.0.0/0', le: 32 }
  if (args.has('host')) return { [action]: `${args.text('host')}/32` }
  if (args.has('prefix'))
    return { [action]: args.text('prefix'), ...(args.has('exact-match') ? {} : { le: 32 }) }
  const octets = (name: string) => args.text(name).split('.').map(Number)
  const word = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 256 + part, 0)
  const wildcard = word(octets('wildcard'))
  const length = 32 - Math.log2(wildcard + 1)
  if (!Number.isInteger(length)) return undefined
  const network = Math.floor(word(octets('network')) / (wildcard + 1)) * (wildcard + 1)
  const text = [24, 16, 8, 0].map((shift) => (network >>> shift) & 255).join('.')
  return { [action]: `${text}/${length}`, le: 32 }
}

/** Lines of a neighbor that name policies; all of them must let a route pass. */
export const NEIGHBOR_POLICIES: readonly Command[] = (
  [
    ['route-map', 'Map', 'a route map', (name: string) => name],
    ['filter-list', 'Paths', 'an AS path list', (name: string) => name],
    ['distribute-list', 'Access', 'an access list', accessListName],
  ] as const
).map(([word, key, help, nameOf]) =>
  setting(
    `neighbor <peer:peer> ${word} <list> {in|out}`,
    ['router', 'family'],
    `let pass what ${help} permits`,
    (args, context) => [...context.peerFamily(args), `${args.has('in') ? 'import' : 'export'}${key}`],
    (args) => nameOf(args.text('list')),
  ),
)
