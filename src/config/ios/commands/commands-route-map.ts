/** The commands of route maps: their entries, what must match, and what is set. */

import { readAs } from '../../text/values.js'
import type { Context } from '../document/context.js'
import type { Args, Command } from '../document/grammar.js'
import { notYet, onlyNo, setting } from '../document/rows.js'
import { accessListName, communitiesOf, largeListName } from './commands-policy.js'

const CONFIG = ['config'] as const
const ROUTE_MAP = ['route-map'] as const

/** Route maps and their entries. */
export const ROUTE_MAP_COMMANDS: readonly Command[] = [
  {
    syntax: 'route-map <map> {permit|deny} <seq:1-65535>',
    modes: CONFIG,
    help: 'an entry of a route map',
    support: 'yes',
    run(args, context) {
      context.routeMap = ['routeMaps', args.text('map'), args.text('seq')]
      context.set([...context.routeMap, 'action'], args.has('permit') ? 'permit' : 'deny')
      context.enter('route-map')
    },
    no(args, context) {
      if (args.words.has('seq')) context.clear(['routeMaps', args.text('map'), args.text('seq')])
      else
        context.error('% Incomplete command: <seq> is missing', '`no route-map NAME` removes the whole map')
    },
  },
  onlyNo('route-map <map>', CONFIG, 'remove a route map', (args, context) =>
    context.clear(['routeMaps', args.text('map')]),
  ),
  entry('description <text:rest>', 'a word about the entry', ['description'], (args) => args.text('text')),
  entry('continue <seq:1-65535>', 'go on after a match', ['continue'], (args) => args.number('seq')),
  entry('continue', 'go on with the next entry after a match', ['continue'], () => true),
  entry('on-match next', 'go on with the next entry after a match', ['continue'], () => true),
  entry('on-match goto <seq:1-65535>', 'go on after a match', ['continue'], (args) => args.number('seq')),
  ...(['ip', 'ipv6'] as const).flatMap((ip) => [
    entry(
      `match ${ip} address prefix-list <lists:rest>`,
      'prefix lists, one of which permits the prefix',
      ['match', 'prefixList'],
      (args) => wordsOf(args, 'lists'),
    ),
    entry(
      `match ${ip} next-hop prefix-list <lists:rest>`,
      'prefix lists, one of which permits the next hop',
      ['match', 'nextHopList'],
      (args) => wordsOf(args, 'lists'),
    ),
    entry(
      `match ${ip} address prefix-len <length:0-${ip === 'ip' ? 32 : 128}>`,
      'the length of the prefix',
      ['match', 'prefixLength'],
      (args) => args.number('length'),
    ),
  ]),
  entry(
    'match ip address <lists:rest>',
    'access lists, one of which permits the prefix',
    ['match', 'prefixList'],
    (args) => wordsOf(args, 'lists').map(accessListName),
  ),
  entry('match as-path <lists:rest>', 'AS path lists', ['match', 'asPathList'], (args) =>
    wordsOf(args, 'lists'),
  ),
  matchCommunity('community', (name) => name),
  matchCommunity('large-community', largeListName),
  entry('match metric <med:0-4294967295>', 'MED', ['match', 'med'], (args) => args.number('med')),
  entry('match local-preference <value:0-4294967295>', 'local preference', ['match', 'localPref'], (args) =>
    args.number('value'),
  ),
  entry('match origin {igp|egp|incomplete}', 'origin', ['match', 'origin'], originOf),
  notYet('match <text:rest>', ROUTE_MAP, 'this condition of a route map'),
  entry('set local-preference <value:0-4294967295>', 'local preference', ['set', 'localPref'], (args) =>
    args.number('value'),
  ),
  entry('set metric <med>', 'MED; +N and -N change it', ['set', 'med'], (args, context) => {
    const text = args.text('med')
    if (/^[+-]\d{1,10}$/.test(text)) return text
    if (/^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff) return Number(text)
    context.error(`% Wrong parameter: \`${text}\` is no metric`, 'set metric 100; set metric +10')
    return 0
  }),
  entry('set weight <weight:0-65535>', 'weight', ['set', 'weight'], (args) => args.number('weight')),
  entry('set origin {igp|egp|incomplete}', 'origin', ['set', 'origin'], originOf),
  entry(
    'set as-path prepend <path:rest>',
    'AS numbers in front of the path',
    ['set', 'prepend'],
    (args, context) =>
      wordsOf(args, 'path').map((word) => {
        const read = readAs(word)
        if ('value' in read) return read.value
        context.error(`% Wrong parameter: ${read.problem}`, read.hint)
        return 1
      }),
  ),
  entry(
    'set as-path prepend last-as <count:1-10>',
    'the first AS of the path in front of it',
    ['set', 'prependLast'],
    (args) => args.number('count'),
  ),
  setCommunity('community', 'communities'),
  setCommunity('large-community', 'largeCommunities'),
  entry('set comm-list <list> delete', 'remove communities', ['set', 'removeCommunities'], (args) =>
    args.text('list'),
  ),
  entry('set large-comm-list <list> delete', 'remove communities', ['set', 'removeCommunities'], (args) =>
    largeListName(args.text('list')),
  ),
  ...(['set ip next-hop', 'set ipv6 next-hop', 'set ipv6 next-hop global'] as const).map((words) =>
    entry(`${words} <host:address>`, 'the next hop', ['set', 'nextHop'], (args) => args.text('host')),
  ),
  ...(['ip', 'ipv6'] as const).flatMap((ip) => [
    entry(
      `set ${ip} next-hop peer-address`,
      'the own address, on the way out',
      ['set', 'nextHop'],
      () => 'self',
    ),
    entry(`set ${ip} next-hop unchanged`, 'keep the next hop', ['set', 'nextHop'], () => 'unchanged'),
  ]),
  notYet('set <text:rest>', ROUTE_MAP, 'this change of a route map'),
  notYet('call <text:rest>', ROUTE_MAP, 'a route map that calls another'),
]

