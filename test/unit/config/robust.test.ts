import { readFileSync } from 'node:fs'
import t from 'tap'
import { convertToYaml } from '../../../src/config/emit-yaml.js'
import { COMMANDS } from '../../../src/config/ios/commands/table.js'
import fc from '../../support/properties.js'
import { environment, load } from './support.js'

/** Every text gets an answer: a configuration, or at least one error; each diagnostic stands in the text. */
function answered(text: string): boolean {
  const { config, diagnostics } = load(text)
  const lines = text.split(/\r\n|\n|\r/).length
  const placed = diagnostics.every(({ line, column }) => line >= 1 && line <= lines + 1 && column >= 1)
  return placed && (config !== undefined) === !diagnostics.some(({ severity }) => severity === 'error')
}

const RUIJIE = readFileSync('config/ruijie.conf', 'utf8')
const SWITCH = readFileSync('config/switch.yaml', 'utf8')

const argument = fc.constantFrom(
  '192.168.95.210',
  '2001:db8::1',
  'NODES',
  '64512',
  '0',
  '10.0.0.0/8',
  '10.0.0.1/8',
  '::/0',
  '-1',
  '4294967296',
  'constructor',
  '__proto__',
  'x'.repeat(300),
  '',
  '%',
  '"',
)
const keyword = fc.constantFrom(
  ...new Set(COMMANDS.flatMap(({ syntax }) => syntax.match(/[a-z][\w-]+/g) ?? [])),
)
const word = fc.oneof(
  keyword,
  argument,
  fc.string({ maxLength: 6 }),
  keyword.chain((text) => fc.nat(text.length).map((n) => text.slice(0, n))),
)
const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '))
/** Lines of the table with an argument of any kind at each place. */
const command = fc
  .tuple(fc.constantFrom(...COMMANDS), fc.array(argument, { minLength: 6, maxLength: 6 }), fc.boolean())
  .map(([{ syntax }, args, no]) => {
    let i = 0
    const text = syntax
      .replace(/<[^>]+>/g, () => args[i++ % 6])
      .replace(/[[\]{}]/g, '')
      .replace(/\|\S+/g, '')
    return no ? `no ${text}` : text
  })

t.test('property: no line of a switch’s text makes the reader throw', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(line, command), { maxLength: 12 }), (lines) =>
      answered(['router bgp 64513', ...lines].join('\n')),
    ),
    { numRuns: 200 },
  )
  t.pass()
})

t.test('property: no damage to a good file makes a reader throw', async (t) => {
  const damaged = fc
    .tuple(
      fc.constantFrom(RUIJIE, SWITCH),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(8), fc.string({ unit: 'binary', maxLength: 4 })), {
        minLength: 1,
        maxLength: 6,
      }),
    )
    .map(([text, cuts]) =>
      cuts.reduce((whole, [at, length, put]) => whole.slice(0, at) + put + whole.slice(at + length), text),
    )
  fc.assert(fc.property(damaged, answered), { numRuns: 200 })
  t.pass()
})

t.test('property: no value at any place of a document makes the reader throw', async (t) => {
  const key = fc.constantFrom(
    'as',
    'neighbors',
    'address',
    'remoteAs',
    'groups',
    'group',
    'families',
    'import',
    'prefixLists',
    'timers',
    'hold',
    'keepalive',
    'listen',
    'listenRanges',
    'prefix',
    'fib',
    'api',
    'tcp',
    'maximumPaths',
    'defaults',
    'routerId',
    'permit',
    'le',
    'constructor',
    '__proto__',
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      argument,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.double(),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    map: fc.dictionary(key, tie('any'), { maxKeys: 5 }),
  })).map
  fc.assert(
    fc.property(value, (document) => answered(JSON.stringify(document))),
    { numRuns: 200 },
  )
  const wrapped = value.map((entry) =>
    JSON.stringify({
      as: 1,
      routerId: '1.1.1.1',
      neighbors: [{ address: '10.0.0.1', remoteAs: 2, ...(entry as object) }],
    }),
  )
  fc.assert(fc.property(wrapped, answered), { numRuns: 200 })
  t.pass()
})

t.test('texts made to hurt', async (t) => {
  for (const text of [
    '['.repeat(20000),
    `as: ${'['.repeat(20000)}`,
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n',
    'as: &a\n  - *a\n',
    'as: *nothing\n',
    '\0\0\0\0',
    `router bgp 1\n${'neighbor '.repeat(5000)}`,
    `router bgp 1\n neighbor ${'9'.repeat(5000)} remote-as 1\n`,
    '%YAML 9.9\n---\nas: 1\n',
    '!!binary x',
    '? {as: 1}\n: 2\n',
    '1: 2\n',
    'as: 1\n__proto__: { x: 1 }\n',
    'as: 1\ngroups: { __proto__: { weight: 1 } }\nneighbors: [{ address: 10.0.0.1, remoteAs: 2, group: constructor }]\n',
  ]) {
    t.ok(answered(text), JSON.stringify(text.slice(0, 40)))
    t.doesNotThrow(() => convertToYaml(text, 'f', environment))
  }
  t.equal(({} as { weight?: number }).weight, undefined, 'no prototype was touched')
})

t.test('a thousand neighbors are read in a moment', async (t) => {
  const addresses = Array.from({ length: 1000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`)
  const ios = [
    'router bgp 64513',
    ...addresses.flatMap((one) => [` neighbor ${one} remote-as 64512`, ` neighbor ${one} description node`]),
  ]
  t.equal(load(ios.join('\n')).config?.bgp.neighbors.length, 1000)
  const yaml = `as: 64513\nneighbors:\n${addresses.map((one) => `  - { address: ${one}, remoteAs: 64512 }\n`).join('')}`
  t.equal(load(yaml).config?.bgp.neighbors.length, 1000)
})
