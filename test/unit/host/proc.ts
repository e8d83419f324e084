import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { procReader, type ReadProc } from '../../../src/host/files.js'

/** A /proc of files, and a way to change it. */
export interface FakeProc {
  readonly read: ReadProc
  readonly root: string
  write(files: Readonly<Record<string, string>>): void
}

/** Makes a /proc in the test's directory; each file ends with a line feed, as the kernel's do. */
export function proc(t: Test, files: Readonly<Record<string, string>> = {}): FakeProc {
  const root = t.testdir()
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [path, value] of Object.entries(more)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), `${value}\n`)
    }
  }
  write(files)
  return { read: procReader(root), root, write }
}

/** Text of /proc/net/netstat with these values; the others are 0. */
export function netstat(values: Readonly<Record<string, number>>): string {
  const names = [
    'SyncookiesSent',
    'IPReversePathFilter',
    'ListenOverflows',
    'ListenDrops',
    'TCPMD5NotFound',
    'TCPMD5Unexpected',
    'TCPMD5Failure',
    'TCPMinTTLDrop',
  ]
  return [
    `TcpExt: ${names.join(' ')}`,
    `TcpExt: ${names.map((name) => values[name] ?? 0).join(' ')}`,
    'IpExt: InNoRoutes InTruncatedPkts',
    'IpExt: 2 0',
  ].join('\n')
}
