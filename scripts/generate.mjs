// Writes what is made from the tables of commands, settings and findings: config/ecmpd.schema.json, config/dialect.md,
// docs/findings.md.
// A test says so when they are out of date.
import { writeFileSync } from 'node:fs'
import { jsonSchemaText } from '../dist/config/document/json-schema.js'
import { dialectMarkdown } from '../dist/config/ios/help.js'
import { findingsMarkdown } from '../dist/diagnose/page.js'

const write = (name, text) => writeFileSync(new URL(`../${name}`, import.meta.url), text)

write('config/ecmpd.schema.json', jsonSchemaText())
write('config/dialect.md', dialectMarkdown())
write('docs/findings.md', findingsMarkdown())
