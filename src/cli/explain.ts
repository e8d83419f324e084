/** Answers `explain …` with what the daemon's API concludes. */

import type { Output } from '../command/output.js'
import type { RequestOf } from '../command/request.js'
import { type ApiClient, apiSource } from './client.js'
import { CommandError } from './exit.js'

/**
 * Prints the explanation, or all findings; the exit code is 1 when traffic suffers.
 * @throws CommandError when there is nothing of that name
 */
export async function answerExplain(
  { subject }: RequestOf<'explain'>,
  { json }: Output,
  client: ApiClient,
): Promise<void> {
  const { explanationText, findingsText } = await import('../show/explain.js')
  const { jsonText } = await import('../show/text.js')
  const source = apiSource(client)
  const print = (value: unknown, text: string) =>
    process.stdout.write(json ? `${jsonText(value, 2)}\n` : text)
  if (subject === undefined) {
    const findings = await source.findings()
    print({ findings }, findingsText(findings))
    if (findings.some(({ severity }) => severity === 'error')) process.exitCode = 1
    return
  }
  const explanation = await source.explain(subject)
  if (explanation === undefined) {
    throw new CommandError(
      `ecmpd: neither neighbor, prefix nor next hop: ${subject} (\`ecmpd show ip bgp summary\` lists neighbors, \`ecmpd show ip bgp\` prefixes)`,
    )
  }
  print(explanation, explanationText(explanation))
  if (explanation.findings.some(({ severity }) => severity === 'error')) process.exitCode = 1
}
