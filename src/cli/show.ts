import { once } from 'node:events'
import type { CommandModule } from 'yargs'
import { apiSource, clientFor, SOCKET_OPTION } from './client.js'
import { CommandError, USAGE } from './exit.js'

interface Arguments {
  readonly words?: string[]
  readonly json: boolean
  readonly dialect: 'ruijie' | 'ios'
  readonly socket?: string
}

async function print(chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
  }
}

async function show({ words = [], json, dialect, socket }: Arguments): Promise<void> {
  const { parseShow } = await import('../show/command.js')
  const parsed = parseShow(words)
  const { errorJson, NotThere, render } = await import('../show/render.js')
  if ('error' in parsed) {
    if (json || /^js(on?)?$/i.test(words.at(-1) ?? '')) process.stdout.write(errorJson(parsed.error))
    throw new CommandError(parsed.error, USAGE)
  }
  const asJson = json || parsed.json
  const source = apiSource(clientFor(socket))
  try {
    await print(render(parsed.command, source, { json: asJson, dialect }))
  } catch (error) {
    if (!(error instanceof NotThere)) throw error
    // A script that asked for JSON gets JSON, people read the line.
    if (asJson) process.stdout.write(errorJson(error.message, error.keys))
    throw new CommandError(error.message.trimEnd())
  }
}

export const showCommand: CommandModule<object, Arguments> = {
  command: ['show [words..]', 'sh [words..]'],
  describe: 'ask the running daemon, in the words of the switch',
  builder: (parser) =>
    parser
      .positional('words', { type: 'string', array: true, describe: 'what to show' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'JSON in the shape of FRR, as `json` at the end',
      })
      .option('dialect', {
        choices: ['ruijie', 'ios'] as const,
        default: 'ruijie' as const,
        describe: "layout of `show ip bgp`; 'ios' is what parsers of Cisco output read",
      })
      .options(SOCKET_OPTION)
      .usage(
        `$0 show ip bgp                                  the table; PREFIX or ADDRESS: one route with all details
$0 show ip bgp summary                          neighbors, one line each
$0 show ip bgp neighbors [A]                    neighbors in full
$0 show ip bgp neighbors A advertised-routes    what A was told; routes, received-routes: what A told
$0 show ip route [ADDRESS|PREFIX]               routes with their next hops, and the kernel's word on them
$0 show bgp {ipv4|ipv6} [unicast] …             the same by family; show ipv6 … too
$0 show fib                                     state of the kernel's side, refused routes with the reason
$0 show events                                  what happened last
$0 show running-config                          the effective configuration in the switch's words
$0 show version                                 of the daemon

Words may be shortened (\`ecmpd sh ip b sum\`).`,
      )
      .example('$0 show ip bgp summary', 'are the sessions up?')
      .example('$0 show ip route 192.0.2.1 json', 'next hops of an address, for a script')
      .example('ECMPD_SOCKET=/tmp/a.sock $0 show ip bgp', 'ask another daemon'),
  handler: show,
}
