import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { Skip } from './case.js'

/** The part of koffi that is used here. */
interface Koffi {
  load(library: string): { func(prototype: string): (...args: unknown[]) => number }
  errno(): number
}

function load(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi
  } catch {
    throw new Skip('the tester lacks koffi, which sets the options of sockets')
  }
}

const AF_INET = 2
const SOCK_STREAM = 1
const SOL_SOCKET = 1
const SO_SNDTIMEO = 21
const IPPROTO_TCP = 6
const TCP_MD5SIG = 14

/** struct sockaddr_in in sixteen octets. */
function socketAddress(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt16LE(AF_INET, 0)
  bytes.writeUInt16BE(port, 2)
  Buffer.from(address.split('.').map(Number)).copy(bytes, 4)
  return bytes
}

/**
 * Connects with a TCP-MD5 key (RFC 2385), through the C library: node sets no such option.
 * @param within milliseconds, whole seconds
 * @throws Error when no connection comes about in that time
 */
export async function connectWithKey(
  from: string,
  to: string,
  port: number,
  key: string,
  within = 3000,
): Promise<Socket> {
  const koffi = load()
  const c = koffi.load('libc.so.6')
  const socket = c.func('int socket(int, int, int)')
  const setsockopt = c.func('int setsockopt(int, int, int, const void *, unsigned int)')
  const bind = c.func('int bind(int, const void *, unsigned int)')
  const connect = c.func('int connect(int, const void *, unsigned int)') as unknown as {
    async(...args: unknown[]): void
  }
  const fd = socket(AF_INET, SOCK_STREAM, 0)
  const must = (result: number, what: string) => {
    if (result < 0) throw new Error(`${what} failed with errno ${koffi.errno()}`)
  }
  // struct tcp_md5sig: address (128), flags, prefix length, key length, interface, key (80).
  const signature = Buffer.alloc(216)
  socketAddress(to, 0).copy(signature)
  signature.writeUInt16LE(key.length, 130)
  signature.write(key, 136)
  must(setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, signature, signature.length), 'TCP_MD5SIG')
  const timeout = Buffer.alloc(16)
  timeout.writeBigInt64LE(BigInt(Math.ceil(within / 1000)), 0)
  must(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, timeout, timeout.length), 'SO_SNDTIMEO')
  must(bind(fd, socketAddress(from, 0), 16), 'bind')
  const result = await new Promise<number>((resolve, reject) => {
    connect.async(fd, socketAddress(to, port), 16, (error: Error | null, value: number) =>
      error ? reject(error) : resolve(value),
    )
  })
  const connection = new Socket({ fd, allowHalfOpen: true, readable: true, writable: true })
  if (result < 0) {
    connection.destroy()
    throw new Error('no connection with this key')
  }
  connection.resume()
  return connection
}
