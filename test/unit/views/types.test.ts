import { resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'

t.test('the types of read models need nothing of Node.js: a browser page compiles with them', async (t) => {
  const program = ts.createProgram([resolve('src/views/types.ts')], {
    strict: true,
    noEmit: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  })
  const files = program
    .getSourceFiles()
    .map(({ fileName }) => fileName)
    .filter(
      (file) => file.includes('@types/') || (file.includes('node_modules') && !file.includes('typescript')),
    )
  t.same(files, [])
  t.same(
    ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => [file?.fileName, messageText]),
    [],
  )
})
