import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ts from 'typescript'

/** One import or re-export of a file. */
export interface SourceImport {
  /** As written: './x.js', 'node:fs', 'zod'. */
  readonly specifier: string
  /** Absolute path of the file of this tree that it names; undefined for a package. */
  readonly file: string | undefined
  /** `import type` or `export type`: nothing of it is left when the program runs. */
  readonly typeOnly: boolean
}

/** Absolute paths of the TypeScript files under a folder, in order. @throws Error when there is no such folder */
export function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory()
        ? sourceFiles(join(dir, entry.name))
        : entry.name.endsWith('.ts')
          ? [resolve(dir, entry.name)]
          : [],
    )
}

/** What a file imports, by the compiler's own reading of it: static, dynamic and re-exported. */
export function sourceImports(file: string): SourceImport[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest)
  const found: SourceImport[] = []
  const add = (specifier: string, typeOnly: boolean) =>
    found.push({
      specifier,
      file: specifier.startsWith('.') ? resolve(file, '..', specifier.replace(/\.js$/, '.ts')) : undefined,
      typeOnly,
    })
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node.moduleSpecifier.text, node.isTypeOnly)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument !== undefined && ts.isStringLiteralLike(argument)) add(argument.text, false)
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) add(node.argument.literal.text, true)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/**
 * The circles among files: each is a set of files of which every one reaches every other by imports.
 * @param edges by file, the files that it imports
 */
export function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const open = new Set<string>()
  const found: string[][] = []
  // Tarjan, "Depth-first search and linear graph algorithms" (1972).
  const visit = (file: string) => {
    index.set(file, index.size)
    low.set(file, index.get(file)!)
    stack.push(file)
    open.add(file)
    for (const to of edges.get(file) ?? []) {
      if (!index.has(to)) visit(to)
      if (open.has(to)) low.set(file, Math.min(low.get(file)!, low.get(to)!))
    }
    if (low.get(file) !== index.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    for (const one of circle) open.delete(one)
    if (circle.length > 1 || edges.get(file)?.includes(file)) found.push(circle.sort())
  }
  for (const file of edges.keys()) if (!index.has(file)) visit(file)
  return found
}
