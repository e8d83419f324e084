/** What the schema found wrong, in words for the person who wrote the file. */

import type { z } from 'zod'
import { nearest } from '../../grammar/nearest.js'
import { type Path, pathText } from '../text/diagnostic.js'
import { isSecret } from '../text/secrets.js'
import { jsonSchema } from './json-schema.js'

type Issue = z.core.$ZodIssue

/** One thing that the schema found wrong. */
export interface DocumentProblem {
  readonly path: Path
  /** Whether the key or its value is wrong. */
  readonly part: 'key' | 'value'
  readonly message: string
  readonly hint?: string
  /** The unknown key, when that is the problem. */
  readonly key?: string
  /** The known key that was most likely meant by it. */
  readonly meant?: string
  /** The missing key, when that is the problem. */
  readonly missing?: string
}

/**
 * Turns the schema's issues into problems for people: unknown keys get the nearest known name, a missing key
 * is called missing, and of a union only the branch is heard that the input was meant for.
 * @param data the document, to tell a missing value from a wrong one
 */
export function issuesToProblems(issues: readonly Issue[], data: unknown): readonly DocumentProblem[] {
  const problems = issues.flatMap((issue) => problemsOf(issue, [], data))
  // A key that is missing because it is misspelt makes one message, where it stands.
  const suggested = new Set(
    problems.flatMap(({ key, hint, path }) => (key ? `${pathText(path.slice(0, -1))} ${hint}` : [])),
  )
  return problems.filter(
    ({ missing, path }) =>
      missing === undefined || !suggested.has(`${pathText(path)} did you mean \`${missing}\`?`),
  )
}

function problemsOf(issue: Issue, above: Path, data: unknown): readonly DocumentProblem[] {
  const path = [...above, ...(issue.path as (string | number)[])]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path)
    return issue.keys.map((key) => {
      const meant = nearest(key, known)
      return {
        path: [...path, key],
        part: 'key' as const,
        message: `unknown key \`${key}\``,
        hint: meant === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${meant}\`?`,
        key,
        ...(meant === undefined ? {} : { meant }),
      }
    })
  }
  const value = valueAt(data, path)
  const name = path.length > 0 ? String(path.at(-1)) : ''
  if (value === undefined && typeof path.at(-1) === 'string') {
    return [
      {
        path: path.slice(0, -1),
        part: 'value',
        message: `\`${name}\` is missing`,
        hint: describedAt(path),
        missing: name,
      },
    ]
  }
  if (value === null) {
    return [{ path, part: 'key', message: `\`${name}\` is empty`, hint: `it ${issue.message}` }]
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.filter((errors) => errors.length > 0 && !errors.some(isOfOtherType))
    if (branch.length === 1) return branch[0].flatMap((inner) => problemsOf(inner, path, data))
  }
  const hint = issue.code === 'custom' ? (issue.params?.hint as string | undefined) : undefined
  return [{ path, part: 'value', message: sentence(issue.message, path, value), hint }]
}

/** Messages that begin with a verb get their subject; the others are sentences. */
function sentence(message: string, path: Path, value: unknown): string {
  if (message.startsWith('needs ')) return `${subject(path)} ${message}`
  if (!message.startsWith('must ')) return message
  const said = `${subject(path)} ${message}`
  return isSecret(String(path.at(-1))) ? said : `${said}, not ${shown(value)}`
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
  readonly $ref?: string
  readonly definitions?: Readonly<Record<string, SchemaNode>>
  readonly allOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | false
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly description?: string
}

let tree: SchemaNode | undefined

function nodesAt(path: Path): readonly SchemaNode[] {
  tree ??= jsonSchema() as SchemaNode
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
  return nodes.flatMap((node) => {
    const named =
      node.$ref === undefined ? undefined : tree?.definitions?.[node.$ref.replace('#/definitions/', '')]
    return [
      node,
      ...expand([...(node.anyOf ?? []), ...(node.allOf ?? []), ...(named === undefined ? [] : [named])]),
    ]
  })
}

function keysAt(path: Path): readonly string[] {
  return [...new Set(nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {})))]
}

function describedAt(path: Path): string | undefined {
  return nodesAt(path).find((node) => node.description !== undefined)?.description
}
