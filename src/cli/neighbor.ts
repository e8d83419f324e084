import type { CommandModule } from 'yargs'
import { clientFor, SOCKET_OPTION } from './client.js'
import { CommandError, USAGE } from './exit.js'
import { type Operation, operate } from './operate.js'

const ACTIONS = ['shutdown', 'start', 'reset', 'drain', 'undrain', 'refresh'] as const

interface Arguments {
  readonly address: string
  readonly action: Operation['name']
  readonly direction?: 'in' | 'out'
  readonly message?: string
  readonly socket?: string
}

const isAction = (word: unknown): boolean => (ACTIONS as readonly unknown[]).includes(word)

/** Address and action as [address, action], whichever was written first: both orders are clear. */
export function addressFirst(first: unknown, second: unknown): readonly [unknown, unknown] {
  return isAction(first) && !isAction(second) ? [second, first] : [first, second]
}

async function neighbor({ address, action, direction, message, socket }: Arguments): Promise<void> {
  if (direction !== undefined && action !== 'refresh') {
    throw new CommandError(`ecmpd: \`${direction}\` goes with refresh, not with ${action}`, USAGE)
  }
  if (message !== undefined && action !== 'shutdown' && action !== 'reset') {
    throw new CommandError(`ecmpd: --message goes with shutdown and reset, not with ${action}`, USAGE)
  }
  const text = await operate(clientFor(socket), address, {
    name: action,
    message,
    direction: action === 'refresh' ? (direction ?? 'both') : undefined,
  })
  process.stdout.write(`${text}\n`)
}

export const neighborCommand: CommandModule<object, Arguments> = {
  command: 'neighbor <address> <action> [direction]',
  describe: 'shut a neighbor down, start, reset, drain or refresh it',
  builder: (parser) =>
    parser
      .positional('address', { type: 'string', demandOption: true, describe: "the neighbor's address" })
      .positional('action', {
        choices: ACTIONS,
        demandOption: true,
        describe: 'what to do',
      })
      .positional('direction', {
        choices: ['in', 'out'] as const,
        describe: 'of refresh: `in` asks for its routes again, `out` sends ours again; both by default',
      })
      .option('message', {
        alias: 'm',
        type: 'string',
        requiresArg: true,
        describe: "what the neighbor's operator is told with shutdown or reset (RFC 9003)",
      })
      .options(SOCKET_OPTION)
      .middleware((given) => {
        const [address, action] = addressFirst(given.address, given.action)
        Object.assign(given, { address, action })
      }, true)
      .usage(
        `$0 neighbor ADDRESS shutdown|start|reset|drain|undrain|refresh [in|out]

A neighbor that is shut down stays down until it is started here, or ecmpd is started anew: \`ecmpd reload\`
does not bring it back. To keep it down for good, write \`shutdown\` into the configuration file. One that is
drained keeps its session; traffic moves to other paths (GRACEFUL_SHUTDOWN, RFC 8326) until undrain.`,
      )
      .example(
        '$0 neighbor 192.168.95.210 shutdown -m "kernel update, back at noon"',
        'before work on a node',
      )
      .example('$0 neighbor 192.168.95.210 start', 'after it')
      .example('$0 neighbor 192.168.95.210 refresh in', 'ask for its routes again; the session stays'),
  handler: neighbor,
}
