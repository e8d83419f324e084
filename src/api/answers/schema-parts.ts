/** What the JSON Schemas of the API's answers are made of. */

/** A JSON Schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = { readonly [key: string]: unknown }

export const text: JsonSchema = { type: 'string' }
export const flag: JsonSchema = { type: 'boolean' }
export const count: JsonSchema = { type: 'integer', minimum: 0 }
export const seconds: JsonSchema = { type: 'number', minimum: 0 }
export const time: JsonSchema = { type: 'string', format: 'date-time' }
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
export const oneOf = (...values: readonly string[]): JsonSchema => ({ type: 'string', enum: values })
export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

/** An object; every property is required unless it is listed in `optional`. */
export function object(
  properties: Record<string, JsonSchema>,
  optional: Record<string, JsonSchema> = {},
): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties: { ...properties, ...optional } }
}
export const family = oneOf('ipv4-unicast', 'ipv6-unicast')
export const sessionState = oneOf('Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established')
