import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * How this process can make network namespaces: 'direct' itself; 'user' inside a user namespace of its own,
 * for which it must start itself again (see `insideUserNamespace`); 'none' not at all, and why.
 */
export type NamespaceAccess =
  | { readonly mode: 'direct' }
  | { readonly mode: 'user' }
  | { readonly mode: 'none'; readonly reason: string }

/** Makes a namespace with the kinds of links that a lab needs, runs a command in it, and removes it. */
const PROBE = `
n="ecmpd-probe-$$"
ip netns add "$n" || exit 1
ip -n "$n" link add name br0 type bridge && ip -n "$n" link add name v0 type veth peer name v1 \\
  && ip -n "$n" link set lo up && ip netns exec "$n" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
code=$?
ip netns del "$n"
exit $code
`

/** \`/run/netns\` belongs to root: a user namespace's processes see an empty /run of their own instead. */
const PRIVATE_RUN = 'mount -t tmpfs tmpfs /run'

function reason(error: unknown): string {
  const { code, stderr, message } = error as { code?: string | number; stderr?: string; message: string }
  if (code === 'ENOENT') return message.replace(/^spawn (\S+) ENOENT$/, 'the program $1 is not installed')
  return (stderr || message).trim().split('\n')[0]
}

/**
 * Tries to make a network namespace, rather than guess from the user id: first here, then inside a new user
 * namespace. Leaves nothing behind.
 */
export async function tryNamespaces(): Promise<NamespaceAccess> {
  try {
    await execute('sh', ['-c', PROBE])
    return { mode: 'direct' }
  } catch (direct) {
    try {
      await execute('unshare', [...UNSHARE, 'sh', '-c', `${PRIVATE_RUN} && ${PROBE}`])
      return { mode: 'user' }
    } catch (user) {
      return { mode: 'none', reason: `${reason(direct)}; in a user namespace: ${reason(user)}` }
    }
  }
}

const UNSHARE = ['--user', '--map-root-user', '--net', '--mount', '--']

/**
 * The command that runs `argv` inside a user namespace where this user may make network namespaces. Files
 * outside /run are shared with the outside, UNIX sockets among them.
 */
export function insideUserNamespace(argv: readonly string[]): readonly string[] {
  return ['unshare', ...UNSHARE, 'sh', '-c', `${PRIVATE_RUN} && exec "$@"`, 'sh', ...argv]
}
