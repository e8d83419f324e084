/** How the read model of maintenance is made. */

import type { OperatorAction } from '../speaker/model/operation.js'
import type { MaintenanceView } from './model/maintenance.js'

/**
 * Undefined while it does not last. The operator's word stands before the configuration's: it is the one that lasts
 * longer.
 */
export function maintenanceView(
  action: OperatorAction | undefined,
  configured: boolean | undefined,
): MaintenanceView | undefined {
  if (action !== undefined)
    return { source: 'operator', by: action.by, at: new Date(action.at).toISOString() }
  return configured === true ? { source: 'configuration' } : undefined
}
