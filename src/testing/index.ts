/**
 * `ecmpd/testing`: BGP peers for tests, in the process of the test. Over TCP of the machine, or over a network in
 * memory with a clock that the test moves on, so that a hold time passes in no time.
 */

export type { Decorator } from '../decorate/compose.js'
export { FibCounters, type FibCounts } from '../decorate/counted-fib.js'
export { TransportCounters, type TransportCounts } from '../decorate/counted-transport.js'
export { FibFaults } from '../decorate/faulty-fib.js'
export { type DirectionFaults, type NeighborFaults, TransportFaults } from '../decorate/faulty-transport.js'
export type { Family } from '../ip/family.js'
export type * from '../ports/clock.js'
export type { FibPort, NextHopSet, Resolver } from '../ports/fib.js'
export type * from '../ports/liveness.js'
export type { Log } from '../ports/log.js'
export type * from '../ports/transport.js'
export type { NeighborOperation, OperationOutcome } from '../speaker/model/operation.js'
export type * from '../views/types.js'
export { freePort } from './free-port.js'
export { ManualClock } from './manual-clock.js'
export { ManualLiveness } from './manual-liveness.js'
export { type MemoryConnection, type MemoryHost, MemoryNetwork } from './memory-network.js'
export { type Configuration, TestPeer, type TestPeerOptions } from './test-peer.js'
