/**
 * What single operations cost: codec, attribute sets, prefix table, decision. So that a regression is found where
 * it is born.
 *
 *     npm run bench:micro [-- PART…]          PART: codec, attributes, prefixes, decision; default all
 */
import { attributeCases } from './attributes.js'
import { codecCases } from './codec.js'
import { decisionCases } from './decision.js'
import { type Case, measure } from './measure.js'
import { prefixCases } from './prefixes.js'

const PARTS: Readonly<Record<string, () => Case[]>> = {
  codec: codecCases,
  attributes: attributeCases,
  prefixes: prefixCases,
  decision: decisionCases,
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => PARTS[name] === undefined)
if (unknown !== undefined) {
  console.error(`no part ${unknown}: there are ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
console.log(`Nanoseconds of CPU an operation, Node.js ${process.versions.node}: median (least – most)\n`)
for (const [name, cases] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  for (const one of cases()) {
    const { median, least, most } = measure(one)
    const spread = `(${least.toFixed(0)} – ${most.toFixed(0)})`
    console.log(`${one.name.padEnd(58)} ${median.toFixed(0).padStart(7)}  ${spread}`)
  }
}
