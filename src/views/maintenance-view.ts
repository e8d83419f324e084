/** How the read model of maintenance is made. */

import type { Hold } from '../speaker/model/operation.js'
import type { MaintenanceView } from './model/maintenance.js'

/**
 * Undefined while it does not last. The operator's word stands before the configuration's: it is the one that lasts
 * longer.
 */
export function maintenanceView(
  held: Hold | undefined,
  configured: boolean | undefined,
): MaintenanceView | undefined {
  if (held !== undefined) return { source: 'operator', by: held.by, at: new Date(held.at).toISOString() }
  return configured === true ? { source: 'configuration' } : undefined
}
