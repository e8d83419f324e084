// Writes what is made from the tables of commands and settings: config/ecmpd.schema.json and config/dialect.md.
// A test says so when they are out of date.
import { writeFileSync } from 'node:fs'
import { jsonSchemaText } from '../dist/config/document/json-schema.js'
import { dialectMarkdown } from '../dist/config/ios/help.js'

const write = (name, text) => writeFileSync(new URL(`../config/${name}`, import.meta.url), text)

write('ecmpd.schema.json', jsonSchemaText())
write('dialect.md', dialectMarkdown())
