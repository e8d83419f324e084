/**
 * The schema as JSON Schema: what an editor reads, and where "known here" and "is missing" get their words.
 */

import { z } from 'zod'
import { documentSchema } from './schema.js'

/**
 * JSON Schema of the YAML document, for editors. A file names it on its first line:
 * `# yaml-language-server: $schema=ecmpd.schema.json`.
 */
export function jsonSchema(): object {
  const schema = z.toJSONSchema(documentSchema, { io: 'input', target: 'draft-7' })
  return { ...schema, title: 'ecmpd configuration' }
}

/** The schema as the text of config/ecmpd.schema.json. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`
}
