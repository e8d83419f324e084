/** Which process listens on a TCP port. */

import { readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { formatAddress } from '../ip/address.js'
import { procReader } from './files.js'
import type { PortHolder } from './model.js'

/** State of a listening socket in /proc/net/tcp (TCP_LISTEN). */
const LISTENING = '0A'

/**
 * Who listens on a port, one for each address. Processes of other users are seen by root alone.
 * @param root default /proc
 */
export function portHolders(port: number, root = '/proc'): PortHolder[] {
  const read = procReader(root)
  const sockets = ['net/tcp', 'net/tcp6'].flatMap((file) =>
    (read(file) ?? '').split('\n').flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      const [address = '', hex = ''] = local.split(':')
      if (state !== LISTENING || Number.parseInt(hex, 16) !== port) return []
      return [{ address: addressOf(address), inode }]
    }),
  )
  if (sockets.length === 0) return []
  const owners = ownersOf(new Set(sockets.map(({ inode }) => inode)), root)
  return sockets.map(({ address, inode }) => {
    const pid = owners.get(inode)
    const name = pid === undefined ? undefined : nameOf(pid, root)
    return {
      address,
      port,
      ...(pid === undefined ? {} : { pid }),
      ...(name === undefined ? {} : { process: name }),
    }
  })
}

/** Node.js calls its main thread so, by which the kernel calls the process. */
const NO_NAME = 'MainThread'

function nameOf(pid: number, root: string): string | undefined {
  const name = procReader(root)(`${pid}/comm`)?.trim()
  return name === NO_NAME ? basename(target(`${root}/${pid}/exe`)) : name
}

/** Four octets at a time, each a number as this machine keeps it. */
function addressOf(hex: string): string {
  const words = new Uint32Array((hex.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16)))
  return formatAddress(new Uint8Array(words.buffer))
}

/** Processes by the inode of a socket that they hold. */
function ownersOf(inodes: ReadonlySet<string>, root: string): ReadonlyMap<string, number> {
  const owners = new Map<string, number>()
  for (const pid of names(root).filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of names(`${root}/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(target(`${root}/${pid}/fd/${descriptor}`))?.[1]
      if (inode !== undefined && inodes.has(inode)) owners.set(inode, Number(pid))
    }
  }
  return owners
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
