import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Daemon } from '../daemons/daemon.js'
import type { Figures, Part } from './part.js'

const MIB = 1024 * 1024

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 })

/** Octets of the files below a directory, `node_modules` in it left out. */
function sizeOf(directory: string): number {
  let octets = 0
  for (const name of readdirSync(directory)) {
    if (name === 'node_modules') continue
    const path = join(directory, name)
    const entry = lstatSync(path)
    octets += entry.isDirectory() ? sizeOf(path) : entry.size
  }
  return octets
}

/** What `npm install --omit=dev` puts onto a disk: the package and what it depends on. */
function own(): Figures {
  const [{ size, unpackedSize }] = JSON.parse(run('npm', 'pack', '--dry-run', '--json')) as {
    size: number
    unpackedSize: number
  }[]
  const directories = run('npm', 'ls', '--omit=dev', '--all', '--parseable').trim().split('\n').slice(1)
  const modules = directories.reduce((octets, directory) => octets + sizeOf(directory), 0)
  return {
    packed: size / MIB,
    installed: (unpackedSize + modules) / MIB,
    runtime: statSync(process.execPath).size / MIB,
    ...image(),
  }
}

/** Size of the image, where an engine is there that has it. */
function image(): Figures {
  try {
    return { image: Number(run('docker', 'image', 'inspect', 'ecmpd', '--format', '{{.Size}}')) / MIB }
  } catch {
    return {}
  }
}

function packaged(daemon: Daemon): Figures {
  const [, kib] = run('dpkg-query', '-s', daemon.package!).match(/^Installed-Size: (\d+)$/m)!
  return { installed: Number(kib) / 1024 }
}

/** What an installation takes. */
export const size: Part = {
  name: 'size',
  title: 'Size',
  text: `*Installed* is ecmpd's package with everything that it depends on at run time, and Debian's package of each peer without the
libraries that it shares with others. *Runtime* is the \`node\` program. The image is
measured where a Docker engine has built it (\`docker build -t ecmpd .\`); without a column *image* none was there. It holds
Alpine Linux, \`node\`, iproute2 and what *installed* says.`,
  metrics: [
    { id: 'packed', title: 'package, MiB', digits: 1 },
    { id: 'installed', title: 'installed, MiB', digits: 1 },
    { id: 'runtime', title: 'runtime, MiB', digits: 1 },
    { id: 'image', title: 'image, MiB', digits: 0 },
  ],
  cases: () => [{ id: 'disk', title: 'On disk', limit: 60 }],
  suits: () => true,
  run: async (daemon) => (daemon.package === undefined ? own() : packaged(daemon)),
}
