import t from 'tap'
import { COMMANDS } from '../../../src/config/ios/commands/table.js'
import type { Mode } from '../../../src/config/ios/document/grammar.js'
import { lex } from '../../../src/config/ios/document/lexer.js'
import { match } from '../../../src/config/ios/document/match.js'
import { helpAt } from '../../../src/config/ios/help.js'
import { MODES } from '../../../src/config/ios/modes.js'
import { variantsOf } from '../../../src/grammar/syntax.js'

/** A word of each argument type. */
const SAMPLES: Readonly<Record<string, string>> = {
  peer: '192.168.95.210',
  host: '192.168.95.210',
  address: '192.168.95.0',
  as: '64512',
  'router-id': '192.168.95.200',
  'cluster-id': '192.168.95.200',
  prefix4: '10.0.0.0/8',
  prefix6: '2001:db8::/32',
  prefix: '10.0.0.0/8',
  mask: '255.255.255.0',
  word: 'NAME',
  rest: 'some words',
}

/** Every way to write every command of the table. */
const written = COMMANDS.flatMap((command) =>
  variantsOf(command.syntax).map((variant) => ({
    command,
    text: variant
      .map((element) =>
        element.type === 'keyword' ? element.text : (SAMPLES[element.kind] ?? element.kind.split('-')[0]),
      )
      .join(' '),
  })),
)

t.test('every row of the table is found by its own words, in each of its modes', async (t) => {
  for (const { command, text } of written) {
    for (const mode of command.modes) {
      const found = match(lex(command.onlyNo ? `no ${text}` : text)[0], MODES[mode])
      t.ok('command' in found, `${mode}: ${text}: ${JSON.stringify(found)}`)
      if ('command' in found) t.equal(found.command.syntax, command.syntax, `${mode}: ${text}`)
    }
  }
})

t.test('no two rows are written alike in one mode', async (t) => {
  for (const mode of ['config', 'router', 'family', 'route-map'] as Mode[]) {
    const seen = new Map<string, string>()
    for (const { command, text } of written) {
      if (!command.modes.includes(mode)) continue
      const other = seen.get(text)
      if (other !== undefined && other !== command.syntax)
        t.fail(`${mode}: ${text}: ${command.syntax} and ${other}`)
      seen.set(text, command.syntax)
    }
    t.ok(seen.size > 0)
  }
})

t.test('help at a place', async (t) => {
  const words = (beginning: string, mode: Mode) => helpAt(beginning, mode).map(({ word }) => word)
  t.same(words('maximum-paths', 'router'), ['ebgp', 'ibgp', '<paths>'])
  t.same(words('max ebgp 4', 'router'), ['<cr>'])
  t.ok(words('', 'router').includes('bgp'))
  t.ok(words('neighbor 1.1.1.1', 'family').includes('activate'))
  t.same(words('nonsense', 'router'), [])
})

t.test('a syntax that is not well formed is a mistake in the table', async (t) => {
  t.throws(() => variantsOf('a {b'), /`}` is missing/)
  t.throws(() => variantsOf('a ] b'), /out of place/)
  t.equal(variantsOf('a [b] {c|d [e]}').length, 6)
})
