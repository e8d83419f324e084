import t from 'tap'
import { KINDS as OPERATIONAL_KINDS } from '../../../src/command/kinds.js'
import { HEADS, OPERATIONAL, ROWS } from '../../../src/command/operational.js'
import { headOf } from '../../../src/command/row.js'
import { MODES } from '../../../src/config/ios/modes.js'
import { Grammar, type Row } from '../../../src/grammar/grammar.js'
import { choices, completions, END } from '../../../src/grammar/help.js'
import { lineOf, lineOfWords } from '../../../src/grammar/line.js'
import type { Variant } from '../../../src/grammar/syntax.js'

/** Both tables: the operational commands, and the configuration's in each mode. */
const TABLES: readonly { readonly name: string; readonly grammar: Grammar<Row> }[] = [
  { name: 'operational', grammar: new Grammar<Row>(ROWS, { kinds: OPERATIONAL_KINDS }) },
  ...Object.entries(MODES).map(([mode, { offered }]) => ({
    name: `configuration, ${mode}`,
    grammar: offered as unknown as Grammar<Row>,
  })),
]

/** A line of a variant, each argument as its kind's example. */
const written = (grammar: Grammar<Row>, variant: Variant) =>
  variant
    .map((element) => (element.type === 'keyword' ? element.text : grammar.kindOf(element).example))
    .join(' ')

for (const { name, grammar } of TABLES) {
  t.test(`${name}: every row has help, one phrase`, async (t) => {
    for (const { syntax, help } of grammar.rows) t.match(help, /^\S.*[^.\s]$/, syntax)
  })

  t.test(`${name}: every way to write a row is that row, and no two rows are ambiguous`, async (t) => {
    for (const { row, variant } of grammar.forms) {
      const text = written(grammar, variant)
      const found = grammar.match(lineOf(text))
      t.equal(found.type === 'match' ? found.row.syntax : found.type, row.syntax, text)
    }
  })

  t.test(`${name}: what \`?\` offers is taken, and what is taken is offered`, async (t) => {
    for (const { variant } of grammar.forms) {
      for (const [at, element] of variant.entries()) {
        const before = lineOf(written(grammar, variant.slice(0, at)))
        const found = choices(grammar, before)
        if ('type' in found) {
          t.fail(`${before.raw}: ${found.type}`)
          continue
        }
        const word = element.type === 'keyword' ? element.text : `<${element.name}>`
        if (!found.some((choice) => choice.word === word)) t.fail(`${before.raw} ?: ${word} is not offered`)
        if (found.some(({ help }) => help === '')) t.fail(`${before.raw} ?: a choice without help`)
        if (element.type === 'argument') continue
        const completed = completions(grammar, before, element.text.slice(0, -1)).map(({ word }) => word)
        if (!completed.includes(element.text)) t.fail(`${before.raw} ${element.text.slice(0, -1)}: no Tab`)
      }
      const whole = choices(grammar, lineOf(written(grammar, variant)))
      if ('type' in whole || !whole.some(({ word }) => word === END))
        t.fail(`${written(grammar, variant)}: no end`)
    }
  })

  t.test(`${name}: every kind of argument reads its example, and says what it is`, async (t) => {
    const kinds = new Map(
      grammar.forms.flatMap(({ variant }) =>
        variant.flatMap((element) =>
          element.type === 'argument' ? [[element.kind, grammar.kindOf(element)] as const] : [],
        ),
      ),
    )
    for (const [name, kind] of kinds) {
      t.ok('value' in kind.read(kind.example, 'it'), name)
      t.match(kind, { help: /^\S.*[^.\s]$/, placeholder: /^[A-Z<]/ }, name)
      if (name === 'word' || name === 'rest' || name === 'peer') continue
      t.match(kind.read('\u0000nonsense', 'it'), { problem: /nonsense/ }, `${name} says what is wrong`)
    }
  })
}

t.test('operational: the example of every row is read as its own request', async (t) => {
  const grammar = new Grammar(ROWS, { kinds: OPERATIONAL_KINDS })
  for (const row of ROWS) {
    const parsed = OPERATIONAL.parse(lineOf(row.example))
    if ('error' in parsed) {
      t.fail(parsed.error)
      continue
    }
    const found = grammar.match(lineOf(row.example.replace(/ json$/, '')))
    t.ok(found.type === 'match' && found.row === row, row.example)
    t.equal(parsed.request.command, headOf(row.syntax))
    if (found.type === 'match') t.same(parsed.request, row.request(found.args))
  }
})

t.test(
  'operational: every way to write a row makes a request, or says which argument does not go with it',
  async (t) => {
    const grammar = new Grammar<Row>(ROWS, { kinds: OPERATIONAL_KINDS })
    for (const { variant } of grammar.forms) {
      const text = written(grammar, variant)
      const parsed = OPERATIONAL.parse(lineOf(text))
      if ('error' in parsed) t.match(parsed.error, /^% Invalid input: .* at `[^`]+` \(/, text)
      else t.equal(parsed.request.command, headOf(text))
    }
  },
)

t.test('operational: every first word has a head, and every head rows', async (t) => {
  t.same([...new Set(ROWS.map(({ syntax }) => headOf(syntax)))].sort(), HEADS.map(({ word }) => word).sort())
  t.match(OPERATIONAL.parse(lineOfWords(['reboot'])), {
    error: /^% Invalid input: `reboot` \(expected: show, /,
  })
})
