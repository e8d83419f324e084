/**
 * Who is dead, as somebody says who watches neighbors and gateways more closely than BGP does: BFD, the kernel's
 * neighbor table, probes. The speaker follows any number of such sources; who is called dead by none of them is alive.
 *
 * Two questions, two subjects. A *neighbor* is the other end of a session: its death ends the session at once
 * (RFC 5882 §4.2). A *gateway* is where packets go: its death takes the paths through that next hop out of use, and
 * their sessions stay. A source that knows both of one machine says both.
 */

/** A death, from the word of a source until the same source takes it back. */
export interface Death {
  /** Half a sentence for people, without the source's name: 'control detection time expired', 'FAILED since 12:00:03'. */
  readonly cause: string
}

/** What the death of a neighbor means for its session and its paths. */
export interface NeighborDeath extends Death {
  /**
   * True: it is known to forward nothing, so that none of its paths is kept, graceful restart or not (RFC 5882
   * §4.3.1: BFD with the C bit set in both directions). False: it may be its control plane alone that is silent
   * (RFC 5882 §4.3.2); paths are kept where graceful restart would keep them after a lost TCP connection.
   */
  readonly forwardingDead: boolean
  /**
   * True: no session until it is alive (strict mode); it is neither dialled nor let in. Left out: the session that
   * is up ends, and may come back while the source still calls it dead (RFC 5882 §4.1).
   */
  readonly strict?: boolean
}

/**
 * Hears what a source says. An address is canonical text, with its zone if it is link-local ('fe80::1%eth0').
 * What follows has been done when the call returns: sessions have ended, the kernel has its lines. Undefined: alive, as far
 * as this source knows; of one that it never called dead it need not say so.
 */
export interface LivenessListener {
  neighbor(address: string, death: NeighborDeath | undefined): void
  gateway(address: string, death: Death | undefined): void
}

/** A source. */
export interface Liveness {
  /** For people, and unique among the sources of a speaker: 'BFD', 'neighbor table', 'probe'. */
  readonly name: string
  /** It is BFD: sessions end with Cease/BFD Down (RFC 9384 §3); those of others as when the hold time has passed. */
  readonly bfd?: boolean
  /**
   * Tells `listener` of all that are dead, within the call, and from then on of each change. A BFD session that is
   * administratively down, here or there, is nobody's death (RFC 5882 §4.2).
   * @returns ends it
   */
  follow(listener: LivenessListener): () => void
}
