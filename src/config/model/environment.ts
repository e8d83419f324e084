/** What a configuration takes from the machine that it is read on, so that tests can give another one. */

import { readFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'

/** What a configuration takes from the machine it is read on. */
export interface Environment {
  readonly hostName: string
  /** Own addresses by interface, canonical text without zone. */
  interfaces(): Readonly<Record<string, readonly string[]>>
  variable(name: string): string | undefined
  /** @throws Error when the file can't be read */
  readFile(path: string): string
}

/** This machine. */
export const machine: Environment = {
  get hostName() {
    return hostname()
  },
  interfaces() {
    const found: Record<string, string[]> = {}
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      found[name] = (addresses ?? []).map((one) => one.address.replace(/%.*$/, ''))
    }
    return found
  },
  variable: (name) => process.env[name],
  readFile: (path) => readFileSync(path, 'utf8'),
}
