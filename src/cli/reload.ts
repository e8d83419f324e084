import type { CommandModule } from 'yargs'
import type { ApplyReport } from '../speaker/model/apply-report.js'
import { ApiFault, CLIENT_OPTIONS, type ClientArguments, clientFor } from './client.js'
import { CommandError, USAGE } from './exit.js'

interface Answer {
  readonly report: ApplyReport
  readonly notes: readonly string[]
}

/** What a reload did, one line a kind; 'nothing changed' when it did nothing. */
function reloadText({ report, notes }: Answer): string {
  const kinds = [
    ['added', report.added],
    ['removed', report.removed],
    ['changed, session kept', report.changed],
    ['changed, session reset', report.reset],
  ] as const
  const lines = kinds
    .filter(([, addresses]) => addresses.length > 0)
    .map(([kind, addresses]) => `${kind}: ${addresses.join(', ')}`)
  if (lines.length === 0) lines.push('no neighbor changed')
  return `${[...lines, ...notes].join('\n')}\n`
}

async function reload(words: ClientArguments): Promise<void> {
  try {
    process.stdout.write(reloadText(await clientFor(words).send<Answer>('POST', '/api/v1/reload')))
  } catch (error) {
    if (error instanceof ApiFault && error.status === 422) throw new CommandError(error.message, USAGE)
    throw error
  }
}

export const reloadCommand: CommandModule<object, ClientArguments> = {
  command: 'reload',
  describe: 'let the running daemon apply its changed configuration file',
  builder: (parser) =>
    parser
      .options(CLIENT_OPTIONS)
      .usage(
        '$0 reload\n\nSessions that the change does not concern are not touched; a wrong file changes nothing.',
      )
      .example('$0 reload', 'as `systemctl reload ecmpd`, but says what it did'),
  handler: reload,
}
