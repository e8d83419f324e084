/**
 * What `knip` takes for unused. It runs twice: over everything, where an export needs another file that imports it, and
 * (`--production`) over the product alone, from the entries with "!", where tests, bench and fuzzer do not count: what
 * only they reach leaves the product.
 */
const production = process.argv.includes('--production')

export default {
  // What is started, or imported from outside, rather than by a file here.
  entry: [
    'src/cli/main.ts!',
    'src/demo/*-main.ts!',
    // What the package exports.
    'src/{index,testing/index}.ts!',
    // The codec's cold half: whole messages as objects, and recordings (MRT). Tests, bench and fuzzer read with them
    // so far; the journal will be written and read through them.
    'src/wire/{decode,mrt,mrt-table,mrt-types}.ts!',
    // What `?` answers in the dialect, for the shell to come; config/dialect.md is made of the same table.
    'src/config/ios/help.ts!',
    // docs/findings.md is made of it.
    'src/diagnose/page.ts!',
    'bench/main.ts',
    'bench/feeder/main.ts',
    'bench/micro/main.ts',
    'bench/micro/{rib,fan-in,adj-out}.ts',
    'bench/micro/fib/main.ts',
    'test/**/*.test.ts',
    'test/{conformance,matrix,fuzz}/main.ts',
    'test/conformance/runner.ts',
    'test/fuzz/engine/worker.ts',
    'test/netns/fib-child.ts',
    'scripts/*.mjs',
  ],
  project: ['src/**/*.ts!', 'bench/**/*.ts', 'test/**/*.ts'],
  // Everywhere: a type that stands in the signature of an exported function is part of what the function says.
  // In the product: what its own file uses may be asked by a test by itself (a parser, a sentence, a limit).
  ignoreExportsUsedInFile: production ? true : { interface: true, type: true },
}
