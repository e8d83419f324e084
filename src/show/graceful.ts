import { familyOf } from '../ip/family.js'
import type { GracefulRestartOptions } from '../speaker/model/options.js'
import type { NeighborView } from '../views/model/neighbor.js'
import { capability } from './capabilities.js'
import { familyTitle } from './family.js'

const bit = (value: boolean) => (value ? 'True' : 'False')
const yes = (value: boolean) => (value ? 'Yes' : 'No')

/** The own part in graceful restart, in FRR's words. */
export function localMode(own: GracefulRestartOptions): 'Disable' | 'Helper' | 'Restart' {
  if (!own.enabled) return 'Disable'
  return own.restarter === true ? 'Restart' : 'Helper'
}

/** The neighbor's part, as far as its OPEN told it. */
export function remoteMode(neighbor: NeighborView): 'NotApplicable' | 'Restart' | 'Helper' {
  const restart = capability(neighbor.capabilities.received, 'graceful-restart')
  if (restart === undefined) return 'NotApplicable'
  return restart.families.length > 0 ? 'Restart' : 'Helper'
}

/** The block on graceful restart of `show ip bgp neighbors`, in FRR's layout. */
export function gracefulRestartLines(neighbor: NeighborView, own: GracefulRestartOptions): string[] {
  const restart = capability(neighbor.capabilities.received, 'graceful-restart')
  const list = (key: 'endOfRibSent' | 'endOfRibReceived') =>
    neighbor.families.filter((entry) => entry[key]).map(({ family }) => familyTitle(family))
  const [sent, received] = [list('endOfRibSent'), list('endOfRibReceived')]
  return [
    '  Graceful restart information:',
    ...(sent.length === 0 ? [] : [`    End-of-RIB send: ${sent.join(', ')}`]),
    ...(received.length === 0 ? [] : [`    End-of-RIB received: ${received.join(', ')}`]),
    `    Local GR Mode: ${localMode(own)}`,
    `    Remote GR Mode: ${remoteMode(neighbor)}`,
    `    R bit: ${bit(restart?.restarting ?? false)}`,
    `    N bit: ${bit(own.notification && (restart?.notification ?? false))}`,
    '    Timers:',
    `      Configured Restart Time(sec): ${own.restartTime}`,
    `      Received Restart Time(sec): ${restart?.time ?? 0}`,
    ...(own.longLived === undefined
      ? []
      : [`      Configured LLGR Stale Path Time(sec): ${own.longLived.staleTime}`]),
    ...neighbor.families.flatMap((entry) => familyLines(neighbor, entry, own)),
  ]
}

function familyLines(
  neighbor: NeighborView,
  entry: NeighborView['families'][number],
  own: GracefulRestartOptions,
): string[] {
  const named = <T extends { readonly afi: number; readonly safi: number }>(pairs: readonly T[] = []) =>
    pairs.find(({ afi, safi }) => familyOf(afi, safi) === entry.family)
  const { received } = neighbor.capabilities
  const restart = named(capability(received, 'graceful-restart')?.families)
  const longLived = named(capability(received, 'long-lived-graceful-restart')?.families)
  const left = neighbor.gracefulRestart.longLived?.families.find(({ family }) => family === entry.family)
  return [
    `    ${familyTitle(entry.family)}:`,
    `      F bit: ${bit(restart?.forwarding ?? false)}`,
    `      End-of-RIB sent: ${yes(entry.endOfRibSent)}`,
    `      End-of-RIB sent after update: ${yes(entry.endOfRibSent)}`,
    `      End-of-RIB received: ${yes(entry.endOfRibReceived)}`,
    '      Timers:',
    `        Configured Stale Path Time(sec): ${own.stalePathTime}`,
    ...(longLived === undefined || own.longLived === undefined
      ? []
      : [`        Received LLGR Stale Path Time(sec): ${longLived.time}`]),
    ...(left === undefined ? [] : [`        LLGR Stale Path Remaining(sec): ${left.remaining}`]),
  ]
}
