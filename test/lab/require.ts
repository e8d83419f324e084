import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type NamespaceAccess, tryNamespaces } from '../../src/demo/namespaces.js'

/** Directories of daemons that are not on every user's PATH. */
const EXTRA = ['/usr/sbin', '/sbin', '/usr/lib/frr']

/** Full path of an installed program, or undefined. */
function findProgram(name: string): string | undefined {
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), ...EXTRA]) {
    const file = join(directory, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not here: look on.
    }
  }
  return undefined
}

let namespaces: Promise<NamespaceAccess> | undefined

/**
 * What a test on real daemons lacks here.
 * @param programs programs that it needs beside `ip`
 * @returns the reason for skipping it, or false
 * @throws Error with that reason when ECMPD_REQUIRE_PEERS is 1: where peers are required, nothing is skipped
 */
export async function lacks(...programs: string[]): Promise<string | false> {
  namespaces ??= tryNamespaces()
  const way = await namespaces
  const root = way.mode === 'direct' ? false : 'SKIPPED: needs root, to make network namespaces'
  return lacking(notInstalled(['ip', ...programs]) || root)
}

/** The same for a test that needs programs alone, and no network of its own. */
export function lacksPrograms(...programs: string[]): string | false {
  return lacking(notInstalled(programs))
}

function notInstalled(programs: readonly string[]): string | false {
  const missing = programs.filter((name) => !findProgram(name))
  return missing.length > 0 && `SKIPPED: not installed: ${missing.join(', ')}`
}

function lacking(reason: string | false): string | false {
  if (reason && process.env.ECMPD_REQUIRE_PEERS === '1') {
    throw new Error(`${reason} (and ECMPD_REQUIRE_PEERS=1 allows no skipping)`)
  }
  if (reason) process.stderr.write(`${reason}\n`)
  return reason
}
