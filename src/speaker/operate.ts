/** What operators ask of one neighbor: refused with a remedy, or done and said. */

import type { Clock } from '../ports/clock.js'
import type { Log } from '../ports/log.js'
import { CeaseError } from '../wire/codes.js'
import { NO_DATA } from '../wire/fault.js'
import { shutdownData } from '../wire/notification.js'
import type { Events } from './events/events.js'
import { MAX_MESSAGE_OCTETS, type NeighborOperation, type OperationOutcome } from './model/operation.js'
import type { Peer } from './peer/peer.js'
import type { Routing } from './routing.js'

/** What operating a neighbor needs of the speaker. */
export interface OperateParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  readonly routing: Routing
  /** Why a source of liveness keeps the neighbor down, one sentence. */
  keptDown(address: string): string | undefined
  /** Its connections are no longer refused, whatever it was kept out for. */
  letIn(): void
}

const done = (text: string): OperationOutcome => ({ ok: true, text })
const conflict = (text: string, remedy: string): OperationOutcome => ({
  ok: false,
  reason: 'conflict',
  text,
  remedy,
})

/**
 * Carries out what an operator asks of a neighbor, and says in the log and as an event who asked. What is
 * refused changes nothing and is not said.
 * @param by who asks, for people
 */
export function operate(
  peer: Peer,
  operation: NeighborOperation,
  by: string,
  parts: OperateParts,
): OperationOutcome {
  const refusal = refusalOf(peer, operation, parts.keptDown(peer.address))
  if (refusal !== undefined) return refusal
  const message = 'message' in operation ? operation.message : undefined
  const direction = operation.type === 'refresh' ? operation.direction : undefined
  const said = message === undefined ? '' : `: ${message}`
  const way = direction === undefined || direction === 'both' ? '' : ` ${direction}`
  parts.log.info(
    { neighbor: peer.key, operation: operation.type, by },
    `neighbor ${peer.name}: ${operation.type}${way} by ${by}${said}`,
  )
  parts.events.add({
    type: 'operation',
    neighbor: peer.key,
    operation: operation.type,
    by,
    ...(message === undefined ? {} : { message }),
    ...(direction === undefined ? {} : { direction }),
  })
  return act(peer, operation, by, parts)
}

/** Why the neighbor's state does not allow the operation. */
function refusalOf(
  peer: Peer,
  operation: NeighborOperation,
  keptDown: string | undefined,
): OperationOutcome | undefined {
  const { address, options } = peer
  const configured = options.shutdown !== undefined
  switch (operation.type) {
    case 'shutdown':
    case 'drain':
      return undefined
    case 'undrain':
      if (options.maintenance !== true) return undefined
      return conflict(
        `Neighbor ${address} is in maintenance by the configuration`,
        'Take its `maintenance` out of the configuration file, then `ecmpd reload`',
      )
    case 'start':
      if (!configured) return undefined
      return conflict(
        `Neighbor ${address} is shut down by the configuration`,
        'Take its `shutdown` out of the configuration file, then `ecmpd reload`',
      )
    case 'reset':
      if (keptDown !== undefined) return conflict(keptDown, 'It is started once it is alive')
      if (!peer.adminDown) return undefined
      return conflict(
        `Neighbor ${address} is shut down: there is no session to reset`,
        configured
          ? 'Take its `shutdown` out of the configuration file, then `ecmpd reload`'
          : `\`ecmpd neighbor ${address} start\` brings it back`,
      )
    case 'refresh': {
      if (peer.session === undefined) {
        return conflict(
          `Neighbor ${address} is ${peer.adminDown ? 'shut down' : `in state ${peer.state}`}: there are no routes to refresh`,
          'A session that comes up brings all routes anyway; `ecmpd show ip bgp neighbors` says what keeps it down',
        )
      }
      if (operation.direction === 'out' || peer.negotiated?.routeRefresh) return undefined
      return conflict(
        `Neighbor ${address} does not know route refresh (RFC 2918): it can't be asked for its routes`,
        `\`ecmpd neighbor ${address} reset\` makes it send them with a new session; direction \`out\` works as it is`,
      )
    }
  }
}

function act(peer: Peer, operation: NeighborOperation, by: string, parts: OperateParts): OperationOutcome {
  const { clock, routing } = parts
  const { address } = peer
  switch (operation.type) {
    case 'shutdown': {
      const { message } = operation
      const before = peer.adminDown
      peer.operatorShutdown = { message, by, at: clock.wall() }
      peer.stop(CeaseError.AdministrativeShutdown, communication(message), `shut down by ${by}`)
      routing.of(peer)?.retained.giveUp()
      return done(
        before
          ? `Neighbor ${address} was shut down already, and stays so until it is started`
          : `Neighbor ${address} is shut down until it is started`,
      )
    }
    case 'drain': {
      const before = peer.inMaintenance
      peer.drained = { by, at: clock.wall() }
      if (!before) routing.reconsider.drain(peer)
      return done(
        before
          ? `Neighbor ${address} was in maintenance already, and stays so until undrain`
          : `Neighbor ${address} is drained until undrain: its paths are the last choice here, and ours there`,
      )
    }
    case 'undrain': {
      const before = peer.inMaintenance
      peer.drained = undefined
      if (before) routing.reconsider.drain(peer)
      return done(
        before ? `Neighbor ${address} is used as before` : `Neighbor ${address} was not in maintenance`,
      )
    }
    case 'start': {
      const before = peer.session !== undefined
      peer.operatorShutdown = undefined
      parts.letIn()
      const dead = parts.keptDown(address)
      if (dead !== undefined) return done(`Neighbor ${address} is started once it is alive: ${dead}`)
      peer.feed({ type: 'manual-start' })
      if (before) return done(`Neighbor ${address} is up already`)
      return done(peer.dynamic ? mayConnect(address) : `Neighbor ${address} is started`)
    }
    case 'reset': {
      const before = peer.session !== undefined
      const text = `reset by ${by}`
      parts.letIn()
      peer.reset(CeaseError.AdministrativeReset, communication(operation.message), text, 0)
      // One that waits for its next dial, or was kept out for a while, has nothing to end. A dynamic one may be gone.
      if (peer.routes !== undefined) peer.feed({ type: 'manual-start' })
      if (before) return done(`The session with ${address} is reset`)
      return done(peer.dynamic ? mayConnect(address) : `Neighbor ${address} had no session: it is tried anew`)
    }
    case 'refresh': {
      const { direction } = operation
      const retained = routing.of(peer)?.retained
      if (direction !== 'out') retained?.refresh('in')
      if (direction !== 'in') retained?.refresh('out')
      const what = {
        in: `${address} was asked for all its routes again`,
        out: `${address} is sent all routes again`,
        both: `${address} was asked for all its routes again, and is sent all of ours`,
      }
      return done(what[direction])
    }
  }
}

const mayConnect = (address: string) =>
  `Neighbor ${address} is let in when it connects: it comes from a listen range and is not dialled`

function communication(message: string | undefined): Uint8Array {
  return message === undefined ? NO_DATA : shutdownData(message, MAX_MESSAGE_OCTETS)
}
