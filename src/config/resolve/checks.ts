/** What a configuration says together that can't be, or that is most likely not meant. */

import { canonicalAddress } from '../../ip/address.js'
import type { SpeakerOptions } from '../../speaker/model/options.js'
import { formatEndpoint } from '../text/values.js'
import type { Resolution } from './resolution.js'

/** Who never dials and never listens can have no session. */
export function checkListening(bgp: SpeakerOptions, context: Resolution): void {
  if (bgp.listen.length > 0) return
  for (const neighbor of bgp.neighbors) {
    if (!neighbor.passive) continue
    const i = (context.document.neighbors ?? []).findIndex(
      (entry) => canonicalAddress(entry.address) === neighbor.address,
    )
    const path = ['neighbors', Math.max(0, i), 'passive']
    context.error(
      path,
      `${neighbor.address} is passive and nothing listens: the session can never start`,
      LISTEN,
    )
  }
  if (bgp.listenRanges.length > 0) {
    context.error(['listenRanges'], 'listen ranges need a listen address', LISTEN)
  }
}

const LISTEN = 'set `listen`, for example to 0.0.0.0:179'

/** A session with oneself is refused by RFC 4271 §6.8's own terms: both ends would have one router id. */
export function checkOwnAddresses(bgp: SpeakerOptions, context: Resolution): void {
  const own = new Set(Object.values(context.environment.interfaces()).flat())
  const ports = new Map(bgp.neighbors.map(({ address, port }) => [address, port]))
  for (const [i, entry] of (context.document.neighbors ?? []).entries()) {
    const address = canonicalAddress(entry.address) ?? ''
    const port = ports.get(address)
    if (port === undefined) continue
    const path = ['neighbors', i, 'address']
    if (bgp.listen.some((listen) => listen.address === address && listen.port === port)) {
      context.error(path, `${formatEndpoint({ address, port })} is where ecmpd itself listens`)
    } else if (own.has(address) && !address.startsWith('127.') && address !== '::1') {
      context.warn(path, `${address} is an address of this machine`, 'a neighbor is another speaker')
    }
  }
}

/** One path of several is the classic surprise of switches, whose default is no multipath. */
export function checkWidth(bgp: SpeakerOptions, context: Resolution): void {
  const count = new Map<number, number>()
  for (const neighbor of bgp.neighbors) {
    // AS 0: whatever the neighbor says in its OPEN.
    if (neighbor.shutdown !== undefined || neighbor.remoteAs === 0) continue
    count.set(neighbor.remoteAs, (count.get(neighbor.remoteAs) ?? 0) + 1)
  }
  for (const [as, neighbors] of count) {
    const ibgp = as === bgp.localAs
    const width = ibgp ? bgp.decision.maximumPathsIbgp : bgp.decision.maximumPathsEbgp
    if (width >= neighbors) continue
    const kind = ibgp ? 'ibgp' : 'ebgp'
    const hint =
      context.dialect === 'ios'
        ? `maximum-paths ${kind} ${neighbors}`
        : `maximumPaths: { ${kind}: ${neighbors} }`
    const message = `${neighbors} neighbors in AS ${as}, but at most ${width} of their paths are used at a time`
    context.warn(['maximumPaths'], message, hint)
  }
}

/** Neighbors can't keep sending to a machine whose routes go with the daemon. */
export function checkRestarter({ neighbors }: SpeakerOptions, context: Resolution): void {
  const asked = neighbors.some(({ gracefulRestart }) => gracefulRestart.restarter === true)
  const { fib } = context.document
  if (!asked || fib?.enabled !== true || fib.keepOnStop === true) return
  const message = 'only a crash is bridged: a stop in good order takes the routes out of the kernel'
  context.note(['gracefulRestart'], `restarter without keepOnStop: ${message}`, 'fib: { keepOnStop: true }')
}

/** The long-lived capability means nothing without the other one (RFC 9494 §4.5). */
export function checkLongLived(bgp: SpeakerOptions, context: Resolution): void {
  const alone = bgp.neighbors.find(
    ({ gracefulRestart }) => gracefulRestart.longLived !== undefined && !gracefulRestart.enabled,
  )
  if (alone === undefined) return
  const message = `longLivedGracefulRestart has no effect on ${alone.address}, whose graceful restart is off`
  context.warn(['longLivedGracefulRestart'], message, 'set `gracefulRestart` (RFC 9494 §4.5)')
}
