import { join } from 'node:path'

/** What the search depends on. */
export interface SocketEnvironment {
  readonly XDG_RUNTIME_DIR?: string
  readonly XDG_STATE_HOME?: string
  readonly HOME?: string
}

/** Where a daemon that runs as a service has its socket. */
const SYSTEM_SOCKET = '/run/ecmpd/ecmpd.sock'

/** Those places in words, for help. */
export const SOCKET_PLACES =
  '/run/ecmpd/ecmpd.sock, $XDG_RUNTIME_DIR/ecmpd/ecmpd.sock or ~/.local/state/ecmpd/ecmpd.sock'

/**
 * Places of the API's UNIX socket, best first: the system's, the user's runtime directory, and where there is
 * none (cron, containers) the user's state directory. Never a directory that everybody may write to: there
 * somebody else could put a socket of his own.
 */
export function socketPaths(environment: SocketEnvironment): readonly string[] {
  const { XDG_RUNTIME_DIR, XDG_STATE_HOME, HOME } = environment
  const paths = [SYSTEM_SOCKET]
  if (XDG_RUNTIME_DIR?.startsWith('/')) {
    paths.push(join(XDG_RUNTIME_DIR, 'ecmpd', 'ecmpd.sock'))
  }
  const state = XDG_STATE_HOME?.startsWith('/')
    ? XDG_STATE_HOME
    : HOME?.startsWith('/')
      ? join(HOME, '.local', 'state')
      : undefined
  if (state !== undefined) paths.push(join(state, 'ecmpd', 'ecmpd.sock'))
  return paths
}
