import { z } from 'zod'
import type { Path } from './diagnostic.js'
import { didYouMean } from './nearest.js'
import { documentSchema } from './schema.js'

type Issue = z.core.$ZodIssue

/** One thing that the schema found wrong. */
export interface Problem {
  readonly path: Path
  /** Whether the key or its value is wrong. */
  readonly part: 'key' | 'value'
  readonly message: string
  readonly hint?: string
  /** The unknown key, when that is the problem. */
  readonly key?: string
}

/**
 * Turns the schema's issues into problems for people: unknown keys get the nearest known name, a missing key
 * is called missing, and of a union only the branch is heard that the input was meant for.
 * @param data the document, to tell a missing value from a wrong one
 */
export function issuesToProblems(issues: readonly Issue[], data: unknown): readonly Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, [], data))
}

function problemsOf(issue: Issue, above: Path, data: unknown): readonly Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path)
    return issue.keys.map((key) => ({
      path: [...path, key],
      part: 'key' as const,
      message: `unknown key \`${key}\``,
      hint: didYouMean(key, known) ?? `known here: ${known.join(', ')}`,
      key,
    }))
  }
  const value = valueAt(data, path)
  const name = path.length > 0 ? String(path.at(-1)) : ''
  if (value === undefined && typeof path.at(-1) === 'string') {
    return [
      { path: path.slice(0, -1), part: 'value', message: `\`${name}\` is missing`, hint: describedAt(path) },
    ]
  }
  if (value === null) {
    return [{ path, part: 'key', message: `\`${name}\` is empty`, hint: `it ${issue.message}` }]
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.filter((errors) => errors.length > 0 && !errors.some(isOfOtherType))
    if (branch.length === 1) return branch[0].flatMap((inner) => problemsOf(inner, path, data))
  }
  const message = issue.code === 'custom' && !issue.message.startsWith('needs') ? issue.message : undefined
  const hint = issue.code === 'custom' ? (issue.params?.hint as string | undefined) : undefined
  return [
    {
      path,
      part: 'value',
      message: message ?? `${subject(path)} ${issue.message}, not ${shown(value)}`,
      hint,
    },
  ]
}

/** True for an issue that says: this branch of the union is for another kind of value. */
function isOfOtherType(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type'
}

function subject(path: Path): string {
  const name = [...path].reverse().find((step) => typeof step === 'string')
  if (name === undefined) return 'the file'
  return typeof path.at(-1) === 'number' ? `entry ${Number(path.at(-1)) + 1} of \`${name}\`` : `\`${name}\``
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** A node of the JSON Schema, as far as it is walked here. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | false
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly description?: string
}

let tree: SchemaNode | undefined

function nodesAt(path: Path): readonly SchemaNode[] {
  tree ??= z.toJSONSchema(documentSchema, { io: 'input', reused: 'inline' }) as SchemaNode
  let nodes = expand([tree])
  for (const step of path) {
    nodes = expand(
      nodes.flatMap((node) => {
        const next =
          typeof step === 'number'
            ? node.items
            : (node.properties?.[step] ?? (node.additionalProperties || undefined))
        return next === undefined ? [] : [next]
      }),
    )
  }
  return nodes
}

function expand(nodes: readonly SchemaNode[]): readonly SchemaNode[] {
  return nodes.flatMap((node) => (node.anyOf === undefined ? [node] : [node, ...expand(node.anyOf)]))
}

function keysAt(path: Path): readonly string[] {
  return [...new Set(nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {})))]
}

function describedAt(path: Path): string | undefined {
  return nodesAt(path).find((node) => node.description !== undefined)?.description
}
