/** Who has a UNIX socket already. */

import { request } from 'node:http'
import { connect } from 'node:net'
import type { StatusView } from '../../views/model/status.js'

/** Milliseconds for the other's answer: it may hang, and this one is to say so soon. */
const LONGEST_WAIT = 1000

/** True when something accepts connections on the socket. @throws Error with a code, such as EACCES */
export function accepts(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
      else if (error.code === 'EAGAIN') resolve(true)
      else reject(error)
    })
  })
}

/** Process id of the ecmpd behind a socket, as it says itself; undefined when nothing of the kind answers in time. */
function pidBehind(path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const none = () => resolve(undefined)
    const asked = request({ socketPath: path, path: '/api/v1/status', timeout: LONGEST_WAIT }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', none)
      response.on('end', () => {
        try {
          const { pid } = JSON.parse(text) as Partial<StatusView>
          resolve(Number.isInteger(pid) ? pid : undefined)
        } catch {
          none()
        }
      })
    })
    asked.on('timeout', () => {
      none()
      asked.destroy()
    })
    asked.on('error', none)
    asked.end()
  })
}

/**
 * Who answers on a socket.
 * @returns a phrase for a message, with the process id where the other tells it; undefined when nobody does
 * @throws Error with a code when the socket can't be tried
 */
export async function holderOf(path: string): Promise<string | undefined> {
  if (!(await accepts(path))) return undefined
  const pid = await pidBehind(path)
  return pid === undefined
    ? `another program has ${path} and does not answer as ecmpd does (one that starts, or hangs?)`
    : `another ecmpd (PID ${pid}) answers on ${path}`
}
