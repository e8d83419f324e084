/**
 * Finds a path by (prefix, source, path identifier) in prefixes that have many: a thousand neighbors that
 * announce the same thousand prefixes would otherwise walk half a billion list elements. Open addressing with
 * linear probing and backward-shift deletion; slots hold path rows. Eight neighboring prefixes of one source have
 * neighboring slots: a neighbor announces them one after the other, and what the first one brings into the
 * processor's cache serves the others.
 */
import type { PathStore } from './paths.js'

/** Hash from (prefix, source, path identifier) to path, as described at the head of this file. */
export class PathIndex {
  size = 0
  readonly #paths: PathStore
  #slots = new Int32Array(64)
  #mask = 63

  constructor(paths: PathStore) {
    this.#paths = paths
  }

  /** The path, or 0. */
  find(prefix: number, source: number, pathId: number): number {
    const { prefix: prefixes, source: sources } = this.#paths
    const mask = this.#mask
    let at = hashOf(prefix, source, pathId) & mask
    for (let path = this.#slots[at]; path !== 0; path = this.#slots[at]) {
      if (prefixes[path] === prefix && sources[path] === source && this.#paths.pathId(path) === pathId) {
        return path
      }
      at = (at + 1) & mask
    }
    return 0
  }

  /** Adds a path that is not in the index. */
  add(path: number): void {
    if (++this.size * 3 > this.#mask * 2) this.#grow()
    const mask = this.#mask
    let at = this.#hash(path) & mask
    while (this.#slots[at] !== 0) at = (at + 1) & mask
    this.#slots[at] = path
  }

  /** Takes a path out that is in the index; its row must still hold its key. */
  remove(path: number): void {
    const slots = this.#slots
    const mask = this.#mask
    let hole = this.#hash(path) & mask
    while (slots[hole] !== path) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hash(slots[at]) & mask
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at]
        hole = at
      }
    }
    slots[hole] = 0
    this.size--
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#mask = this.#slots.length - 1
    for (const path of old) {
      if (path === 0) continue
      let at = this.#hash(path) & this.#mask
      while (this.#slots[at] !== 0) at = (at + 1) & this.#mask
      this.#slots[at] = path
    }
  }

  #hash(path: number): number {
    return hashOf(this.#paths.prefix[path], this.#paths.source[path], this.#paths.pathId(path))
  }
}

function hashOf(prefix: number, source: number, pathId: number): number {
  let hash = Math.imul((prefix >>> 3) ^ Math.imul(source + 1, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15) ^ pathId, 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) << 3) | (prefix & 7)
}
