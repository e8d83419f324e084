import { Socket } from 'node:net'
import type { Connection, Dial, DialError, DialOptions } from '../ports/transport.js'
import { TcpConnection } from './connection.js'
import { dialError } from './errors.js'
import type { SocketOptions } from './socket-options.js'

/**
 * Connects to a neighbor.
 * @param done called once and asynchronously, not at all after cancel(); an Error is a sentence with the remedy
 */
export function dial(
  options: DialOptions,
  done: (result: Connection | DialError) => void,
  socketOptions: SocketOptions,
): Dial {
  const { address, port, localAddress, timeout, questions } = options
  let socket: Socket | undefined
  let timer: NodeJS.Timeout | undefined
  let over = false
  const began = performance.now()
  const finish = (result: Connection | DialError) => {
    if (over) return
    over = true
    clearTimeout(timer)
    done(result)
  }
  const fail = (error: unknown) => {
    socket?.destroy()
    finish(dialError(error, address, port, performance.now() - began, localAddress, questions))
  }
  try {
    socket = socketOptions.dialling?.(options) ?? new Socket({ allowHalfOpen: true })
    socket.connect({ host: address, port, localAddress, noDelay: true, autoSelectFamily: false })
  } catch (error) {
    // An unusable address is found at once; the caller hears of it like of every other failure.
    setImmediate(() => fail(error))
    return {
      cancel: () => {
        over = true
      },
    }
  }
  const dialled = socket
  dialled.on('error', fail)
  dialled.once('connect', () => {
    if (over) return
    dialled.removeListener('error', fail)
    try {
      finish(new TcpConnection(dialled, false))
    } catch (error) {
      fail(error)
    }
  })
  timer = setTimeout(() => fail(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), timeout)
  return {
    cancel: () => {
      if (over) return
      over = true
      clearTimeout(timer)
      dialled.destroy()
    },
  }
}
