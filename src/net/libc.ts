import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { getSystemErrorName } from 'node:util'

/** The system calls that node:net has no way to make. Errors carry the name of their errno as `code`. */
export interface Libc {
  /** An unconnected TCP socket, non-blocking and closed on exec. @returns its descriptor @throws Error */
  socket(ipv6: boolean): number
  /** setsockopt(2). @throws Error with code */
  setOption(descriptor: number, level: number, name: number, value: Uint8Array): void
  /** getsockopt(2) of an int. @throws Error with code */
  getInteger(descriptor: number, level: number, name: number): number
  close(descriptor: number): void
}

/** What is used of koffi. */
interface Koffi {
  load(path: null): { func(signature: string): (...values: unknown[]) => number }
  errno(): number
}

const AF_INET = 2
const AF_INET6 = 10
// As on every architecture but Alpha, MIPS, PA-RISC and SPARC, for which koffi has no Linux build.
const SOCK_STREAM = 1
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000

let loaded: Libc | undefined

/**
 * This process's C library. It is loaded at the first call: it costs some 2 MB and 20 ms, which only those
 * pay who have a password, GTSM or a TTL in their configuration.
 * @throws Error, one sentence with the remedy, where there is none
 */
export function libc(): Libc {
  loaded ??= open(platform(), koffi)
  return loaded
}

/**
 * Binds the C library.
 * @param system node:os's name of the system
 * @param load gives koffi
 * @throws Error, one sentence with the remedy
 */
export function open(system: string, load: () => Koffi): Libc {
  const remedy = 'take password, ttlSecurity and ttl out of the configuration'
  if (system !== 'linux') {
    throw new Error(`TCP-MD5 and GTSM need Linux, and this is ${system}: run ecmpd on Linux, or ${remedy}`)
  }
  try {
    return bind(load())
  } catch (error) {
    const why = (error as Error).message.split('\n')[0]
    throw new Error(
      `TCP-MD5 and GTSM need the package koffi, which does not load on ${system} ${arch()} (${why}): \`npm install koffi\` in ecmpd's directory, or ${remedy}`,
      { cause: error },
    )
  }
}

function koffi(): Koffi {
  return createRequire(import.meta.url)('koffi') as Koffi
}

function bind(koffi: Koffi): Libc {
  const library = koffi.load(null)
  const socket = library.func('int socket(int, int, int)')
  const setsockopt = library.func('int setsockopt(int, int, int, const void *, uint32_t)')
  const getsockopt = library.func('int getsockopt(int, int, int, void *, void *)')
  const close = library.func('int close(int)')
  const checked = (name: string, result: number): number => {
    if (result >= 0) return result
    const code = getSystemErrorName(-koffi.errno())
    throw Object.assign(new Error(`${name}: ${code}`), { code })
  }
  return {
    socket: (ipv6) =>
      checked('socket', socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
    setOption(descriptor, level, name, value) {
      checked('setsockopt', setsockopt(descriptor, level, name, value, value.length))
    },
    getInteger(descriptor, level, name) {
      const value = new Int32Array(1)
      const length = new Uint32Array([4])
      checked('getsockopt', getsockopt(descriptor, level, name, value, length))
      return value[0]
    },
    close(descriptor) {
      close(descriptor)
    },
  }
}
