/** The read model of maintenance, of the speaker or of one neighbor. */

/** Who put the speaker, or a neighbor, into maintenance. */
export interface MaintenanceView {
  /** 'operator': until it is ended or this process ends; a changed file does not lift it. */
  readonly source: 'configuration' | 'operator'
  /** The operator who asked. */
  readonly by?: string
  /** When the operator asked, ISO 8601 in UTC. */
  readonly at?: string
}