/** A line of a route map's entry. */
function entry(
  syntax: string,
  help: string,
  path: readonly string[],
  value: (args: Args, context: Context) => unknown,
): Command {
  return setting(syntax, ROUTE_MAP, help, (_, context) => [...context.routeMap, ...path], value)
}

const wordsOf = (args: Args, name: string) => args.text(name).split(/\s+/)

function originOf(args: Args): string {
  return args.has('igp') ? 'igp' : args.has('egp') ? 'egp' : 'incomplete'
}

function matchCommunity(kind: string, nameOf: (name: string) => string): Command {
  return {
    syntax: `match ${kind} <lists:rest>`,
    modes: ROUTE_MAP,
    help: 'community lists, one of which permits the communities; exact-match: no others',
    support: 'yes',
    run(args, context) {
      const words = wordsOf(args, 'lists')
      const exact = words.at(-1) === 'exact-match' || words.at(-1) === 'exact'
      const names = (exact ? words.slice(0, -1) : words).map(nameOf)
      const path = [...context.routeMap, 'match', 'communityList']
      // Both kinds in one entry are two conditions, which a list of alternatives can't say.
      const before = context.cells.get(path)
      if (
        before !== undefined &&
        (before.value as string[])[0].startsWith('large-') !== (kind !== 'community')
      ) {
        context.error(
          '% Invalid input: communities and large communities in one entry',
          'use two entries, or one list',
        )
        return
      }
      context.set(path, names)
      if (exact) context.set([...context.routeMap, 'match', 'exactCommunities'], true)
    },
    no(_, context) {
      context.clear([...context.routeMap, 'match', 'communityList'])
      context.clear([...context.routeMap, 'match', 'exactCommunities'])
    },
  }
}

function setCommunity(kind: string, key: 'communities' | 'largeCommunities'): Command {
  return {
    syntax: `set ${kind} <text:rest>`,
    modes: ROUTE_MAP,
    help: 'communities in place of those there are; additive: beside them',
    support: 'yes',
    run(args, context) {
      const words = wordsOf(args, 'text')
      const additive = words.includes('additive')
      const texts = words.filter((word) => word !== 'additive')
      if (texts.length === 1 && texts[0] === 'none') context.set([...context.routeMap, 'set', key], 'none')
      else {
        const path = [...context.routeMap, 'set', additive ? 'addCommunities' : key]
        const values = communitiesOf(texts.join(' '), context)
        // Both kinds can be added in one entry.
        const before = additive ? ((context.cells.get(path)?.value as string[] | undefined) ?? []) : []
        context.cells.clear(path)
        context.set(path, [...before, ...values])
      }
    },
    no: (_, context) => {
      context.clear([...context.routeMap, 'set', key])
      context.clear([...context.routeMap, 'set', 'addCommunities'])
    },
  }
}
