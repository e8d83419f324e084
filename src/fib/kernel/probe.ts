/** What can this machine do: tried, with routes in a table that nothing looks into, never guessed from a version. */
import { type Captured, capture, type Spawn, spawnChild } from './process.js'
import { PROTOCOL_BGP } from './route-line.js'

/** A condition of `--fib` is not met. The message is one sentence with the remedy. */
export class FibUnavailable extends Error {
  override readonly name = 'FibUnavailable'
}

export const NO_IP = 'no `ip` binary: install iproute2, or run without --fib'
export const NOT_IPROUTE2 =
  "the `ip` binary is not iproute2's (busybox?): install iproute2, or run without --fib"
export const NO_CAPABILITY =
  'no CAP_NET_ADMIN, so routes can\'t be installed: run ecmpd with sudo, or with "AmbientCapabilities=CAP_NET_ADMIN" ' +
  'in its systemd unit, or under "setpriv --inh-caps=+net_admin --ambient-caps=+net_admin" (a setcap on the binary does ' +
  'not reach the `ip` child), or run without --fib'

const PROTO = ['proto', String(PROTOCOL_BGP)]

/** Mode of the kernel's routes, and why it is not the better one. */
export interface Probed {
  readonly mode: 'nexthop-objects' | 'plain'
  readonly reason?: string
}

/** Table for trial routes; no rule leads there. */
const TABLE = 4_000_179
/** Documentation prefixes (RFC 5737, RFC 3849). */
const TRIAL = { four: '192.0.2.179/32', six: '2001:db8::179/128' }

/**
 * Is there an `ip`, and is it iproute2's?
 * @param ip the `ip` command, with what selects the namespace
 * @throws FibUnavailable when not
 */
export async function requireIp(ip: readonly string[], spawn: Spawn = spawnChild): Promise<void> {
  const version = await capture([...ip, '-V'], '', spawn)
  if (version.missing) throw new FibUnavailable(NO_IP)
  if (!/iproute2/.test(version.stdout + version.stderr)) throw new FibUnavailable(NOT_IPROUTE2)
}

/**
 * Tries what the kernel takes.
 * @param ip the `ip` command, with what selects the namespace
 * @param id of four free ones of ecmpd's range, which are used for a moment
 * @throws FibUnavailable without CAP_NET_ADMIN
 */
export async function probe(ip: readonly string[], id: number, spawn: Spawn = spawnChild): Promise<Probed> {
  const [four, six] = await Promise.all([
    attempt(ip, [], id, TRIAL.four, spawn),
    attempt(ip, ['-6'], id + 2, TRIAL.six, spawn),
  ])
  if (/not permitted/i.test(four.plain ?? '')) throw new FibUnavailable(NO_CAPABILITY)
  if (four.plain !== undefined)
    throw new FibUnavailable(`the kernel takes no routes from ecmpd: ${four.plain}`)
  if (four.objects !== undefined) return { mode: 'plain', reason: `IPv4: ${four.objects}` }
  // Where IPv6 is off altogether, it decides nothing.
  if (six.plain === undefined && six.objects !== undefined) {
    return { mode: 'plain', reason: `IPv6: ${six.objects}` }
  }
  return { mode: 'nexthop-objects' }
}

/** The first error of a plain route, and of one by object and group; undefined: it works. */
interface Attempt {
  readonly plain?: string
  readonly objects?: string
}

async function attempt(
  ip: readonly string[],
  family: readonly string[],
  id: number,
  prefix: string,
  spawn: Spawn,
): Promise<Attempt> {
  // A group has no family: with -6 given, `ip` would send one, and the kernel refuse it.
  const object = await capture(
    [...ip, ...family, 'nexthop', 'add', 'id', `${id}`, 'blackhole', ...PROTO],
    '',
    spawn,
  )
  const tail = `${PROTO.join(' ')} table ${TABLE}`
  const lines = [
    `route add blackhole ${prefix} ${tail}`,
    `route del blackhole ${prefix} ${tail}`,
    `nexthop add id ${id + 1} group ${id} ${PROTO.join(' ')}`,
    `route add ${prefix} nhid ${id + 1} ${tail}`,
    `route del ${prefix} nhid ${id + 1} ${tail}`,
    `nexthop del id ${id + 1}`,
    `nexthop del id ${id}`,
  ]
  const failures = failed(await capture([...ip, '-force', '-batch', '-'], `${lines.join('\n')}\n`, spawn))
  return {
    plain: failures.get(1),
    objects: unsupported(object.code === 0 ? (failures.get(3) ?? failures.get(4)) : reason(object.stderr)),
  }
}

/** A blackhole object sits on `lo`: a kernel that misses only that link knows objects. */
function unsupported(error: string | undefined): string | undefined {
  return error !== undefined && /not up|is down|File exists/i.test(error) ? undefined : error
}

function reason(text: string): string {
  return text.trim().replace(/^(RTNETLINK answers|Error): /, '')
}

/** Reasons by line number. */
function failed({ stderr }: Captured): Map<number, string> {
  const failures = new Map<number, string>()
  let message = ''
  for (const text of stderr.split('\n')) {
    const number = /^Command failed .*:(\d+)$/.exec(text)
    if (number === null) {
      if (text.trim() !== '') message = reason(text)
    } else {
      failures.set(Number(number[1]), message)
      message = ''
    }
  }
  return failures
}
