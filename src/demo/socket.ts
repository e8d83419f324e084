import { request } from 'node:http'

/**
 * GET on a daemon's UNIX socket.
 * @returns the answer's JSON
 * @throws Error when there is no answer within 5 s or its status is not 200
 */
export function getJson<T>(socketPath: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, timeout: 30_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as T)
        else reject(new Error(`GET ${path}: ${response.statusCode} ${text}`))
      })
    })
    call.on('timeout', () => call.destroy(new Error(`GET ${path}: no answer`)))
    call.on('error', reject)
    call.end()
  })
}
