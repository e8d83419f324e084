import type { CommandModule } from 'yargs'
import { canonicalAddress } from '../ip/address.js'
import { apiSource, clientFor, SOCKET_OPTION } from './client.js'
import { CommandError, USAGE } from './exit.js'
import { type Operation, operateAll } from './operate.js'

/** A `clear` command as understood. */
export interface Clear {
  /** One neighbor, those of an AS, or all. */
  readonly target: { readonly address: string } | { readonly as: number } | 'all'
  readonly operation: Operation
}

const FORM = 'clear ip bgp ADDRESS|AS|* [soft [in|out]]'

/** The one of `names` that `word` shortens. */
function full(word: string | undefined, names: readonly string[]): string | undefined {
  if (word === undefined) return undefined
  const lower = word.toLowerCase()
  if (names.includes(lower)) return lower
  const matches = names.filter((name) => lower !== '' && name.startsWith(lower))
  return matches.length === 1 ? matches[0] : undefined
}

/**
 * Reads what follows `clear`: `ip bgp`, `bgp ipv4 unicast` and the like, in the words of the switch; words may
 * be shortened. `in` and `out` without `soft` mean the same as with it.
 * @returns the command, or one line that says what is wrong
 */
export function parseClear(given: readonly string[]): Clear | { readonly error: string } {
  const words = [...given]
  const wrong = (word: string | undefined) => ({
    error:
      word === undefined
        ? `% Incomplete command: \`${['clear', ...given].join(' ')}\` (${FORM})`
        : `% Invalid input: \`clear ${given.join(' ')}\` at \`${word}\` (${FORM})`,
  })
  const take = (names: readonly string[]): string | undefined => {
    const found = full(words[0], names)
    if (found !== undefined) words.shift()
    return found
  }
  take(['ip', 'ipv6'])
  if (take(['bgp']) === undefined) return wrong(words[0])
  // A family says nothing here: all that a session carries is refreshed.
  if (take(['ipv4', 'ipv6', 'all']) !== undefined) take(['unicast'])
  const who = words.shift()
  if (who === undefined) return wrong(undefined)
  const target = targetOf(who)
  if (target === undefined) return wrong(who)
  const soft = take(['soft']) !== undefined
  const direction = take(['in', 'out']) as 'in' | 'out' | undefined
  if (words.length > 0) return wrong(words[0])
  if (!soft && direction === undefined) return { target, operation: { name: 'reset' } }
  return { target, operation: { name: 'refresh', direction: direction ?? 'both' } }
}

function targetOf(word: string): Clear['target'] | undefined {
  if (word === '*') return 'all'
  const address = canonicalAddress(word)
  if (address !== undefined) return { address }
  const as = /^\d{1,10}$/.test(word) ? Number(word) : 0
  return as >= 1 && as <= 0xffff_ffff ? { as } : undefined
}

interface Arguments {
  readonly words?: readonly (string | number)[]
  readonly socket?: string
}

async function clear({ words = [], socket }: Arguments): Promise<void> {
  const parsed = parseClear(words.map(String))
  if ('error' in parsed) throw new CommandError(parsed.error, USAGE)
  const client = clientFor(socket)
  const { target, operation } = parsed
  let addresses: readonly string[]
  if (target !== 'all' && 'address' in target) addresses = [target.address]
  else {
    // One that is shut down, or has nothing to refresh, is not what `*` means.
    const all = (await apiSource(client).neighbors()).filter(
      ({ adminDown, state }) => !adminDown && (operation.name === 'reset' || state === 'Established'),
    )
    addresses = all
      .filter(({ remoteAs }) => target === 'all' || remoteAs === target.as)
      .map(({ address }) => address)
    if (addresses.length === 0) {
      const which = target === 'all' ? '' : ` in AS ${target.as}`
      const what = operation.name === 'reset' ? 'that is not shut down' : 'with a session'
      throw new CommandError(`ecmpd: no neighbor${which} ${what} (\`ecmpd show ip bgp summary\` lists all)`)
    }
  }
  const { done, refused } = await operateAll(client, addresses, operation)
  process.stdout.write(done.map((line) => `${line}\n`).join(''))
  if (refused.length > 0) throw new CommandError(refused.join('\n'))
}

export const clearCommand: CommandModule<object, Arguments> = {
  command: 'clear [words..]',
  describe: 'reset or refresh neighbors, in the words of the switch',
  builder: (parser) =>
    parser
      .positional('words', { type: 'string', array: true, describe: 'what to clear' })
      .options(SOCKET_OPTION)
      .usage(
        `$0 clear ip bgp ADDRESS               ends the session; it comes back at once
$0 clear ip bgp AS | '*'              all neighbors of an AS, or all
$0 clear ip bgp ADDRESS soft [in|out] asks for the routes again, or sends them again; the session stays`,
      )
      .example('$0 clear ip bgp 192.168.95.210 soft in', 'ask a node for its routes again')
      .example("$0 clear ip bgp '*' soft", 'all neighbors, both ways; the quotes keep the shell away from *'),
  handler: clear,
}
