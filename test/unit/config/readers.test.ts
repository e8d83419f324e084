import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'

/** Where the resolved configuration's options are declared. */
const DECLARED = [
  'src/speaker/model/options.ts',
  'src/speaker/model/announce-options.ts',
  'src/config/model/model.ts',
]

/** Options that nothing outside config/ has to read, and why. */
const UNREAD: Readonly<Record<string, string>> = {
  deterministicMed: 'always so: the decision process knows nothing else, and a note says it',
  ebgpRequiresPolicy: 'carried out by config/, where policies are resolved',
  passwordFrom: 'shown by config/ in the place of the password',
  tokenFrom: 'shown by config/ in the place of the token',
  variable: 'part of these two',
}

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(dir, entry.name)) : [join(dir, entry.name)],
  )
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false)
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

/** Names of the properties that interfaces of these files declare, at whatever depth. */
function declared(): Set<string> {
  const names = new Set<string>()
  for (const file of DECLARED) {
    walk(parse(file), (node) => {
      if (ts.isPropertySignature(node) && ts.isIdentifier(node.name)) names.add(node.name.text)
    })
  }
  return names
}

/** Names that code outside config/ reads of some object: `options.key`, `const { key } = options`. */
function read(): Set<string> {
  const names = new Set<string>()
  for (const file of files('src')) {
    if (!file.endsWith('.ts') || file.startsWith('src/config/') || DECLARED.includes(file)) continue
    walk(parse(file), (node) => {
      if (ts.isPropertyAccessExpression(node)) names.add(node.name.text)
      if (!ts.isBindingElement(node)) return
      const name = node.propertyName ?? node.name
      if (ts.isIdentifier(name)) names.add(name.text)
    })
  }
  return names
}

t.test('every option of the resolved configuration is read by something that acts on it', async (t) => {
  const known = read()
  const options = declared()
  t.ok(options.size > 80, 'the options were found')
  t.same(
    [...options].filter((name) => !known.has(name)).sort(),
    Object.keys(UNREAD).sort(),
    'an option that nothing reads is a setting without effect',
  )
})
