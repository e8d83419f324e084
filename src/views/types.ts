/** All read models, as types: for the package's face, and for programs elsewhere (a browser) that show them. */

export type { ApplyReport } from '../speaker/model/apply-report.js'
export type * from './model/event.js'
export type * from './model/kernel.js'
export type * from './model/maintenance.js'
export type * from './model/neighbor.js'
export type * from './model/neighbor-family.js'
export type * from './model/next-hops.js'
export type * from './model/route.js'
export type * from './model/status.js'
export type * from './model/unusable.js'
