/**
 * The package's main entry, for programs that talk to a running ecmpd: what its HTTP API answers, as types, and the
 * version they belong to. `ecmpd/testing` has peers for tests; nothing else of the package can be imported.
 */

import { packageVersion } from './daemon/version.js'

export type { Config } from './config/model/model.js'
export type { Family } from './ip/family.js'
export type { NeighborOperation, OperationOutcome } from './speaker/model/operation.js'
export type * from './views/types.js'

/** The package's version, as `ecmpd version` prints it. */
export const version: string = packageVersion()
