import t from 'tap'
import { Grammar, type Mistake } from '../../../src/grammar/grammar.js'
import { choices, completions } from '../../../src/grammar/help.js'
import { kindsOf } from '../../../src/grammar/kinds.js'
import { lineOf, lineOfWords } from '../../../src/grammar/line.js'
import { shownElement, usageOf, variantsOf } from '../../../src/grammar/syntax.js'

const letter = {
  placeholder: 'A',
  help: 'one capital letter',
  example: 'A',
  read: (text: string) =>
    /^[A-Z]$/.test(text) ? { value: text } : { problem: `\`${text}\` is no letter`, hint: 'write A' },
}
const grammar = new Grammar(
  [
    { syntax: 'paint [all] {red|green}', help: 'paint it' },
    { syntax: 'paint <letter:letter> <times:1-9> [slowly]', help: 'paint a letter' },
    { syntax: 'print <text:rest>', help: 'print a text' },
    { syntax: 'stop', help: 'stop' },
  ],
  { kinds: kindsOf({ letter }), comment: /^!/, words: { red: 'a colour' } },
)
const match = (text: string) => grammar.match(lineOf(text))
const syntaxOf = (text: string) => {
  const found = match(text)
  return found.type === 'match' ? found.row.syntax : found.type
}
const mistake = (text: string) => match(text) as Mistake<{ syntax: string; help: string }>

t.test('a line is the row that its words fit, whole or shortened', async (t) => {
  t.equal(syntaxOf('paint all green'), 'paint [all] {red|green}')
  t.equal(syntaxOf('PA A G'), 'paint [all] {red|green}', 'a keyword goes before an argument')
  t.equal(syntaxOf('pa B 3'), 'paint <letter:letter> <times:1-9> [slowly]')
  const found = match('pa B 3 sl')
  t.ok(found.type === 'match')
  if (found.type !== 'match') return
  t.equal(found.args.text('letter'), 'B')
  t.equal(found.args.number('times'), 3)
  t.ok(found.args.has('slowly'))
  t.same(found.args.keywords, ['paint', 'slowly'], 'keywords in full')
  t.equal(found.args.words.get('times'), 2)
  t.throws(() => found.args.text('colour'), /no argument colour/)
})

t.test('a rest takes everything, blanks included; a comment ends a whole line', async (t) => {
  const found = match('print  to   the end ! of it')
  t.equal(found.type === 'match' && found.args.text('text'), 'to   the end ! of it')
  const words = grammar.match(lineOfWords(['print', 'two words', 'more']))
  t.equal(words.type === 'match' && words.args.text('text'), 'two words more')
  t.equal(syntaxOf('stop ! at once'), 'stop')
  t.equal(syntaxOf('paint B 3 ! not slowly'), 'paint <letter:letter> <times:1-9> [slowly]')
})

t.test('what is no command is answered with the place and with what could stand there', async (t) => {
  t.match(mistake('p'), { type: 'ambiguous', word: 0, names: ['paint', 'print'] })
  t.match(mistake('paint'), { type: 'incomplete', word: 1 })
  t.same(mistake('paint').expected.map(shownElement), ['all', 'red', 'green', '<letter>'])
  t.match(mistake('stop now'), { type: 'too many', word: 1 })
  t.match(mistake('paint gren'), { type: 'unknown', word: 1, nearest: 'green', whole: false })
  t.match(mistake('paint B 10'), {
    type: 'unknown',
    word: 2,
    problem: { problem: 'times `10` is no number from 1 to 9' },
  })
  t.match(mistake('paint B 1 x'), { type: 'unknown', word: 3, whole: true, rows: { length: 1 } })
  t.match(mistake(''), { type: 'incomplete', word: 0 })
})

t.test('`?`: what can follow, with what it is', async (t) => {
  t.same(choices(grammar, lineOf('pa')), [
    { word: 'all', help: 'paint it' },
    { word: 'red', help: 'a colour' },
    { word: 'green', help: 'paint it' },
    { word: '<letter>', help: 'one capital letter', argument: { kind: 'letter', placeholder: 'A' } },
  ])
  const words = (text: string) => {
    const found = choices(grammar, lineOf(text))
    return 'type' in found ? found.type : found.map(({ word }) => word)
  }
  t.same(words('paint B 3'), ['slowly', '<cr>'])
  t.same(words('print a text'), ['<cr>'])
  t.same(words('p'), 'ambiguous')
  t.same(words('paint B 3 slowly x'), 'too many')
})

t.test('Tab: keywords, then the values that somebody knows', async (t) => {
  const words = (before: string, typed: string) =>
    completions(grammar, lineOf(before), typed, (kind) =>
      kind === 'letter' ? [{ word: 'B', help: 'known' }] : [],
    ).map(({ word }) => word)
  t.same(words('', 'p'), ['paint', 'print'])
  t.same(words('paint', ''), ['all', 'red', 'green', 'B'])
  t.same(words('paint', 'G'), ['green'])
  t.same(words('paint', 'b'), ['B'])
  t.same(words('stop', ''), [], 'nothing can follow')
  t.same(words('nonsense', ''), [])
})

t.test('syntax: spelled out, and as help shows it', async (t) => {
  t.equal(variantsOf('a [b] {c|d [e]}').length, 6)
  t.equal(usageOf('neighbor <peer:peer> weight <weight:0-65535>'), 'neighbor <peer> weight <weight>')
  const wrong = new Grammar([{ syntax: 'a <b:nothing>', help: '' }], { kinds: kindsOf({}) })
  t.throws(() => wrong.match(lineOf('a b')), /no kind of argument `nothing`/)
})
