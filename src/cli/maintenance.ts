import type { CommandModule } from 'yargs'
import { clientFor, SOCKET_OPTION } from './client.js'
import { userName } from './operate.js'

interface Arguments {
  readonly state: 'on' | 'off'
  readonly socket?: string
}

async function maintenance({ state, socket }: Arguments): Promise<void> {
  const body = { on: state === 'on', by: userName() }
  const { text } = await clientFor(socket).send<{ readonly text: string }>(
    'POST',
    '/api/v1/maintenance',
    body,
  )
  process.stdout.write(`${text}\n`)
}

export const maintenanceCommand: CommandModule<object, Arguments> = {
  command: 'maintenance <state>',
  describe: 'announce all routes with GRACEFUL_SHUTDOWN, or as usual again',
  builder: (parser) =>
    parser
      .positional('state', {
        choices: ['on', 'off'] as const,
        demandOption: true,
        describe: 'begin or end it',
      })
      .options(SOCKET_OPTION)
      .usage(
        `$0 maintenance on|off

Before work on this machine: neighbors that honor GRACEFUL_SHUTDOWN (RFC 8326) move their traffic to other
paths while these still work. It lasts until \`off\`, through reloads, and ends with the process; \`maintenance:
true\` in the configuration file stays. One neighbor alone: \`ecmpd neighbor ADDRESS drain\`.`,
      )
      .example('$0 maintenance on', 'before work on this machine')
      .example('$0 maintenance off', 'after it'),
  handler: maintenance,
}
