/**
 * Own deletions that `ip monitor` has yet to show: a late notification about one must not be taken for a foreign
 * hand's, when the route has been installed again meanwhile.
 */
export class OwnDeletions {
  readonly #counts = new Map<string, number>()

  /** A route of this prefix was deleted. */
  add(prefix: string): void {
    this.#counts.set(prefix, (this.#counts.get(prefix) ?? 0) + 1)
  }

  /** A deletion was shown. @returns true when it is an own one */
  explain(prefix: string): boolean {
    const count = this.#counts.get(prefix)
    if (count === undefined) return false
    if (count > 1) this.#counts.set(prefix, count - 1)
    else this.#counts.delete(prefix)
    return true
  }

  /** Notifications were lost: those about own deletions may be among them. */
  clear(): void {
    this.#counts.clear()
  }
}
