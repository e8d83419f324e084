/** docs/findings.md, made from the registry. */

import type { Rule } from './model/rule.js'
import { FAMILIES } from './registry.js'

const HEAD = `# Findings

What \`ecmpd explain\` and every other view can find, made from the code by \`npm run generate\`. A finding has the same
id and the same words wherever it stands: under \`show ip bgp summary\`, at the head of \`show ip bgp neighbors A\`, at the
end of \`show ip bgp PREFIX\`, among the events, in the log, at \`/api/v1/findings\`, in \`/readyz\`, and as the metric
\`ecmpd_finding{id,neighbor,severity}\`.

\`error\`: traffic suffers, or a session that is meant to be up is not; \`ecmpd explain\` exits with 1. \`warning\`: it works,
and will not when something else happens, or works worse than it could. \`note\`: worth knowing, and may be meant so.
`

const cell = (text: string) => text.replaceAll('|', '\\|')

function row({ id, severity, title, next }: Rule): string {
  return `| \`${id}\` | ${severity} | ${cell(title)} | ${cell(next)} |\n`
}

/** The page: a table for each family, then FRR's words beside ours. */
export function findingsMarkdown(): string {
  const tables = FAMILIES.map(
    ({ title, rules }) =>
      `\n## ${title}\n\n| id | severity | what it means | what to do |\n|---|---|---|---|\n${rules.map(row).join('')}`,
  )
  return `${HEAD}${tables.join('')}`
}
