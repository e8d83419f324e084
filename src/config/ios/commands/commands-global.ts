/**
 * The commands of the top level: the terminal's own, prefix lists, and what stands around BGP in a saved
 * file.
 */

import type { Args, Command } from '../document/grammar.js'
import { noEffect, onlyNo, setting } from '../document/rows.js'

const CONFIG = ['config'] as const

/** Commands of the top level: the terminal's own, prefix lists, and what stands around BGP in a saved file. */
export const GLOBAL_COMMANDS: readonly Command[] = [
  noEffect('configure terminal', CONFIG, 'enter configuration'),
  noEffect('enable', CONFIG, 'enter privileged mode'),
  noEffect('[do] write [memory]', CONFIG, 'save the configuration'),
  noEffect('copy running-config startup-config', CONFIG, 'save the configuration'),
  {
    syntax: 'end',
    modes: CONFIG,
    help: 'leave configuration',
    support: 'yes',
    run: (_, context) => context.enter('config'),
  },
  {
    syntax: 'exit',
    modes: ['config', 'router', 'family', 'route-map'],
    help: 'leave the section',
    support: 'yes',
    run: (_, context) => context.enter(context.mode === 'family' ? 'router' : 'config'),
  },
  {
    syntax: 'router bgp <as:as>',
    modes: CONFIG,
    help: 'the BGP speaker and its AS number',
    support: 'yes',
    run(args, context) {
      const as = args.number('as')
      const before = context.cells.get(['as'])
      if (before !== undefined && before.value !== as) {
        const hint = `line ${before.position.line} says ${String(before.value)}; ecmpd is one speaker`
        context.error(`% Invalid input: a second AS number, ${as}`, hint, args.words.get('as'))
      } else if (before === undefined) context.set(['as'], as)
      context.enter('router')
    },
    no(_, context) {
      for (const name of context.cells.children([])) {
        if (name !== 'prefixLists' && name !== 'hostName') context.clear([name])
      }
    },
  },
  setting(
    'hostname <name>',
    CONFIG,
    'name told to neighbors',
    () => ['hostName'],
    (args) => args.text('name'),
  ),
  ...(['ip', 'ipv6'] as const).flatMap(prefixListCommands),
  noEffect('frr {version|defaults} <text:rest>', CONFIG, 'first lines of a file that FRR saved'),
  noEffect('version <text:rest>', CONFIG, 'first line of a file that a switch saved'),
  noEffect('{service|log} <text:rest>', CONFIG, 'services and logging of the switch'),
  noEffect('{ip|ipv6} forwarding', CONFIG, 'forwarding: the kernel’s ip_forward, which ecmpd leaves alone'),
  noEffect('{ip|ipv6} routing', CONFIG, 'forwarding: the kernel’s ip_forward, which ecmpd leaves alone'),
  noEffect('line vty', CONFIG, 'terminal lines'),
]

/** Prefix lists of one family: IOS and FRR spell them alike. */
function prefixListCommands(ip: 'ip' | 'ipv6'): readonly Command[] {
  const bits = ip === 'ip' ? 32 : 128
  const all = ip === 'ip' ? '0.0.0.0/0' : '::/0'
  const match = `{permit|deny} {<prefix:${ip === 'ip' ? 'prefix4' : 'prefix6'}>|any} [ge <ge:0-${bits}>] [le <le:0-${bits}>]`
  return [
    {
      syntax: `${ip} prefix-list <name> [seq <seq:1-4294967295>] ${match}`,
      modes: CONFIG,
      help: 'a line of a prefix list',
      support: 'yes',
      run(args, context) {
        const path = ['prefixLists', args.text('name')]
        const numbers = context.cells.children(path).map(Number)
        const seq = args.has('seq') ? args.text('seq') : String(Math.max(0, ...numbers) + 5)
        context.set([...path, seq], ruleOf(args, all, bits))
      },
      no(args, context) {
        const path = ['prefixLists', args.text('name')]
        const rule = JSON.stringify(ruleOf(args, all, bits))
        for (const cell of context.cells.below(path)) {
          if (JSON.stringify(cell.value) === rule) context.clear(cell.path)
        }
      },
    },
    noEffect(`${ip} prefix-list <name> description <text:rest>`, CONFIG, 'a word about a prefix list'),
    onlyNo(`${ip} prefix-list <name>`, CONFIG, 'remove a prefix list', (args, context) =>
      context.clear(['prefixLists', args.text('name')]),
    ),
    onlyNo(
      `${ip} prefix-list <name> seq <seq:1-4294967295>`,
      CONFIG,
      'remove a line of it',
      (args, context) => context.clear(['prefixLists', args.text('name'), args.text('seq')]),
    ),
  ]
}

/** The rule as the document writes it. */
function ruleOf(args: Args, all: string, bits: number): Record<string, unknown> {
  const action = args.has('permit') ? 'permit' : 'deny'
  if (args.has('any')) return { [action]: all, le: bits }
  return {
    [action]: args.has('prefix') ? args.text('prefix') : all,
    ...(args.has('ge') ? { ge: args.number('ge') } : {}),
    ...(args.has('le') ? { le: args.number('le') } : {}),
  }
}
