/**
 * A short run of the fuzzer, the same on every machine: all inputs of the corpus, those among them that once went
 * wrong, and some thousand new ones. `npm run fuzz` is the long one (main.ts).
 */
import t from 'tap'
import { readCorpus } from './engine/corpus.js'
import { Fuzzer } from './engine/fuzzer.js'
import { minimise } from './engine/minimise.js'
import { mutate } from './engine/mutate.js'
import { ByteChoices, Random } from './engine/random.js'
import { corpusFolder } from './folders.js'
import { TARGETS } from './targets/all.js'

/** New inputs for each target; a slow machine makes fewer of them. */
const INPUTS: Record<string, number> = { codec: 2000, mrt: 2000, machines: 1000, speaker: 60, features: 40 }
/** Milliseconds after which no more are made for one target. */
const TIME = 8000

t.setTimeout(300_000)

for (const target of TARGETS) {
  t.test(target.name, async (t) => {
    const fuzzer = new Fuzzer(target, { seed: 1 })
    const corpus = readCorpus(corpusFolder(target.name))
    await fuzzer.load(corpus.values())
    t.ok(corpus.size > 0, `${corpus.size} inputs in the corpus`)
    const known = fuzzer.executions
    const end = performance.now() + TIME
    await fuzzer.run(() => fuzzer.executions - known >= INPUTS[target.name] || performance.now() > end)
    t.ok(fuzzer.executions > known, `${fuzzer.executions - known} new ones`)
    for (const { error, input } of fuzzer.findings.values()) {
      t.fail(`${error instanceof Error ? error.stack : error}\ninput: ${Buffer.from(input).toString('hex')}`)
    }
  })
}

t.test('the same seed makes the same inputs', async (t) => {
  for (const target of TARGETS) {
    const [one, other] = [new Random(7), new Random(7)].map((random) => target.generate(random))
    t.same(one, other, target.name)
    t.not(target.generate(new Random(8)).join(), one.join())
  }
  const [a, b] = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7)]
  t.same(mutate(a, b, new Random(3), 100), mutate(a, b, new Random(3), 100))
  t.ok(mutate(a, b, new Random(3), 2).length <= 2)
})

t.test('what fails is made small', async (t) => {
  const input = Uint8Array.from({ length: 200 }, (_, i) => i)
  const small = await minimise(input, async (bytes) => bytes.includes(77) && bytes.includes(150))
  t.same(small, Uint8Array.of(77, 150))
})

t.test('decisions read from octets end with the plainest ones', async (t) => {
  const choices = new ByteChoices(Uint8Array.of(7, 1, 2))
  t.equal(choices.below(5), 2)
  t.equal(choices.below(1), 0)
  t.equal(choices.below(1000), 258)
  t.equal(choices.left, 0)
  t.equal(choices.below(9), 0)
})

t.test('an input that goes wrong is found, once, and made small', async (t) => {
  const fuzzer = new Fuzzer(
    {
      name: 'broken',
      limit: 64,
      batch: 8,
      seeds: () => [Uint8Array.of(1, 2, 3)],
      generate: (random) => Uint8Array.from({ length: 8 }, () => random.below(256)),
      run(input) {
        if (input.includes(200)) throw new Error(`octet 200 at ${input.indexOf(200)}`)
      },
    },
    { seed: 1 },
  )
  await fuzzer.run(() => fuzzer.executions > 2000)
  t.same(
    [...fuzzer.findings.values()].map(({ input }) => [...input]),
    [[200]],
  )
})
