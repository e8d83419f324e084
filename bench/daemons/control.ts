import { createConnection } from 'node:net'

/**
 * Asks over a UNIX stream socket on a connection of its own: no process is started, so that asking costs next
 * to nothing.
 * @param ended whether what was read so far is the whole answer
 * @throws Error when there is no answer within 30 s
 */
export function ask(path: string, question: string, ended: (answer: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    const pieces: Buffer[] = []
    const timer = setTimeout(() => socket.destroy(new Error(`no answer from ${path}`)), 30_000)
    socket.on('connect', () => socket.write(question))
    socket.on('data', (piece) => {
      pieces.push(piece as Buffer)
      const answer = pieces.length === 1 ? (piece as Buffer) : Buffer.concat(pieces)
      pieces.length = 0
      pieces.push(answer)
      if (ended(answer)) {
        socket.destroy()
        resolve(answer)
      }
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      reject(new Error(`${path} closed the connection`))
    })
  })
}
