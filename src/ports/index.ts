/** Ports: what the core needs of the world, as types only. */
export type * from './clock.js'
export type * from './fib.js'
export type { Log } from './log.js'
export type * from './machine-routes.js'
export type * from './transport.js'
