import { createServer } from 'node:http'
import { script } from './script.js'

/** The command of a web server that answers every request with `name`, on one or more addresses. */
export function webCommand(name: string, port: number, addresses: readonly string[]): readonly string[] {
  return [process.execPath, script('./web-main.js'), name, String(port), ...addresses]
}

/**
 * Serves `name` as plain text.
 * @returns resolves when every address is listened on
 * @throws Error of the system when an address can't be had
 */
export async function serveName(name: string, port: number, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' })
      response.end(`${name}\n`)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: address, port, backlog: 511 }, resolve)
    })
  }
}
