import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * The guard is a small shell that waits for the end of its standard input: the pipe closes when its owner
 * closes it and also when the owner crashes or is killed, so that there is one way of cleaning up and it is
 * taken in every case. It ends the processes listed in the directory, deletes the namespaces and the
 * directory. It has a session of its own and so hears no Ctrl-C.
 */
const SCRIPT = `
trap '' INT TERM HUP
cat > /dev/null
for f in "$1"/pids/*; do
  [ -e "$f" ] && kill -s KILL -- "-\${f##*/}" 2> /dev/null
done
if [ -n "$2" ]; then
  for n in $(ip netns list 2> /dev/null | sed 's/ .*//' | grep "^$2"); do
    for p in $(ip netns pids "$n" 2> /dev/null); do kill -s KILL "$p" 2> /dev/null; done
    ip netns del "$n" 2> /dev/null
  done
fi
rm -rf "$1"
`

/** A running guard. */
export interface CleanupGuard {
  /** Cleans up now. Resolves when everything is gone; calling it twice is harmless. */
  release(): Promise<void>
}

/**
 * Starts the guard of a directory.
 * @param directory removed at the end; the files in its subdirectory `pids` are named by the process groups to end
 * @param prefix beginning of the names of the network namespaces to delete; empty: none
 */
export function startGuard(directory: string, prefix: string): CleanupGuard {
  const child = spawn('sh', ['-c', SCRIPT, 'ecmpd-guard', directory, prefix], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  const gone = once(child, 'exit').catch(() => undefined)
  child.unref()
  return {
    async release() {
      child.ref()
      child.stdin.on('error', () => undefined)
      child.stdin.end()
      await gone
    },
  }
}
