/** What a changed configuration did to the neighbors. */

/** What applying a configuration did. */
export interface ApplyReport {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Changed in place: the session kept its TCP connection. */
  readonly changed: readonly string[]
  /** Changed in a way that needs a new session, or that ends the session: shut down, or started. */
  readonly reset: readonly string[]
  readonly unchanged: number
}
