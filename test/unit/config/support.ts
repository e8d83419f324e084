import { loadText } from '../../../src/config/load.js'
import type { Environment } from '../../../src/config/model/environment.js'
import type { Config } from '../../../src/config/model/model.js'
import { formatDiagnostic } from '../../../src/config/text/format.js'

/** A machine that is the same everywhere. */
export const environment: Environment = {
  hostName: 'sw',
  interfaces: () => ({
    lo: ['127.0.0.1', '::1'],
    eth0: ['192.168.95.200', 'fe80::1', '2001:db8:95::200'],
    eth1: ['10.0.0.1'],
  }),
  variable: (name) => (name === 'TOKEN' ? 'from the environment' : undefined),
  readFile(path) {
    if (path === '/token') return 'from the file\n'
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' })
  },
}

export const load = (text: string) => loadText(text, 'f', environment)

/** The configuration of a text that must be right. */
export function good(text: string): Config {
  const { config, diagnostics } = load(text)
  if (config === undefined) throw new Error(diagnostics.map(formatDiagnostic).join('\n'))
  return config
}

/** Diagnostics as 'line: severity: message (hint)'. */
export function said(text: string): string[] {
  return load(text).diagnostics.map((one) => formatDiagnostic(one).replace(/^f:(\d+):\d+/, '$1'))
}

/** Errors only, as 'line: message'. */
export function errors(text: string): string[] {
  return load(text)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ line, message }) => `${line}: ${message}`)
}
