/** The addresses that the speaker listens on: opened, closed and exchanged as the configuration has it. */

import type { Connection, Listener, ListenOptions, Transport } from '../../ports/transport.js'

/** The addresses that the speaker listens on. */
export class Listeners {
  readonly #transport: Transport
  readonly #accept: (connection: Connection) => void
  #listeners: readonly Listener[] = []

  constructor(transport: Transport, accept: (connection: Connection) => void) {
    this.#transport = transport
    this.#accept = accept
  }

  /** What is open. */
  get addresses(): readonly ListenOptions[] {
    return this.#listeners.map(({ address, port }) => ({ address, port }))
  }

  /**
   * Opens and closes so that exactly these addresses are open; those that stay are not touched.
   * @throws Error, one sentence, when one can't be had; then the former ones are open
   */
  async replace(wanted: readonly ListenOptions[]): Promise<void> {
    const former = this.#listeners
    const kept = former.filter((listener) => wanted.some((one) => isSame(one, listener)))
    const leaving = former.filter((listener) => !kept.includes(listener))
    const missing = wanted.filter((one) => !kept.some((listener) => isSame(one, listener)))
    // A wildcard and an address of the same port exclude each other: there the old one goes first.
    const inTheWay = leaving.filter((listener) => missing.some(({ port }) => port === listener.port))
    await Promise.all(inTheWay.map((listener) => listener.close()))
    let opened: Listener[]
    try {
      opened = await this.#open(missing)
    } catch (error) {
      const again = await this.#open(inTheWay).catch(() => [])
      this.#listeners = [...former.filter((listener) => !inTheWay.includes(listener)), ...again]
      throw error
    }
    this.#listeners = [...kept, ...opened]
    await Promise.all(leaving.filter((one) => !inTheWay.includes(one)).map((listener) => listener.close()))
  }

  async close(): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    await Promise.all(listeners.map((listener) => listener.close()))
  }

  async #open(addresses: readonly ListenOptions[]): Promise<Listener[]> {
    const opened: Listener[] = []
    try {
      for (const { address, port } of addresses) {
        opened.push(await this.#transport.listen({ address, port }, this.#accept))
      }
    } catch (error) {
      await Promise.all(opened.map((listener) => listener.close()))
      throw error
    }
    return opened
  }
}

function isSame(a: ListenOptions, b: ListenOptions): boolean {
  return a.address === b.address && a.port === b.port
}
