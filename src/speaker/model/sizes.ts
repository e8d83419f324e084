/** What a speaker holds in memory because of its neighbors; all of it goes when they and their routes go. */
export interface SpeakerSizes {
  /** Prefix ids in use in both tables, with a path or held by an Adj-RIB-Out. */
  readonly prefixes: number
  readonly paths: number
  readonly attributeSets: number
  readonly nextHops: number
  readonly nextHopSets: number
  readonly updateGroups: number
  /** Blocks of attributes made for update groups. */
  readonly outgoingBlocks: number
  /** Pieces of work under way. */
  readonly tasks: number
}
