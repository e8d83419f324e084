/** What an operator asks of one neighbor. */
export type NeighborOperation =
  /**
   * Ends the session with Cease/Administrative Shutdown (6/2) and keeps the neighbor down until 'start', its
   * removal from the configuration or the end of the process; a changed configuration file does not lift it.
   */
  | {
      readonly type: 'shutdown'
      /** Shutdown communication, 1 to 255 octets of UTF-8 (RFC 9003 §2). */
      readonly message?: string
    }
  /** Lifts a shutdown by the operator, a pause after too many prefixes, or the wait before the next dial. */
  | { readonly type: 'start' }
  /** Ends the session with Cease/Administrative Reset (6/4) and connects again at once. */
  | {
      readonly type: 'reset'
      /** As for 'shutdown': RFC 9003 allows it with both subcodes. */
      readonly message?: string
    }
  /**
   * Maintenance of one neighbor: its paths count as with GRACEFUL_SHUTDOWN (RFC 8326), and all that it is sent
   * carries it, until 'undrain', its removal from the configuration or the end of the process.
   */
  | { readonly type: 'drain' }
  | { readonly type: 'undrain' }
  /** Asks for all routes again ('in', RFC 2918), sends all again ('out'), or both; the session stays. */
  | { readonly type: 'refresh'; readonly direction: 'in' | 'out' | 'both' }

/** What became of an operation. */
export type OperationOutcome =
  | {
      readonly ok: true
      /** What was done, one sentence. */
      readonly text: string
    }
  | {
      readonly ok: false
      /** 'unknown': no such neighbor. 'conflict': the neighbor's state does not allow it. */
      readonly reason: 'unknown' | 'conflict'
      readonly text: string
      /** What to do instead. */
      readonly remedy: string
    }

/** A shutdown or drain by the operator. */
export interface OperatorAction {
  readonly message?: string
  /** Who asked. */
  readonly by: string
  /** Wall time, milliseconds. */
  readonly at: number
}

/** Most octets of a shutdown communication (RFC 9003 §2). */
export const MAX_MESSAGE_OCTETS = 255
