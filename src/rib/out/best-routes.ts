import type { Family } from '../../ip/family.js'
import type { Rib } from '../table.js'
import type { Egress } from './egress.js'
import type { OutRoutes } from './out-routes.js'
import type { OutTable } from './out-table.js'

/** The best path of each prefix; a row is a prefix id. */
export class BestRoutes implements OutRoutes {
  readonly family: Family
  readonly #rib: Rib
  readonly #egress: Egress
  readonly #out: OutTable

  constructor(rib: Rib, egress: Egress, out: OutTable) {
    this.family = rib.family
    this.#rib = rib
    this.#egress = egress
    this.#out = out
  }

  get limit(): number {
    return this.#rib.prefixes.limit
  }

  follow(changed: (prefix: number) => void, done: () => void): () => void {
    return this.#rib.subscribe((batch) => {
      for (let i = 0; i < batch.count; i++) changed(batch.prefixes[i])
      done()
    })
  }

  update(prefix: number): void {
    const rib = this.#rib
    const path = rib.best(prefix)
    if (path === 0 || rib.isSuppressed(prefix)) this.#out.set(prefix, 0, 0)
    else {
      const source = rib.sourceOf(path)
      this.#out.set(prefix, this.#egress.block(prefix, rib.attributeOf(path), source), source)
    }
  }

  replace(prefix: number, block: number): void {
    this.#out.set(prefix, block, 0)
  }

  opened(row: number): void {
    this.#rib.retainPrefix(row)
  }

  closed(row: number): void {
    this.#rib.releasePrefix(row)
  }

  hasFrom(source: number): boolean {
    return (this.#rib.source(source)?.best ?? 0) > 0
  }

  rowsOf(prefix: number): readonly number[] {
    return [prefix]
  }

  find(prefix: number): number {
    return prefix
  }

  prefixOf(row: number): number {
    return row
  }

  pathIdOf(): number {
    return 0
  }

  size(row: number): number {
    return 1 + ((this.#rib.prefixes.length(row) + 7) >>> 3)
  }

  write(row: number, bytes: Uint8Array, at: number): number {
    return this.#rib.prefixes.write(row, bytes, at)
  }
}
